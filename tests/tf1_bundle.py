"""TF1 checkpoints made for tests: a tensor bundle, written by the rules of its format."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinynq.tf1 import MAGIC, Entry, Header
from tinynq.wire import masked_crc32c

DTYPES = {"float32": 1, "float64": 2, "int64": 9, "float16": 19}
Arrays = Mapping[str, NDArray[Any]]


def bert(*, vocab: int, hidden: int = 16, layers: int = 2, wide: int = 24, positions: int = 48) -> dict[str, Any]:
    """Random weights of an encoder under their TF1 names, and of the heads, with an optimizer slot and the step."""
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "bert/embeddings/word_embeddings": (vocab, hidden),
        "bert/embeddings/position_embeddings": (positions, hidden),
        "bert/embeddings/token_type_embeddings": (2, hidden),
        "bert/pooler/dense/kernel": (hidden, hidden),
        "bert/pooler/dense/bias": (hidden,),
        "cls/nq/output_weights": (2, hidden),
        "cls/nq/output_bias": (2,),
        "answer_type_output_weights": (5, hidden),
        "answer_type_output_bias": (5,),
        "cls/nq/output_weights/adam_m": (2, hidden),
    }
    norms = ["bert/embeddings"]
    for layer in range(layers):
        name = f"bert/encoder/layer_{layer}"
        dense = {f"attention/self/{part}": (hidden, hidden) for part in ("query", "key", "value")}
        dense |= {"attention/output/dense": (hidden, hidden), "intermediate/dense": (hidden, wide)}
        for part, shape in (dense | {"output/dense": (wide, hidden)}).items():
            shapes |= {f"{name}/{part}/kernel": shape, f"{name}/{part}/bias": shape[1:]}
        norms += [f"{name}/attention/output", f"{name}/output"]
    shapes |= {f"{name}/LayerNorm/{leaf}": (hidden,) for name in norms for leaf in ("gamma", "beta")}
    arrays: dict[str, Any] = {name: random.normal(0, 0.3, shape).astype("<f4") for name, shape in shapes.items()}
    return arrays | {"global_step": np.array(6, np.int64)}


def write_bundle(
    prefix: Path, arrays: Arrays, *, shards: int = 1, block: int = 400, header: Mapping[str, int] | None = None,
    entry: Mapping[str, Mapping[str, Any]] | None = None, compression: int = 0,
) -> Path:  # fmt: skip
    """A checkpoint of arrays; ``header`` and ``entry`` (by tensor) put other values into the index."""
    prefix.parent.mkdir(parents=True, exist_ok=True)
    data = [bytearray() for _ in range(shards)]
    values = {"": Header(**{"num_shards": shards, **(header or {})}).SerializeToString()}
    for number, name in enumerate(sorted(arrays)):
        array, shard = arrays[name], number % shards
        content = array.tobytes()
        fields: dict[str, Any] = {
            "dtype": DTYPES[str(array.dtype)],
            "shape": {"dim": [{"size": size} for size in array.shape]},
            "shard_id": shard,
            "offset": len(data[shard]),
            "size": len(content),
            "crc32c": masked_crc32c(content),
        }
        data[shard] += content
        values[name] = Entry(**fields | dict((entry or {}).get(name, {}))).SerializeToString()
    for shard, stored in enumerate(data):
        Path(f"{prefix}.data-{shard:05}-of-{shards:05}").write_bytes(stored)
    pairs = [(name.encode(), value) for name, value in values.items()]
    Path(f"{prefix}.index").write_bytes(table(pairs, block=block, compression=compression))
    return prefix


def table(pairs: list[tuple[bytes, bytes]], *, block: int = 400, compression: int = 0) -> bytes:
    """A LevelDB table, its blocks of about ``block`` bytes."""
    out = bytearray()
    handles: list[tuple[bytes, bytes]] = []
    chunk: list[tuple[bytes, bytes]] = []

    def flush(pairs: list[tuple[bytes, bytes]]) -> bytes:
        content = encoded(pairs)
        handle = varint(len(out)) + varint(len(content))
        kind = bytes([compression])
        out.extend(content + kind + struct.pack("<I", masked_crc32c(content + kind)))
        return handle

    for key, value in pairs:
        chunk.append((key, value))
        if sum(len(k) + len(v) for k, v in chunk) >= block:
            handles.append((key, flush(chunk)))
            chunk = []
    if chunk:
        handles.append((chunk[-1][0], flush(chunk)))
    footer = flush([]) + flush(handles)
    return bytes(out) + footer.ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def encoded(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """The entries of a block: all prefixes shared but those of every fourth key, and where these stand."""
    out, restarts, last = bytearray(), [0], b""
    for number, (key, value) in enumerate(pairs):
        shared = 0
        if number % 4 == 0:
            restarts += [len(out)] if number else []
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return bytes(out) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def varint(value: int) -> bytes:
    """A number of 7 bits a byte, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
