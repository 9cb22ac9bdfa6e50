"""The HTML report: one page that shows how well questions were answered, which ones, and where it goes wrong.

It needs no script and nothing from the network; the pictures are in it, and the curves beside it as PNG.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from tinynq import __version__, charts
from tinynq.bootstrap import Interval
from tinynq.breakdown import PageFacts, is_given, tables
from tinynq.config import EvalOptions, GoldOptions, make_both
from tinynq.errors import InputError, OnBad, UsageError, refuse
from tinynq.excerpts import Excerpt, excerpt
from tinynq.files import PathLike, atomic_write, expand
from tinynq.gold import Gold, GoldPages, check_gold
from tinynq.metrics import TARGETS, AnswerReport, Judged, Outcome, Report, judge, summarize
from tinynq.pages import read_pages
from tinynq.predictions import read_predictions
from tinynq.setaside import bad_file
from tinynq.storage import STDIN
from tinynq.types import ExampleId, Page, Prediction, Progress, no_progress

if TYPE_CHECKING:
    import jinja2

LISTED = 20  # examples in a list


class Written(NamedTuple):
    """The scores, and the files that show them: the page, then the curves of long and short answers."""

    report: Report
    files: list[str]


class Cell(NamedTuple):
    """A score, and its 95 % interval where it has one."""

    value: float
    interval: Interval | None = None


class ScoreRow(NamedTuple):
    """One score of long and of short answers; None where a precision is not reached."""

    name: str
    long: Cell | None
    short: Cell | None


class Picture(NamedTuple):
    """A chart as SVG, and what it shows in words."""

    title: str
    svg: str
    words: str
    caption: str


class Listing(NamedTuple):
    """The examples that stand out in one way, the most striking first."""

    title: str
    note: str
    examples: list[tuple[ExampleId, Outcome]]


class Kind(NamedTuple):
    """One kind of answer, long or short: what came of each page, and the scores."""

    name: str
    outcomes: dict[ExampleId, Outcome]
    scores: AnswerReport

    def given(self, outcome: Outcome) -> bool:
        """Whether an answer is given at the threshold of the best F1."""
        return is_given(outcome, self.scores.best.threshold)

    def listings(self) -> list[Listing]:
        """The best answers, the worst, and what was missed; equal scores in the order of the pages."""
        ranked = sorted(self.outcomes.items(), key=lambda item: item[1].score, reverse=True)
        right = [item for item in ranked if item[1].correct]
        wrong = [item for item in ranked if item[1].predicted and not item[1].correct]
        missed = [i for i in self.outcomes.items() if i[1].gold and not self.given(i[1])]
        missed.sort(key=lambda item: item[1].score)
        return [
            Listing("Right", "The right answers with the highest scores.", right[:LISTED]),
            Listing("Wrong", "The wrong answers with the highest scores.", wrong[:LISTED]),
            Listing(
                "Missed",
                "Questions with a gold answer and none given: null, or withheld for its score. Lowest scores first.",
                missed[:LISTED],
            ),
        ]

    def pictures(self) -> list[Picture]:
        """The precision-recall curve and the histogram of scores."""
        outcomes, best = list(self.outcomes.values()), self.scores.best
        right = sum(outcome.correct for outcome in outcomes)
        wrong = self.scores.predicted - right
        point = f"best F1 {best.f1:.1%}, at precision {best.precision:.1%} and recall {best.recall:.1%}"
        targets = ", ".join(f"{target:.0%}" for target in TARGETS)
        return [
            Picture(
                f"Precision and recall of {self.name} answers",
                charts.svg(charts.curve(outcomes, self.scores, palette=charts.PAGE)),
                f"Curve of precision over recall; {point}.",
                f"Dot: {point}. Rings: the highest recall at a precision of at least {targets}." if right else "",
            ),
            Picture(
                f"Scores of {self.name} answers",
                charts.svg(charts.histogram(outcomes, best.threshold if right else None, palette=charts.PAGE)),
                f"Histogram of the scores of {right:,} right and {wrong:,} wrong answers.",
                f"{right:,} right and {wrong:,} wrong answers"
                + (f"; dashed: the threshold of the best F1, {best.threshold:.6g}." if right else "."),
            ),
        ]

    def png(self) -> bytes:
        """The curve as a picture file."""
        title = f"{self.name} answers"
        return charts.png(charts.curve(list(self.outcomes.values()), self.scores, palette=charts.PAPER, title=title))


def write_report(
    pages: Sequence[str],
    *,
    predictions: PathLike,
    out: str,
    skip_bad: str | None = None,
    progress: Progress = no_progress,
    **options: Any,
) -> Written:
    """Scores a predictions file as ``evaluate`` does, and writes an HTML page of what there is to see.

    Beside ``out`` (NAME.html) go NAME-long.png and NAME-short.png, the precision-recall curves. The
    pages are read twice, by one process and past the cache, and must have question and text; of a page's text
    only excerpts are kept.
    Raises UsageError where the extra ``report`` is missing or the pages are standard input, and
    what ``evaluate`` raises.
    """
    charts.require_extra()
    checked, _ = make_both(EvalOptions, GoldOptions, options)
    sources = expand(pages)
    if STDIN in sources:
        raise UsageError("a report reads the pages twice, and standard input can be read once; name a file")
    paths = [out, *(f"{out.removesuffix('.html')}-{kind}.png" for kind in ("long", "short"))]
    with bad_file(skip_bad) as bad, ExitStack() as stack:
        # Before the work: a place that takes no file is an error at once. They get their names together.
        written = [stack.enter_context(atomic_write(path)) for path in paths]
        found = read_predictions(predictions)
        facts: dict[ExampleId, PageFacts] = {}
        on_bad = refuse if skip_bad is None else bad.note
        read = read_pages(sources, progress=_half(progress, 0), on_bad=on_bad)
        gold = GoldPages(_noting(read, facts, None if skip_bad is None else bad.note))
        gold.bad = bad.count
        judged = judge(gold, gold.answerable(found), options=checked)
        report = replace(summarize(judged, options=checked), bad_pages=bad.count)
        kinds = [
            Kind("long", {id_: long for id_, (long, _) in judged.pages.items()}, report.long),
            Kind("short", {id_: short for id_, (_, short) in judged.pages.items()}, report.short),
        ]
        listings = {kind.name: kind.listings() for kind in kinds}
        listed = {id_ for group in listings.values() for listing in group for id_, _ in listing.examples}
        answers = {prediction.example_id: prediction for prediction in found if prediction.example_id in listed}
        page = _template().render(
            version=__version__,
            name=os.path.basename(predictions),
            predictions=predictions,
            sources=sources,
            report=report,
            scores=score_rows(*kinds, options=checked),
            kinds=kinds,
            tables=tables(judged, report, facts),
            listings=listings,
            excerpts=_excerpts(
                read_pages(sources, progress=_half(progress, 0.5), on_bad=lambda error: None), answers, judged
            ),
        )
        for file, content in zip(written, (page.encode(), *(kind.png() for kind in kinds)), strict=True):
            file.write(content)
            file.flush()
    return Written(report, paths)


def score_rows(long: Kind, short: Kind, *, options: EvalOptions) -> list[ScoreRow]:
    """The official scores, a row each; those at the best threshold with their intervals."""
    columns: list[list[Cell | None]] = []
    for scores in (long.scores, short.scores):
        best, intervals = scores.best.as_dict(), scores.intervals(options)
        at_best: list[Cell | None] = [Cell(best[name], intervals[name]) for name in ("f1", "precision", "recall")]
        columns.append(at_best + [Cell(point.recall) if point else None for point in scores.at_precision])
    names = ["best F1", "its precision", "its recall", *(f"recall at precision ≥ {t:.0%}" for t in TARGETS)]
    return [ScoreRow(*row) for row in zip(names, *columns, strict=True)]


def _half(progress: Progress, done: float) -> Progress:
    """The progress of one of two readings of the pages."""
    return lambda count, share: progress(count, done + share / 2)


def _noting(pages: Iterable[Page], facts: dict[ExampleId, PageFacts], on_bad: OnBad | None) -> Iterator[Gold]:
    """The gold of pages, whose facts are kept on the way; without ``on_bad`` whoever scores checks what is scored."""
    for page in pages:
        annotations = page.annotations or []
        if on_bad:
            try:
                check_gold(annotations, f"{page.where}: example {page.example_id}")
            except InputError as error:
                on_bad(error)
                continue
        facts[page.example_id] = PageFacts.of(page)
        yield page.example_id, annotations, page.where


def _excerpts(
    pages: Iterable[Page], answers: Mapping[ExampleId, Prediction], judged: Judged
) -> dict[ExampleId, Excerpt]:
    """The excerpts of the pages that ``answers`` name."""
    return {
        page.example_id: excerpt(page, answers[page.example_id], judged.pages[page.example_id])
        for page in pages
        if page.example_id in answers
    }


def _template() -> "jinja2.Template":
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["share"] = lambda value: "–" if value is None else f"{value:.1%}"
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["score"] = lambda value: f"{value:.6g}"
    return environment.from_string((files("tinynq") / "data" / "report.html").read_text("utf-8"))
