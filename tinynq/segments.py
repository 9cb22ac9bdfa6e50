"""A gzip file of segments that were compressed apart, so that whoever puts it together compresses nothing.

A segment is deflate data that looks back at nothing before it and ends at a byte (a full flush of RFC 1951). Any
segments one after the other are the body of one gzip member (RFC 1952), whose checksum follows from theirs. One
member and not one a segment: a file that is cut short between two members would pass for a whole one.
"""

import struct
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from isal import isal_zlib

LEVEL = 2  # of igzip's 0 to 3: a tenth larger than zlib's 6, and seven times as fast
HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])  # neither name nor time: the same text, the same bytes
LAST_BLOCK = b"\x03\x00"


class Segment(NamedTuple):
    """Deflate data; how many bytes of text it holds, and their CRC-32."""

    data: bytes
    size: int
    crc: int


def segment(text: bytes) -> Segment:
    """A text as a segment."""
    stream = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    data = stream.compress(text) + stream.flush(isal_zlib.Z_FULL_FLUSH)
    return Segment(data, len(text), isal_zlib.crc32(text))


class GzipOfSegments:
    """Writes segments to ``file`` as one gzip member, which is whole when the block ends well."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._size, self._crc = file, 0, 0
        file.write(HEADER)

    def add(self, segment: Segment) -> None:
        """Go on with a segment."""
        self._file.write(segment.data)
        self._crc = isal_zlib.crc32_combine(self._crc, segment.crc, segment.size)
        self._size += segment.size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._file.write(LAST_BLOCK + struct.pack("<II", self._crc, self._size & 0xFFFFFFFF))
