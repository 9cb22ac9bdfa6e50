# cython: language_level=3, boundscheck=False, wraparound=False, auto_pickle=False
"""The tokens of a line in the original format, straight from its bytes.

Nine tenths of such a line are its tokens: some 3,700 small objects, of which two fields are wanted. They are walked
through byte by byte here, and a word is looked up by its bytes, so that neither an object nor a string is made of one
that was met before. Whatever is not as the files of NQ are is Unusual, and left to a real JSON parser.

Nothing is read beyond the line: a byte is passed once it is known, and behind the last byte of ``bytes`` stands a
zero, which ends every loop; where several bytes are read at once, so many must be left.
"""

import random

import msgspec
import numpy as np

from cython cimport view
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcmp, memcpy

cdef enum:
    SHORTEST = 30  # bytes of a token: {"token":"","html_token":true}
    KNOWN = 16  # bytes of the longest word that the table holds

_TEXT = msgspec.json.Decoder(str)


class Unusual(ValueError):
    """Something that this parser does not know, be it good JSON or not."""


cdef class Table:
    """The numbers of words by their bytes as they stand in JSON, packed into two integers."""

    cdef uint64_t[:, ::1] rows  # the two integers, and the number from 1 on; 0: an empty place
    cdef Py_ssize_t used
    cdef uint64_t odd  # drawn, so that no page can be made of words that all belong in one place

    def __init__(self, Py_ssize_t size = 1 << 12):
        self.rows = np.zeros((size, 4), np.uint64)  # two to a cache line
        self.used = 0
        self.odd = random.SystemRandom().getrandbits(64) | 1

    cdef inline uint64_t* place(self, uint64_t head, uint64_t tail) noexcept:
        """The row of a word, or else the empty one where it belongs; at most half of all are taken."""
        cdef Py_ssize_t last = self.rows.shape[0] - 1  # their count is a power of two
        cdef uint64_t mixed = (head ^ (tail * self.odd)) * self.odd
        cdef Py_ssize_t at = <Py_ssize_t>(mixed >> 32) & last
        while self.rows[at, 2] and (self.rows[at, 0] != head or self.rows[at, 1] != tail):
            at = (at + 1) & last
        return &self.rows[at, 0]

    cdef put(self, uint64_t head, uint64_t tail, uint64_t number):
        """Add a word that is not in the table; its number counts from 1."""
        if 2 * self.used >= self.rows.shape[0]:
            self.grow()
        cdef uint64_t* row = self.place(head, tail)
        row[0], row[1], row[2] = head, tail, number
        self.used += 1

    cdef grow(self):
        """Twice as many places."""
        cdef uint64_t[:, ::1] rows = self.rows
        cdef Py_ssize_t at
        self.__init__(2 * rows.shape[0])
        for at in range(rows.shape[0]):
            if rows[at, 2]:
                self.put(rows[at, 0], rows[at, 1], rows[at, 2])


cdef struct Word:  # as it stands in the line
    uint64_t head
    uint64_t tail
    int64_t start
    int64_t end


cdef inline uint64_t packed(const unsigned char* text, Py_ssize_t length) noexcept:
    """The first bytes of a text, at most eight, as one integer; eight must be there to be read."""
    cdef uint64_t eight
    memcpy(&eight, text, 8)
    return eight if length >= 8 else eight & ((<uint64_t>1 << 8 * length) - 1)


cdef class Scanner:
    """Reads the ``document_tokens`` of lines, as numbers of a lexicon's words."""

    cdef readonly object lexicon
    cdef Table table
    cdef const unsigned char* text  # of the line that is read
    cdef Py_ssize_t size
    # What the last token was:
    cdef Word word
    cdef int is_html

    def __init__(self, lexicon):
        self.lexicon = lexicon
        self.table = Table()

    def tokens(self, bytes line, Py_ssize_t at):
        """Of the array that begins at a place: the words' numbers, which tokens are HTML, and the place behind it.

        Raises Unusual, also for what is no array of tokens at all.
        """
        self.text, self.size = line, len(line)
        if not 0 <= at < self.size:
            raise Unusual("no place in the line")
        cdef Word[::1] words = view.array((self.size // SHORTEST + 1,), sizeof(Word), "QQqq")
        cdef Py_ssize_t count = 0
        html = []
        at = self.past(at, b"[")
        while True:
            at = self.token(at)
            words[count] = self.word
            html.append(self.is_html == 1)
            count += 1
            if self.text[at] != b",":
                break
            at += 1
        at = self.past(at, b"]")
        return self.numbers(words[:count], line), html, at

    cdef numbers(self, Word[::1] words, bytes line):
        """The numbers of words of a line: by themselves, since the processor then waits for several look-ups at once.

        Another thread may read its own line whenever a word is new; nothing of ``self`` but the table is used.
        """
        numbers = np.empty(words.shape[0], np.int32)
        cdef int[::1] all_numbers = numbers
        cdef Py_ssize_t at
        cdef uint64_t number
        for at in range(words.shape[0]):
            number = self.table.place(words[at].head, words[at].tail)[2] if words[at].head else 0
            all_numbers[at] = <int>number - 1 if number else self.new(words[at], line)
        return numbers

    cdef int new(self, Word word, bytes line) except -1:
        """The number of a word that the table does not have."""
        cdef int number
        try:
            number = self.lexicon[_TEXT.decode(line[word.start - 1 : word.end + 1])]
        except ValueError as error:
            raise Unusual("a string that is none") from error
        if word.head:
            self.table.put(word.head, word.tail, number + 1)
        return number

    cdef Py_ssize_t token(self, Py_ssize_t at) except -1:
        """Past one object and blanks; leaves ``word`` and ``is_html``."""
        self.word.start = self.is_html = -1
        at = self.past(at, b"{")
        while True:
            at = self.field(self.blanks(at))
            if self.text[at] != b",":
                break
            at += 1
        if self.word.start < 0 or self.is_html < 0:
            raise Unusual("a token without its fields")
        return self.blanks(self.past(at, b"}"))

    cdef inline Py_ssize_t field(self, Py_ssize_t at) except -1:
        """Past one field and blanks."""
        if self.size - at < 16:
            raise Unusual("the end of the line")
        cdef const unsigned char* key = self.text + at
        if memcmp(key, b'"token":', 8) == 0:
            at = self.string(self.past(at + 8, b'"'))
        elif memcmp(key, b'"html_token":', 13) == 0:
            at = self.flag(self.blanks(at + 13))
        elif memcmp(key, b'"start_byte":', 13) == 0:
            at = self.digits(self.blanks(at + 13))
        elif memcmp(key, b'"end_byte":', 11) == 0:
            at = self.digits(self.blanks(at + 11))
        else:
            raise Unusual("another field")
        return self.blanks(at)

    cdef inline Py_ssize_t string(self, Py_ssize_t start) except -1:
        """Past a string whose first quote stands before; leaves the ``word``, its head 0 where it is not for the table."""
        cdef Py_ssize_t at = start
        while self.text[at] != b'"':
            if self.text[at] == b"\\":
                at += 1
            if self.text[at] < 32:
                raise Unusual("a control character, or the end")
            at += 1
        cdef Py_ssize_t length = at - start
        self.word = Word(0, 0, start, at)
        if length <= KNOWN and self.size - start >= KNOWN:
            self.word.head = packed(self.text + start, length)
            self.word.tail = packed(self.text + start + 8, length - 8) if length > 8 else 0
        return at + 1

    cdef inline Py_ssize_t flag(self, Py_ssize_t at) except -1:
        """Past ``true`` or ``false``; leaves ``is_html``."""
        if self.size - at < 5:
            raise Unusual("the end of the line")
        self.is_html = memcmp(self.text + at, b"true", 4) == 0
        if not self.is_html and memcmp(self.text + at, b"false", 5) != 0:
            raise Unusual("neither true nor false")
        return at + (4 if self.is_html else 5)

    cdef inline Py_ssize_t digits(self, Py_ssize_t at) except -1:
        """Past a number without sign, point or exponent."""
        cdef Py_ssize_t start = at
        while b"0" <= self.text[at] <= b"9":
            at += 1
        if at == start or (self.text[start] == b"0" and at > start + 1):
            raise Unusual("no such number")
        return at

    cdef inline Py_ssize_t blanks(self, Py_ssize_t at) noexcept:
        """Past blanks."""
        while self.text[at] == b" ":
            at += 1
        return at

    cdef inline Py_ssize_t past(self, Py_ssize_t at, unsigned char char) except -1:
        """Past blanks and a character that must come."""
        at = self.blanks(at)
        if self.text[at] != char:
            raise Unusual("another character")
        return at + 1
