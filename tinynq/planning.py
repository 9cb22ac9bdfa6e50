"""What an experiment would do, write, and take: measured on a sample of its pages."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

from tinynq.config import Experiment, RunOptions, make
from tinynq.experiments import RECIPE, SIZE, SYNONYMS, find_shards, stages, updates
from tinynq.inference import predict
from tinynq.metrics import evaluate
from tinynq.preparation import prepare
from tinynq.shards import merge
from tinynq.stages import Manifest
from tinynq.training import train

TRAIN_SAMPLE, DEV_SAMPLE = 64, 4  # pages
SHARD_BYTES = 42e9 / 55  # the release's train and dev shards together are 42 GB
RUN_BYTES = 150e6  # the weights of BERT-Tiny, and of two checkpoints with their moments
SCORES_BYTES, REPORT_BYTES = 3e3, 5e5
UPDATES = 3  # of the sample's training

Result = TypeVar("Result")


class Cost(NamedTuple):
    """Bytes that a stage writes, and its seconds; None: not known before the shards are there."""

    size: float | None
    seconds: float | None


class PlannedStage(NamedTuple):
    """One stage: its name, whether it is done, what it makes, and what that costs."""

    name: str
    done: bool
    makes: str
    cost: Cost


@dataclass(frozen=True)
class Plan:
    """The stages of an experiment, for ``pages`` train pages (None: not known yet)."""

    pages: int | None
    stages: list[PlannedStage]

    def lines(self) -> Iterator[str]:
        """A table of at most 80 columns."""
        yield f"{'stage':12}{'state':9}{'makes':37}{'size':>10}{'time':>12}"
        for stage in self.stages:
            makes = stage.makes if len(stage.makes) <= 36 else f"...{stage.makes[-33:]}"
            took = "" if stage.done else _time(stage.cost.seconds)
            state = "done" if stage.done else "to do"
            yield f"{stage.name:12}{state:9}{makes:37}{_size(stage.cost.size):>10}{took:>12}"
        left = [stage.cost for stage in self.stages if not stage.done]
        seconds = None if any(cost.seconds is None for cost in left) else sum(cost.seconds or 0 for cost in left)
        size = sum(cost.size or 0 for cost in left)
        yield f"{'still to do':58}{_size(size):>10}{_time(seconds):>12}"
        if self.pages is None:
            yield "Time, and sizes with ?, are known once the shards are there."
        else:
            yield f"For about {self.pages:,} train pages; the times are those of a sample on this machine."


def plan(experiment: Experiment, *, data: str, out: str, **options: Any) -> Plan:
    """What ``run`` with the same arguments would do; nothing of it is done.

    The costs are measured on a few pages of the shards in ``data``, in some ten seconds. Raises
    UsageError for bad options and InputError for shards that cannot be read.
    """
    chosen = make(RunOptions, options)
    manifest = Manifest(Path(out))
    steps = [(stage, manifest.is_current(stage)) for stage in stages(experiment, data=data, out=out, options=chosen)]
    shards, dev = find_shards(data, "train"), find_shards(data, "dev")
    pages: int | None = None
    costs: dict[str, Cost] = {}
    if shards and dev and not all(done for _, done in steps):
        pages, costs = measure(experiment, shards, dev, chosen)
    planned = []
    for stage, done in steps:
        if stage.name.startswith("fetch"):
            cost = Cost(SHARD_BYTES * len(stage.outputs), None)
        else:
            cost = costs.get(stage.name, Cost(None, None))
        if done:
            cost = Cost(sum(map(_bytes, stage.outputs)), 0.0)
        makes = stage.outputs[0] if len(stage.outputs) == 1 else f"{len(stage.outputs)} shards"
        planned.append(PlannedStage(stage.name, done, makes, cost))
    return Plan(pages, planned)


def measure(
    experiment: Experiment, shards: Sequence[str], dev_shards: Sequence[str], options: RunOptions
) -> tuple[int, dict[str, Cost]]:
    """The number of train pages, and the cost of each stage: the stages themselves, on a sample of the pages."""
    machine: dict[str, Any] = {"threads": options.threads, "device": options.device, "precision": options.precision}
    with TemporaryDirectory() as folder:
        raw, dev, simple, record, run, answers = (
            str(Path(folder) / n)
            for n in ("raw.jsonl.gz", "dev.jsonl.gz", "train.jsonl.gz", "train.parquet", "run", "answers.json")
        )
        sample = merge(shards, out=raw, take=TRAIN_SAMPLE).written
        dev_sample = merge(dev_shards, out=dev, take=DEV_SAMPLE).written
        # A sample that ended early was all there is.
        there = sample if sample < TRAIN_SAMPLE else int(sum(map(_bytes, shards)) / _bytes(raw) * sample)
        pages = min(there, options.pages or there)
        dev_pages = sum(map(_bytes, dev_shards)) / _bytes(dev) * dev_sample

        merging, _ = _timed(lambda: merge(raw, out=simple, simplify=True))
        preparing, info = _timed(lambda: prepare(simple, out=record, synonyms=SYNONYMS[experiment]))
        training = train(record, out=run, init=SIZE, recipe=RECIPE, steps=UPDATES, **machine).seconds
        predicting, _ = _timed(lambda: predict(run, dev, out=answers, **machine))
        scoring, _ = _timed(lambda: evaluate(dev, predictions=answers))
        share, dev_share = pages / sample, dev_pages / dev_sample
        with_copies = int(info.counts["pages"] * share)
        return pages, {
            "merge": Cost(_bytes(simple) * share, merging * share),
            "prepare": Cost(_bytes(record) * share, preparing * share),
            "train": Cost(RUN_BYTES, training / UPDATES * updates(with_copies)),
            "predict": Cost(_bytes(answers) * dev_share, predicting * dev_share),
            "score": Cost(SCORES_BYTES, scoring * dev_share),
            "report": Cost(REPORT_BYTES, 2 * scoring * dev_share),  # it reads the pages twice
        }


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _bytes(path: str) -> int:
    if os.path.isdir(path):
        return sum(file.stat().st_size for file in Path(path).rglob("*") if file.is_file())
    return os.path.getsize(path)


def _size(size: float | None) -> str:
    if size is None:
        return "?"
    unit = max(0, min(3, int(math.log10(max(1.0, size))) // 3))
    return f"{size / 1000**unit:,.{1 if unit else 0}f} {('B', 'kB', 'MB', 'GB')[unit]}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
