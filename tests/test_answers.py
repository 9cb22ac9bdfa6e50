"""Scores as probabilities, and predictions as answers."""

from math import exp, inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq.answers import Answer, Calibration, Scale, make_answer, read_scale
from tinynq.decode import NO_SPAN_SCORE, Thresholds
from tinynq.documents import read_document
from tinynq.errors import RunError
from tinynq.types import NqSpan, Prediction

HTML = "<p>Nothing is here to see.</p><p>The tower of 1887 was built in 1889 &amp; opened in 1889.</p>"
DOCUMENT = read_document(HTML)
FIRST = DOCUMENT.page.tokens.index("1889")
LONG = DOCUMENT.page.candidates[1]


def answer(score: float = 3.0, *, scale: Scale | None = None, yes_no: str = "NONE") -> Answer:
    short = NqSpan() if yes_no != "NONE" else NqSpan(FIRST, FIRST + 2)
    prediction = Prediction("q", NqSpan(LONG.start_token, LONG.end_token), score, [short], score, yes_no)
    prediction.n_best = [{"start_token": FIRST, "end_token": FIRST + 1, "score": score - 1}]
    return make_answer("when", DOCUMENT, prediction, scale or Scale())


def test_probability() -> None:
    assert Calibration().probability(0) == 0.5
    assert Calibration(slope=0.5, bias=-1).probability(6) == pytest.approx(0.8807970779778823)
    assert Calibration().probability(NO_SPAN_SCORE) == 0
    assert Calibration().probability(10_000) == 1


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_higher_score_is_no_less_probable(a: float, b: float) -> None:
    low, high = (Calibration(0.7, 0.1).probability(score) for score in sorted((a, b)))
    assert 0 <= low <= high <= 1


def test_an_answer_and_its_places() -> None:
    found = answer()
    assert found.short and found.long and found.mark
    assert (found.short.text, found.short.kind, found.long.kind, found.yes_no) == ("1889 &", "text", "paragraph", None)
    assert HTML[found.short.start : found.short.end] == "1889 &amp;"
    assert HTML[found.long.start : found.long.end] == HTML[HTML.index("<p>The") :]
    assert found.long.text[slice(*found.mark)] == found.short.text
    assert found.probability == found.short.probability == pytest.approx(0.9525741268224334)
    assert [(each.text, round(each.probability, 3)) for each in found.n_best] == [("1889", 0.881)]
    assert found.as_dict()["short"] == {
        "text": "1889 &", "start": found.short.start, "end": found.short.end, "kind": "text",
        "probability": found.probability,
    }  # fmt: skip


def test_the_best_spans_have_no_more_than_certainty_to_share() -> None:
    prediction = Prediction("q", NqSpan(), 1.0, [NqSpan(FIRST, FIRST + 1)], 1.0)
    spans = [(FIRST, FIRST + n, score) for n, score in ((1, 1.0), (2, 0.5), (3, 0.0), (4, -9.0))]
    prediction.n_best = [{"start_token": start, "end_token": end, "score": score} for start, end, score in spans]
    found = [each.probability for each in make_answer("when", DOCUMENT, prediction, Scale()).n_best]
    assert found == pytest.approx([0.7310585786300049, 0.2689414213699951, 0, 0])
    prediction.n_best = prediction.n_best[-1:]
    assert make_answer("when", DOCUMENT, prediction, Scale()).n_best[0].probability == pytest.approx(1 / (1 + exp(9)))


def test_no_answer_where_that_is_more_probable() -> None:
    found = answer(-0.1)
    assert (found.short, found.long, found.mark) == (None, None, None)
    assert found.probability == pytest.approx(0.475, abs=1e-3)
    assert found.n_best
    assert answer(0.0).short  # even odds are given, as a score that equals the threshold


def test_long_and_short_answers_have_odds_of_their_own() -> None:
    scale = read_scale(
        {"calibration": {"long": {"slope": 1.0, "bias": 0.0}, "short": {"slope": 2.0, "bias": -8.0}}}, "c"
    )
    found = answer(2.9, scale=scale)
    assert found.short is None and found.long is not None
    assert found.probability == found.long.probability == pytest.approx(0.9478464369215821)
    assert answer(2.91, scale=scale).short
    assert answer(-1.0, scale=scale).probability == pytest.approx(Calibration(2.0, -8.0).probability(-1.0))


def test_a_short_answer_that_is_less_than_likely_needs_a_long_one() -> None:
    calibration = {"long": {"slope": 1.0, "bias": 0.0}, "short": {"slope": 1.0, "bias": -1.0}}
    scale = read_scale({"calibration": calibration}, "c")
    assert answer(1.0, scale=scale).short and answer(1.0, scale=scale).long
    found = answer(-1.0, scale=scale)
    assert (found.short, found.long, found.yes_no) == (None, None, None)
    assert answer(-1.0, scale=scale, yes_no="YES").yes_no is None


def test_yes_and_no() -> None:
    assert (answer(yes_no="YES").yes_no, answer(yes_no="NO").yes_no) == ("yes", "no")
    assert answer(-1.0, yes_no="YES").yes_no is None


@pytest.mark.parametrize(
    ("about", "limits"),
    [
        ({}, (0.0, 0.0)),
        ({"thresholds": {}}, (0.0, 0.0)),
        ({"thresholds": {"long": -1, "short": 2.5}}, (-1.0, 2.5)),
        ({"thresholds": {"short": 2.5}}, (0.0, 2.5)),
        ({"thresholds": {"long": 9}, "calibration": {"long": {"slope": 2, "bias": 4}}}, (-2.0, -2.1972245773362196)),
        ({"calibration": {"short": {"slope": 2, "bias": 4}}}, (0.0, -3.0986122886681098)),
    ],
)
def test_what_is_enough(about: dict[str, Any], limits: tuple[float, float]) -> None:
    assert read_scale(about, "config.json").thresholds == pytest.approx(Thresholds(*limits))


@pytest.mark.parametrize(
    "about",
    [
        {"thresholds": {"long": "high"}},
        {"thresholds": {"wide": 1}},
        {"thresholds": 5},
        {"calibration": {"long": {"slope": 0}}},
        {"calibration": {"short": {"slope": -1}}},
        {"calibration": {"short": {"slope": "1"}}},
        {"calibration": {"short": {"slope": nan}}},
        {"calibration": {"short": {"bias": inf}}},
        {"calibration": {"short": {"scale": 1}}},
        {"calibration": [1]},
    ],
)
def test_values_that_are_no_numbers_are_refused(about: dict[str, Any]) -> None:
    with pytest.raises(RunError, match=r"^runs/a/config.json: (thresholds|calibration) is .*; expected .*long"):
        read_scale(about, "runs/a/config.json")
