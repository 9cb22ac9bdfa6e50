"""TF1 checkpoints: the tensors that are in them, and one line for whatever is wrong with them."""

import json
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tf1_bundle import bert, encoded, table, varint, write_bundle

from tinynq.errors import RunError
from tinynq.tf1 import LARGEST_INDEX, LONGEST_NAME, MAGIC, Checkpoint, encoder_config, find
from tinynq.wire import masked_crc32c

ARRAYS = bert(vocab=30)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "model" / "model.ckpt-6", ARRAYS)


@contextmanager
def complaint(match: str, where: Path) -> Iterator[None]:
    """A RunError of one line that names the file."""
    with pytest.raises(RunError, match=match) as caught:
        yield
    assert str(caught.value).startswith(str(where)) and "\n" not in str(caught.value)


# --- what is in a checkpoint


@pytest.mark.parametrize(("shards", "block"), [(1, 1 << 20), (1, 1), (3, 300)])
def test_tensors_are_read_as_they_were_written(tmp_path: Path, shards: int, block: int) -> None:
    checkpoint = Checkpoint(write_bundle(tmp_path / "ckpt", ARRAYS, shards=shards, block=block))
    assert list(checkpoint) == sorted(ARRAYS) and len(checkpoint) == len(ARRAYS)
    for name, array in ARRAYS.items():
        assert checkpoint[name].dtype == array.dtype and checkpoint.shape(name) == array.shape
        assert np.array_equal(checkpoint[name], array)
    assert checkpoint["global_step"] == 6
    with pytest.raises(KeyError):
        checkpoint["none"]


@pytest.mark.parametrize("name", ["finetuned", "pretrained"])
def test_golden_checkpoints(shared: Path, name: str) -> None:
    prefix = find(shared / "golden" / "model" / name)
    assert prefix
    checkpoint = Checkpoint(prefix)
    assert encoder_config(checkpoint) == {
        "vocab_size": 30_522, "hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": 512, "max_position_embeddings": 512, "type_vocab_size": 2, "hidden_act": "gelu_new",
    }  # fmt: skip
    if name == "finetuned":
        weights = np.load(shared / "golden" / "model" / "weights_step6.npz")
        assert all(np.array_equal(checkpoint[tensor], weights[tensor]) for tensor in weights.files)
        assert {tensor for tensor in checkpoint if "/adam_" not in tensor} == {*weights.files, "global_step"}
    else:
        assert "cls/nq/output_weights" not in checkpoint
        assert all(np.isfinite(array).all() for array in checkpoint.values())


# --- where a checkpoint is


def test_a_checkpoint_by_its_prefix_its_index_or_its_folder(prefix: Path) -> None:
    folder = prefix.parent
    for what in (prefix, f"{prefix}.index", folder, str(folder)):
        assert find(what) == prefix
    for nothing in (folder / "model.ckpt", folder / "none", f"{prefix}.data-00000-of-00001", "bert-tiny", "a/b"):
        assert find(nothing) is None
    (folder / "config.json").write_text("{}")  # a run, or a Hugging Face folder
    assert find(folder) is None and find(prefix) == prefix


def test_the_state_file_names_one_of_several(prefix: Path) -> None:
    folder = prefix.parent
    write_bundle(folder / "model.ckpt-5", ARRAYS)
    with complaint(r"holds 2 checkpoints; name one of model.ckpt-5, model.ckpt-6", folder):
        find(folder)
    state = folder / "checkpoint"
    for name in ("model.ckpt-5", "/content/drive/nq/model.ckpt-5"):
        state.write_text(f'model_checkpoint_path: "{name}"\nall_model_checkpoint_paths: "model.ckpt-6"\n')
        assert find(folder) == folder / "model.ckpt-5"
    for text, name in [('model_checkpoint_path: "model.ckpt-7"', "model.ckpt-7"), ("hm", "nothing"), ("", "nothing")]:
        state.write_text(text)
        with complaint(f"names {name}, which is not there; name one of model.ckpt-5, model.ckpt-6", state):
            find(folder)


# --- what makes the encoder


def test_sizes_are_those_of_the_tensors(tmp_path: Path) -> None:
    arrays = bert(vocab=11, hidden=128, layers=3, wide=20, positions=9)
    assert encoder_config(Checkpoint(write_bundle(tmp_path / "ckpt", arrays))) == {
        "vocab_size": 11, "hidden_size": 128, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 20,
        "max_position_embeddings": 9, "type_vocab_size": 2, "hidden_act": "gelu_new",
    }  # fmt: skip


def test_the_config_beside_it(prefix: Path) -> None:
    path = prefix.with_name("bert_config.json")
    with complaint("0 heads do not divide its 16 hidden units; put the bert_config.json beside it", prefix):
        encoder_config(Checkpoint(prefix))
    path.write_text(json.dumps({"num_attention_heads": 4, "hidden_size": 16, "hidden_act": "gelu"}))
    config = encoder_config(Checkpoint(prefix))
    assert (config["num_attention_heads"], config["hidden_act"]) == (4, "gelu_new")
    path.write_text(json.dumps({"num_attention_heads": 4, "hidden_act": "relu"}))
    assert encoder_config(Checkpoint(prefix))["hidden_act"] == "relu"
    for content, match in [
        ({"num_attention_heads": 4, "hidden_size": 32}, "hidden_size is 32, but model.ckpt-6 has 16"),
        ({"num_attention_heads": 4, "num_hidden_layers": 1}, "num_hidden_layers is 1, but model.ckpt-6 has 2"),
        ([], "no JSON that can be read"),
    ]:
        path.write_text(json.dumps(content))
        with complaint(match, path):
            encoder_config(Checkpoint(prefix))
    for heads in (3, "two", 0, -1):
        path.write_text(json.dumps({"num_attention_heads": heads}))
        with complaint(f"{heads} heads do not divide", prefix):
            encoder_config(Checkpoint(prefix))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"bert/embeddings/word_embeddings": None}, "no BERT in it; expected tensors such as bert/embeddings/word"),
        ({"bert/embeddings/word_embeddings": (4,)}, "no BERT in it"),
        ({"bert/embeddings/token_type_embeddings": (0, 16)}, "no BERT in it"),
        ({"bert/encoder/layer_0/intermediate/dense/kernel": None}, "no BERT in it"),
        ({"bert/encoder/layer_1/intermediate/dense/kernel": (16, 8)}, r"layer 1: intermediate/dense is \[16, 8\]"),
        ({"bert/encoder/layer_0/attention/self/query/kernel": (8, 16)}, r"layer 0: attention/self/query is \[8, 16\]"),
        ({"bert/encoder/layer_5/attention/self/query/kernel": (16, 16)}, "layer 2: attention/self/query is"),
        # A model of this width would be a thousand times larger than the file.
        ({"bert/embeddings/word_embeddings": (1, 99_999)}, r"layer 0: .* expected \[99999, 99999\]"),
    ],
)
def test_what_is_no_bert(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    arrays = dict(ARRAYS)
    for name, shape in change.items():
        arrays.pop(name, None)
        if shape:
            arrays[name] = np.zeros(shape, np.float32)
    prefix = write_bundle(tmp_path / "ckpt", arrays)
    with complaint(match, prefix):
        encoder_config(Checkpoint(prefix))


# --- what is wrong with a checkpoint


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"header": {"endianness": 1}}, r"ckpt\.index: .*big-endian; expected little-endian"),
        ({"header": {"num_shards": 0}}, r"ckpt\.index: .*0 shards"),
        ({"header": {"num_shards": -5}}, r"ckpt\.index: .*-5 shards"),
        ({"header": {"num_shards": 2_000_000_000}}, r"ckpt\.index: .*2000000000 shards"),
        ({"header": {"num_shards": 2}}, r"data-00000-of-00002: no such file; it belongs to"),
        ({"compression": 1}, "blocks are compressed, which TF1 does not do"),
        ({"entry": {"a": {"shard_id": 1}}}, "tensor a is in shard 1, of 1"),
        ({"entry": {"a": {"offset": -4}}}, "ends before tensor a does"),
        ({"entry": {"a": {"offset": 2**62}}}, "ends before tensor a does; the file is cut short"),
        ({"entry": {"a": {"size": 2**62}}}, "ends before tensor a does"),
        ({"entry": {"a": {"size": -1}}}, "ends before tensor a does"),
        ({"entry": {"a": {"size": 4}}}, r"tensor a is \[2, 3\] in 4 bytes"),
        ({"entry": {"a": {"shape": {"dim": [{"size": 2**40}] * 8}}}}, r"tensor a is \[1099511627776, "),
        ({"entry": {"a": {"shape": {"dim": [{"size": 1}] * 9}}}}, "tensor a is damaged"),
        ({"entry": {"a": {"shape": {"dim": [{"size": -2}, {"size": -3}]}}}}, "tensor a is damaged"),
        ({"entry": {"b": {"offset": 0, "size": 24, "shape": {"dim": [{"size": 6}]}}}}, "its tensors overlap"),
    ],
)
def test_an_index_that_cannot_be(tmp_path: Path, options: dict[str, Any], match: str) -> None:
    arrays = {"a": np.ones((2, 3), np.float32), "b": np.ones(2, np.float32)}
    with complaint(match, tmp_path / "ckpt"):
        Checkpoint(write_bundle(tmp_path / "ckpt", arrays, **options))


def test_tensors_that_are_not_read(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {
        "double": np.ones(3),
        "half": np.ones(3, np.float16),
        "good": np.ones(3, np.float32),
        "odd": np.ones(3),
    }
    changes: dict[str, Any] = {"good/part": {"slices": [b""]}, "odd": {"dtype": 77}}
    arrays["good/part"] = np.ones(3, np.float32)
    checkpoint = Checkpoint(write_bundle(tmp_path / "ckpt", arrays, entry=changes))
    assert np.array_equal(checkpoint["good"], np.ones(3))
    for name, match in [
        ("double", "tensor double is float64; expected float32"),
        ("half", "tensor half is float16"),
        ("odd", "tensor odd is of TensorFlow's type 77"),
        ("good/part", "tensor good/part is partitioned"),
    ]:
        with complaint(match, tmp_path / "ckpt"):
            checkpoint[name]


def index(*pairs: tuple[bytes, bytes]) -> bytes:
    return table(list(pairs))


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "does not end as one"),
        (b"PAR1" * 30, "does not end as one"),
        (b"\xff" * 40 + struct.pack("<Q", MAGIC), "a number is too long"),
        (b"\0" * 40 + struct.pack("<Q", MAGIC), "a block lies outside of it"),
        (index((b"b", b""), (b"a", b"")), "names are not in order"),
        (index((b"a", b""), (b"a", b"")), "names are not in order"),
        (index((b"x" * (LONGEST_NAME + 1), b"")), "an entry lies outside its block"),
        (index((b"", b"\x08\x01"), (b"\xff", b"")), "codec can't decode"),
        (index((b"", b"\x0a\x09")), "Error parsing message"),
        (index((b"a", b"")), "0 shards"),
        (b"\0" * (LARGEST_INDEX + 1), "1,048,577 bytes; expected at most 1,048,576"),
    ],
)
def test_a_file_that_is_no_index(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "ckpt.index"
    path.write_bytes(content)
    with complaint(rf"no index of a TF1 checkpoint that can be read \(.*{match}.*\); copy it again", path):
        Checkpoint(tmp_path / "ckpt")


def test_blocks_that_overlap(tmp_path: Path) -> None:
    # One block named a thousand times would be read a thousand times.
    def block(content: bytes) -> bytes:
        return content + b"\0" + struct.pack("<I", masked_crc32c(content + b"\0"))

    data = encoded([(b"a", b"")])
    handle = varint(0) + varint(len(data))
    blocks = encoded([(b"a", handle), (b"b", handle)])
    footer = (handle + varint(len(data) + 5) + varint(len(blocks))).ljust(40, b"\0")
    (tmp_path / "ckpt.index").write_bytes(block(data) + block(blocks) + footer + struct.pack("<Q", MAGIC))
    with complaint("blocks overlap", tmp_path / "ckpt.index"):
        Checkpoint(tmp_path / "ckpt")


def test_a_file_that_is_cut_short_anywhere(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "cut").mkdir()
    cut = tmp_path / "cut" / prefix.name
    for name in ("index", "data-00000-of-00001"):
        content = Path(f"{prefix}.{name}").read_bytes()
        shutil.copytree(prefix.parent, cut.parent, dirs_exist_ok=True)
        for end in [*range(0, len(content), 1 + len(content) // 150), len(content) - 1]:
            Path(f"{cut}.{name}").write_bytes(content[:end])
            with complaint("copy (it|both|the file) ?|cut short", tmp_path / "cut"):
                Checkpoint(cut)


@settings(max_examples=200)
@given(st.data())
def test_bits_that_flip(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "flipped"
    prefix = write_bundle(folder / "ckpt", {name: ARRAYS[name] for name in sorted(ARRAYS)[:12]}, block=200)
    path = Path(f"{prefix}.{data.draw(st.sampled_from(['index', 'data-00000-of-00001']))}")
    content = bytearray(path.read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(content) * 8 - 1), min_size=1, max_size=3, unique=True)):
        content[at // 8] ^= 1 << at % 8
    path.write_bytes(content)
    try:
        read = dict(Checkpoint(prefix))
    except RunError as error:
        assert str(error).startswith(str(folder)) and "\n" not in str(error)
    else:  # in the footer's padding, or in the handle of a block that is not read
        assert path.suffix == ".index" and all(np.array_equal(read[name], ARRAYS[name]) for name in read)


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_blocks_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    handles = encoded([(b"z", varint(0) + varint(len(content)))])
    for blocks, index in [((content,), 0), ((content, handles), 1)]:  # as the index of blocks, and as a block of it
        data, offsets = b"", []
        for block in blocks:
            offsets.append(varint(len(data)) + varint(len(block)))
            data += block + b"\0" + struct.pack("<I", masked_crc32c(block + b"\0"))
        footer = (b"\0\0" + offsets[index]).ljust(40, b"\0")
        (folder / "ckpt.index").write_bytes(data + footer + struct.pack("<Q", MAGIC))
        with complaint(r"no index of a TF1 checkpoint that can be read \(.+\); copy it again", folder):
            Checkpoint(folder / "ckpt")


def test_a_shard_that_goes_away(prefix: Path) -> None:
    checkpoint = Checkpoint(prefix)
    path = Path(f"{prefix}.data-00000-of-00001")
    path.unlink()
    with complaint("cannot be read: No such file", path):
        checkpoint["global_step"]
