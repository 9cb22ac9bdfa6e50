"""breakdown: which group a page belongs to, and what its scores are there."""

import json
from typing import Any

import pytest
from nq_lines import annotated, answer, null, original

from tinynq.breakdown import Counts, PageFacts, question_word, tables
from tinynq.config import EvalOptions
from tinynq.metrics import judge, summarize
from tinynq.pages import parse_page
from tinynq.types import Annotation, LongAnswer, NqSpan, Page, Prediction


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("who wrote it", "who"),
        ("Whose book is it", "who"),
        ("to whom was it given", "who"),
        ("in which year, and when", "which"),
        ("WHAT'S the time", "what"),
        ("the somewhat long whole", "other"),
        ("is it raining", "other"),
        ("", "other"),
        ("où est-il", "other"),
        ("why_not how", "why"),
    ],
)
def test_question_word(question: str, word: str) -> None:
    assert question_word(question) == word


def facts(line: dict[str, Any]) -> PageFacts:
    return PageFacts.of(parse_page(json.dumps(line)))


def test_the_facts_of_a_page() -> None:
    line = original("a b c", "d e f", "g h i")  # 16 tokens
    assert facts(annotated(line, answer(line, 2, (0, 1)), null())) == PageFacts("who", False, 2, 11 / 16)
    assert facts(annotated(line, null())) == PageFacts("who", False, None, None)
    assert facts(annotated(line, answer(line, 0, yes_no="YES"), answer(line, 0, (0, 1)))).yes_no is False
    assert facts(annotated(line, answer(line, 0, yes_no="YES"), null(), null())).yes_no is True


def test_a_long_answer_that_is_no_candidate_or_has_no_tokens_has_no_place() -> None:
    tokens = [f"w{i}" for i in range(10)]
    page = Page(1, "", "", tokens, [False] * 10, [], [Annotation(LongAnswer(5, 10))])
    assert PageFacts.of(page)[2:] == (None, 0.5)
    page.annotations = [Annotation(LongAnswer(-1, -1, 50, 90))]
    assert PageFacts.of(page)[2:] == (None, None)
    page.annotations = [Annotation(LongAnswer(10, 12))]
    assert PageFacts.of(page)[2:] == (None, None)


def test_shares_of_nothing_are_none() -> None:
    nothing = Counts(0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    withheld = Counts(2, 0, 0)
    assert (withheld.precision, withheld.recall, withheld.f1) == (None, 0.0, 0.0)
    some = Counts(4, 2, 1)
    assert (some.precision, some.recall, some.f1) == (0.5, 0.25, 2 * 0.5 * 0.25 / 0.75)


def test_the_tables() -> None:
    line = original("a b c", "d e f")
    golds = {
        "who is it": answer(line, 0, (0, 1)),
        "when was it": answer(line, 1),
        "is it so": answer(line, 0, yes_no="NO"),
        "who was that": null(),
    }
    lines = [line | {"example_id": i, "question_text": q, "annotations": [golds[q]] * 2} for i, q in enumerate(golds)]
    pages = [parse_page(json.dumps(line)) for line in lines]
    predictions = [
        Prediction(0, NqSpan(1, 6), 5.0, [NqSpan(2, 3)], 5.0),  # right
        Prediction(1, NqSpan(1, 6), 4.0, [], 4.0),  # wrong
        Prediction(2, NqSpan(1, 6), 6.0, [], 6.0, "NO"),  # right
        Prediction(3, NqSpan(1, 6), -5.0, [NqSpan(2, 3)], -5.0),  # withheld
    ]
    options = EvalOptions()
    judged = judge(((p.example_id, p.annotations or [], "") for p in pages), predictions, options=options)
    by_word, by_type, by_candidate, by_place = tables(
        judged, summarize(judged, options=options), {page.example_id: PageFacts.of(page) for page in pages}
    )
    assert [(row.label, row.pages, row.long, row.short) for row in by_word.rows] == [
        ("who", 2, (1, 1, 1), (1, 1, 1)),
        ("when", 1, (1, 0, 0), (0, 0, 0)),
        ("other", 1, (1, 1, 1), (1, 1, 1)),
    ]
    assert [(row.label, row.pages) for row in by_type.rows] == [
        ("short", 1),
        ("yes/no", 1),
        ("long only", 1),
        ("null", 1),
    ]
    assert [(row.label, row.long) for row in by_candidate.rows] == [("1st", (2, 2, 2)), ("2nd to 5th", (1, 0, 0))]
    assert [(row.label, row.pages) for row in by_place.rows] == [("first fifth", 2), ("third", 1)]


@pytest.mark.parametrize(
    ("candidate", "label"),
    [(0, "1st"), (1, "2nd to 5th"), (4, "2nd to 5th"), (5, "6th to 10th"), (50, "51st and later"), (None, "not known")],
)
def test_candidates_have_a_row_each(candidate: int | None, label: str) -> None:
    gold = [(1, [Annotation(LongAnswer(0, 2))] * 2, "")]
    options = EvalOptions()
    judged = judge(gold, [Prediction(1, NqSpan(0, 2), 1, [], 1)], options=options)
    report = summarize(judged, options=options)
    rows = tables(judged, report, {1: PageFacts("who", False, candidate, None)})[2].rows
    assert [row.label for row in rows] == [label]
    assert rows[0].long.f1 == 1.0
