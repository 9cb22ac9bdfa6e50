"""TF1 checkpoints without TensorFlow: a tensor bundle, which is an index and shards of raw tensors.

The index is a LevelDB table (blocks of sorted keys, each sharing a prefix with the one before,
behind a checksum) whose values are protobuf messages. Every length is checked before it is used.
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from tinynq.errors import RunError
from tinynq.wire import masked_crc32c, message_types

INDEX = ".index"
STATE = "checkpoint"  # the file that names the last checkpoint of a folder
CONFIG = "bert_config.json"
FOOTER = struct.Struct("<40sQ")  # two block handles, and MAGIC
MAGIC = 0xDB4775248B80FB57
TRAILER = struct.Struct("<BI")  # behind a block: how it is compressed, and its checksum
LARGEST_INDEX = 1 << 20  # bytes; that of BERT-Large with Adam takes a tenth
LONGEST_NAME = 1 << 10
MOST_DIMENSIONS = 8
DTYPES = {1: "<f4", 9: "<i8"}
OTHER_DTYPES = {2: "float64", 3: "int32", 7: "string", 14: "bfloat16", 19: "float16"}
HEAD_SIZE = 64  # of all published BERTs
WORDS = "bert/embeddings/word_embeddings"
LAYER = re.compile(r"bert/encoder/layer_(\d{1,4})/attention/self/query/kernel")

_types = message_types(
    Header={"num_shards": (1, "int32"), "endianness": (2, "int32")},
    Dimension={"size": (1, "int64")},
    Shape={"dim": (2, "repeated Dimension")},
    Entry={
        "dtype": (1, "int32"),
        "shape": (2, "Shape"),
        "shard_id": (3, "int32"),
        "offset": (4, "int64"),
        "size": (5, "int64"),
        "crc32c": (6, "fixed32"),
        "slices": (7, "repeated bytes"),
    },
)
Header, Entry = _types["Header"], _types["Entry"]


def find(what: str | Path) -> Path | None:
    """The prefix of the TF1 checkpoint that a path means; None where it means none.

    The path is a prefix, that of the .index file, or a folder without config.json that has a ``checkpoint``
    file or one .index file. Raises RunError for a folder of several, or whose ``checkpoint`` is not there.
    """
    path = Path(what)
    if path.is_dir():
        return None if (path / "config.json").exists() else _in_folder(path)
    if path.suffix == INDEX:
        path = path.with_suffix("")
    return path if Path(f"{path}{INDEX}").is_file() else None


def _in_folder(folder: Path) -> Path | None:
    names = sorted(path.name.removesuffix(INDEX) for path in folder.glob(f"*{INDEX}"))
    state = folder / STATE
    if names and state.is_file():
        named = re.search(rb'^model_checkpoint_path: *"([^"]*)"', state.read_bytes()[:LARGEST_INDEX], re.MULTILINE)
        # The folder may have been moved: of the path, the name is what holds.
        name = Path(named[1].decode(errors="replace")).name if named else "nothing"
        if name not in names:
            raise RunError(f"{state}: names {name}, which is not there; name one of {', '.join(names)}")
        return folder / name
    if len(names) > 1:
        raise RunError(f"{folder}: holds {len(names)} checkpoints; name one of {', '.join(names)}")
    return folder / names[0] if names else None


class Checkpoint(Mapping[str, NDArray[Any]]):
    """The tensors of a TF1 checkpoint by their names, each read, and its checksum compared, when it is asked for.

    Opening it checks the whole index. Raises RunError, naming the file, for what is damaged, missing
    or no checkpoint, and for a tensor that is asked for and is neither float32 nor int64, or is partitioned.
    """

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        index = Path(f"{prefix}{INDEX}")
        try:
            if index.stat().st_size > LARGEST_INDEX:
                raise ValueError(f"{index.stat().st_size:,} bytes; expected at most {LARGEST_INDEX:,}")
            entries = dict(_table(index.read_bytes()))
            header = Header.FromString(entries.pop(b"", b""))
            if header.endianness:
                raise ValueError("its tensors are big-endian; expected little-endian")
            if not 1 <= header.num_shards <= 99_999:
                raise ValueError(f"{header.num_shards} shards; expected at least 1")
            self._entries = {name.decode("utf8"): Entry.FromString(value) for name, value in entries.items()}
        except (ValueError, IndexError, struct.error, DecodeError, OSError) as error:
            raise RunError(f"{index}: no index of a TF1 checkpoint that can be read ({error}); copy it again") from None
        self._shards = [Path(f"{prefix}.data-{i:05}-of-{header.num_shards:05}") for i in range(header.num_shards)]
        self._check_sizes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, name: str) -> NDArray[Any]:
        entry = self._entries[name]
        if entry.dtype not in DTYPES:
            kind = OTHER_DTYPES.get(entry.dtype, f"of TensorFlow's type {entry.dtype}")
            raise RunError(f"{self.prefix}: tensor {name} is {kind}; expected float32")
        if entry.slices:
            raise RunError(f"{self.prefix}: tensor {name} is partitioned; save the checkpoint without partitioner")
        path = self._shards[entry.shard_id]
        try:
            with path.open("rb") as file:
                file.seek(entry.offset)
                data = file.read(entry.size)
        except OSError as error:
            raise RunError(f"{path}: cannot be read: {error.strerror}") from None
        if masked_crc32c(data) != entry.crc32c:
            raise RunError(f"{path}: tensor {name} has another checksum; the file is damaged: copy it again")
        return np.frombuffer(data, DTYPES[entry.dtype]).reshape(self.shape(name))

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor, without reading it; () where there is none of the name."""
        return tuple(dim.size for dim in self._entries[name].shape.dim) if name in self._entries else ()

    def _check_sizes(self) -> None:
        """Every tensor lies within its shard and has the size that its shape makes; together they fit the shards."""
        sizes: dict[int, int] = {}
        total = 0
        for name, entry in self._entries.items():
            if not 0 <= entry.shard_id < len(self._shards):
                raise RunError(
                    f"{self.prefix}{INDEX}: tensor {name} is in shard {entry.shard_id}, of {len(self._shards)}"
                )
            path, shape = self._shards[entry.shard_id], self.shape(name)
            if entry.shard_id not in sizes:
                if not path.is_file():
                    raise RunError(f"{path}: no such file; it belongs to {self.prefix}{INDEX}: copy both")
                sizes[entry.shard_id] = path.stat().st_size
            if not 0 <= entry.offset <= entry.offset + entry.size <= sizes[entry.shard_id] or entry.size < 0:
                raise RunError(f"{path}: ends before tensor {name} does; the file is cut short: copy it again")
            if len(shape) > MOST_DIMENSIONS or min(shape, default=0) < 0:
                raise RunError(f"{self.prefix}{INDEX}: tensor {name} is damaged; copy the file again")
            width = np.dtype(DTYPES[entry.dtype]).itemsize if entry.dtype in DTYPES and not entry.slices else 0
            if width and prod(shape) * width != entry.size:
                raise RunError(f"{self.prefix}{INDEX}: tensor {name} is {list(shape)} in {entry.size:,} bytes")
            total += entry.size
        if total > sum(sizes.values()):
            raise RunError(f"{self.prefix}{INDEX}: its tensors overlap; the file is damaged: copy it again")


def encoder_config(checkpoint: Checkpoint) -> dict[str, Any]:
    """What makes the encoder of a checkpoint, under the names of a Hugging Face config.json.

    The sizes are those of the tensors; heads are of 64 units and the activation is BERT's, unless a
    bert_config.json beside the checkpoint says otherwise. Raises RunError where the two contradict
    each other, or there is no BERT in the checkpoint.
    """
    shape, where = checkpoint.shape, checkpoint.prefix
    layers = sum(1 for name in checkpoint if LAYER.fullmatch(name))
    tables = [shape(f"bert/embeddings/{name}") for name in ("word_embeddings", "position_embeddings")]
    segments = shape("bert/embeddings/token_type_embeddings")
    wide = shape("bert/encoder/layer_0/intermediate/dense/kernel")
    if not layers or any(len(table) != 2 or 0 in table for table in (*tables, segments, wide)):
        raise RunError(f"{where}: no BERT in it; expected tensors such as {WORDS}, and layers")
    (words, hidden), (positions, _) = tables
    sizes = {
        "vocab_size": words,
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "intermediate_size": wide[1],
        "max_position_embeddings": positions,
        "type_vocab_size": segments[0],
    }
    # What is made after these sizes is then not much larger than the file.
    for layer in range(layers):
        for name, expected in [("attention/self/query", (hidden, hidden)), ("intermediate/dense", (hidden, wide[1]))]:
            if (found := shape(f"bert/encoder/layer_{layer}/{name}/kernel")) != expected:
                raise RunError(f"{where}: layer {layer}: {name} is {list(found)}; expected {list(expected)}")
    said = _bert_config(where.with_name(CONFIG))
    for name, value in sizes.items():
        if said.get(name, value) != value:
            raise RunError(f"{where.with_name(CONFIG)}: {name} is {said[name]}, but {where.name} has {value}")
    heads = said.get("num_attention_heads", hidden // HEAD_SIZE)
    if not isinstance(heads, int) or heads < 1 or hidden % heads:
        raise RunError(
            f"{where}: {heads} heads do not divide its {hidden} hidden units; "
            f"put the {CONFIG} beside it that says how many"
        )
    activation = str(said.get("hidden_act", "gelu"))
    # What BERT's own code calls gelu has the tanh form.
    return sizes | {"num_attention_heads": heads, "hidden_act": "gelu_new" if activation == "gelu" else activation}


def _bert_config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        said = json.loads(path.read_bytes())
        if not isinstance(said, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError, OSError) as error:
        raise RunError(f"{path}: no JSON that can be read ({error}); copy it again") from None
    return said


def _table(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a LevelDB table, in its order; raises ValueError or IndexError for a damaged one."""
    if len(data) < FOOTER.size or FOOTER.unpack_from(data, len(data) - FOOTER.size)[1] != MAGIC:
        raise ValueError("it does not end as one")
    footer, _ = FOOTER.unpack_from(data, len(data) - FOOTER.size)
    *_, index = _handles(footer, 2)
    end, last = 0, None
    for _, handle in _block(data, *index):
        ((offset, size),) = _handles(handle, 1)
        if offset < end:
            raise ValueError("its blocks overlap")
        end = offset + size
        for key, value in _block(data, offset, size):
            if last is not None and key <= last:
                raise ValueError("its names are not in order")
            yield key, value
            last = key


def _block(data: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of one block; a key repeats the first bytes of the one before."""
    if offset + size + TRAILER.size > len(data) - FOOTER.size:
        raise ValueError("a block lies outside of it")
    block = data[offset : offset + size]
    compression, crc = TRAILER.unpack_from(data, offset + size)
    if crc != masked_crc32c(data[offset : offset + size + 1]):
        raise ValueError("a block has another checksum")
    if compression:
        raise ValueError("its blocks are compressed, which TF1 does not do")
    # Behind the entries stands where keys begin anew, and how often they do.
    end = size - 4 - 4 * struct.unpack_from("<I", block, size - 4)[0]
    if end < 0:
        raise ValueError("a block is too short")
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        new, at = _varint(block, at)
        length, at = _varint(block, at)
        if shared > len(key) or shared + new > LONGEST_NAME or at + new + length > end:
            raise ValueError("an entry lies outside its block")
        key = key[:shared] + block[at : at + new]
        yield key, block[at + new : at + new + length]
        at += new + length


def _handles(data: bytes, count: int) -> list[tuple[int, int]]:
    """The offset and the size of ``count`` blocks."""
    handles, at = [], 0
    for _ in range(count):
        offset, at = _varint(data, at)
        size, at = _varint(data, at)
        handles.append((offset, size))
    return handles


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, the lowest first, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number is too long")
