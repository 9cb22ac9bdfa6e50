"""The demo: its table with a few updates, and its promise with all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tinynq import demo
from tinynq.types import Progress, no_progress

STAGES = ["prepare", "train", "predict", "evaluate", "baselines"]


@contextmanager
def stage(name: str, unit: str) -> Iterator[Progress]:
    yield no_progress


def test_the_table_has_all_rows_and_fits_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "TRAINING", {"recipe": "fast", "steps": 2, "batch_size": 8, "threads": 1})
    report = demo.demo(out=str(tmp_path), stage=stage)
    assert list(report.rows) == ["BERT-Tiny", "untrained", "first candidate"]
    assert list(report.seconds) == STAGES
    lines = list(report.lines())
    assert max(map(len, lines)) <= 80
    assert all(name in "\n".join(lines) for name in (*report.rows, *STAGES))
    assert (tmp_path / "predictions.json").is_file()
    assert report.rows["first candidate"].long.best.recall > 0
    assert len({row.pages for row in report.rows.values()}) == 1


@pytest.mark.slow
def test_training_beats_both_baselines_by_15_points(tmp_path: Path) -> None:
    rows = demo.demo(out=str(tmp_path), stage=stage).rows
    others = max(rows["untrained"].long.best.f1, rows["first candidate"].long.best.f1)
    assert rows["BERT-Tiny"].long.best.f1 >= others + 0.15
