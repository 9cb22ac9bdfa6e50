"""Reading gzip: by a thread of its own, in steps of one size."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO, RawIOBase
from typing import Any, cast

from isal import igzip_threaded

from tinynq.interrupts import signals_wait

BUFFER = 1 << 20  # igzip is 1.2 times as fast behind a buffer of this size as behind its own of 8 KB
AHEAD = 1 << 20  # bytes a step of the thread that unzips; smaller steps wait for each other
GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def unzipped(file: BufferedReader) -> Iterator[BufferedReader]:
    """The bytes of a file; those of gzip by way of a thread that reads ahead, where it never waits for a sender."""
    if file.peek(2)[:2] != GZIP_MAGIC:
        yield file
        return
    ahead = isinstance(file.raw, FileIO) and stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    steps = _Steps(file)
    opened = igzip_threaded.open(steps, "rb", threads=int(ahead), block_size=AHEAD)  # type: ignore[no-untyped-call]
    with BufferedReader(cast(Any, _Ahead(opened)) if ahead else opened, BUFFER) as stream:
        yield stream


class _Steps(RawIOBase):
    """A file that gives at most BUFFER bytes a time: igzip has room for eight times as many, and would fill it."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._file.readinto(memoryview(buffer)[:BUFFER])


class _Ahead(RawIOBase):
    """What another thread unzips and hands over in a queue.

    Of a regular file alone: a signal could wait for ever for a sender.
    """

    def __init__(self, unzipped: BufferedReader) -> None:
        self._unzipped = unzipped

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with signals_wait():
            return self._unzipped.readinto(buffer)

    def close(self) -> None:
        with signals_wait():
            self._unzipped.close()
        super().close()
