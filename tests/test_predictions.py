"""predictions: what a predictions file may leave out, and what is wrong in one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tinynq.errors import InputError
from tinynq.predictions import first_candidate, read_predictions, write_predictions
from tinynq.types import Candidate, NqSpan, Page, Prediction


def write(path: Path, *items: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"predictions": items}))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"long_answer_score": None}, "got `null`.*long_answer_score"),
        ({"short_answers_score": "1.5"}, "got `str`.*short_answers_score"),
        ({"short_answers_score": True}, "got `bool`.*short_answers_score"),
        ({"long_answer_score": float("nan")}, "long_answer_score is nan"),
        ({"short_answers_score": float("-inf")}, "short_answers_score is -inf"),
        ({"yes_no_answer": "yes", "short_answers": [{"start_token": 1, "end_token": 2}]}, "YES beside short"),
        ({"yes_no_answer": "maybe"}, "'maybe', expected one of NONE, YES, NO"),
        ({"long_answer": {"start_token": 5, "end_token": 5}}, "tokens 5 to 5, expected start < end"),
        ({"long_answer": {"start_token": 5, "end_token": -1}}, "tokens 5 to -1 is null at one end"),
        ({"short_answers": [{"start_byte": -1, "end_byte": 7}]}, "bytes -1 to 7 is null at one end"),
        ({"short_answers": [{"start_byte": 9, "end_byte": 7}]}, "bytes 9 to 7, expected start < end"),
    ],
)
def test_a_bad_prediction_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    good = {"example_id": 1, "long_answer_score": 1, "short_answers_score": 1}
    path = write(tmp_path / "p.json", good, {**good, "example_id": 77, **change})
    with pytest.raises(InputError, match=rf"p\.json: prediction 1, example 77: .*{message}") as error:
        read_predictions(path)
    assert "\n" not in str(error.value)


def test_a_missing_score_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"p\.json: prediction 0, example 5: .*missing.*short_answers_score"):
        read_predictions(write(tmp_path / "p.json", {"example_id": 5, "long_answer_score": 1}))


@pytest.mark.parametrize(
    "text", ["", "[1", "[]", "{}", '{"predictions": 3}', '{"predictions": [7]}', "\x8b", "[" * 9999]
)
def test_what_is_no_predictions_file_is_said_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=r"p\.json: .*(expected an official predictions file|Expected `object`)"):
        read_predictions(path)


def test_missing_answers_are_null_and_scores_keep_their_type(tmp_path: Path) -> None:
    items = [
        {"example_id": "a", "long_answer_score": 1, "short_answers_score": 1.0},
        {"example_id": 2, "yes_no_answer": "yEs", "long_answer_score": 0.5, "short_answers_score": -2},
    ]
    null, yes = read_predictions(write(tmp_path / "p.json", *items))
    assert null == Prediction("a", NqSpan(), 1, [], 1.0)
    assert [type(x) for x in (null.long_answer_score, null.short_answers_score)] == [int, float]
    assert yes == Prediction(2, NqSpan(), 0.5, [], -2, "YES")


def test_the_first_candidate_is_the_first_of_the_top_level() -> None:
    page = Page(3, "", "", [], [], [Candidate(1, 9, False), Candidate(2, 5), Candidate(5, 9)])
    assert first_candidate(page) == Prediction(3, NqSpan(2, 5), 0.0, [], 0.0)
    page.candidates = page.candidates[:1]
    assert first_candidate(page).long_answer.is_null


ANSWERS = [
    Prediction(-5, NqSpan(10, 20), 2.5, [NqSpan(12, 14), NqSpan(16, 17)], 2.5),
    Prediction("-1220107454853145579", NqSpan(), -3.0, [NqSpan()], -3.0),
    Prediction(7, NqSpan(4, 9), 1.0, [], 1.0, "YES"),
    Prediction(8, NqSpan(4, 9), 1.0, [NqSpan(), NqSpan(5, 6)], 1.0),
    Prediction('a,"b"', NqSpan(4, 9), 1.0, [], 1.0, "NO"),
]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    for answers in (ANSWERS, []):
        write_predictions(tmp_path / "p.json", iter(answers))
        assert read_predictions(tmp_path / "p.json") == answers
        assert json.loads((tmp_path / "p.json").read_bytes()).keys() == {"predictions"}


def test_the_csv_of_kaggle(tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.csv", iter(ANSWERS), format="kaggle")
    assert (tmp_path / "p.csv").read_bytes().decode() == (
        "example_id,PredictionString\n"
        "-5_long,10:20\n-5_short,12:14\n"
        "-1220107454853145579_long,\n-1220107454853145579_short,\n"
        "7_long,4:9\n7_short,YES\n"
        "8_long,4:9\n8_short,5:6\n"
        '"a,""b""_long",4:9\n"a,""b""_short",NO\n'
    )


@pytest.mark.parametrize("format", ["json", "kaggle"])
def test_what_breaks_off_leaves_no_file(tmp_path: Path, format: Literal["json", "kaggle"]) -> None:
    def broken() -> Iterator[Prediction]:
        yield ANSWERS[0]
        raise InputError("the second page is no page")

    with pytest.raises(InputError):
        write_predictions(tmp_path / "p", broken(), format=format)
    assert not list(tmp_path.iterdir())


def test_the_predictions_of_the_dev_set_are_read(shared: Path) -> None:
    predictions = read_predictions(shared / "data" / "nq-predictions" / "full-dev-7830.json.gz")
    assert len({prediction.example_id for prediction in predictions}) == 7830
    assert len(read_predictions(shared / "data" / "nq-predictions" / "sample-200.json")) == 200
