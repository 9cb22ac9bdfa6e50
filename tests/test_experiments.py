"""experiments: both of them end to end on made-up pages, and what is done again when something changes."""

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nq_lines import SmallRun

from tinynq import experiments
from tinynq.config import Experiment
from tinynq.errors import UsageError
from tinynq.experiments import find_shards, run, updates
from tinynq.metrics import Report
from tinynq.record import read_info
from tinynq.types import Progress, no_progress

STAGES = ["merge", "prepare", "train", "predict", "score", "report"]


class Watcher:
    """The stages that were done, and those that were skipped."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.skipped: list[str] = []

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Progress]:
        self.done.append(name)
        yield no_progress


@pytest.fixture
def data(small_run: SmallRun, tmp_path: Path) -> Path:
    """A folder of shards: the small run's pages in two train shards, and again as a dev shard."""
    folder = tmp_path / "data"
    folder.mkdir()
    lines = Path(small_run.pages).read_bytes().splitlines(keepends=True)
    for name, part in (("train-00", lines[:20]), ("train-01", lines[20:]), ("dev-00", lines[:8])):
        (folder / f"nq-{name}.jsonl.gz").write_bytes(gzip.compress(b"".join(part)))
    (folder / "nq-train-sample.jsonl.gz").write_bytes(b"no shard")
    return folder


def go(experiment: Experiment, data: Path, out: Path, pages: int = 32, seed: int = 0) -> tuple[Report, Watcher]:
    watcher = Watcher()
    report = run(
        experiment, data=str(data), out=str(out), stage=watcher.stage, skipped=watcher.skipped.append,
        pages=pages, seed=seed, threads=1,
    )  # fmt: skip
    return report, watcher


def test_the_numbers_of_the_original() -> None:
    assert updates(61_477) == 5_763
    assert updates(91_962) == 8_621


def test_from_shards_to_a_report_and_not_twice(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report, watcher = go("60k", data, out)
    assert watcher.done == STAGES
    assert report.pages == 8
    assert json.loads((out / "scores.json").read_text())["official"] == report.official()
    assert "<html" in (out / "report.html").read_text()
    info = read_info(str(out / "train.parquet"))
    assert info.counts["pages"] == 32
    assert json.loads((out / "run" / "config.json").read_text())["tinynq"]["steps"] == 3
    _, again = go("60k", data, out)
    assert (again.done, again.skipped) == ([], STAGES)


def test_a_change_is_followed_by_all_that_comes_after_it(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    go("60k", data, out)
    (out / "predictions.json").unlink()
    assert go("60k", data, out)[1].done == ["predict", "score", "report"]
    assert go("60k", data, out, seed=1)[1].done == STAGES[1:]
    shutil.copy(data / "nq-train-00.jsonl.gz", data / "nq-dev-01.jsonl.gz")
    report, watcher = go("60k", data, out, seed=1)
    assert watcher.done == ["predict", "score", "report"]
    assert report.pages == 20


def test_training_goes_on_where_it_broke_off(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def broken(*arguments: object, **options: object) -> None:
        calls.append(options["resume"])
        Path(str(options["out"])).mkdir(exist_ok=True)
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(experiments, "train", broken)
        with pytest.raises(KeyboardInterrupt):
            go("60k", data, out)
        (out / "run" / "log.jsonl").write_text("")
        with pytest.raises(KeyboardInterrupt):
            go("60k", data, out)
        assert (out / "run" / "log.jsonl").exists()  # not begun anew
        with pytest.raises(KeyboardInterrupt):
            go("60k", data, out, seed=1)
        assert not (out / "run" / "log.jsonl").exists()  # other options: begun anew
    assert calls == [True] * 3
    assert go("60k", data, out)[1].done == STAGES[1:]


def test_synonyms_add_copies_and_updates(data: Path, tmp_path: Path) -> None:
    go("60k-syn", data, tmp_path / "out")
    info = read_info(str(tmp_path / "out" / "train.parquet"))
    assert info.options["synonyms"] == 0.2
    assert info.counts["pages"] > 32
    config = json.loads((tmp_path / "out" / "run" / "config.json").read_text())
    assert config["tinynq"]["steps"] == updates(info.counts["pages"])


def test_the_first_ten_shards_are_taken_and_the_sample_is_none(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for i in range(12):
        (tmp_path / "deep" / f"nq-train-{i:02}.jsonl.gz").touch()
    (tmp_path / "nq-train-sample.jsonl.gz").touch()
    assert [Path(name).name for name in find_shards(str(tmp_path), "train")] == [
        f"nq-train-{i:02}.jsonl.gz" for i in range(10)
    ]
    assert find_shards(str(tmp_path), "dev") == []


def test_shards_that_are_not_there_are_fetched(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []

    def fetch(split: str, *, to: str, shards: str, progress: Progress) -> None:
        fetched.append((split, shards))
        for file in data.glob(f"nq-{split}-0*.gz"):
            Path(to).mkdir(exist_ok=True)
            shutil.copy(file, to)

    monkeypatch.setattr(experiments, "fetch", fetch)
    _, watcher = go("60k", tmp_path / "new", tmp_path / "out")
    assert watcher.done == ["fetch train", "fetch dev", *STAGES]
    assert fetched == [("train", "0:10"), ("dev", "0:5")]


def test_a_fetch_that_broke_off_goes_on(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, calls = tmp_path / "new", []

    def fetch(split: str, *, to: str, shards: str, progress: Progress) -> None:
        Path(to).mkdir(exist_ok=True)
        calls.append(split)
        for file in sorted(data.glob(f"nq-{split}-0*.gz")):
            shutil.copy(file, to)
            if len(calls) == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(experiments, "fetch", fetch)
    with pytest.raises(KeyboardInterrupt):
        go("60k", new, tmp_path / "out")
    assert len(list(new.iterdir())) == 1
    go("60k", new, tmp_path / "out")
    assert calls == ["train", "train", "dev"]
    assert read_info(str(tmp_path / "out" / "train.parquet")).counts["pages"] == 32


def test_options_that_cannot_be(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pages is 0"):
        go("60k", data, tmp_path, pages=0)
