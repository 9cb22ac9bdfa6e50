"""Scores of groups of pages: by question word, by type of answer, and by where on the page the answer stands."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tinynq.excerpts import usual_long_answer
from tinynq.metrics import Judged, Outcome, Report, has_short
from tinynq.types import ExampleId, Page

QUESTION_WORDS = ("who", "when", "where", "what", "which", "how", "why", "other")
ANSWER_TYPES = ("short", "yes/no", "long only", "null")
# The last candidate index of each row; whatever follows is in one more.
CANDIDATES = {"1st": 0, "2nd to 5th": 4, "6th to 10th": 9, "11th to 20th": 19, "21st to 50th": 49}
LATER = "51st and later"
FIFTHS = ("first fifth", "second", "third", "fourth", "last fifth")
UNKNOWN = "not known"


class PageFacts(NamedTuple):
    """What the tables need of a page once its text is gone.

    ``yes_no``: most annotators with a short answer said yes or no. ``candidate`` is the index of the
    usual long answer among all candidates, ``share`` how far down the page it begins (0 to 1); None
    where there is none or it is not known.
    """

    question_word: str
    yes_no: bool
    candidate: int | None
    share: float | None

    @classmethod
    def of(cls, page: Page) -> "PageFacts":
        """The facts of an annotated page."""
        annotations = page.annotations or []
        answered = sum(map(has_short, annotations))
        yes_no = sum(a.yes_no_answer.upper() != "NONE" for a in annotations)
        long = usual_long_answer(annotations)
        inside = 0 <= long.start_token < len(page.tokens)
        places = ((c.start_token, c.end_token) for c in page.candidates)
        found = (i for i, place in enumerate(places) if inside and place == (long.start_token, long.end_token))
        return cls(
            question_word=question_word(page.question),
            yes_no=2 * yes_no > answered,
            candidate=next(found, None),
            share=long.start_token / len(page.tokens) if inside else None,
        )


class Counts(NamedTuple):
    """Pages with a gold answer, with an answer given at the threshold, and with a right one.

    A share of nothing is None.
    """

    gold: int
    given: int
    right: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], threshold: float) -> "Counts":
        """Counts of one kind of answer, where answers that score below ``threshold`` are withheld."""
        given = [outcome for outcome in outcomes if is_given(outcome, threshold)]
        return cls(sum(o.gold for o in outcomes), len(given), sum(o.correct for o in given))

    @property
    def precision(self) -> float | None:
        return self.right / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        return 2 * self.right / (self.gold + self.given) if self.gold else None


class Row(NamedTuple):
    """The pages of one group."""

    label: str
    pages: int
    long: Counts
    short: Counts


class Table(NamedTuple):
    """Pages by some property of theirs; a group without pages has no row."""

    caption: str
    note: str
    rows: list[Row]


def is_given(outcome: Outcome, threshold: float) -> bool:
    """Whether there is an answer, and it is not withheld."""
    return outcome.predicted and outcome.score >= threshold


def question_word(question: str) -> str:
    """The first of QUESTION_WORDS in a question; whom and whose are who; "other" where there is none."""
    words = re.findall(r"[^\W_]+", question.lower())
    same = {"whom": "who", "whose": "who"}
    return next((w for w in (same.get(w, w) for w in words) if w in QUESTION_WORDS[:-1]), QUESTION_WORDS[-1])


def tables(judged: Judged, report: Report, facts: Mapping[ExampleId, PageFacts]) -> list[Table]:
    """The tables of the report, at the thresholds of the best F1; ``facts`` has every judged page."""

    def table(caption: str, note: str, labels: Sequence[str], groups: Mapping[ExampleId, str]) -> Table:
        rows = []
        for label in labels:
            members = [judged.pages[example_id] for example_id, group in groups.items() if group == label]
            if members:
                long = Counts.of([long for long, _ in members], report.long.best.threshold)
                short = Counts.of([short for _, short in members], report.short.best.threshold)
                rows.append(Row(label, len(members), long, short))
        return Table(caption, note, rows)

    pages = judged.pages
    answered = [example_id for example_id, (long, _) in pages.items() if long.gold]
    return [
        table(
            "By question word",
            "The first of these words in the question.",
            QUESTION_WORDS,
            {example_id: facts[example_id].question_word for example_id in pages},
        ),
        table(
            "By type of the gold answer",
            "Null: too few annotators gave an answer, so that every answer given is wrong.",
            ANSWER_TYPES,
            {example_id: _answer_type(facts[example_id], *pages[example_id]) for example_id in pages},
        ),
        table(
            "By candidate",
            "The place of the gold long answer among the candidates, nested ones included. "
            "Pages without one are left out, and with them the wrong answers given there.",
            (*CANDIDATES, LATER, UNKNOWN),
            {example_id: _candidate(facts[example_id].candidate) for example_id in answered},
        ),
        table(
            "By place on the page",
            "Where on the page the gold long answer begins; pages without one are left out.",
            (*FIFTHS, UNKNOWN),
            {example_id: _fifth(facts[example_id].share) for example_id in answered},
        ),
    ]


def _answer_type(facts: PageFacts, long: Outcome, short: Outcome) -> str:
    if short.gold:
        return "yes/no" if facts.yes_no else "short"
    return "long only" if long.gold else "null"


def _candidate(index: int | None) -> str:
    if index is None:
        return UNKNOWN
    return next((label for label, last in CANDIDATES.items() if index <= last), LATER)


def _fifth(share: float | None) -> str:
    return UNKNOWN if share is None else FIFTHS[int(share * len(FIFTHS))]
