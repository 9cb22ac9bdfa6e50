"""The whole job on the sample that the package ships, from pages to scores, on one page of code."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

from tinynq.checkpoint import load_init
from tinynq.config import PredictOptions
from tinynq.inference import page_stream, predict, predict_pages
from tinynq.metrics import Report, evaluate, score
from tinynq.pages import read_gold, read_pages
from tinynq.predictions import first_candidate
from tinynq.preparation import prepare
from tinynq.training import train
from tinynq.types import Progress

# Short windows, so that a question's words are not lost among the page's.
FEATURES: dict[str, Any] = {"max_seq_length": 128, "stride": 64, "include_unknowns": 0.25}
TRAINING: dict[str, Any] = {"recipe": "scratch"}


class DemoReport(NamedTuple):
    """Scores by system, and seconds by stage."""

    rows: dict[str, Report]
    seconds: dict[str, float]

    def lines(self) -> Iterator[str]:
        """One table, at most 80 columns wide."""
        yield f"{'':15}{'long F1':>9}{'P':>7}{'R':>7}{'thresh.':>8}{'short F1':>11}{'P':>7}{'R':>7}{'thresh.':>8}"
        for name, report in self.rows.items():
            long, short = report.long.best, report.short.best
            yield (
                f"{name:15}{long.f1:9.1%}{long.precision:7.1%}{long.recall:7.1%}{long.threshold:8.2f}"
                f"{short.f1:11.1%}{short.precision:7.1%}{short.recall:7.1%}{short.threshold:8.2f}"
            )
        yield ""
        yield "seconds: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())


def demo(*, out: str, stage: Callable[[str, str], AbstractContextManager[Progress]], seed: int = 0) -> DemoReport:
    """Prepare the sample, train BERT-Tiny from random weights, predict the held-out pages, and score them.

    Beside it stand the same model untrained, and the first candidate of every page. What is made
    is written into the folder ``out``. ``stage(name, unit)`` gives each stage its Progress.
    """
    seconds: dict[str, float] = {}

    @contextmanager
    def timed(name: str, unit: str) -> Iterator[Progress]:
        begun = time.monotonic()
        with stage(name, unit) as progress:
            yield progress
        seconds[name] = time.monotonic() - begun

    record, run, predictions = (str(Path(out) / name) for name in ("train.parquet", "run", "predictions.json"))
    with as_file(files("tinynq") / "data") as data:
        train_pages, dev_pages = str(data / "sample-train.jsonl.gz"), str(data / "sample-dev.jsonl.gz")

        with timed("prepare", "pages") as progress:
            info = prepare(train_pages, out=record, seed=seed, progress=progress, **FEATURES)
        with timed("train", "windows") as progress:
            train(record, out=run, init="bert-tiny", seed=seed, progress=progress, **TRAINING)
        with timed("predict", "pages") as progress:
            predict(run, dev_pages, out=predictions, progress=progress)
        with timed("evaluate", "pages") as progress:
            trained = evaluate(dev_pages, predictions=predictions, progress=progress)

        with timed("baselines", "pages") as progress:
            model = load_init("bert-tiny", info.vocab, features=info.features, seed=seed).eval()
            pages = page_stream(dev_pages, features=info.features, vocab=info.vocab, progress=progress)
            answers = predict_pages(model, pages, pad_id=info.vocab.pad, options=PredictOptions())
            untrained = score(read_gold(dev_pages), (prediction for _, prediction in answers))
            first = score(read_gold(dev_pages), map(first_candidate, read_pages(dev_pages)))
    return DemoReport({"BERT-Tiny": trained, "untrained": untrained, "first candidate": first}, seconds)
