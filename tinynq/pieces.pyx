# cython: language_level=3, boundscheck=False, wraparound=False, auto_pickle=False
"""The WordPiece ids of words by number: a word is cut into pieces once, and looked up from then on."""

import re
from array import array
from threading import Lock

import numpy as np

LONGEST_WORD = 200  # characters; a longer one is unknown

BRACKETED = re.compile(r"\[[^ ]*\]")
ASCII_PARTS = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]")  # each mark by itself


cdef class Pieces:
    """The pieces of a lexicon's words: those of word ``n`` are ``ids[starts[n]:starts[n + 1]]``."""

    cdef readonly object lexicon
    cdef dict first  # the id of a piece that begins a part
    cdef dict further  # of one that goes on with it, without its ##
    cdef Py_ssize_t longest
    cdef int unknown
    cdef bint cased
    cdef object encode
    cdef object ids
    cdef object starts
    cdef object lock

    def __init__(self, lexicon, vocab, *, unknown, cased, encode):
        self.lexicon = lexicon
        self.first = vocab
        self.further = {piece[2:]: number for piece, number in vocab.items() if piece.startswith("##")}
        self.longest = max(map(len, vocab), default=0)
        self.unknown = unknown
        self.cased = cased
        self.encode = encode
        self.ids, self.starts = array("i"), array("i", [0])
        self.lock = Lock()

    def of(self, const int[::1] numbers):
        """The ids of the pieces of words by number, one after the other, and how many each word has.

        Raises IndexError for a number that the lexicon does not have.
        """
        if len(self.lexicon.words) >= len(self.starts):
            with self.lock:
                for text in self.lexicon.words[len(self.starts) - 1 :]:
                    self.ids.extend(self.cut(text))
                    self.starts.append(len(self.ids))
        cdef int[::1] ids = self.ids
        cdef int[::1] starts = self.starts
        cdef Py_ssize_t known = starts.shape[0] - 1
        cdef Py_ssize_t words = numbers.shape[0]
        cdef Py_ssize_t total = 0, at, word, piece
        lengths = np.empty(words, np.int32)
        cdef int[::1] all_lengths = lengths
        for at in range(words):
            word = numbers[at]
            if not 0 <= word < known:
                raise IndexError(f"word {word} of {known}")
            all_lengths[at] = starts[word + 1] - starts[word]
            total += all_lengths[at]
        pieces = np.empty(total, np.int32)
        cdef int[::1] all_pieces = pieces
        total = 0
        for at in range(words):
            word = starts[numbers[at]]
            for piece in range(word, word + all_lengths[at]):
                all_pieces[total] = ids[piece]
                total += 1
        return pieces, lengths

    cdef cut(self, str word):
        """The ids of one word's pieces, by BERT's tokenizer (Devlin et al. 2019).

        Of ASCII, that lowers the letters and cuts the marks off, and no more; all else is left to ``encode``.
        """
        if word.isascii() and word.isalnum():
            return self.cut_part(word if self.cased else word.lower())
        word = word.replace(" ", "")
        if BRACKETED.fullmatch(word):
            return [self.unknown]
        if not (word.isascii() and word.isprintable()):
            return self.encode(word)
        ids = []
        for part in ASCII_PARTS.findall(word if self.cased else word.lower()):
            ids += self.cut_part(part)
        return ids

    cdef list cut_part(self, str part):
        """Always the longest piece that comes next; one unknown where there is none (Wu et al. 2016)."""
        cdef Py_ssize_t start = 0, end, length = len(part)
        cdef dict known = self.first
        ids = []
        if length > LONGEST_WORD:
            return [self.unknown]
        while start < length:
            end = min(length, start + self.longest)
            while end > start:
                found = known.get(part[start:end])
                if found is not None:
                    break
                end -= 1
            else:
                return [self.unknown]
            ids.append(found)
            start, known = end, self.further
        return ids
