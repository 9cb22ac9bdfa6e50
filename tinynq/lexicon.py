"""Words by number: a word that was met once is known by its number from then on."""

from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import overload

import numpy as np

from tinynq.types import Bools, Int32s

MAX_WORDS = 500_000  # about 120 MB


class Lexicon(dict[str, int]):
    """The number of each word, given when it is first asked for; ``words`` has them in that order."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._lock = Lock()

    def __missing__(self, word: str) -> int:
        with self._lock:
            number = self.setdefault(word, len(self.words))
            if number == len(self.words):
                self.words.append(word)
        return number


class Tokens(Sequence[str]):
    """The tokens of a page as numbers of a lexicon's words; equal to every sequence of the same words."""

    def __init__(self, numbers: Int32s, lexicon: Lexicon) -> None:
        self.numbers = numbers
        self.lexicon = lexicon

    @classmethod
    def of(cls, words: Iterable[str]) -> "Tokens":
        """Words as tokens of the shared lexicon; tokens as they are."""
        if isinstance(words, Tokens):
            return words
        lexicon = shared_lexicon()
        return cls(np.fromiter(map(lexicon.__getitem__, words), np.int32), lexicon)

    def where(self, mask: Bools) -> "Tokens":
        """The tokens for which the mask is true."""
        return Tokens(self.numbers[mask], self.lexicon)

    @overload
    def __getitem__(self, at: int, /) -> str: ...
    @overload
    def __getitem__(self, at: slice, /) -> "Tokens": ...
    def __getitem__(self, at: int | slice, /) -> "str | Tokens":
        if isinstance(at, slice):
            return Tokens(self.numbers[at], self.lexicon)
        word: str = self.lexicon.words[self.numbers[at]]
        return word

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self.lexicon.words.__getitem__, self.numbers.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))


_shared = Lexicon()


def shared_lexicon() -> Lexicon:
    """The lexicon of this process; a new one where the last has come to MAX_WORDS."""
    global _shared
    if len(_shared) >= MAX_WORDS:
        _shared = Lexicon()
    return _shared
