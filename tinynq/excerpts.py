"""What a person needs to see of one page to judge an answer: the passages, with predicted and gold spans marked."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from tinynq.metrics import Outcome
from tinynq.predictions import is_null
from tinynq.types import Annotation, ExampleId, NqSpan, Page, Prediction

WORDS = 120  # of a passage; the rest is left out around the first marked one
QUOTED = 30  # words of an answer in quotes
ANSWERS = 5  # answers that are listed

Mark: TypeAlias = Literal["", "predicted", "gold", "both"]


class Run(NamedTuple):
    """Words of one passage that are marked alike."""

    text: str
    mark: Mark = ""


class Passage(NamedTuple):
    """A long answer, or the words around a short one; without runs where it cannot be shown."""

    label: str
    mark: Mark
    runs: list[Run]


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """One page as a reader of the report sees it: the answers in words, and the passages that they stand in."""

    example_id: ExampleId
    question: str
    title: str
    predicted: list[str]
    gold: list[str]
    passages: list[Passage]


def excerpt(page: Page, prediction: Prediction, outcomes: tuple[Outcome, Outcome]) -> Excerpt:
    """The excerpt of an annotated page, given what came of its long and its short answer.

    Gold that too few annotators gave is no answer, as in the scores, and is not marked. A span
    outside the page, or one of bytes alone, is said to be so.
    """
    long, short = outcomes
    annotations = page.annotations or []
    shorts = [span for a in annotations for span in a.short_answers] if short.gold else []
    return Excerpt(
        example_id=page.example_id,
        question=page.question,
        title=page.title,
        predicted=[_answer(page, prediction)],
        gold=list(_gold_answers(page, annotations, outcomes)),
        passages=list(
            _passages(
                page,
                _place(page, prediction.long_answer, prediction.short_answers),
                _place(page, _gold_long(annotations, prediction) if long.gold else NqSpan(), shorts),
                (_tokens(page, prediction.short_answers), _tokens(page, shorts)),
            )
        ),
    )


def usual_long_answer(annotations: Sequence[Annotation]) -> NqSpan:
    """The long answer that most annotators gave, the first of them where they disagree; null where none did."""
    spans = [span(a.long_answer) for a in annotations if not is_null(a.long_answer)]
    return Counter(spans).most_common(1)[0][0] if spans else NqSpan()


def span(answer: NqSpan) -> NqSpan:
    """The span of a long answer, without its candidate."""
    return NqSpan(answer.start_token, answer.end_token, answer.start_byte, answer.end_byte)


def _gold_long(annotations: Sequence[Annotation], prediction: Prediction) -> NqSpan:
    """The long answer of gold to show: the predicted one if anyone gave it, else the usual one."""
    tokens = _ends(prediction.long_answer)
    same = (span(a.long_answer) for a in annotations if tokens[0] >= 0 and _ends(a.long_answer) == tokens)
    return next(same, usual_long_answer(annotations))


def _ends(answer: NqSpan) -> tuple[int, int]:
    return answer.start_token, answer.end_token


def _place(page: Page, long: NqSpan, shorts: Sequence[NqSpan]) -> NqSpan:
    """The span to show: the long answer, else the words around the short ones."""
    given = [s for s in shorts if not is_null(s)]
    if not is_null(long) or not given:
        return long
    inside = _tokens(page, given)
    if not inside:
        return given[0]
    return NqSpan(max(0, min(inside) - WORDS // 2), min(len(page.tokens), max(inside) + 1 + WORDS // 2))


def _tokens(page: Page, spans: Sequence[NqSpan]) -> set[int]:
    """The page tokens of the spans that are inside the page."""
    return {i for s in spans if _fault(page, s) is None for i in range(*_ends(s))}


def _fault(page: Page, answer: NqSpan) -> str | None:
    """Why a span cannot be shown, if it cannot."""
    if is_null(answer):
        return "no span"
    if answer.start_token < 0:
        return f"bytes {answer.start_byte} to {answer.end_byte}, without tokens"
    if answer.end_token > len(page.tokens):
        return f"tokens {answer.start_token} to {answer.end_token}, outside the page's {len(page.tokens)} tokens"
    return None


def _passages(page: Page, predicted: NqSpan, gold: NqSpan, marked: tuple[set[int], set[int]]) -> Iterator[Passage]:
    """The predicted and the gold passage; one if they are the same."""
    if _fault(page, predicted) is None and _ends(predicted) == _ends(gold):
        yield _passage(page, predicted, "both", "Predicted and gold passage", marked)
        return
    if not is_null(predicted):
        yield _passage(page, predicted, "predicted", "Predicted passage", marked)
    if not is_null(gold):
        yield _passage(page, gold, "gold", "Gold passage", marked)


def _passage(page: Page, place: NqSpan, mark: Mark, label: str, marked: tuple[set[int], set[int]]) -> Passage:
    if fault := _fault(page, place):
        return Passage(f"{label}: {fault}", mark, [])
    return Passage(label, mark, list(_runs(page, range(*_ends(place)), *marked)))


def _runs(page: Page, place: range, predicted: Collection[int], gold: Collection[int]) -> Iterator[Run]:
    def mark(i: int) -> Mark:
        if i in predicted:
            return "both" if i in gold else "predicted"
        return "gold" if i in gold else ""

    words = [i for i in place if not page.is_html[i]]
    first = next((k for k, i in enumerate(words) if mark(i)), 0)
    begin = max(0, min(first - WORDS // 3, len(words) - WORDS))
    shown = words[begin : begin + WORDS]
    if begin > 0:
        yield Run("…")
    last = shown[0] if shown else 0
    for kind, group in groupby(shown, key=mark):
        run = list(group)
        if run[0] > last + 1:
            yield Run("·")
        yield Run(_joined(page, run), kind)
        last = run[-1]
    if begin + WORDS < len(words):
        yield Run("…")


def _joined(page: Page, words: Sequence[int]) -> str:
    """Words in a row; HTML between two of them, as between the cells of a table, becomes a dot."""
    gaps = ("" if k == 0 else " " if i == words[k - 1] + 1 else " · " for k, i in enumerate(words))
    return "".join(gap + page.tokens[i] for gap, i in zip(gaps, words, strict=True))


def _quote(page: Page, answer: NqSpan) -> str:
    if fault := _fault(page, answer):
        return fault
    words = [i for i in range(*_ends(answer)) if not page.is_html[i]]
    return f"“{_joined(page, words[:QUOTED])}{' …' if len(words) > QUOTED else ''}”"


def _answer(page: Page, answers: Annotation | Prediction) -> str:
    """An answer in words."""
    if answers.yes_no_answer.upper() != "NONE":
        return answers.yes_no_answer.lower()
    shorts = [s for s in answers.short_answers if not is_null(s)]
    if shorts:
        more = f" and {len(shorts) - ANSWERS} more" if len(shorts) > ANSWERS else ""
        return ", ".join(_quote(page, s) for s in shorts[:ANSWERS]) + more
    return "no answer" if is_null(answers.long_answer) else "a long answer alone"


def _gold_answers(page: Page, annotations: Sequence[Annotation], outcomes: tuple[Outcome, Outcome]) -> Iterator[str]:
    """The distinct answers of annotators, the most common first, and how many gave each."""
    counted = Counter(_answer(page, a) for a in annotations).most_common()
    total = len(annotations)
    if any(outcome.gold for outcome in outcomes):
        for text, count in counted[:ANSWERS]:
            yield f"{text} ({count} of {total})"
        return
    answered = total - dict(counted).get("no answer", 0)
    yield f"no answer (too few annotators gave one: {answered} of {total})" if answered else "no answer"
