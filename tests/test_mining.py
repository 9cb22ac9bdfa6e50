"""mine: of windows without an answer, those that tempt a run."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from nq_lines import SmallRun

from tinynq.checkpoint import load_run
from tinynq.config import ForwardOptions
from tinynq.errors import RecordError, RunError, UsageError
from tinynq.inference import window_logits
from tinynq.mining import MineSummary, hardest, mine, temptation
from tinynq.preparation import prepare
from tinynq.record import TrainingSet, read_info
from tinynq.training import train
from tinynq.types import Logits

EXACT: dict[str, Any] = {"precision": "fp32", "device": "cpu", "threads": 1}


@pytest.fixture(scope="module")
def every(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A record of all windows of pages, short enough that each page has several."""
    record = str(tmp_path_factory.mktemp("every") / "every.parquet")
    prepare(small_run.pages, out=record, max_seq_length=48, stride=16, include_unknowns=1.0)
    return record


@pytest.fixture(scope="module")
def run(every: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("miner") / "run")
    train(every, out=out, init="bert-tiny", recipe="fast", steps=2, batch_size=4, threads=1)
    return out


def rows(record: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(record).to_pylist()
    return found


def test_what_is_kept_is_what_the_run_scores_highest(every: str, run: str, tmp_path: Path) -> None:
    out = str(tmp_path / "hard.parquet")
    summary = mine(every, run=run, out=out, per_page=1, **EXACT)
    # By hand: the score of each window without an answer, and the best of each page.
    data, model = TrainingSet.load([every]), load_run(run)[0]
    windows = [data.window(row) for row in range(len(data))]
    pad = data.info.vocab.pad
    logits = window_logits(model, windows, pad_id=pad, options=ForwardOptions(precision="fp32", device="cpu"))
    odds: dict[Any, list[float]] = {}
    answered, kept_odds = 0, {}
    held = [(row["example_id"], row["index"]) for row in rows(out)]
    for window, said in zip(windows, logits, strict=True):
        kept = (str(window.example_id), window.index) in held
        assert window.target is not None
        if window.target.answer_type:
            answered += 1
            assert kept
            continue
        each = sum(np.log(np.exp(part[1:] - part[0]).sum()) for part in (said.start, said.end))
        odds.setdefault(window.example_id, []).append(float(each))
        if kept:
            assert window.example_id not in kept_odds
            kept_odds[window.example_id] = float(each)
    # Sums end in other digits in other batches.
    assert kept_odds == {page: pytest.approx(max(each), abs=1e-5) for page, each in odds.items()}
    assert summary == MineSummary(answered, len(data) - answered, len(odds))
    order = [(row["example_id"], row["index"]) for row in rows(every)]
    assert held == [key for key in order if key in set(held)]
    assert len(odds) < len(data) - answered


def test_the_record_says_what_it_holds_and_trains(every: str, run: str, tmp_path: Path) -> None:
    out = str(tmp_path / "hard.parquet")
    seen: list[float] = []
    mine(every, run=run, out=out, progress=lambda count, share: seen.append(share), **EXACT)
    info, before = read_info(out), read_info(every)
    held = rows(out)
    assert info.counts["windows"] == len(held) < before.counts["windows"]
    assert info.counts["short"] == before.counts["short"] == sum(row["answer_type"] == 3 for row in held)
    assert info.counts["unknown"] == sum(row["answer_type"] == 0 for row in held)
    assert info.options["mined_by"] == run
    assert info.features == before.features
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert train(out, out=str(tmp_path / "more"), init=run, steps=1, batch_size=4, threads=1).windows == len(held)


def test_none_a_page_leaves_the_answers(every: str, run: str, tmp_path: Path) -> None:
    out = str(tmp_path / "answers.parquet")
    assert mine(every, run=run, out=out, per_page=0, **EXACT).kept == 0
    assert all(row["answer_type"] for row in rows(out))


def test_temptation_is_the_odds_of_start_and_end() -> None:
    logits = Logits(np.log([1, 2, 3], dtype=np.float32), np.log([2, 1, 1], dtype=np.float32), np.zeros(5, np.float32))
    assert temptation(logits) == pytest.approx(np.log(5) + np.log(1))


def test_of_equal_scores_the_first_is_kept() -> None:
    assert sorted(hardest(["a", "b", "a", "a", "b"], [1.0, 0.0, 2.0, 2.0, 0.0], 1)) == [1, 2]
    assert sorted(hardest(["a", "b", "a", "a", "b"], [1.0, 0.0, 2.0, 2.0, 0.0], 2)) == [1, 2, 3, 4]


def test_what_does_not_fit_is_an_error(every: str, small_run: SmallRun, tmp_path: Path) -> None:
    out = str(tmp_path / "hard.parquet")
    with pytest.raises(RunError, match="made with max_seq_length .*prepare the record as for the run"):
        mine(every, run=small_run.folder, out=out)
    with pytest.raises(UsageError, match="unknown option per_pages: did you mean per_page"):
        mine(every, run=small_run.folder, out=out, per_pages=2)
    predict = str(tmp_path / "predict.parquet")
    prepare(small_run.pages, out=predict, for_="predict")
    with pytest.raises(RecordError, match="made for prediction; training needs"):
        mine(predict, run=small_run.folder, out=out)
