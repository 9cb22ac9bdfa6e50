"""excerpts: what a person sees of a page, with the right words marked, whatever the spans."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq import excerpts
from tinynq.excerpts import Passage, Run, excerpt, usual_long_answer
from tinynq.metrics import Outcome
from tinynq.types import Annotation, LongAnswer, NqSpan, Page, Prediction

GOLD = Outcome(True, True, False, 1.0)
NO_GOLD = Outcome(False, True, False, 1.0)


def page(text: str = "<P> the king of spain </P> <P> a small town </P>", **fields: Any) -> Page:
    tokens = text.split(" ")
    return Page(7, "who is it", "A title", tokens, [t[0] == "<" for t in tokens], [], **fields)


def gold(long: tuple[int, int] | None, *shorts: tuple[int, int], yes_no: str = "NONE") -> Annotation:
    return Annotation(LongAnswer(*long) if long else LongAnswer(), [NqSpan(*s) for s in shorts], yes_no)


def predicted(long: NqSpan | None, *shorts: NqSpan, yes_no: str = "NONE") -> Prediction:
    return Prediction(7, long or NqSpan(), 1.0, list(shorts), 1.0, yes_no)


def test_a_right_answer_has_one_passage_with_both_marks() -> None:
    annotations = [gold((0, 6), (2, 3)), gold((0, 6), (2, 5)), gold(None)]
    seen = excerpt(page(annotations=annotations), predicted(NqSpan(0, 6), NqSpan(1, 3)), (GOLD, GOLD))
    assert (seen.question, seen.title, seen.example_id) == ("who is it", "A title", 7)
    assert seen.predicted == ["“the king”"]
    assert seen.gold == ["“king” (1 of 3)", "“king of spain” (1 of 3)", "no answer (1 of 3)"]
    runs = [Run("the", "predicted"), Run("king", "both"), Run("of spain", "gold")]
    assert seen.passages == [Passage("Predicted and gold passage", "both", runs)]


def test_a_wrong_answer_has_two_passages() -> None:
    seen = excerpt(page(annotations=[gold((0, 6), (2, 3))] * 2), predicted(NqSpan(6, 11)), (GOLD, GOLD))
    assert seen.predicted == ["a long answer alone"]
    assert seen.gold == ["“king” (2 of 2)"]
    assert [(p.label, p.mark) for p in seen.passages] == [("Predicted passage", "predicted"), ("Gold passage", "gold")]
    assert seen.passages[0].runs == [Run("a small town")]
    assert seen.passages[1].runs == [Run("the"), Run("king", "gold"), Run("of spain")]


def test_gold_of_too_few_annotators_is_no_answer_and_is_not_marked() -> None:
    annotations = [gold((0, 6), (2, 3)), gold(None), gold(None)]
    seen = excerpt(page(annotations=annotations), predicted(NqSpan(0, 6), NqSpan(2, 3)), (NO_GOLD, NO_GOLD))
    assert seen.gold == ["no answer (too few annotators gave one: 1 of 3)"]
    assert seen.passages == [
        Passage("Predicted passage", "predicted", [Run("the"), Run("king", "predicted"), Run("of spain")])
    ]
    assert excerpt(page(annotations=[gold(None)]), predicted(None), (NO_GOLD, NO_GOLD)).gold == ["no answer"]


def test_yes_no_and_null_are_words() -> None:
    annotations = [gold((0, 6), yes_no="YES")] * 2
    seen = excerpt(page(annotations=annotations), predicted(None, yes_no="NO"), (GOLD, GOLD))
    assert (seen.predicted, seen.gold) == (["no"], ["yes (2 of 2)"])
    assert excerpt(page(annotations=annotations), predicted(None), (GOLD, GOLD)).predicted == ["no answer"]


@pytest.mark.parametrize(
    ("span", "fault"),
    [
        (NqSpan(8, 12), "tokens 8 to 12, outside the page's 11 tokens"),
        (NqSpan(900, 901), "tokens 900 to 901, outside the page's 11 tokens"),
        (NqSpan(-1, -1, 5, 9), "bytes 5 to 9, without tokens"),
    ],
)
def test_a_span_that_cannot_be_shown_is_said_so(span: NqSpan, fault: str) -> None:
    seen = excerpt(page(annotations=[gold(None)]), predicted(span, span), (NO_GOLD, NO_GOLD))
    assert seen.predicted == [fault]
    assert seen.passages == [Passage(f"Predicted passage: {fault}", "predicted", [])]
    assert excerpt(page(annotations=[]), predicted(None, span), (NO_GOLD, NO_GOLD)).passages == seen.passages


def test_html_between_words_is_a_dot() -> None:
    table = page("<Table> <Tr> <Td> Rank </Td> <Td> Name </Td> </Tr> </Table>", annotations=[])
    answer = predicted(NqSpan(0, 10), NqSpan(6, 7))
    assert excerpt(table, answer, (NO_GOLD, NO_GOLD)).passages[0].runs == [
        Run("Rank"),
        Run("·"),
        Run("Name", "predicted"),
    ]
    assert excerpt(table, predicted(None, NqSpan(3, 8)), (NO_GOLD, NO_GOLD)).predicted == ["“Rank · Name”"]


def test_long_passages_are_cut_around_the_first_mark() -> None:
    words = [f"w{i}" for i in range(1000)]
    long = page(" ".join(words), annotations=[])
    first, *marked, last = (
        excerpt(long, predicted(NqSpan(0, 1000), NqSpan(500, 502)), (NO_GOLD, NO_GOLD)).passages[0].runs
    )
    assert first == last == Run("…")
    assert marked[1] == Run("w500 w501", "predicted")
    assert sum(len(run.text.split()) for run in marked) == excerpts.WORDS
    runs = excerpt(long, predicted(NqSpan(0, 1000)), (NO_GOLD, NO_GOLD)).passages[0].runs
    assert [run.text.split()[0] for run in runs] == ["w0", "…"]
    around = excerpt(long, predicted(None, NqSpan(500, 502)), (NO_GOLD, NO_GOLD)).passages[0]
    assert "w450" in around.runs[0].text + around.runs[1].text
    quoted = excerpt(long, predicted(None, NqSpan(0, 999)), (NO_GOLD, NO_GOLD)).predicted[0]
    assert len(quoted.split()) == excerpts.QUOTED + 1
    many = [NqSpan(i, i + 1) for i in range(9)]
    assert excerpt(long, predicted(None, *many), (NO_GOLD, NO_GOLD)).predicted[0].endswith("“w4” and 4 more")


def test_the_usual_long_answer() -> None:
    a, b = (0, 6), (6, 11)
    assert usual_long_answer([gold(None), gold(a), gold(b), gold(b)]) == NqSpan(*b)
    assert usual_long_answer([gold(b), gold(a)]) == NqSpan(*b)
    assert usual_long_answer([gold(None)]) == NqSpan()
    # The one that was predicted is shown, if anyone gave it.
    seen = excerpt(page(annotations=[gold(a), gold(b), gold(b)]), predicted(NqSpan(*a)), (GOLD, GOLD))
    assert [p.mark for p in seen.passages] == ["both"]


spans = st.builds(lambda start, length: NqSpan(start, start + length), st.integers(0, 12), st.integers(1, 5))


@given(
    st.lists(st.sampled_from(["<P>", "</P>", "word", "<script>", "é"]), min_size=1, max_size=12),
    spans,
    st.lists(spans, max_size=3),
    st.lists(spans, max_size=3),
)
def test_any_spans_on_any_page(tokens: list[str], long: NqSpan, shorts: list[NqSpan], golds: list[NqSpan]) -> None:
    annotation = Annotation(LongAnswer(long.start_token, long.end_token), golds)
    shown = Page(7, "", "", tokens, [t in ("<P>", "</P>") for t in tokens], [], [annotation])
    for passage in excerpt(shown, predicted(long, *shorts), (GOLD, GOLD)).passages:
        place = range(long.start_token, min(long.end_token, len(tokens)))
        inside = [tokens[i] for i in place if not shown.is_html[i]]
        words = [word for run in passage.runs for word in run.text.split() if word != "·"]
        assert words == (inside if long.end_token <= len(tokens) else [])
