"""Words as they stand in a line of JSON, and a table from them to their pieces: known words never become strings."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from tinynq.types import Int32s

BITS = 18  # the table has 2**BITS rows, 8 MB; it begins anew when half of them are taken
KEY = 16  # bytes of a word that a row holds; a longer word, one of some hundreds, is looked up by itself
MAX_LONG = 20_000  # such words, some 3 MB
ROW = 4  # numbers; of 32 bytes, numpy takes single ones fast

_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
_SHIFT = np.uint64(64 - BITS)
_LAST = (1 << BITS) - 1
_LOW = (1 << 32) - 1
_MASKS = np.array(
    [[(1 << 8 * min(n, 8)) - 1, (1 << 8 * max(n - 8, 0)) - 1] for n in range(KEY + 1)], np.uint64
)  # of the first n bytes
_STRING = msgspec.json.Decoder(str)
_STRINGS = msgspec.json.Decoder(list[str])


class RawWords(Sequence[str]):
    """Words that become strings when they are asked for: ``line[starts[i]:ends[i]]`` is JSON without its quotes.

    At least KEY bytes of the line follow the last start. What is iterated over, or sliced, is made as a whole.
    """

    def __init__(self, line: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self.line, self.starts, self.ends = line, starts, ends

    @classmethod
    def of_text(cls, text: str) -> "RawWords":
        """The words between the blanks of a text, as ``split(" ")`` gives them."""
        line = msgspec.json.encode(text) + b" " * KEY
        last = len(line) - KEY - 1  # the closing quote
        blanks = np.flatnonzero(np.frombuffer(line, np.uint8, last) == ord(" "))
        return cls(line, np.concatenate([[1], blanks + 1]), np.append(blanks, last))

    def take(self, at: NDArray[Any]) -> "RawWords":
        """Some of the words."""
        return RawWords(self.line, self.starts[at], self.ends[at])

    def within(self, first: bytes, last: bytes) -> NDArray[np.bool_]:
        """Which words begin and end with two ASCII characters, and have another between them."""
        line = np.frombuffer(self.line, np.uint8)
        same: NDArray[np.bool_] = (line[self.starts] == ord(first)) & (line[self.ends - 1] == ord(last))
        return same & (self.ends - self.starts > 2)

    def raw(self, at: int) -> bytes:
        """A word as it stands in the line."""
        return self.line[self.starts.item(at) : self.ends.item(at)]

    def raws(self) -> list[bytes]:
        """All words as they stand in the line."""
        return [self.line[start:end] for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]

    def keys(self) -> NDArray[np.uint64]:
        """The first KEY bytes of each word, filled up with zeros, as two numbers [n, 2]: no word has a zero in it."""
        found = windows(self.line, self.starts, KEY).view(np.uint64).reshape(-1, 2)
        found &= _MASKS.take(np.minimum(self.ends - self.starts, KEY), axis=0)
        return found

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if not isinstance(at, slice):
            return text_of(self.raw(at))
        raws = RawWords(self.line, self.starts[at], self.ends[at]).raws()
        return _STRINGS.decode(b'["' + b'","'.join(raws) + b'"]') if raws else []

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and self[:] == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self[:])


def text_of(raw: bytes) -> str:
    """The text of a JSON string without its quotes; raises msgspec.DecodeError for what is none."""
    return _STRING.decode(b'"' + raw + b'"')


def windows(line: bytes, starts: NDArray[np.int64], width: int) -> NDArray[np.void]:
    """``width`` bytes of a line from each start on; raises IndexError where they would go beyond its end."""
    return np.ndarray((max(0, len(line) - width + 1),), f"V{width}", line, 0, (1,))[starts]


class WordTable:
    """The pieces of words, found for all words of a page at once.

    Open addressing with linear probing: a row is the key's two numbers, and where its pieces begin among all, and how
    many they are. A row that is free is the empty word's, which has no pieces. The memory is that of a full table
    from the beginning, however many words there are.
    """

    def __init__(self, pieces: Callable[[str], Sequence[int]]) -> None:
        self._pieces_of = pieces
        self._clear()

    def _clear(self) -> None:
        self._rows = np.zeros((1 << BITS, ROW), np.uint64)
        self._numbers = self._rows.reshape(-1).data  # a single number is read and written in a tenth of the time
        self._pieces = array("i")
        self._words = 0
        self._long: dict[bytes, tuple[int, int]] = {}

    def encode(self, words: RawWords) -> tuple[Int32s, Int32s]:
        """The ids of the pieces of all words, one after the other, and how many pieces each word has."""
        if self._words > _LAST // 2 or len(self._long) > MAX_LONG:
            self._clear()
        firsts, lengths = self._places(words).T
        ends = np.cumsum(lengths, dtype=np.int32)
        # The places of pieces: those within a word go up by one, and each word begins at its own first.
        at = np.repeat(firsts - ends + lengths, lengths)
        at += np.arange(len(at), dtype=np.int32)
        return np.frombuffer(self._pieces, np.int32)[at], lengths

    def _places(self, words: RawWords) -> Int32s:
        """Where the pieces of each word begin, and how many they are [n, 2]."""
        keys, long = words.keys(), np.flatnonzero(words.ends - words.starts > KEY)
        keys[long] = 0
        slots = (keys[:, 0] * _FACTORS[0] + keys[:, 1] * _FACTORS[1] >> _SHIFT).view(np.int64)
        rows = self._rows.take(slots, axis=0)
        places: Int32s = rows[:, 2:3].view(np.int32)
        rest = np.flatnonzero((rows[:, 0] != keys[:, 0]) | (rows[:, 1] != keys[:, 1]))
        if len(rest):
            places[rest] = self._search(words.take(rest), keys[rest].tolist(), (slots[rest] * ROW).tolist())
        for at in long.tolist():
            raw = words.raw(at)
            if raw not in self._long:
                self._long[raw] = self._add(text_of(raw))
            places[at] = self._long[raw]
        return places

    def _search(self, words: RawWords, keys: list[list[int]], slots: list[int]) -> list[tuple[int, int]]:
        """The same of words that are not at their slots: behind those, or new, and then entered."""
        numbers, end = self._numbers, len(self._numbers)
        new = []
        for number, ((low, high), at) in enumerate(zip(keys, slots, strict=True)):
            while (taken := numbers[at]) and (taken != low or numbers[at + 1] != high):
                at = (at + ROW) % end
            slots[number] = at
            if low and not taken:
                new.append(number)
        for number, word in zip(new, words.take(np.array(new, np.int64))[:], strict=True):
            (low, high), at = keys[number], slots[number]
            while (taken := numbers[at]) and (taken != low or numbers[at + 1] != high):  # by one of this page
                at = (at + ROW) % end
            slots[number] = at
            if not taken:
                first, length = self._add(word)
                numbers[at], numbers[at + 1], numbers[at + 2] = low, high, length << 32 | first
                self._words += 1
        found = [numbers[at + 2] for at in slots]
        return [(place & _LOW, place >> 32) for place in found]

    def _add(self, word: str) -> tuple[int, int]:
        first = len(self._pieces)
        self._pieces.extend(self._pieces_of(word))
        return first, len(self._pieces) - first
