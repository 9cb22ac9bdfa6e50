"""The page tokens of a line in the original format, found where they stand by numpy.

A JSON parser walks through every byte, and makes a string of every token. But all objects of ``document_tokens`` are
written alike, so that what stands between two tokens,

    ", "start_byte": 5, "end_byte": 8, "html_token": false}, {"token": "

is known but for digits and a truth value, and is compared for all tokens at once. Whatever is not as expected is
left to the parser.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from tinynq.words import RawWords, text_of, windows

_LIST = b'"document_tokens"'
_BEGINNING = re.compile(_LIST + rb' ?: ?(\[)\{"(\w+)"(: ?)')
_BEHIND = b'"long_answer_candidates"'
# The order of the release's files, and the one that Python programs write.
_ORDERS = (("end_byte", "html_token", "start_byte", "token"), ("token", "start_byte", "end_byte", "html_token"))
_QUOTES = 10  # of an object
_WORD = 8  # bytes; numbers are shorter
_WHOLE = (1 << 64) - 1

Part: TypeAlias = bytes | type  # what is always the same, or a value: str for the token, int, or bool
_VALUES = {str: rb'(?P<token>(?:[^"\\]|\\.)*)', int: rb"(?:0|[1-9][0-9]{,6})", bool: rb"(?P<html>true|false)"}


class Scanned(NamedTuple):
    """The page tokens of a line, which of them are HTML, and where their list stands in it."""

    tokens: RawWords
    html: NDArray[np.bool_]
    start: int
    end: int


def scan(line: bytes) -> Scanned | None:
    """The tokens of a line; None where anything is unusual, be it right or wrong."""
    place, behind = line.find(_LIST), line.rfind(_BEHIND)
    begin = _BEGINNING.match(line, place) if place > 0 and line[place - 1] != ord("\\") else None
    if not begin or behind < begin.end() or line.find(_LIST, behind) > 0:
        return None
    start, end = begin.start(1), line.rfind(b"]", begin.end(), behind)
    layout = _layout(begin[2].decode(), begin[3])
    if not layout or end < 0:
        return None
    found = layout.scan(line, start + 1, end)
    return Scanned(*found, start, end + 1) if found and _are_strings(found[0], start, end) else None


def _are_strings(tokens: RawWords, start: int, end: int) -> bool:
    """Whether all tokens are strings as JSON has them, where what stands between them is as it should be."""
    text = np.frombuffer(tokens.line, np.uint8, end - start, start)
    quotes = _QUOTES * len(tokens)
    try:
        # Signed, what is no ASCII is negative.
        tokens.take(_owners(tokens, np.flatnonzero(text.view(np.int8) < ord(" ")) + start))[:]
        if tokens.line.find(b"\\", start, end) > 0:
            for raw in tokens.take(_owners(tokens, np.flatnonzero(text == ord("\\")) + start)).raws():
                text_of(raw)
                quotes += raw.count(b'"')
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return int(np.count_nonzero(text == ord('"'))) == quotes


def _owners(tokens: RawWords, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The tokens that have some places in them, each once."""
    at = tokens.ends.searchsorted(places)
    return at[np.flatnonzero(np.diff(at, prepend=-1))]


@lru_cache(maxsize=4)
def _layout(first: str, colon: bytes) -> "_Layout | None":
    keys = next((keys for keys in _ORDERS if keys[0] == first), None)
    return _Layout(keys, b", " if colon == b": " else b",", colon) if keys else None


class _Layout:
    """How all objects of a list are written, with the token as their first value or their last.

    A *joint* is what stands between two tokens: three texts, one of which holds the truth value, with two numbers
    between them. It is read from the end that has the brace, which for the token as first value means backwards.
    """

    def __init__(self, keys: Sequence[str], comma: bytes, colon: bytes) -> None:
        parts = _parts(keys, comma, colon)
        self._object = re.compile(b"".join(re.escape(p) if isinstance(p, bytes) else _VALUES[p] for p in parts))
        at = parts.index(str)
        joint = [*parts[at + 1 :], comma, *parts[:at]]
        self._backwards = keys[0] == "token"
        step = -1 if self._backwards else 1
        false, true = (_merged([word if p is bool else p for p in joint])[::step] for word in (b"false", b"true"))
        self._texts = [
            (p, q) for p, q in zip(false, true, strict=True) if isinstance(p, bytes) and isinstance(q, bytes)
        ]
        self._brace = self._texts[0][0].rindex(b"{") - (len(self._texts[0][0]) if self._backwards else 0)
        self._width = sum(len(text) for text, _ in self._texts) + 2 * _WORD

    def scan(self, line: bytes, start: int, end: int) -> tuple[RawWords, NDArray[np.bool_]] | None:
        """The tokens of the objects from ``start`` to ``end``, and which are HTML; None where they are unusual."""
        braces = np.flatnonzero(np.frombuffer(line, np.uint8, end - start, start) == ord("{"))[1:] + start
        if not len(braces) or braces[0] < self._width or braces[-1] + self._width > len(line):
            return None
        near = braces - self._brace
        far, right, html = self._read(line, near)
        if not right.all():  # a brace within a token, or the line is unusual
            braces, near, far, html = braces[right], near[right], far[right], html[right]
        first = self._object.match(line, start, end)
        last = self._object.fullmatch(line, int(braces[-1]), end) if len(braces) else None
        if not first or not last:
            return None
        ends, starts = (far, near) if self._backwards else (near, far)
        starts, ends = np.concatenate([[first.start("token")], starts]), np.append(ends, last.end("token"))
        if self._backwards:
            html = np.append(html, last["html"] == b"true")
        else:
            html = np.concatenate([[first["html"] == b"true"], html])
        return (RawWords(line, starts, ends), html) if (starts <= ends).all() else None

    def _read(
        self, line: bytes, near: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Where joints end that begin at some places, whether they are as they should be, and the truth values."""
        at, right, html = near.copy(), np.ones(len(near), np.bool_), np.zeros(len(near), np.bool_)
        for number, (text, other) in enumerate(self._texts):
            if number:
                digits, is_number = self._digits(line, at)
                self._go_on(at, digits)
                right &= is_number
            same = self._reads(line, at, text)
            if text != other:
                html = ~same
                rest = np.flatnonzero(html)
                same[rest] = self._reads(line, at[rest], other)
                at[rest] += 1 if self._backwards else -1  # true is shorter than false
            self._go_on(at, len(text))
            right &= same
        return at, right, html

    def _go_on(self, at: NDArray[np.int64], by: NDArray[np.uint8] | int) -> None:
        if self._backwards:
            at -= by
        else:
            at += by

    def _reads(self, line: bytes, at: NDArray[np.int64], text: bytes) -> NDArray[np.bool_]:
        """Where a text comes next."""
        words, masks = _words(text, self._backwards)
        width = len(words) * _WORD
        found = windows(line, at - width if self._backwards else at, width).view(np.uint64).reshape(len(at), len(words))
        same = np.ones(len(at), np.bool_)
        for column, (word, mask) in enumerate(zip(words, masks, strict=True)):
            values = found[:, column]
            same &= (values if mask == _WHOLE else values & mask) == word
        return same

    def _digits(self, line: bytes, at: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """How many digits come next, and whether they are a number of less than 8."""
        words = windows(line, at - _WORD if self._backwards else at, _WORD).view(np.uint64)
        if self._backwards:
            words = words.byteswap()
        words ^= np.uint64(0x3030303030303030)  # 0 to 9, where there are digits
        other = words + np.uint64(0x7676767676767676)
        other |= words
        other >>= np.uint64(7)
        other &= np.uint64(0x0101010101010101)
        bits: NDArray[np.uint8] = np.bitwise_count(
            (other & -other) - np.uint64(1)
        )  # 8 a digit, before the first byte that is none
        if self._backwards:
            words >>= bits - np.uint8(8)
        top = words.astype(np.uint8)  # the first digit, of several never a zero
        digits: NDArray[np.uint8] = bits >> np.uint8(3)
        return digits, (bits - np.uint8(8) <= 48) & ((top > 0) | (bits == 8))


@lru_cache
def _words(text: bytes, backwards: bool) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """A text as whole words, and masks of what is the text's: voids and strings are compared in ten times the time."""
    rest = bytes(-len(text) % _WORD)
    whole = [rest + part if backwards else part + rest for part in (text, b"\xff" * len(text))]
    return np.frombuffer(whole[0], np.uint64), np.frombuffer(whole[1], np.uint64)


def _parts(keys: Sequence[str], comma: bytes, colon: bytes) -> list[Part]:
    """An object, by its keys in their order."""
    parts: list[Part] = [b"{"]
    for at, key in enumerate(keys):
        parts.append((comma if at else b"") + b'"' + key.encode() + b'"' + colon)
        value: dict[str, list[Part]] = {"token": [b'"', str, b'"'], "html_token": [bool]}
        parts += value.get(key, [int])
    return _merged([*parts, b"}"])


def _merged(parts: list[Part]) -> list[Part]:
    """The same with no two bytes side by side."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and merged and isinstance(before := merged[-1], bytes):
            merged[-1] = before + part
        else:
            merged.append(part)
    return merged
