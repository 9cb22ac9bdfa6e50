"""The rows of a record, one a window: made, gathered into batches, shuffled, and checked when they are read."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.ipc
from numpy.typing import NDArray

from tinynq.errors import RecordError
from tinynq.types import AnswerType, ExampleId, Window

BUCKETS = 64
EXAMPLE_ID: msgspec.json.Decoder[ExampleId] = msgspec.json.Decoder(ExampleId)


def row_of(window: Window, candidates: list[int]) -> dict[str, Any]:
    """A window as a row; ``candidates`` are those of its page, where it is for prediction."""
    row: dict[str, Any] = {
        "example_id": id_text(window.example_id),
        "index": window.index,
        "question_length": window.question_length,
        "input_ids": window.input_ids,
        "token_map": window.token_map,
    }
    if window.target:
        return row | window.target._asdict()
    return row | {"candidates": candidates}


def id_text(example_id: ExampleId) -> str:
    """An id as JSON."""
    return str(example_id) if isinstance(example_id, int) else json.dumps(example_id)


def batched(rows: Iterator[dict[str, Any]], schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    """Rows as record batches of ``size`` windows."""
    columns: dict[str, list[Any]] = {name: [] for name in schema.names}
    count = 0
    for row in rows:
        for name, value in row.items():
            columns[name].append(value)
        count += 1
        if count == size:
            yield _batch(columns, schema)
            columns, count = {name: [] for name in schema.names}, 0
    if count:
        yield _batch(columns, schema)


def _batch(columns: dict[str, list[Any]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [_array(columns[name], type) for name, type in zip(schema.names, schema.types, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _array(values: list[Any], type: pa.DataType) -> pa.Array:
    if pa.types.is_list(type) and all(isinstance(value, np.ndarray) for value in values):
        # One copy, and nothing is looked at: a quarter of the time of pa.array.
        offsets = np.cumsum([0, *map(len, values)], dtype=np.int32)
        return pa.ListArray.from_arrays(offsets, pa.array(np.concatenate(values), type.value_type))
    return pa.array(values, type)


def rebatched(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of ``size``, but for the last, whatever the batches were."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        while sum(map(len, held)) + len(batch) >= size:
            rest = size - sum(map(len, held))
            yield pa.concat_batches([*held, batch.slice(0, rest)])
            held, batch = [], batch.slice(rest)
        held += [batch] if len(batch) else []
    if held:
        yield pa.concat_batches(held)


def shuffled(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, size: int, *, key: Callable[[str], int], folder: Path
) -> Iterator[pa.RecordBatch]:
    """The rows in the order of ``key`` of "example id/index", 64 bits, by way of files in ``folder``.

    Each file takes a range of keys, so that memory holds a few batches, and one part in BUCKETS of the rows.
    """
    keyed = schema.append(pa.field("key", pa.uint64()))
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temporary:
        paths = [str(Path(temporary) / f"{bucket}.arrow") for bucket in range(BUCKETS)]
        with ExitStack() as stack:
            files = [stack.enter_context(pa.ipc.new_stream(path, keyed)) for path in paths]
            for batch in batches:
                names, indices = batch.column("example_id").to_pylist(), batch.column("index").to_pylist()
                keys = np.array([key(f"{n}/{i}") for n, i in zip(names, indices, strict=True)], np.uint64)
                order = np.argsort(keys, kind="stable")
                rows = pa.record_batch([*batch.columns, pa.array(keys)], schema=keyed).take(pa.array(order))
                buckets, firsts = np.unique(keys[order] // np.uint64((1 << 64) // BUCKETS), return_index=True)
                for bucket, first, end in zip(buckets.tolist(), firsts, [*firsts[1:], len(rows)], strict=True):
                    files[bucket].write_batch(rows.slice(first, end - first))
        rest = schema.empty_table()
        for path in paths:
            with pa.OSFile(path) as source:
                table = pa.ipc.open_stream(source).read_all().combine_chunks()
            order = np.argsort(table.column("key").to_numpy(), kind="stable")
            rest = pa.concat_tables([rest, table.select(schema.names).take(pa.array(order))])
            while len(rest) >= size:
                yield from rest[:size].combine_chunks().to_batches()
                rest = rest[size:]
            pa.default_memory_pool().release_unused()  # else it keeps what was freed
        yield from rest.combine_chunks().to_batches()


class _Rule(NamedTuple):
    """What the values of a column must be; a value is wrong where ``holds`` says so, and ``row`` is whose it is."""

    column: str
    values: NDArray[Any]
    row: NDArray[Any]
    holds: NDArray[Any]
    expected: str


def check(batch: pa.RecordBatch, *, longest: int, words: int, where: str, before: int = 0) -> None:
    """Raise RecordError for rows that are no windows; naming the first of them and what is wrong in it.

    ``longest`` is the most pieces of a window, ``words`` the size of the vocabulary, ``before`` the rows before the
    batch. Of the columns of a record those are checked that are there, and ``input_ids`` must be. What is
    checked is what others rely on: whether a window is of its page cannot be known.
    """
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name, column in columns.items():
        if column.null_count or (pa.types.is_list(column.type) and column.flatten().null_count):
            raise RecordError(f"{where}: a null in column {name}, in row {before} or after; make the record again")
    for name in columns["example_id"].unique().to_pylist() if "example_id" in columns else ():
        try:
            EXAMPLE_ID.decode(name)
        except msgspec.DecodeError as error:
            raise RecordError(
                f"{where}: example_id is {name}, no id as JSON ({error}); make the record again"
            ) from None
    for rule in _rules(columns, longest, words):
        if not rule.holds.all():
            at = int(np.argmin(rule.holds))
            row = int(rule.row[at])
            example = f", example {columns['example_id'][row]}" if "example_id" in columns else ""
            raise RecordError(
                f"{where}: row {before + row}{example}: {rule.column} is {rule.values[at]}; expected {rule.expected}: "
                "make the record again"
            )


def _rules(columns: dict[str, pa.Array], longest: int, words: int) -> Iterator[_Rule]:
    lengths = columns["input_ids"].value_lengths().to_numpy()
    rows = np.arange(len(lengths))
    yield _Rule("the number of input_ids", lengths, rows, (lengths > 0) & (lengths <= longest), f"1 to {longest}")
    most = {"question_length": lengths + 1, "start": lengths, "end": lengths, "answer_type": len(AnswerType)}
    most |= {"index": 1 << 31, "input_ids": words, "token_map": 1 << 31, "candidates": 1 << 31}
    for name, column in columns.items():
        if name == "example_id":
            continue
        values, row = column, rows
        if pa.types.is_list(column.type):
            counts = column.value_lengths().to_numpy()
            if name == "token_map":  # windows of a TFRecord have none
                yield _Rule(f"the number of {name}", counts, rows, (counts == lengths) | (counts == 0), "one a piece")
            elif name == "candidates":
                yield _Rule(f"the number of {name}", counts, rows, counts % 2 == 0, "a start and an end each")
            values, row = column.flatten(), np.repeat(rows, counts)
        values, low = values.to_numpy(), -1 if name == "token_map" else 0
        limit = most[name]
        yield _Rule(name, values, row, (low <= values) & (values < limit), _expected(low, limit))


def _expected(low: int, limit: NDArray[Any] | int) -> str:
    return f"{low} to {limit - 1}" if isinstance(limit, int) else "a place in the window"
