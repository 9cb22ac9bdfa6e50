"""The whole job on the sample that the package ships, from pages to scores, on one page of code."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

from tinynq.bundled import bundled_readers
from tinynq.checkpoint import load_init
from tinynq.config import PredictOptions
from tinynq.documents import read_document
from tinynq.inference import page_stream, predict, predict_pages
from tinynq.metrics import Report, evaluate, score
from tinynq.pages import read_gold, read_pages
from tinynq.predictions import first_candidate
from tinynq.preparation import prepare
from tinynq.reader import DEFAULT, Reader
from tinynq.training import train
from tinynq.types import Page, Progress

# Short windows, so that a question's words are not lost among the page's.
FEATURES: dict[str, Any] = {"max_seq_length": 128, "stride": 64, "include_unknowns": 0.25}
TRAINING: dict[str, Any] = {"recipe": "scratch"}
ASKED = 10
NONE = "no answer"


class Asked(NamedTuple):
    """A question to the bundled reader, its answer and that one's probability, and what people answered."""

    question: str
    answer: str
    probability: float
    gold: str


class DemoReport(NamedTuple):
    """Scores by system, seconds by stage, and what the bundled reader was asked, if there is one."""

    rows: dict[str, Report]
    seconds: dict[str, float]
    asked: list[Asked]

    def lines(self) -> Iterator[str]:
        """Two tables, at most 80 columns wide."""
        yield f"{'':15}{'long F1':>9}{'P':>7}{'R':>7}{'thresh.':>8}{'short F1':>11}{'P':>7}{'R':>7}{'thresh.':>8}"
        for name, report in self.rows.items():
            long, short = report.long.best, report.short.best
            yield (
                f"{name:15}{long.f1:9.1%}{long.precision:7.1%}{long.recall:7.1%}{long.threshold:8.2f}"
                f"{short.f1:11.1%}{short.precision:7.1%}{short.recall:7.1%}{short.threshold:8.2f}"
            )
        yield ""
        if self.asked:
            yield f"{f'The reader {DEFAULT!r} was asked:':39}{'its answer':18}{'sure':>4} people answered"
        else:
            yield f"No reader {DEFAULT!r} is in this checkout to be asked; `make reader` makes it."
        for each in self.asked:
            question, answer, gold = _cut(each.question, 38), _cut(each.answer, 17), _cut(each.gold, 18)
            yield f"{question:39}{answer:18}{each.probability:4.0%} {gold}".rstrip()
        yield ""
        yield "seconds: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())


def demo(*, out: str, stage: Callable[[str, str], AbstractContextManager[Progress]], seed: int = 0) -> DemoReport:
    """Prepare the sample, train BERT-Tiny from random weights, predict the held-out pages, and score them.

    Beside it stand the same model untrained, and the first candidate of every page. What is made
    is written into the folder ``out``. A bundled reader is asked some of the questions as well. ``stage(name, unit)``
    gives each stage its Progress.
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
            untrained = score(read_gold(dev_pages), (prediction for chunk in answers for _, prediction in chunk))
            first = score(read_gold(dev_pages), map(first_candidate, read_pages(dev_pages)))
        asked: list[Asked] = []
        if DEFAULT in bundled_readers():
            with timed("ask", "questions"):
                asked = ask_some(list(read_pages(dev_pages)))
    return DemoReport({"BERT-Tiny": trained, "untrained": untrained, "first candidate": first}, seconds, asked)


def ask_some(pages: Sequence[Page]) -> list[Asked]:
    """Ask the bundled reader the questions of ASKED pages, evenly spread."""
    chosen = [pages[i * len(pages) // ASKED] for i in range(ASKED)]
    answers = Reader.load(DEFAULT).answer_many([page.question for page in chosen], chosen)
    asked = []
    for page, answer in zip(chosen, answers, strict=True):
        given = answer.short or answer.long
        text = answer.yes_no or (given.text if given else NONE)
        asked.append(Asked(page.question, text, answer.probability, _gold_text(page)))
    return asked


def _gold_text(page: Page) -> str:
    """What the first of two or more annotators answered, as short as it was."""
    given = [each for each in page.annotations or [] if not each.long_answer.is_null]
    if len(given) < 2:
        return NONE
    first = max(given, key=lambda each: bool(each.short_answers) or each.yes_no_answer != "NONE")
    if first.yes_no_answer != "NONE":
        return first.yes_no_answer.lower()
    spans = first.short_answers or [first.long_answer]
    return ", ".join(read_document(page).text(span.start_token, span.end_token) for span in spans)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 2]}.."
