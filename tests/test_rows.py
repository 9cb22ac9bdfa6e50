"""Rows of a record: what is checked of them when they are read."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tinynq.config import Purpose
from tinynq.errors import RecordError
from tinynq.record import SCHEMAS
from tinynq.rows import batched, check, row_of, shuffled
from tinynq.types import AnswerType, Target, Window

WINDOW = Window(7, 2, 3, [101, 9, 102, 5, 6, 102], [-1, -1, -1, 0, 1, -1], Target(3, 4, AnswerType.SHORT))


def batch(purpose: Purpose, *changes: dict[str, Any]) -> pa.RecordBatch:
    """Rows of WINDOW, each with its changes."""
    window = (
        WINDOW if purpose == "train" else Window(*(getattr(WINDOW, name) for name in WINDOW.__struct_fields__[:-1]))
    )
    rows = [row_of(window, [0, 5, 5, 9]) | change for change in changes]
    (made,) = batched(iter(rows), SCHEMAS[purpose], 99)
    return made


@pytest.mark.parametrize("purpose", SCHEMAS)
def test_sound_rows_pass(purpose: Purpose) -> None:
    no_map: dict[str, Any] = {"token_map": []}
    check(batch(purpose, {}, {}, no_map), longest=6, words=103, where="r")
    check(batch("train", {"start": 5, "end": 0, "question_length": 6}), longest=6, words=103, where="r")
    check(batch(purpose, {}).select(["input_ids"]), longest=6, words=103, where="r")


@pytest.mark.parametrize(
    ("purpose", "change", "found"),
    [
        ("train", {"index": -1}, "index is -1; expected 0 to 2147483647"),
        ("train", {"question_length": 7}, "question_length is 7; expected a place in the window"),
        ("train", {"input_ids": []}, "the number of input_ids is 0; expected 1 to 6"),
        ("train", {"input_ids": [1] * 7}, "the number of input_ids is 7; expected 1 to 6"),
        ("predict", {"input_ids": [1, 2, 103, 3, 4, 5]}, "input_ids is 103; expected 0 to 102"),
        ("predict", {"input_ids": [1, 2, 3, -1, 4, 5]}, "input_ids is -1; expected 0 to 102"),
        ("predict", {"token_map": [-1]}, "the number of token_map is 1; expected one a piece"),
        ("predict", {"token_map": [-2] * 6}, "token_map is -2; expected -1 to 2147483647"),
        ("predict", {"candidates": [1, 2, 3]}, "the number of candidates is 3; expected a start and an end each"),
        ("predict", {"candidates": [-1, 2]}, "candidates is -1; expected 0 to"),
        ("train", {"start": 6}, "start is 6; expected a place in the window"),
        ("train", {"end": -1}, "end is -1; expected a place in the window"),
        ("train", {"answer_type": 5}, "answer_type is 5; expected 0 to 4"),
    ],
)
def test_the_first_row_that_is_no_window_is_named(purpose: Purpose, change: dict[str, Any], found: str) -> None:
    with pytest.raises(RecordError) as caught:
        check(batch(purpose, {}, {}, change, change), longest=6, words=103, where="r.parquet", before=40)
    assert str(caught.value).startswith(f"r.parquet: row 42, example 7: {found}")


@pytest.mark.parametrize("name", [*SCHEMAS["train"].names])
def test_nulls_are_named(name: str) -> None:
    with pytest.raises(RecordError, match=f"^r: a null in column {name}, in row 0 or after; make the record again$"):
        check(batch("train", {}, {name: None}), longest=6, words=103, where="r")


@pytest.mark.parametrize("example_id", ["", "{", "[1]", "null", "1.5", '"a', "7 8"])
def test_ids_are_json(example_id: str) -> None:
    with pytest.raises(RecordError, match="no id as JSON"):
        check(batch("train", {}, {"example_id": example_id}), longest=6, words=103, where="r")


def test_batches_are_of_the_size() -> None:
    rows = (row_of(WINDOW, []) for _ in range(7))
    assert [len(made) for made in batched(rows, SCHEMAS["train"], 3)] == [3, 3, 1]
    assert np.all([len(made) == 1 for made in batched(iter([row_of(WINDOW, [])]), SCHEMAS["train"], 3)])


@pytest.mark.parametrize("size", [1, 3, 7, 99])
def test_rows_are_shuffled_by_their_keys(tmp_path: Path, size: int) -> None:
    rows = [row_of(WINDOW, []) | {"index": i, "input_ids": [i] * (i + 1)} for i in range(7)]
    keys = {f"7/{i}": 5 * i % 7 for i in range(7)}
    batches = batched(iter(rows), SCHEMAS["train"], size)
    found = [
        row
        for made in shuffled(batches, SCHEMAS["train"], size, key=keys.__getitem__, folder=tmp_path)
        for row in made.to_pylist()
    ]
    assert [row["index"] for row in found] == sorted(range(7), key=lambda i: keys[f"7/{i}"])
    assert all(row["input_ids"] == [row["index"]] * (row["index"] + 1) for row in found)
