"""Checksums against published values; messages by fields."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from tinynq.wire import masked_crc32c, message_types

TYPES = message_types(
    Inner={"name": (1, "string"), "many": (2, "repeated int64")},
    Outer={"inner": (3, "repeated Inner"), "small": (1, "int32"), "crc": (9, "fixed32"), "raw": (4, "bytes")},
    Less={"small": (1, "int32")},
)


def test_the_checksum_is_that_of_leveldb() -> None:
    # CRC32C of "123456789" is 0xE3069283 (RFC 3720, B.4 has others); masked: turned by 15, plus a constant.
    crc = 0xE3069283
    assert masked_crc32c(b"123456789") == (((crc >> 15) | (crc << 17) & 0xFFFFFFFF) + 0xA282EAD8) % 2**32
    assert masked_crc32c(b"") == 0xA282EAD8


@given(
    st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**32 - 1), st.binary(max_size=9),
    st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=5), st.lists(st.integers(-(2**63), 2**63 - 1)))),
)  # fmt: skip
def test_what_was_written_is_read(small: int, crc: int, raw: bytes, inner: list[tuple[str, list[int]]]) -> None:
    made = [{"name": name, "many": many} for name, many in inner]
    data = TYPES["Outer"](small=small, crc=crc, raw=raw, inner=made).SerializeToString()
    read = TYPES["Outer"].FromString(data)
    assert (read.small, read.crc, read.raw) == (small, crc, raw)
    assert [(part.name, list(part.many)) for part in read.inner] == inner
    assert TYPES["Less"].FromString(data).small == small  # the other fields are passed over


def test_the_bytes_are_those_of_protobuf() -> None:
    assert TYPES["Inner"](name="ab", many=[1, 300]).SerializeToString() == b"\x0a\x02ab\x12\x03\x01\xac\x02"
    with pytest.raises(DecodeError):
        TYPES["Inner"].FromString(b"\x0a\x05ab")
