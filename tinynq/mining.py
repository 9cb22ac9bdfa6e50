"""Hard negatives: of a page's windows without answer, those in which a run would find one.

What is easily told from an answer teaches little; passages are chosen likewise by Karpukhin et al. 2020, "Dense Passage
Retrieval for Open-Domain Question Answering".
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tinynq.checkpoint import load_run
from tinynq.config import MineOptions, make
from tinynq.errors import RunError
from tinynq.inference import window_logits
from tinynq.model import choose_device
from tinynq.record import (
    ROW_GROUP,
    SCHEMAS,
    RecordInfo,
    TrainingSet,
    first_difference,
    read_batches,
    read_info,
    write_record,
)
from tinynq.rows import rebatched
from tinynq.threads import set_threads_apart
from tinynq.types import AnswerType, ExampleId, Logits, Progress, Window, no_progress

CHUNK = 1024  # windows that are sorted by length together


class MineSummary(NamedTuple):
    """What a call of ``mine`` did: the windows with an answer, those without, and how many of the latter were kept."""

    answered: int
    unanswered: int
    kept: int


def mine(record: str, *, run: str, out: str, progress: Progress = no_progress, **options: Any) -> MineSummary:
    """Write a record's windows with an answer, and of each page's others those that tempt ``run`` most.

    The record is a Parquet file for training, best made with ``include_unknowns=1``; the order stays. The keywords are
    the fields of MineOptions. Raises RecordError and RunError for what cannot be read or does not fit.
    """
    chosen, info = make(MineOptions, options), read_info(record)
    data = TrainingSet.load([record])
    model, features, vocab, _ = load_run(run)
    if other := first_difference((features, vocab), (info.features, info.vocab), of="the record"):
        raise RunError(f"{run}: made with {other}; prepare the record as for the run")
    set_threads_apart(chosen.threads)
    model.to(choose_device(chosen.device))
    others = _Others([], [], [])
    for first in range(0, len(data), CHUNK):
        last = min(first + CHUNK, len(data))
        windows = {row: window for row in range(first, last) if not has_answer(window := data.window(row))}
        logits = window_logits(model, list(windows.values()), pad_id=vocab.pad, options=chosen, run=run)
        others.rows.extend(windows)
        others.pages.extend(window.example_id for window in windows.values())
        others.scores.extend(map(temptation, logits))
        progress(last, last / len(data))
    hard = hardest(others.pages, others.scores, chosen.per_page)
    keep = np.ones(len(data), np.bool_)
    keep[others.rows] = False
    keep[[others.rows[place] for place in hard]] = True
    counts = {"windows": int(keep.sum()), AnswerType.UNKNOWN.name.lower(): len(hard)}
    about = {"mined_by": run, "per_page": chosen.per_page}
    mined = replace(info, counts=info.counts | counts, options=info.options | about)
    write_record(out, rebatched(_rows(record, info, keep), ROW_GROUP), mined)
    return MineSummary(len(data) - len(others.rows), len(others.rows), len(hard))


class _Others(NamedTuple):
    """The windows without an answer: their rows in the record, their pages, and how much they tempt the run."""

    rows: list[int]
    pages: list[ExampleId]
    scores: list[float]


def _rows(record: str, info: RecordInfo, keep: NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
    """The rows of a record that are to be kept."""
    first = 0
    for batch in read_batches(record, info, SCHEMAS["train"].names):
        yield batch.filter(pa.array(keep[first : first + len(batch)]))
        first += len(batch)


def has_answer(window: Window) -> bool:
    """Whether a window's target is an answer of any type."""
    return window.target is not None and window.target.answer_type != AnswerType.UNKNOWN


def temptation(logits: Logits) -> float:
    """The log odds of an answer in a window to none, that of its start and that of its end added up."""
    return float(sum(np.logaddexp.reduce(part[1:].astype(np.float64)) - part[0] for part in (logits.start, logits.end)))


def hardest(pages: Sequence[ExampleId], scores: Sequence[float], count: int) -> list[int]:
    """The places of the ``count`` highest scores of each page; of equal ones the first."""
    by_page: dict[ExampleId, list[int]] = defaultdict(list)
    for place in sorted(range(len(scores)), key=lambda place: -scores[place]):
        if len(by_page[pages[place]]) < count:
            by_page[pages[place]].append(place)
    return [place for places in by_page.values() for place in places]
