"""The log of a run that broke off, and thresholds; tests/test_training.py has journals of whole trainings."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tinynq.config import EvalOptions
from tinynq.errors import RunError
from tinynq.journal import Log, best_thresholds
from tinynq.metrics import AnswerReport, Counts, OperatingPoint, Report


def test_what_was_never_right_has_no_threshold() -> None:
    long, short = (
        AnswerReport(OperatingPoint(p, p, p), (), 1, 1, OperatingPoint(p, p, 0), Counts(1, 0, 0, 0, 0))
        for p in (0.0, -3.0)
    )
    report = Report(long=long, short=short, pages=1, options=EvalOptions())
    assert best_thresholds(report) == {}
    found = replace(report, short=short._replace(best=OperatingPoint(0.5, 0.1, -3.0)))
    assert best_thresholds(found) == {"short": -3.0}


def test_a_log_goes_on_behind_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1}\n{"step": 2, "loss": 3}\n{"step": 3}\n{"step": 4, "lo', "utf-8")
    log = Log(tmp_path, 2)
    log.write(3, {"loss": 0.5})
    log.close()
    assert path.read_text("utf-8") == '{"step": 1}\n{"step": 2, "loss": 3}\n{"step": 3, "loss": 0.5}\n'


def test_a_signal_waits_for_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue, with the lock taken when the exception came, had a training hang when it closed its log."""
    writer = pytest.importorskip("torch.utils.tensorboard").SummaryWriter
    written: list[str] = []

    def interrupted(_self: object, name: str, *_: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        written.append(name)

    monkeypatch.setattr(writer, "add_scalar", interrupted)
    log = Log(tmp_path, 0)
    with pytest.raises(KeyboardInterrupt):
        log.write(1, {"loss": 1.0, "grad_norm": 2.0})
    log.close()
    assert written == ["loss", "grad_norm"]


@pytest.mark.parametrize("line", [b"{\n", b"7\n", b'{"loss": 1}\n', b'{"step": "9"}\n', b"\xff\n"])
def test_a_log_of_something_else_is_left_as_it_is(tmp_path: Path, line: bytes) -> None:
    path, content = tmp_path / "log.jsonl", b'{"step": 1}\n' + line
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"log\.jsonl:2: no line of a log \(.*\); delete it, or move the file away"):
        Log(tmp_path, 3)
    assert path.read_bytes() == content
