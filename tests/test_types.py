"""The spine: what is null, and what may not change."""

from typing import get_args

import msgspec
import numpy as np
import pytest

from tinynq.types import AnswerType, Candidate, ExampleId, LongAnswer, NqSpan, Prediction, Window, no_progress


def test_answer_types_are_in_the_order_of_their_head() -> None:
    assert [(kind.name, int(kind)) for kind in AnswerType] == [
        ("UNKNOWN", 0), ("YES", 1), ("NO", 2), ("SHORT", 3), ("LONG", 4)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "null"),
    [
        (NqSpan(), True),
        (NqSpan(-1, 5), True),
        (NqSpan(0, 0), False),
        (NqSpan(0, 5), False),
        (LongAnswer(), True),
        (LongAnswer(3, 5), True),
        (LongAnswer(-1, 5, candidate_index=2), True),
        (LongAnswer(0, 5, candidate_index=0), False),
    ],
)
def test_a_start_or_a_candidate_of_minus_one_is_null(span: NqSpan, null: bool) -> None:
    assert span.is_null is null


def test_spans_bear_the_names_of_the_release_and_need_no_bytes() -> None:
    line = b'{"start_token": 3, "end_token": 5, "candidate_index": 1, "more": "is left out"}'
    assert msgspec.json.decode(line, type=LongAnswer) == LongAnswer(3, 5, candidate_index=1)
    assert msgspec.json.decode(b'{"start_token": 3, "end_token": 5}', type=Candidate).top_level
    for kind, value in ((NqSpan, NqSpan(1, 2)), (Candidate, Candidate(1, 2))):
        with pytest.raises(AttributeError):
            value.start_token = 0  # type: ignore[misc]
        assert isinstance(value, kind)


def test_ids_are_numbers_or_text() -> None:
    assert set(get_args(ExampleId)) == {int, str}


def test_a_window_may_hold_lists_or_arrays() -> None:
    for ids in ([101, 102], np.array([101, 102], dtype=np.int32)):
        window = Window("x", 0, 1, ids, ids)
        assert window.target is None and list(window.input_ids) == list(window.token_map) == [101, 102]


def test_n_best_is_written_only_on_request() -> None:
    prediction = Prediction("12", NqSpan(1, 2), 3.0, [NqSpan(1, 2)], 3.0)
    assert b"n_best" not in msgspec.json.encode(prediction)
    prediction.n_best = []
    assert msgspec.json.decode(msgspec.json.encode(prediction)) == {
        "example_id": "12",
        "long_answer": {"start_token": 1, "end_token": 2, "start_byte": -1, "end_byte": -1},
        "long_answer_score": 3.0,
        "short_answers": [{"start_token": 1, "end_token": 2, "start_byte": -1, "end_byte": -1}],
        "short_answers_score": 3.0,
        "yes_no_answer": "NONE",
        "n_best": [],
    }


def test_nobody_has_to_watch() -> None:
    no_progress(1, 0.5)
