"""WordPiece with the NQ markers; a word that was tokenized once is looked up from then on."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files as resources
from typing import Any

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from tinynq.errors import InputError
from tinynq.lexicon import Lexicon, Tokens, shared_lexicon
from tinynq.pieces import LONGEST_WORD, Pieces
from tinynq.types import Int32s

# One process tokenizes on one thread: its own threads gain nothing on single words.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

CONTEXT_TYPES = ("Paragraph", "Table", "List")
MAX_POSITION = 50  # markers count the contexts of a type, and the context ids, up to here

MARKERS: list[str] = [
    *("[Q]", "[YES]", "[NO]", "[NoLongAnswer]", "[NoShortAnswer]"),
    *(f"[{kind}={k}]" for kind in CONTEXT_TYPES for k in range(1, MAX_POSITION + 1)),
    *(f"[ContextId={i}]" for i in range(-1, MAX_POSITION + 1)),
    *("[SA]", "[/SA]"),
]

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
FIRST_SLOT = "[unused99]"


def with_markers(tokens: Sequence[str]) -> list[str]:
    """A vocabulary with the NQ markers in its unused slots, from [unused99] on; appended where those run out.

    Returns it as it is when it has them.
    """
    tokens = list(tokens)
    if MARKERS[0] in tokens:
        return tokens
    first = tokens.index(FIRST_SLOT) if FIRST_SLOT in tokens else len(tokens)
    slots = [i for i in range(first, len(tokens)) if tokens[i].startswith("[unused")]
    for slot, marker in zip(slots, MARKERS, strict=False):
        tokens[slot] = marker
    return tokens + MARKERS[len(slots) :]


class Vocab:
    """A BERT vocabulary with the NQ markers, and the tokenizer over it.

    ``encode`` follows BERT's tokenizer word by word (Devlin et al. 2019). Equal vocabularies have
    equal ``sha256``, which also covers ``cased``.
    """

    def __init__(self, tokens: Sequence[str], *, cased: bool = False, where: str = "vocabulary") -> None:
        self.tokens = with_markers(tokens)
        self.cased = cased
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        missing = [token for token in SPECIAL if token not in self.ids]
        if missing:
            raise InputError(f"{where}: no {', '.join(missing)} in it; expected the vocab.txt of a BERT model")
        self.pad, self.unk, self.cls, self.sep = (self.ids[token] for token in SPECIAL)
        model = WordPiece(self.ids, unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD)
        self._tokenizer = Tokenizer(model)
        self._tokenizer.normalizer = BertNormalizer(lowercase=not cased)
        self._tokenizer.pre_tokenizer = BertPreTokenizer()
        self._context_markers: dict[tuple[int, str, int], Int32s] = {}
        self._pieces = self._pieces_of(shared_lexicon())

    @classmethod
    def load(cls, path: str | None = None, *, cased: bool = False) -> "Vocab":
        """The vocabulary of a vocab.txt, one token a line; the shipped BERT uncased one without a path.

        Raises InputError for a file that is missing or is no BERT vocabulary.
        """
        if path is None:
            text = (resources("tinynq") / "data" / "bert-uncased-vocab.txt").read_text(encoding="utf8")
            return cls.of_text(text, cased=cased)
        try:
            with open(path, encoding="utf8", newline="") as file:
                return cls.of_text(file.read().replace("\r\n", "\n"), cased=cased, where=path)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: {error}; expected the vocab.txt of a BERT model") from None

    @classmethod
    def of_text(cls, text: str, *, cased: bool = False, where: str = "vocabulary") -> "Vocab":
        """The vocabulary that ``text`` is of."""
        return cls(text.rstrip("\n").split("\n"), cased=cased, where=where)

    def __repr__(self) -> str:
        return f"Vocab({self.sha256})"

    def __reduce__(self) -> tuple[Any, ...]:
        # To a worker on another machine; one that comes again keeps the words that it knows.
        return _received, (self.text, self.cased)

    @property
    def text(self) -> str:
        """The content of a vocab.txt."""
        return "\n".join(self.tokens) + "\n"

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(f"{'cased' if self.cased else 'uncased'}\n{self.text}".encode()).hexdigest()

    def encode(self, word: str) -> tuple[int, ...]:
        """The ids of one word's pieces; () where nothing of it is left once blanks and control characters are gone.

        A word in brackets is [UNK], whatever it says: only features.py writes markers.
        """
        return tuple(self.encode_all([word])[0].tolist())

    def encode_all(self, words: Iterable[str]) -> tuple[Int32s, Int32s]:
        """The ids of the pieces of many words, one after the other, and how many pieces each word has."""
        tokens = Tokens.of(words)
        if self._pieces.lexicon is not tokens.lexicon:
            self._pieces = self._pieces_of(tokens.lexicon)
        return self._pieces.of(tokens.numbers)

    def context_markers(self, index: int, kind: str, count: int) -> Int32s:
        """The ids of the two markers before a context: its number on the page, and which of its kind it is."""
        key = min(index, MAX_POSITION + 1), kind, count
        if key not in self._context_markers:
            self._context_markers[key] = self.markers(f"[ContextId={index}]", f"[{kind}={count}]")
        return self._context_markers[key]

    def marker(self, marker: str) -> int:
        """The id of a marker; [UNK] for one that the vocabulary does not have, such as [Other=1]."""
        return self.ids.get(marker, self.unk)

    def markers(self, *markers: str) -> Int32s:
        """The ids of several markers."""
        return np.array([self.marker(marker) for marker in markers], np.int32)

    def _pieces_of(self, lexicon: Lexicon) -> Pieces:
        def encode(word: str) -> list[int]:
            ids: list[int] = self._tokenizer.encode(word, add_special_tokens=False).ids
            return ids

        return Pieces(lexicon, self.ids, unknown=self.unk, cased=self.cased, encode=encode)


@lru_cache(maxsize=1)
def _received(text: str, cased: bool) -> Vocab:
    return Vocab.of_text(text, cased=cased)
