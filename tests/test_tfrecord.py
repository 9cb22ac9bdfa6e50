"""TFRecords: the original's examples, to the last number; what was written is read; damage is one line."""

import gzip
import json
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nq_lines import SmallRun, original, write

from tinynq.errors import RecordError, TinynqError, UsageError
from tinynq.files import open_stream
from tinynq.inference import predict
from tinynq.preparation import prepare
from tinynq.record import SCHEMAS, TrainingSet
from tinynq.tfrecord import LONGEST, example_type, is_tfrecord, padded_length, read_rows, unique_id, write_examples
from tinynq.training import train
from tinynq.wire import masked_crc32c

FAULT = 3231470706112544561  # the unique id of the window that the reference labels wrongly
ROW: dict[str, Any] = {
    "example_id": "7", "index": 2, "question_length": 3, "input_ids": [101, 9, 102, 5, 6, 102], "token_map": [-1] * 6,
    "start": 3, "end": 4, "answer_type": 3,
}  # fmt: skip
GOOD: dict[str, list[int]] = {
    "unique_ids": [9], "input_ids": [101, 9, 102, 5, 6, 102, 0, 0], "input_mask": [1] * 6 + [0] * 2,
    "segment_ids": [0] * 3 + [1] * 3 + [0] * 2, "start_positions": [3], "end_positions": [4], "answer_types": [3],
}  # fmt: skip


def framed(data: bytes) -> bytes:
    """Bytes as a record of a TFRecord."""
    header = struct.pack("<Q", len(data))
    return header + struct.pack("<I", masked_crc32c(header)) + data + struct.pack("<I", masked_crc32c(data))


def encoded(features: dict[str, list[int]]) -> bytes:
    made = [{"key": name, "value": {"int64_list": {"value": values}}} for name, values in features.items()]
    return example_type()(features={"feature": made}).SerializeToString()  # type: ignore[no-any-return]


def tfrecord(path: Path, *examples: dict[str, list[int]]) -> str:
    path.write_bytes(b"".join(framed(encoded(features)) for features in examples))
    return str(path)


def parsed(path: Path | str) -> "Counter[str]":
    """How often each example is in a file, whatever their order and that of their features."""
    found: Counter[str] = Counter()
    with open_stream(path) as file:
        while header := file.read(12):
            data = file.read(struct.unpack("<QI", header)[0])
            assert framed(data) == header + data + file.read(4)
            features = {e.key: list(e.value.int64_list.value) for e in example_type().FromString(data).features.feature}
            found[json.dumps(features, sort_keys=True)] += 1
    return found


def rows(path: str, **options: int) -> list[dict[str, Any]]:
    return list(read_rows(path, **{"length": 8, "words": 200, **options}))


# --- the original's examples


@pytest.mark.parametrize("name", ["train_u1", "train_default", "eval", "eval_512_64"])
def test_examples_are_those_of_the_original(shared: Path, tmp_path: Path, name: str) -> None:
    kind = "train" if name.startswith("train") else "dev"
    pages = str(shared / "golden" / "pages" / f"nq-{kind}-00.jsonl.gz")
    choices: dict[str, dict[str, Any]] = {
        "train_u1": {"include_unknowns": 1.0},
        "train_default": {"include_unknowns": -1.0},
        "eval": {"for_": "predict"},
        "eval_512_64": {"for_": "predict", "max_seq_length": 512, "stride": 64},
    }
    if name == "eval_512_64":
        with gzip.open(pages) as lines:
            pages = str(tmp_path / "first.jsonl")
            Path(pages).write_bytes(b"".join(next(lines) for _ in range(8)))
    out = tmp_path / "ours.tfrecord"
    prepare(pages, out=str(out), **choices[name])
    ours, theirs = parsed(out), parsed(shared / "golden" / "features" / f"{name}.tfrecord.gz")
    assert theirs.total() == {"train_u1": 432, "train_default": 30, "eval": 491, "eval_512_64": 162}[name]
    if kind == "dev":
        assert ours == theirs
        return
    ((fault, _),) = (theirs - ours).items()
    features = json.loads(fault)
    assert (features["unique_ids"], features["start_positions"]) == ([FAULT], [7])
    right = features | {"start_positions": [0], "end_positions": [0], "answer_types": [0]}
    assert ours - theirs == Counter([json.dumps(right, sort_keys=True)] if name == "train_u1" else [])


def test_the_original_s_file_is_trained_on(shared: Path) -> None:
    golden = np.load(shared / "golden" / "features" / "train_u002_s0.npz")
    data = TrainingSet.load([str(shared / "golden" / "features" / "train_u002_s0.tfrecord.gz")])
    assert (data.info.features.max_seq_length, data.info.features.stride) == (384, 128)
    expected = {}
    for row in range(len(golden["unique_ids"])):
        pieces = int(golden["input_mask"][row].sum())
        question = pieces - int(golden["segment_ids"][row].sum())
        target = tuple(int(golden[k][row, 0]) for k in ("start_positions", "end_positions", "answer_types"))
        expected[int(golden["unique_ids"][row, 0])] = (question, golden["input_ids"][row, :pieces].tolist(), target)
    windows = [data.window(at) for at in range(len(data))]
    assert len(windows) == len(expected)
    assert {w.example_id: (w.question_length, list(w.input_ids), tuple(w.target or ())) for w in windows} == expected


# --- what was written is read


@pytest.mark.parametrize("suffix", [".tfrecord", ".tfrecord.gz"])
def test_pages_to_a_tfrecord_and_to_parquet_are_the_same_windows(
    small_run: SmallRun, tmp_path: Path, suffix: str
) -> None:
    out = str(tmp_path / f"r{suffix}")
    info = prepare(small_run.pages, out=out, include_unknowns=1.0)
    assert Path(out).read_bytes()[:2] == b"\x1f\x8b" or not suffix.endswith("gz")
    one, two = TrainingSet.load([small_run.record]), TrainingSet.load([out])
    assert len(one) == len(two) == info.counts["windows"]
    for at in range(len(one)):
        ours, theirs = one.window(at), two.window(at)
        assert unique_id(ours.example_id, ours.index) == theirs.example_id
        assert (ours.question_length, list(ours.input_ids), ours.target) == (
            theirs.question_length, list(theirs.input_ids), theirs.target,
        )  # fmt: skip
    again = str(tmp_path / f"again{suffix}")
    prepare(small_run.pages, out=again, include_unknowns=1.0)
    assert Path(out).read_bytes() == Path(again).read_bytes()


def test_training_on_it_gives_the_losses_of_the_record(small_run: SmallRun, tmp_path: Path) -> None:
    prepare(small_run.pages, out=str(tmp_path / "r.tfrecord"), include_unknowns=1.0)
    (tmp_path / "r.tfrecord").rename(tmp_path / "train_0-10_record")  # known by its content
    losses = []
    for number, record in enumerate((small_run.record, str(tmp_path / "train_0-10_record"))):
        out = tmp_path / str(number)
        train(record, out=str(out), init="bert-tiny", steps=2, batch_size=4, threads=1)
        log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
        losses.append([(line["loss"], line["grad_norm"]) for line in log])
    assert losses[0] == losses[1] and len(losses[0]) == 2


def test_both_kinds_are_trained_on_together(small_run: SmallRun, tmp_path: Path) -> None:
    out = str(tmp_path / "r.tfrecord")
    windows = prepare(small_run.pages, out=out, include_unknowns=1.0).counts["windows"]
    assert len(TrainingSet.load([small_run.record, out])) == len(TrainingSet.load([out, out])) == 2 * windows
    assert len(TrainingSet.load([str(tmp_path)])) == windows  # a folder
    prepare(small_run.pages, out=out, max_seq_length=100)
    with pytest.raises(RecordError, match="made with max_seq_length 100, but .* has 384"):
        TrainingSet.load([small_run.record, out])


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(1, 20), st.integers(0, 20), st.integers(0, 4)),
        min_size=1, max_size=5,
    ),
    st.booleans(),
)  # fmt: skip
def test_reading_is_the_inverse_of_writing(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int, int, int, int]], zipped: bool
) -> None:
    expected = []
    for example_id, pieces, question, kind in made:
        ids = np.random.default_rng(pieces).integers(0, 200, pieces).tolist()
        question, start = min(question, pieces), pieces // 2
        expected.append(
            {
                "example_id": json.dumps(example_id), "index": 0, "question_length": question, "input_ids": ids,
                "token_map": [], "start": start, "end": pieces - 1, "answer_type": kind,
            }
        )  # fmt: skip
    columns = {name: [row[name] for row in expected] for name in SCHEMAS["train"].names}
    path = tmp_path_factory.getbasetemp() / "x"
    with path.open("wb") as file:
        write_examples(file, [pa.record_batch(columns, schema=SCHEMAS["train"])], length=20, zipped=zipped)
    found = [row | {"input_ids": row["input_ids"].tolist()} for row in rows(str(path), length=20)]
    assert found == expected and padded_length(str(path)) == 20 and is_tfrecord(str(path))


def test_unique_ids() -> None:
    assert [unique_id(7, 3), unique_id(-7, 3), unique_id("7", 3), unique_id("-7", 3)] == [10, -4, 10, -4]
    assert [unique_id(2**63 - 1, 1), unique_id(2**64 - 1, 0), unique_id(-(2**63), -1)] == [-(2**63), -1, 2**63 - 1]
    texts = ["", "a", "-", "7 ", "\u0667", "9" * 5000, "\ud800", "5655493461695504401x"]
    ids = [unique_id(text, 1) for text in texts]
    assert len(set(ids)) == len(texts) and all(-(2**63) <= i < 2**63 for i in ids)
    assert unique_id("a", 5) - unique_id("a", 1) == 4
    assert unique_id("a", 0) == 4681665781835383343  # the same everywhere and always


def test_kinds_of_files_are_told_apart_by_content(small_run: SmallRun, tmp_path: Path) -> None:
    path = tmp_path / "dev_record"
    tfrecord(path, GOOD)
    assert is_tfrecord(str(path))
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert is_tfrecord(str(path)) and len(rows(str(path))) == 1
    for other in (small_run.record, small_run.pages):
        assert not is_tfrecord(other)
    for content in (b"", b"\0" * 12, b"\0" * 500, gzip.compress(b"hello, pages")):
        path.write_bytes(content)
        assert not is_tfrecord(str(path))
        with pytest.raises(RecordError, match="dev_record: no record that can be read"):
            TrainingSet.load([str(path)])


# --- what is no record of the original


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"input_ids": None}, "no integers input_ids; expected a TFRecord of training windows"),
        ({"unique_ids": [], "answer_types": []}, "no integers unique_ids, answer_types"),
        ({"start_positions": None, "answer_types": None, "token_map": [-1] * 8}, "made for prediction, .*`tinynq prep"),
        ({"input_mask": [1] * 7}, r"input_ids, input_mask, segment_ids are of \[8, 7, 8\] pieces; expected one length"),
        ({"answer_types": [1, 2]}, "expected one length, and one answer"),
        ({"input_mask": [0] + [1] * 6 + [0]}, "input_mask and segment_ids are not those of a window"),
        ({"input_mask": [2] * 6 + [0] * 2}, "input_mask and segment_ids are not those of a window"),
        ({"segment_ids": [1] * 3 + [0] * 5}, "input_mask and segment_ids are not those of a window"),
        ({"segment_ids": [0] * 5 + [1] * 3}, "input_mask and segment_ids are not those of a window"),
        ({"input_mask": [0] * 8, "segment_ids": [0] * 8}, "answer is 3 to 4, outside the window's 0 pieces"),
        ({"input_ids": [200] * 8}, "input_ids outside the vocabulary of 200"),
        ({"input_ids": [-1] * 8}, "input_ids outside the vocabulary of 200"),
        ({"start_positions": [6]}, "the answer is 6 to 4, outside the window's 6 pieces"),
        ({"end_positions": [-1]}, "the answer is 3 to -1, outside"),
        ({"answer_types": [5]}, "answer_types is 5; expected 0 to 4"),
        (
            {"input_ids": [1] * 9, "input_mask": [1] * 9, "segment_ids": [1] * 9},
            "padded to 9 pieces; expected 8, as in",
        ),
    ],
)
def test_an_example_that_cannot_be(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    changed = {name: values for name, values in (GOOD | change).items() if values is not None}
    path = tfrecord(tmp_path / "r.tfrecord", GOOD, changed)
    with pytest.raises(RecordError, match=match) as caught:
        rows(path)
    assert str(caught.value).startswith(f"{path}: record 2: ") and "\n" not in str(caught.value)


def test_an_answer_that_ends_before_it_starts_is_kept(tmp_path: Path) -> None:
    # The original makes such windows of short answers that are not sorted, and trains on them.
    (row,) = rows(tfrecord(tmp_path / "r.tfrecord", GOOD | {"start_positions": [4], "end_positions": [3], "new": [1]}))
    assert (row["start"], row["end"]) == (4, 3)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (framed(b"\x0a\xff"), "record 1: no tf.train.Example"),
        (framed(b""), "record 1: no integers input_ids, "),
        (framed(encoded(GOOD))[:-1], "record 1: the file ends in it; copy it again"),
        (framed(encoded(GOOD)) + b"abc", "record 2: the file ends in it; copy it again"),
        (framed(encoded(GOOD)) * 2 + b"a" * 20, "record 3: its length has another checksum"),
        (b"a" * 20, "record 1: no TFRecord begins like this"),
        (framed(b"")[:12].replace(b"\0" * 8, struct.pack("<Q", 2**60)), "record 1: no TFRecord begins like this"),
        (framed(b"a" * (LONGEST + 1)), "record 1: 16,777,217 bytes; expected at most 16,777,216"),
        (
            struct.pack("<QI", 2**62, masked_crc32c(struct.pack("<Q", 2**62))),
            "record 1: 4,611,686,018,427,387,904 bytes",
        ),
        (gzip.compress(framed(encoded(GOOD)) * 3)[:-9], "record [1-4]: the gzip data is cut short"),
        (gzip.compress(framed(encoded(GOOD)) * 3)[:20] + b"\0" * 90, "record [1-4]: the gzip data is damaged"),
    ],
)
def test_a_file_that_is_damaged(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "r.tfrecord"
    path.write_bytes(content)
    with pytest.raises(TinynqError, match=match) as caught:
        rows(str(path))
    assert str(caught.value).startswith(f"{path}: record ") and "\n" not in str(caught.value)


def test_a_file_without_an_example(tmp_path: Path) -> None:
    path = tmp_path / "r.tfrecord"
    path.write_bytes(b"")
    with pytest.raises(RecordError, match=r"r\.tfrecord: holds no example; expected a TFRecord"):
        TrainingSet.load([str(path)])


@settings(max_examples=150)
@given(st.data())
def test_bits_that_flip_and_ends_that_are_missing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.tfrecord"
    content = bytearray(framed(encoded(GOOD)) * 3)
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) * 8 - 1))
        content[at // 8] ^= 1 << at % 8
    else:
        del content[data.draw(st.integers(0, len(content) - 1).filter(lambda n: n % (len(content) // 3))) :]
    path.write_bytes(content)
    with pytest.raises(RecordError, match=r"flipped\.tfrecord: record [1-3]: ") as caught:
        rows(str(path))
    assert "\n" not in str(caught.value)


def test_a_tfrecord_is_not_predicted(small_run: SmallRun, tmp_path: Path) -> None:
    out = str(tmp_path / "dev.tfrecord")
    prepare(write(tmp_path / "p.jsonl", original("one")), out=out, for_="predict")
    with pytest.raises(RecordError, match="record 1: made for prediction, and without the candidates"):
        TrainingSet.load([out])
    with pytest.raises(UsageError, match="dev.tfrecord: a TFRecord lacks the candidates that prediction needs"):
        predict(small_run.folder, out, out=str(tmp_path / "p.json"))
