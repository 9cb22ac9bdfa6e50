"""Predictions + gold -> Report: the official evaluation of Natural Questions, digit for digit.

Rules: Kwiatkowski et al. 2019, "Natural Questions: a Benchmark for Question Answering Research",
section 5, as the release's nq_eval computes them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import compress, groupby
from typing import Any, NamedTuple, TypeAlias

import tinynq
from tinynq.bootstrap import Interval, rate_intervals
from tinynq.config import EvalOptions, GoldOptions, make, make_both
from tinynq.errors import InputError
from tinynq.files import PathLike
from tinynq.gold import check_gold, load_gold
from tinynq.predictions import is_null, read_predictions
from tinynq.signature import digest, signature
from tinynq.types import Annotation, ExampleId, NqSpan, Prediction, Progress, no_progress

TARGETS = (0.5, 0.75, 0.9)  # the precisions at which recall is reported

Score: TypeAlias = int | float  # an integer score stays one, and so does the threshold it becomes


class OperatingPoint(NamedTuple):
    """Precision and recall (0 to 1) when answers below ``threshold`` are withheld."""

    precision: float
    recall: float
    threshold: Score

    @property
    def f1(self) -> float:
        return _ratio(2 * self.precision * self.recall, self.precision + self.recall)

    def as_dict(self) -> dict[str, Score]:
        """F1, precision, recall and threshold, by name."""
        return {"f1": self.f1, **self._asdict()}


class Counts(NamedTuple):
    """Pages by what came of them at a threshold.

    With a gold answer: ``right``, ``wrong`` (another was given), ``missed`` (none was); without:
    ``spurious`` (one was given all the same), ``silent`` (none was).
    """

    right: int
    wrong: int
    missed: int
    spurious: int
    silent: int


# Of each of these, in order: is there gold, is the answer right, is there an answer.

COUNTED = ((True, True, True), (True, False, True), (True, False, False), (False, False, True), (False, False, False))


class AnswerReport(NamedTuple):
    """How well one kind of answer, long or short, was found.

    ``best`` is the point of the best F1; ``at_precision`` holds, for each of TARGETS, the point of
    the highest recall with at least that precision, or None where it is not reached. ``gold`` and
    ``predicted`` count the pages with an answer, without regard to thresholds. ``every`` is the point
    at which no answer is withheld, and ``counts`` is what came of the pages at the best threshold.
    """

    best: OperatingPoint
    at_precision: tuple[OperatingPoint | None, ...]
    gold: int
    predicted: int
    every: OperatingPoint
    counts: Counts

    def official(self, kind: str) -> Iterator[tuple[str, float]]:
        """The official names and values, in the official order."""
        yield f"{kind}-best-threshold-f1", self.best.f1
        yield f"{kind}-best-threshold-precision", self.best.precision
        yield f"{kind}-best-threshold-recall", self.best.recall
        yield f"{kind}-best-threshold", self.best.threshold
        for target, point in zip(TARGETS, self.at_precision, strict=True):
            yield f"{kind}-recall-at-precision>={target}", point.recall if point else 0
            yield f"{kind}-precision-at-precision>={target}", point.precision if point else 0

    def intervals(self, options: EvalOptions) -> dict[str, Interval]:
        """The 95 % intervals of precision, recall and F1 at the best threshold, which is held fixed."""
        return rate_intervals(self.counts, COUNTED, samples=options.samples, seed=options.seed)

    def as_dict(self, options: EvalOptions) -> dict[str, Any]:
        """All that is known, ready for JSON."""
        points = (point.as_dict() if point else None for point in self.at_precision)
        return {
            "gold": self.gold,
            "predicted": self.predicted,
            "best": {**self.best.as_dict(), "intervals": self.intervals(options), "counts": self.counts._asdict()},
            "every_answer": self.every.as_dict(),
            "recall_at_precision": dict(zip(map(str, TARGETS), points, strict=True)),
        }

    def lines(self, kind: str, options: EvalOptions) -> Iterator[str]:
        """Rows of the printed table: the best F1, its interval, recall at each precision, all answers."""
        low, high = self.intervals(options)["f1"]
        yield _row(kind, "best F1", self.best, f"{self.best.f1:9.2%}")
        yield f"{'':<6} {'  95 % interval':<20}{low:9.2%} to {high:.2%}"
        for target, point in zip(TARGETS, self.at_precision, strict=True):
            label = f"recall at P >= {target}"
            yield _row("", label, point, "") if point else f"{'':<6} {label:<20}{'not reached':>27}"
        yield _row("", "every answer given", self.every, f"{self.every.f1:9.2%}")


@dataclass(frozen=True, kw_only=True)
class Report:
    """The official scores of one set of predictions.

    ``pages`` were scored with ``options``; with ``partial``, ``pages_left_out`` have no prediction
    and ``predictions_left_out`` no page; ``bad_pages`` were scored on neither side. The digests (sha256) are of the
    content, whatever the file's layout and order.
    Intervals are computed when they are asked for.
    """

    long: AnswerReport
    short: AnswerReport
    pages: int
    options: EvalOptions
    pages_left_out: int = 0
    predictions_left_out: int = 0
    bad_pages: int = 0
    gold_digest: str = ""
    predictions_digest: str = ""

    @property
    def signature(self) -> str:
        """What made the scores, in one line: two reports with the same one have the same scores."""
        return signature(
            pages=self.pages, gold=self.gold_digest, predictions=[self.predictions_digest], options=self.options
        )

    def as_dict(self) -> dict[str, Any]:
        """All that is known, ready for JSON; intervals are made anew each time."""
        return {
            "official": self.official(),
            "long": self.long.as_dict(self.options),
            "short": self.short.as_dict(self.options),
            "pages": self.pages,
            "pages_left_out": self.pages_left_out,
            "predictions_left_out": self.predictions_left_out,
            "bad_pages": self.bad_pages,
            "options": asdict(self.options),
            "version": tinynq.__version__,
            "gold_digest": self.gold_digest,
            "predictions_digest": self.predictions_digest,
            "signature": self.signature,
        }

    def official(self) -> dict[str, float]:
        """The official keys and values in the official order; 0 where a precision is not reached."""
        return dict([*self.long.official("long"), *self.short.official("short")])

    def lines(self) -> Iterator[str]:
        """The scores for people, in lines of at most 80 columns."""
        annotators = (self.options.long_non_null_threshold, self.options.short_non_null_threshold)
        yield f"{self.pages} pages; an answer counts from {annotators[0]} (long), {annotators[1]} (short) annotators"
        if self.options.partial:
            yield f"partial: {self.pages_left_out} pages without prediction left out,"
            yield f"         {self.predictions_left_out} predictions without page left out"
        for kind, part in (("long", self.long), ("short", self.short)):
            yield f"{kind:<6} {part.gold} pages with an answer, {part.predicted} predicted"
        yield f"{'':27}{'F1':>9}{'P':>9}{'R':>9}{'threshold':>14}"
        yield from self.long.lines("long", self.options)
        yield from self.short.lines("short", self.options)
        yield ""
        yield self.signature


class Outcome(NamedTuple):
    """One page and one kind of answer: is there one, was one given, is it right, and its score."""

    gold: bool
    predicted: bool
    correct: bool
    score: Score

    def given_from(self, threshold: Score) -> bool:
        """Whether an answer is given when those below ``threshold`` are withheld."""
        return self.predicted and self.score >= threshold

    def correct_from(self, threshold: Score) -> bool:
        """Whether that answer is right."""
        return self.correct and self.score >= threshold


class Judged(NamedTuple):
    """The long and the short outcome of each page, in the order of the gold, and how many had no counterpart.

    The digests (sha256) are of all gold and all predictions.
    """

    pages: dict[ExampleId, tuple[Outcome, Outcome]]
    pages_left_out: int
    predictions_left_out: int
    gold_digest: str = ""
    predictions_digest: str = ""


def evaluate(
    pages: str | Sequence[str],
    *,
    predictions: PathLike,
    skip_bad: str | None = None,
    progress: Progress = no_progress,
    **options: Any,
) -> Report:
    """Scores a predictions file against NQ files, as the official evaluation does.

    ``pages`` are NQ files, globs, folders, URLs or ``-``; ``options`` are the fields of EvalOptions and of
    GoldOptions. Bad pages are listed in the file ``skip_bad`` and scored on neither side. Raises InputError for
    what cannot be read or does not fit together, UsageError for an unknown option.
    """
    checked, reading = make_both(EvalOptions, GoldOptions, options)
    found = iter(read_predictions(predictions))  # a list would be held to the end
    gold = load_gold(pages, options=reading, skip_bad=skip_bad, progress=progress)
    return replace(score(gold, gold.answerable(found), **vars(checked)), bad_pages=gold.bad)


def score(
    gold: Iterable[tuple[ExampleId, Sequence[Annotation], str]],
    predictions: Iterable[Prediction],
    **options: Any,
) -> Report:
    """Scores predictions against gold (example id, annotations, where it stands).

    ``options`` are the fields of EvalOptions. A page has a gold answer when at least ``*_non_null_threshold``
    annotators gave one, and a prediction is right when it matches any of them. The order of pages does not matter; of
    two predictions (or gold lines) with one id the last wins. Scores of predictions must be finite.
    Raises InputError for a gold page without annotations or with a span that cannot be, and for ids
    that are not the same on both sides, unless ``partial`` scores the ids that are.
    """
    checked = make(EvalOptions, options)
    return summarize(judge(gold, predictions, options=checked), options=checked)


def judge(
    gold: Iterable[tuple[ExampleId, Sequence[Annotation], str]],
    predictions: Iterable[Prediction],
    *,
    options: EvalOptions,
    name: str = "",
) -> Judged:
    """What came of each page; all that a score is made of, and two systems are compared by.

    Takes and raises what ``score`` does; ``name`` begins the messages about predictions.
    """
    found = {prediction.example_id: prediction for prediction in predictions}
    if iter(gold) is gold:  # which can be gone through once
        gold = list(gold)
    last = {example_id: at for at, (example_id, _, _) in enumerate(gold)}
    if not options.partial:
        _check_ids(last, found, name)
    if not last.keys() & found.keys():
        raise InputError(f"{name}nothing to score: {len(last)} gold pages and {len(found)} predictions share no id")
    said = digest(map(_answers, found.values()))
    kept = [at == last[example_id] for at, (example_id, _, _) in enumerate(gold)]
    known = digest((example_id, annotations) for example_id, annotations, _ in compress(gold, kept))
    pages: dict[ExampleId, tuple[Outcome, Outcome]] = {}
    for example_id, annotations, where in compress(gold, kept):
        if example_id in found:
            check_gold(annotations, f"{where}: example {example_id}")
            prediction = found.pop(example_id)  # which is looked at no more, and makes room
            pages[example_id] = (
                _score_long(annotations, prediction, options.long_non_null_threshold),
                _score_short(annotations, prediction, options.short_non_null_threshold),
            )
    return Judged(pages, len(last) - len(pages), len(found), known, said)


def summarize(judged: Judged, *, options: EvalOptions) -> Report:
    """The official scores of pages that were judged with ``options``."""
    return Report(
        long=answer_report([long for long, _ in judged.pages.values()]),
        short=answer_report([short for _, short in judged.pages.values()]),
        pages=len(judged.pages),
        options=options,
        pages_left_out=judged.pages_left_out,
        predictions_left_out=judged.predictions_left_out,
        gold_digest=judged.gold_digest,
        predictions_digest=judged.predictions_digest,
    )


def _row(kind: str, label: str, point: OperatingPoint, f1: str) -> str:
    return f"{kind:<6} {label:<20}{f1:9}{point.precision:9.2%}{point.recall:9.2%}{point.threshold:>14.6g}"


def _check_ids(expected: Mapping[ExampleId, object], found: Mapping[ExampleId, object], name: str) -> None:
    faults = []
    for (kind, other), ids, others in (
        (("gold page", "prediction"), expected, found),
        (("prediction", "gold page"), found, expected),
    ):
        alone = [example_id for example_id in ids if example_id not in others]
        if alone:
            listed = ", ".join(json.dumps(example_id) for example_id in alone[:10])
            plural = "s" if len(alone) > 1 else ""
            faults.append(f"{len(alone)} {kind}{plural} without {other}: {listed}{', ...' if len(alone) > 10 else ''}")
    if faults:
        raise InputError(f"{name}{'; '.join(faults)}; expected the same ids on both sides, or the option partial")


def _answers(prediction: Prediction) -> tuple[object, ...]:
    """All of a prediction that scores are made of."""
    p = prediction
    return p.example_id, p.long_answer, p.long_answer_score, p.short_answers, p.short_answers_score, p.yes_no_answer


def _equal(a: NqSpan, b: NqSpan) -> bool:
    """Whether two spans that are not null are the same, in bytes or in tokens."""
    return (0 <= a.start_byte == b.start_byte and a.end_byte == b.end_byte) or (
        0 <= a.start_token == b.start_token and a.end_token == b.end_token
    )


def _same_set(a: Sequence[NqSpan], b: Sequence[NqSpan]) -> bool:
    """Whether the spans that are not null are the same, repetitions and order aside."""
    a = [span for span in a if not is_null(span)]
    b = [span for span in b if not is_null(span)]
    return all(any(_equal(x, y) for y in b) for x in a) and all(any(_equal(x, y) for x in a) for y in b)


def _score_long(annotations: Sequence[Annotation], prediction: Prediction, non_null_threshold: int) -> Outcome:
    spans = [a.long_answer for a in annotations if not is_null(a.long_answer)]
    gold = len(spans) >= non_null_threshold
    predicted = not is_null(prediction.long_answer)
    correct = gold and predicted and any(_equal(span, prediction.long_answer) for span in spans)
    return Outcome(gold, predicted, correct, prediction.long_answer_score)


def _score_short(annotations: Sequence[Annotation], prediction: Prediction, non_null_threshold: int) -> Outcome:
    """Short answers and yes/no count as one kind of answer."""
    gold = sum(map(has_short, annotations)) >= non_null_threshold
    predicted = has_short(prediction)
    yes_no = prediction.yes_no_answer.upper()
    matches = (
        a.yes_no_answer.upper() == yes_no if yes_no != "NONE" else _same_set(a.short_answers, prediction.short_answers)
        for a in annotations
    )
    correct = gold and predicted and any(matches)
    return Outcome(gold, predicted, correct, prediction.short_answers_score)


def has_short(answers: Annotation | Prediction) -> bool:
    """Whether there is a short answer, or yes or no, which count as one kind of answer."""
    return answers.yes_no_answer.upper() != "NONE" or not all(map(is_null, answers.short_answers))


def _ratio(x: float, y: float) -> float:
    return x / y if y else 0.0


def answer_report(outcomes: Sequence[Outcome]) -> AnswerReport:
    """The scores of one kind of answer over pages."""
    gold = sum(outcome.gold for outcome in outcomes)
    points = list(operating_points(outcomes, gold))
    # Of equal points the first, with the highest threshold, wins: max returns the first.
    best = max((p for p in points if p.f1 > 0), key=lambda p: p.f1, default=OperatingPoint(0.0, 0.0, 0.0))
    at_precision = (
        max((p for p in points if p.precision >= target and p.recall > 0), key=lambda p: p.recall, default=None)
        for target in TARGETS
    )
    predicted = sum(outcome.predicted for outcome in outcomes)
    counted = Counter((o.gold, o.correct_from(best.threshold), o.given_from(best.threshold)) for o in outcomes)
    counts = Counts(*(counted[outcome] for outcome in COUNTED))
    return AnswerReport(best, tuple(at_precision), gold, predicted, points[-1], counts)


def by_score(outcome: Outcome) -> tuple[Score, bool]:
    """What outcomes are ranked by; with the type, the threshold of tied 1 and 1.0 does not depend on their order."""
    return outcome.score, isinstance(outcome.score, float)


def operating_points(outcomes: Sequence[Outcome], gold: int) -> Iterator[OperatingPoint]:
    """Precision and recall at every distinct score, from the highest down; equal scores count together."""
    predicted = correct = 0
    ranked = sorted(outcomes, key=by_score, reverse=True)
    for threshold, tied in groupby(ranked, key=lambda outcome: outcome.score):
        for outcome in tied:
            predicted += outcome.predicted
            correct += outcome.correct
        yield OperatingPoint(_ratio(correct, predicted), _ratio(correct, gold), threshold)
