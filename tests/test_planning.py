"""planning: a plan does nothing, and says what is done, what is to do, and what it takes."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nq_lines import SmallRun

from tinynq.experiments import run
from tinynq.planning import Cost, Plan, PlannedStage, plan
from tinynq.types import Progress, no_progress


@contextmanager
def stage(name: str, unit: str) -> Iterator[Progress]:
    yield no_progress


@pytest.fixture
def data(small_run: SmallRun, tmp_path: Path) -> str:
    lines = Path(small_run.pages).read_bytes()
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("nq-train-00", "nq-dev-00"):
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines))
    return str(folder)


def test_before_and_after(data: str, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    before = plan("60k", data=data, out=out, pages=20, threads=1)
    assert not (tmp_path / "out").exists()
    assert before.pages == 20
    assert [step.name for step in before.stages] == ["merge", "prepare", "train", "predict", "score", "report"]
    assert not any(step.done for step in before.stages)
    assert all(step.cost.size and step.cost.seconds for step in before.stages)
    run("60k", data=data, out=out, stage=stage, pages=20, threads=1)
    after = plan("60k", data=data, out=out, pages=20, threads=1)
    assert all(step.done for step in after.stages)
    for guess, fact in zip(before.stages[:2], after.stages[:2], strict=True):
        assert guess.cost.size and fact.cost.size
        assert guess.cost.size == pytest.approx(fact.cost.size, rel=0.9)


def test_without_shards_there_is_a_plan_without_times(tmp_path: Path) -> None:
    planned = plan("60k-syn", data=str(tmp_path), out=str(tmp_path / "out"))
    assert [step.name for step in planned.stages][:2] == ["fetch train", "fetch dev"]
    text = "\n".join(planned.lines())
    assert "10 shards" in text and "7.6 GB" in text and "?" in text


def test_the_table_fits_80_columns() -> None:
    stages = [
        PlannedStage("fetch train", False, "10 shards in " + "long/" * 30, Cost(7.6e9, None)),
        PlannedStage("train", False, "runs/" * 30, Cost(999_999_999, 36_000.0)),
        PlannedStage("report", True, "report.html", Cost(1, 0.0)),
    ]
    lines = list(Plan(61_477, stages).lines())
    assert max(map(len, lines)) <= 80
    assert "10 h 00 min" in lines[2] and "done" in lines[3]
