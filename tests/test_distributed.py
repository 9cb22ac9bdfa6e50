"""Shares and sums; and trainings by torchrun, in real processes: the updates of one, and one that writes and speaks."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tinynq.checkpoint import load_run, save_run
from tinynq.config import FeatureOptions
from tinynq.distributed import ALONE, Group, joined
from tinynq.errors import RunError, UsageError
from tinynq.layers import ModelConfig
from tinynq.model import new_reader
from tinynq.preparation import prepare
from tinynq.vocab import Vocab

VOCAB = Vocab(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz", "?"])
CONFIG = ModelConfig(
    vocab_size=len(VOCAB.tokens), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
    max_position_embeddings=64,
)  # fmt: skip
FEATURES = FeatureOptions(max_seq_length=48, stride=16)


@given(st.integers(0, 100), st.integers(1, 9))
def test_shares_make_up_the_whole(count: int, size: int) -> None:
    items = list(range(count))
    shares = [Group(rank, size).share(items) for rank in range(size)]
    assert [item for share in shares for item in share] == items
    lengths = [len(share) for share in shares]
    assert max(lengths) - min(lengths) <= 1


def test_a_process_alone_is_told_what_it_says() -> None:
    tensor = torch.arange(3.0)
    ALONE.add_up([tensor])
    ALONE.spread([tensor])
    assert tensor.tolist() == [0, 1, 2] and ALONE.told("name", "text") == "text" and ALONE.first
    assert ALONE.own(torch.device("cpu")) == torch.device("cpu")
    with joined() as group:
        assert group is ALONE


def test_one_process_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(UsageError, match="3 processes or more on a machine with 2 GPUs; start one a GPU"):
        Group(2, 4, 2).own(torch.device("cuda"))


def test_an_environment_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "one")
    with pytest.raises(UsageError, match="'one'; let torchrun set them"), joined():
        pass
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(UsageError, match=r"process 1 of 2 does not find the others \(.*MASTER_ADDR"), joined():
        pass


def test_a_group_of_which_one_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: torch.Tensor) -> None:
        raise RuntimeError("Connection closed by peer\nat some line")

    monkeypatch.setattr("torch.distributed.all_reduce", gone)
    with pytest.raises(RunError, match=r"^process 1 of 2: another has gone \(Connection closed by peer\); start all"):
        Group(1, 2).add_up([torch.zeros(2)])


# By torchrun


def page(number: int) -> str:
    letters = np.random.default_rng(number).choice(list("bcdefghijklm"), 30)
    tokens = ["<P>", *letters[:12], "a", "?", "</P>", "<P>", *letters[12:], "</P>"]
    candidates = [(0, 16), (16, 36)]
    annotation = {
        "annotation_id": 1, "long_answer": {"start_token": 0, "end_token": 16, "candidate_index": 0},
        "short_answers": [{"start_token": 13, "end_token": 15}] if number % 2 else [], "yes_no_answer": "NONE",
    }  # fmt: skip
    line = {
        "question_text": "z z ?", "example_id": number, "document_url": "u", "document_text": " ".join(tokens),
        "long_answer_candidates": [{"start_token": s, "end_token": e, "top_level": True} for s, e in candidates],
        "annotations": [annotation] * 5,
    }  # fmt: skip
    return json.dumps(line)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages, a record of them, and a small encoder."""
    folder = tmp_path_factory.mktemp("distributed")
    (folder / "pages.jsonl").write_text("".join(page(i) + "\n" for i in range(24)), "utf-8")
    (folder / "vocab.txt").write_text(VOCAB.text, "utf-8")
    options = {**asdict(FEATURES), "vocab": str(folder / "vocab.txt"), "include_unknowns": 1.0}
    prepare(str(folder / "pages.jsonl"), out=str(folder / "train.parquet"), **options)
    save_run(folder / "encoder", new_reader(CONFIG, seed=0), VOCAB, {"features": asdict(FEATURES)})
    return folder


def start(work: Path, out: Path, processes: int, *more: str, **options: Any) -> subprocess.Popen[str]:
    """The command that trains, by torchrun where there are several processes."""
    python = [sys.executable]
    if processes > 1:
        python += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    words = ["-m", "tinynq", "train", "train.parquet", "--out", str(out), "--init", "encoder", "--recipe", "fast"]
    exact = {"dropout": 0.0, "precision": "fp32", "device": "cpu", "threads": 1, "batch_size": 5, "steps": 4}
    words += [
        word for name, value in {**exact, **options}.items() for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "80"}
    return subprocess.Popen([*python, *words, *more], cwd=work, env=environment, text=True, stderr=subprocess.PIPE)


def complaint(stderr: str) -> str:
    """Our one line among those of torchrun."""
    assert not re.search(r'tinynq/\w+\.py"', stderr), stderr  # no traceback of ours
    said = [line for line in stderr.splitlines() if line.startswith("tinynq: ")]
    assert len(said) == 1, stderr
    return said[0]


def finish(process: subprocess.Popen[str]) -> list[str]:
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return [line for line in stderr.splitlines() if ": 4 updates" in line]


def log_of(run: Path) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    return [{k: v for k, v in line.items() if k != "windows_per_s"} for line in lines]


@pytest.fixture(scope="module")
def alone(work: Path) -> Path:
    """A run of one process."""
    finish(start(work, work / "alone", 1, save_every=2))
    return work / "alone"


def assert_alike(run: Path, other: Path) -> None:
    logs = log_of(run), log_of(other)
    assert [line["step"] for line in logs[0]] == [line["step"] for line in logs[1]] == [1, 2, 3, 4]
    for mine, theirs in zip(*logs, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5)
    model, expected = (load_run(folder)[0].state_dict() for folder in (run, other))
    for name, tensor in model.items():
        torch.testing.assert_close(tensor, expected[name], rtol=0, atol=1e-6)


OUTLIVING = """
import os
from pathlib import Path

from tinynq import train

train("train.parquet", out="outliving", init="encoder", recipe="fast", device="cpu", threads=1, steps=1)
names = [(task / "comm").read_text("utf-8") for task in Path("/proc/self/task").iterdir()]
Path(f"threads-{os.environ['RANK']}").write_text("".join(names), "utf-8")
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of threads")
def test_no_thread_of_the_group_outlives_it(work: Path) -> None:
    (work / "outliving.py").write_text(OUTLIVING, "utf-8")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([*torchrun, "outliving.py"], cwd=work, env=environment, check=True, timeout=300)
    for rank in range(2):
        assert "gloo" not in (work / f"threads-{rank}").read_text("utf-8")


def test_two_processes_make_the_updates_of_one(work: Path, alone: Path, tmp_path: Path) -> None:
    # Five windows an update: shares of two and three.
    said = finish(start(work, tmp_path / "two", 2, save_every=2))
    assert len(said) == 1 and said[0].startswith(f"{tmp_path / 'two'}: 4 updates, last loss ")
    assert_alike(tmp_path / "two", alone)
    assert {path.name for path in (tmp_path / "two").iterdir()} - {"tensorboard"} == {
        "checkpoints", "config.json", "log.jsonl", "model.safetensors", "tokenizer_config.json", "vocab.txt",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 2), (2, 3)])
def test_a_run_goes_on_with_other_processes(work: Path, alone: Path, tmp_path: Path, before: int, after: int) -> None:
    out = tmp_path / "run"
    finish(start(work, out, before, save_every=2))
    for path in list(out.iterdir()):  # as it was after the second update
        if path.is_file() and path.name != "log.jsonl":
            path.unlink()
    finish(start(work, out, after, "--resume", save_every=2))
    assert_alike(out, alone)
    assert finish(start(work, out, after, "--resume", save_every=2))  # a finished run stays as it is
    assert_alike(out, alone)


@pytest.mark.slow
def test_more_processes_than_windows_a_batch_and_parts(work: Path, tmp_path: Path) -> None:
    finish(start(work, tmp_path / "one", 1, batch_size=2))
    finish(start(work, tmp_path / "three", 3, batch_size=2, accumulate=2))
    assert_alike(tmp_path / "three", tmp_path / "one")


@pytest.mark.slow
def test_dropout_and_dev_pages(work: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"dropout": 0.3, "dev": "pages.jsonl", "eval_every": 2}
    for name in ("a", "b"):
        finish(start(work, tmp_path / name, 2, **options))
    assert log_of(tmp_path / "a") == log_of(tmp_path / "b")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "b")]
    assert weights[0] == weights[1]
    assert load_run(tmp_path / "a" / "best")[3]["tinynq"]["best"]["step"] in (2, 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 1e30, "warmup": 0.0, "steps": 9}, r"tinynq: update \d: loss nan, .*lower the learning rate"),
        ({"recipe": "slow"}, "tinynq: unknown recipe slow"),
        ({"no_such_option": 1}, "tinynq: No such option"),
    ],
)
def test_an_error_is_said_once(work: Path, tmp_path: Path, options: dict[str, Any], message: str) -> None:
    process = start(work, tmp_path / "run", 2, **options)
    _, stderr = process.communicate(timeout=300)
    assert process.returncode != 0
    assert re.match(message, complaint(stderr))
    assert not (tmp_path / "run" / "config.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_one_that_is_stopped_stops_all(work: Path, tmp_path: Path, sent: signal.Signals) -> None:
    process = start(work, tmp_path / "run", 2, steps=1_000_000, save_every=5)
    deadline = time.monotonic() + 200
    while not (tmp_path / "run" / "checkpoints" / "step-5").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.terminate()
        pytest.skip("the system does not list a process's children")
    second = int(children.read_text("utf-8").split()[1])
    os.kill(second, sent)
    _, stderr = process.communicate(timeout=100)
    expected = (
        "stopped; what was finished is kept" if sent == signal.SIGINT else r"process 0 of 2: another has gone \(.*\)"
    )
    assert process.returncode != 0
    assert re.match(f"tinynq: {expected}", complaint(stderr))


@pytest.mark.slow
def test_processes_that_were_told_different_things(work: Path, tmp_path: Path) -> None:
    code = (
        "import os, runpy, sys; sys.argv += ['--seed', os.environ['RANK']];"
        "runpy.run_module('tinynq', run_name='__main__', alter_sys=True)"
    )
    (tmp_path / "main.py").write_text(code, "utf-8")
    words = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(tmp_path / "main.py")]
    words += ["train", "train.parquet", "--out", str(tmp_path / "run"), "--init", "encoder", "--steps", "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, *words], cwd=work, env=environment, text=True, capture_output=True, timeout=300, check=False
    )
    assert done.returncode != 0
    assert re.match(r"tinynq: process 1: .* in the first; start all with one command line", complaint(done.stderr))
