"""Prediction to Answer: what a person or a program is told, with places in what was asked from."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import inf, isfinite, log, tanh
from typing import Any, Literal

from tinynq.blocks import CANDIDATES, Document
from tinynq.decode import Thresholds, withhold
from tinynq.errors import RunError
from tinynq.types import Prediction

SHORT = 0.1  # the probability from which on a short answer is given in a long one; see docs/decisions/0019
_YES_NO: dict[str, Literal["yes", "no"] | None] = {"NONE": None, "YES": "yes", "NO": "no"}


@dataclass(frozen=True)
class Calibration:
    """A score's probability to be right: the logistic function of ``slope`` * score + ``bias``.

    Slope 1 and bias 0 are the softmax of a span and of no answer, as the model sees it in one window.
    """

    slope: float = 1.0
    bias: float = 0.0

    def probability(self, score: float) -> float:
        """From 0 to 1."""
        return (1 + tanh((self.slope * score + self.bias) / 2)) / 2


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What a score means for long and for short answers, and which one is enough."""

    long: Calibration = Calibration()
    short: Calibration = Calibration()
    thresholds: Thresholds = Thresholds(0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A part of the page: its text without markup, and where it stands, half-open.

    ``start`` and ``end`` count characters of what was passed in; page tokens where that was a Page. ``kind`` is
    paragraph, table, list, row, list item, or text.
    """

    text: str
    start: int
    end: int
    kind: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a question: a short one, the long one around it, yes or no; None where there is none.

    ``probability`` is that of the short answer, else of the long one; without an answer, of the best span that
    was found. ``mark`` is where the short answer stands in the long one's text. ``n_best`` has the best
    spans, best first, whether they are given or not; no two can be right, so that none is more probable than what
    those before it leave.
    """

    question: str
    short: Passage | None
    long: Passage | None
    yes_no: Literal["yes", "no"] | None
    probability: float
    mark: tuple[int, int] | None = None
    n_best: tuple[Passage, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As `tinynq ask --json` prints it."""
        return asdict(self)


def make_answer(question: str, document: Document, prediction: Prediction, scale: Scale) -> Answer:
    """The answer that a prediction is, with what scores too low left out."""
    given = withhold(prediction, scale.thresholds)
    chance = scale.short.probability(prediction.short_answers_score)
    if given.long_answer.is_null and chance < 0.5:
        given = withhold(given, Thresholds(short=inf))
    span, around = given.short_answers[0], given.long_answer
    short = None if span.is_null else _passage(document, span.start_token, span.end_token, "text", chance)
    long, mark = None, None
    if not around.is_null:
        kind = CANDIDATES.get(document.page.tokens[around.start_token].strip("</>"), "text")
        sure = scale.long.probability(given.long_answer_score)
        long = _passage(document, around.start_token, around.end_token, kind, sure)
        if short:
            end = len(document.text(around.start_token, span.end_token))
            mark = end - len(short.text), end
    return Answer(
        question=question,
        short=short,
        long=long,
        yes_no=_YES_NO[given.yes_no_answer],
        probability=long.probability if long and not short else chance,
        mark=mark,
        n_best=tuple(_ranked(document, prediction, scale.short)),
    )


def _ranked(document: Document, prediction: Prediction, calibration: Calibration) -> Iterator[Passage]:
    left = 1.0  # the probability that all before are wrong
    for each in prediction.n_best or ():
        chance = min(left, calibration.probability(each["score"]))
        left -= chance
        yield _passage(document, each["start_token"], each["end_token"], "text", chance)


def _passage(document: Document, start: int, end: int, kind: str, probability: float) -> Passage:
    first, last = document.slice(start, end)
    return Passage(text=document.text(start, end), start=first, end=last, kind=kind, probability=probability)


def read_scale(about: dict[str, Any], where: str) -> Scale:
    """The scale of a run from the ``tinynq`` object of its config.json.

    ``calibration`` has a slope and a bias for ``long`` and ``short`` each. A long answer is given from a probability of
    one half on, and in it the short one from SHORT on: where it is wrong, it is mostly so in a word. A run without
    calibration has its ``thresholds``, and what lacks both gives what scores at least 0. Raises RunError for values
    that are no numbers.
    """
    calibration, thresholds = about.get("calibration"), about.get("thresholds") or {}
    try:
        if calibration:
            long, short = (Calibration(**calibration.get(kind, {})) for kind in ("long", "short"))
            limits = Thresholds(-long.bias / long.slope, (log(SHORT / (1 - SHORT)) - short.bias) / short.slope)
            if not (long.slope > 0 < short.slope and all(map(isfinite, limits))):
                raise ValueError
            return Scale(long=long, short=short, thresholds=limits)
        limits = Thresholds(**({"long": 0.0, "short": 0.0} | thresholds))
        return Scale(thresholds=Thresholds(*(float(limit) for limit in limits)))
    except (AttributeError, TypeError, ValueError, ZeroDivisionError):
        name = "calibration" if calibration else "thresholds"
        expected = '{"slope": x, "bias": y}, x > 0,' if calibration else "a number"
        raise RunError(f"{where}: {name} is {about[name]}; expected {expected} for long and for short") from None
