"""What the scores of a run mean, fitted on pages that it was not trained on: its rule, thresholds, probabilities."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tinynq.answers import Calibration
from tinynq.bundled import find_run
from tinynq.checkpoint import load_run, note
from tinynq.config import Decoding, EvalOptions, ForwardOptions, make
from tinynq.decode import decode_pages
from tinynq.errors import InputError
from tinynq.features import page_windows
from tinynq.gold import Gold
from tinynq.inference import page_logits
from tinynq.metrics import Outcome, Report, judge, summarize
from tinynq.model import choose_device
from tinynq.pages import read_pages
from tinynq.threads import set_threads_apart
from tinynq.types import PageWindows, Prediction, Progress, no_progress

# Those that are tried: bert-joint's, and what all spans of a candidate add up to, each with both ways to weigh windows
# and spans, and with yes and no from several odds on.
RULES = (
    Decoding(),
    *(
        Decoding(long="all-spans", windows=windows, against=against, yes_no=odds)
        for against in ("null", "all")
        for windows in ("best", "mean")
        for odds in (None, 2.0, 1.0, 0.0, -1.0, -2.0)
    ),
)
BINS = 10
FEWEST = 10  # right and wrong answers each, to fit a slope from
NEWTON_STEPS = 50


class Bin(NamedTuple):
    """Answers of about one probability: its mean, the share that is right, and how many they are."""

    probability: float
    right: float
    answers: int


@dataclass(frozen=True)
class Fit:
    """One kind of answer: its scores' calibration, the threshold of its best F1, and that F1 (0 to 1).

    ``bins`` are of probabilities that were fitted on the other half of the pages; ``error`` is their expected
    calibration error (Naeini et al. 2015).
    """

    calibration: Calibration
    threshold: float
    f1: float
    bins: tuple[Bin, ...]

    @property
    def error(self) -> float:
        """The mean distance of probability and share, weighted by answers."""
        total = sum(each.answers for each in self.bins)
        return sum(abs(each.probability - each.right) * each.answers for each in self.bins) / total


@dataclass(frozen=True)
class Calibrated:
    """What was noted in a run: the rule that was best on ``pages`` pages, and how its scores are to be read.

    ``tried`` has the best long and short F1 of every rule, on the same pages.
    """

    decoding: Decoding
    long: Fit
    short: Fit
    pages: int
    tried: tuple[tuple[Decoding, float, float], ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "decoding": asdict(self.decoding),
            "pages": self.pages,
            **{
                kind: {**asdict(fit), "bins": [each._asdict() for each in fit.bins], "error": fit.error}
                for kind, fit in (("long", self.long), ("short", self.short))
            },
            "tried": [{**asdict(rule), "long_f1": long, "short_f1": short} for rule, long, short in self.tried],
        }

    def lines(self) -> Iterator[str]:
        """The tables for people."""
        yield f"{'long answer':13}{'windows':9}{'against':9}{'yes or no from':>15}{'long F1':>10}{'short F1':>10}"
        for rule, long, short in self.tried:
            odds = "never" if rule.yes_no is None else f"{rule.yes_no:g}"
            chosen = "  chosen" if rule == self.decoding else ""
            yield f"{rule.long:13}{rule.windows:9}{rule.against:9}{odds:>15}{long:10.1%}{short:10.1%}{chosen}"
        yield ""
        yield f"{'':13}{'threshold':>15}{'F1':>10}{'calibration error':>20}"
        for kind, fit in (("long", self.long), ("short", self.short)):
            yield f"{kind:13}{fit.threshold:>15.6g}{fit.f1:10.1%}{fit.error:20.1%}"


def calibrate(run: str, pages: str | Sequence[str], *, progress: Progress = no_progress, **options: Any) -> Calibrated:
    """Fit rule, thresholds and probabilities of a run on NQ pages that it was not trained on, and note them in it.

    The rule is the one of RULES with the best sum of long and short F1, the simpler one of equals. A probability is the
    logistic function of a score, fitted to whether answers are right (Platt 1999). On pages with
    one annotation each, as those for training, that one is the gold. The keywords are the fields of ForwardOptions.
    Raises RunError for what is no run, and InputError for pages that cannot be read, or with too few answers.
    """
    chosen = make(ForwardOptions, options)
    set_threads_apart(chosen.threads)
    model, features, vocab, _ = load_run(run)
    model.to(choose_device(chosen.device))
    gold: list[Gold] = []

    def windows() -> Iterator[PageWindows]:
        for page in read_pages([pages] if isinstance(pages, str) else list(pages), progress=progress):
            gold.append((page.example_id, page.annotations or [], page.where))
            yield page_windows(page, vocab=vocab, options=features)

    predicted: dict[Decoding, list[Prediction]] = {rule: [] for rule in RULES}
    for some, logits in page_logits(model, windows(), pad_id=vocab.pad, options=chosen):
        for rule in RULES:
            predicted[rule] += decode_pages(some, logits, rule=rule)
    fitted = best_fit(gold, predicted)
    fits = {"long": fitted.long, "short": fitted.short}
    note(
        Path(find_run(run)),
        decoding=asdict(fitted.decoding),
        thresholds={kind: fit.threshold for kind, fit in fits.items()},
        calibration={kind: asdict(fit.calibration) for kind, fit in fits.items()},
    )
    return fitted


def best_fit(gold: Sequence[Gold], predicted: dict[Decoding, list[Prediction]]) -> Calibrated:
    """The rule of the best predictions, and what their scores mean; raises InputError as calibrate does."""
    options = annotators_needed(gold)
    tried, judged = [], {}
    for rule, predictions in predicted.items():
        judged[rule] = judge(gold, predictions, options=options)
        report = summarize(judged[rule], options=options)
        tried.append((rule, report))

    def quality(each: tuple[Decoding, Report]) -> float:
        return each[1].long.best.f1 + each[1].short.best.f1

    rule, report = max(tried, key=quality)
    outcomes = list(zip(*judged[rule].pages.values(), strict=True))
    fits = []
    for kind, of_kind, part in zip(("long", "short"), outcomes, (report.long, report.short), strict=True):
        given = [outcome for outcome in of_kind if outcome.predicted]
        right = sum(outcome.correct for outcome in given)
        if not FEWEST <= right <= len(given) - FEWEST:
            raise InputError(
                f"{right} of {len(given)} {kind} answers are right; "
                f"expected at least {FEWEST} right and {FEWEST} wrong to learn from: give more pages"
            )
        fits.append(Fit(logistic(given), float(part.best.threshold), part.best.f1, _bins(given)))
    scores = tuple((rule, report.long.best.f1, report.short.best.f1) for rule, report in tried)
    return Calibrated(rule, fits[0], fits[1], len(gold), scores)


def annotators_needed(gold: Sequence[Gold]) -> EvalOptions:
    """As the official evaluation has it, two; one where no page has a second annotation."""
    most = min(2, max((len(annotations) for _, annotations, _ in gold), default=2))
    return EvalOptions(long_non_null_threshold=most, short_non_null_threshold=most)


def logistic(outcomes: Sequence[Outcome]) -> Calibration:
    """The logistic function of the scores that makes what happened likeliest, with Platt's targets short of 0 and 1."""
    scores = np.array([outcome.score for outcome in outcomes], np.float64)
    right = np.array([outcome.correct for outcome in outcomes])
    target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    inputs = np.stack([scores, np.ones_like(scores)], axis=1)
    weights = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(inputs @ weights, -500, 500)))
        gradient = inputs.T @ (probability - target)
        hessian = (inputs.T * (probability * (1 - probability))) @ inputs + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights -= step / max(1.0, float(np.abs(step).max()))  # a full step may overshoot at first
        if np.abs(step).max() < 1e-9:
            break
    slope, bias = weights.tolist()
    if slope <= 0:
        raise InputError("right answers score no higher than wrong ones; train the run longer before it is calibrated")
    return Calibration(slope, bias)


def _bins(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Bins of a tenth each, without the empty ones; each half of the answers by what was fitted on the other half."""
    halves = outcomes[::2], outcomes[1::2]
    chances: list[float] = []
    right: list[bool] = []
    for mine, others in (halves, halves[::-1]):
        fitted = logistic(others)
        chances += [fitted.probability(float(outcome.score)) for outcome in mine]
        right += [outcome.correct for outcome in mine]
    probability, correct = np.array(chances), np.array(right)
    at = np.minimum((probability * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(float(probability[at == i].mean()), float(correct[at == i].mean()), int((at == i).sum()))
        for i in range(BINS)
        if (at == i).any()
    )
