"""Windows <-> the TFRecord of the BERT joint baseline: one tf.train.Example a window, padded.

Each example stands between its length, with a checksum, and a checksum of its own. What the
original's file does not hold (ids, token maps of training windows, candidates, the vocabulary,
options) cannot be read from it.
"""

import json
import re
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from gzip import GzipFile
from hashlib import blake2b
from io import BufferedReader
from itertools import count
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa

from tinynq.errors import RecordError
from tinynq.files import open_stream, unreadable
from tinynq.types import AnswerType, ExampleId, Int32s
from tinynq.wire import masked_crc32c, message_types

SUFFIXES = (".tfrecord", ".tfrecord.gz")
LONGEST = 1 << 24  # bytes of an example; a window of 512 pieces takes 5,000
HEADER = struct.Struct("<QI")  # the length of an example, and its checksum
FOOTER = struct.Struct("<I")  # the checksum of the example
LISTS = ("input_ids", "input_mask", "segment_ids")
NUMBERS = ("unique_ids", "start_positions", "end_positions", "answer_types")


@cache
def example_type() -> Any:
    """The class of tf.train.Example, as far as it is needed; made when first used."""
    return message_types(
        # The map from names to features is a list of pairs, on the wire.
        Int64List={"value": (1, "repeated int64")},
        Feature={"int64_list": (3, "Int64List")},
        Entry={"key": (1, "string"), "value": (2, "Feature")},
        Features={"feature": (1, "repeated Entry")},
        Example={"features": (1, "Features")},
    )["Example"]


def is_tfrecord(path: str) -> bool:
    """Whether a file, gzipped or not, begins with a length and its checksum, or at least is named as if it did."""
    if path.endswith(SUFFIXES):
        return True
    with open_stream(path) as file:
        header = _read(file, HEADER.size, path)
    return len(header) == HEADER.size and _checked_length(header) is not None


def unique_id(example_id: ExampleId, index: int) -> int:
    """The original's key of a window, example id + index, modulo 2 ** 64 with sign.

    An id that is a string is the integer that it spells, else the first 8 bytes, big-endian, of
    its BLAKE2b hash in UTF-8.
    """
    if isinstance(example_id, str):
        if re.fullmatch(r"-?[0-9]{1,20}", example_id):
            example_id = int(example_id)
        else:
            example_id = int.from_bytes(blake2b(example_id.encode("utf8", "surrogatepass"), digest_size=8).digest())
    return (example_id + index + 2**63) % 2**64 - 2**63


def write_examples(file: BinaryIO, batches: Iterable[pa.RecordBatch], *, length: int, zipped: bool = False) -> None:
    """Write the rows of a record as examples, padded with zeros to ``length`` pieces."""
    if zipped:
        # Without name and time: the same rows give the same bytes.
        with GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as stream:
            write_examples(cast(BinaryIO, stream), batches, length=length)
        return
    for batch in batches:
        for row in batch.to_pylist():
            data = _example(row, length)
            header = struct.pack("<Q", len(data))
            file.write(header + FOOTER.pack(masked_crc32c(header)) + data + FOOTER.pack(masked_crc32c(data)))


def padded_length(path: str) -> int:
    """The length in pieces that the windows of a TFRecord are padded to.

    Raises RecordError for a file without an example.
    """
    for where, data in _examples(path):
        return len(_features(data, where)["input_ids"])
    raise RecordError(f"{path}: holds no example; expected a TFRecord of training windows")


def read_rows(path: str, *, length: int, words: int) -> Iterator[dict[str, Any]]:
    """The training windows of a TFRecord as rows of a record, unpadded, in its order; memory stays flat.

    ``length`` is what they are padded to, ``words`` the size of the vocabulary. A row's example id
    is the unique id and its index 0, since the sum cannot be taken apart; its token map is empty.
    Raises RecordError, with the number of the record, for damage, for what is no example of the
    original, and for ids and positions outside their range.
    """
    for where, data in _examples(path):
        features = _features(data, where)
        ids, mask, segments = (features[name] for name in LISTS)
        unique, start, end, kind = (int(features[name][0]) for name in NUMBERS)
        positions, pieces = np.arange(length), int(np.count_nonzero(mask))
        question = pieces - int(np.count_nonzero(segments))
        faults = {
            f"padded to {len(ids)} pieces; expected {length}, as in record 1": len(ids) != length,
            "input_mask and segment_ids are not those of a window: question, page, padding": not (
                np.array_equal(mask, positions < pieces)
                and np.array_equal(segments, (positions >= question) & (positions < pieces))
            ),
            f"input_ids outside the vocabulary of {words:,}; give the right one": not 0
            <= ids.min()
            <= ids.max()
            < words,
            f"the answer is {start} to {end}, outside the window's {pieces} pieces": not (
                0 <= start < pieces and 0 <= end < pieces
            ),
            f"answer_types is {kind}; expected 0 to {max(AnswerType)}": not 0 <= kind <= max(AnswerType),
        }
        for fault, found in faults.items():
            if found:
                raise RecordError(f"{where}: {fault}")
        yield {
            "example_id": json.dumps(unique),
            "index": 0,
            "question_length": question,
            "input_ids": ids[:pieces].astype(np.int32),
            "token_map": [],
            "start": start,
            "end": end,
            "answer_type": kind,
        }


def _examples(path: str) -> Iterator[tuple[str, bytes]]:
    """The examples of a file, still encoded, and where each stands; their lengths and checksums hold."""
    with open_stream(path) as file:
        for number in count(1):
            where = f"{path}: record {number}"
            header = _read(file, HEADER.size, where)
            if not header:
                return
            if len(header) < HEADER.size:
                raise RecordError(f"{where}: the file ends in it; copy it again")
            size = _checked_length(header)
            if size is None:
                reason = "its length has another checksum" if number > 1 else "no TFRecord begins like this"
                raise RecordError(f"{where}: {reason}; the file is damaged, or none that the original made")
            if size > LONGEST:
                raise RecordError(f"{where}: {size:,} bytes; expected at most {LONGEST:,}, and a window has some 5,000")
            data = _read(file, size, where)
            footer = _read(file, FOOTER.size, where)
            if len(data) + len(footer) < size + FOOTER.size:
                raise RecordError(f"{where}: the file ends in it; copy it again")
            if FOOTER.unpack(footer)[0] != masked_crc32c(data):
                raise RecordError(f"{where}: its data have another checksum; the file is damaged: copy it again")
            yield where, data


def _checked_length(header: bytes) -> int | None:
    """The length that a header gives; None where its checksum is another."""
    size, crc = HEADER.unpack(header)
    return int(size) if crc == masked_crc32c(header[:8]) else None


def _read(file: BufferedReader, size: int, where: str) -> bytes:
    try:
        return file.read(size)
    except Exception as error:  # drivers and decompressors raise exceptions of their own making
        raise unreadable(where, error) from error


def _features(data: bytes, where: str) -> dict[str, Int32s]:
    """The features of a training example: LISTS of one length, and NUMBERS as arrays of one."""
    from google.protobuf.message import DecodeError

    try:
        example = example_type().FromString(data)
    except DecodeError:
        raise RecordError(f"{where}: no tf.train.Example; expected a TFRecord of training windows") from None
    features = {entry.key: np.array(entry.value.int64_list.value) for entry in example.features.feature}
    missing = [name for name in (*LISTS, *NUMBERS) if not len(features.get(name, ()))]
    if "answer_types" in missing and "token_map" in features:
        raise RecordError(
            f"{where}: made for prediction, and without the candidates that it needs; prepare the pages: "
            "`tinynq prepare --for predict`"
        )
    if missing:
        raise RecordError(f"{where}: no integers {', '.join(missing)}; expected a TFRecord of training windows")
    lengths = [len(features[name]) for name in LISTS]
    if len(set(lengths)) > 1 or any(len(features[name]) != 1 for name in NUMBERS):
        raise RecordError(f"{where}: {', '.join(LISTS)} are of {lengths} pieces; expected one length, and one answer")
    return features


def _example(row: dict[str, Any], length: int) -> bytes:
    """The example of a record's row, its features by name, so that equal rows are equal bytes."""
    pieces, question = len(row["input_ids"]), row["question_length"]
    padding = [0] * (length - pieces)
    features = {
        "unique_ids": [unique_id(json.loads(row["example_id"]), row["index"])],
        "input_ids": row["input_ids"] + padding,
        "input_mask": [1] * pieces + padding,
        "segment_ids": [0] * question + [1] * (pieces - question) + padding,
    }
    if "answer_type" in row:
        features |= {"start_positions": [row["start"]], "end_positions": [row["end"]]}
        features["answer_types"] = [row["answer_type"]]
    else:
        features["token_map"] = row["token_map"] + [-1] * len(padding)
    example = example_type()()
    for name in sorted(features):
        example.features.feature.add(key=name).value.int64_list.value.extend(features[name])
    return cast(bytes, example.SerializeToString())
