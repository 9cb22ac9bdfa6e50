"""The demo: its table with a few updates, and its promise with all of them."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from nq_lines import SmallRun

from tinynq import bundled, demo
from tinynq.pages import read_pages
from tinynq.types import Progress, no_progress

STAGES = ["prepare", "train", "predict", "evaluate", "baselines"]


@contextmanager
def stage(name: str, unit: str) -> Iterator[Progress]:
    yield no_progress


def test_the_table_has_all_rows_and_fits_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "READERS", tmp_path / "readers")
    monkeypatch.setattr(demo, "TRAINING", {"recipe": "fast", "steps": 2, "batch_size": 8, "threads": 1})
    report = demo.demo(out=str(tmp_path), stage=stage)
    assert list(report.rows) == ["BERT-Tiny", "untrained", "first candidate"]
    assert list(report.seconds) == STAGES
    lines = list(report.lines())
    assert max(map(len, lines)) <= 80
    assert all(name in "\n".join(lines) for name in (*report.rows, *STAGES))
    assert (tmp_path / "predictions.json").is_file()
    assert "No reader 'mini' is in this checkout to be asked; `make reader` makes it." in lines
    assert report.rows["first candidate"].long.best.recall > 0
    assert len({row.pages for row in report.rows.values()}) == 1


def test_the_bundled_reader_is_asked(small_run: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "READERS", tmp_path)
    shutil.copytree(small_run.folder, tmp_path / "mini")
    config = json.loads((tmp_path / "mini" / "config.json").read_text())
    config["tinynq"]["thresholds"] = {"long": -1e9, "short": -1e9}
    (tmp_path / "mini" / "config.json").write_text(json.dumps(config))
    with as_file(files("tinynq") / "data" / "sample-dev.jsonl.gz") as sample:
        pages = list(read_pages(str(sample)))
    asked = demo.ask_some(pages)
    assert len(asked) == 10
    by_question = {page.question: page for page in pages}
    golds = {demo.NONE, "yes", "no"}
    for each in asked:
        assert each.gold in golds or each.gold.split(", ")[0].split()[0] in by_question[each.question].tokens
        assert each.answer != demo.NONE and 0 <= each.probability <= 1
    assert {each.gold for each in asked} - golds and demo.NONE in {each.gold for each in asked}
    lines = list(demo.DemoReport({}, {}, asked).lines())
    assert max(map(len, lines)) <= 80
    assert sum(each.question[:30] in line for each in asked for line in lines) >= 10


@pytest.mark.slow
def test_training_beats_both_baselines_by_15_points(tmp_path: Path) -> None:
    rows = demo.demo(out=str(tmp_path), stage=stage).rows
    others = max(rows["untrained"].long.best.f1, rows["first candidate"].long.best.f1)
    assert rows["BERT-Tiny"].long.best.f1 >= others + 0.15
