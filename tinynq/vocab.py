"""WordPiece with the NQ markers; a word that was tokenized once is looked up from then on."""

import hashlib
import os
import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from importlib.resources import files as resources

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from tinynq.errors import InputError
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
MAX_WORD = 200  # characters; a longer word is unknown
MAX_MEMO = 1_000_000  # words; about 150 MB

ASCII_PARTS = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]")  # each mark by itself
BRACKETED = re.compile(r"\[[^ ]*\]")


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
        self._model = WordPiece(self.ids, unk_token="[UNK]", max_input_chars_per_word=MAX_WORD)
        self._tokenizer = Tokenizer(self._model)
        self._tokenizer.normalizer = BertNormalizer(lowercase=not cased)
        self._tokenizer.pre_tokenizer = BertPreTokenizer()
        self._memo = _Memo(self._pieces)

    @classmethod
    def load(cls, path: str | None = None, *, cased: bool = False) -> "Vocab":
        """The vocabulary of a vocab.txt, one token a line; the shipped BERT uncased one without a path.

        Raises InputError for a file that is missing or is no BERT vocabulary.
        """
        if path is None:
            text = (resources("tinynq") / "data" / "bert-uncased-vocab.txt").read_text(encoding="utf8")
            return cls(text.rstrip("\n").split("\n"), cased=cased)
        try:
            with open(path, encoding="utf8", newline="") as file:
                return cls(file.read().rstrip("\n").replace("\r\n", "\n").split("\n"), cased=cased, where=path)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: {error}; expected the vocab.txt of a BERT model") from None

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
        if len(self._memo) >= MAX_MEMO:
            self._memo = _Memo(self._pieces)
        memo = self._memo
        numbers = np.fromiter(map(memo.__getitem__, words), np.int32)
        all_starts = np.frombuffer(memo.starts, np.int32)
        starts = all_starts[numbers]
        lengths = all_starts[numbers + 1] - starts
        ends = np.cumsum(lengths, dtype=np.int32)
        # The places in memo.ids: those within a word go up by one, and each word begins at its own start.
        places = np.repeat(starts - ends + lengths, lengths) + np.arange(lengths.sum(), dtype=np.int32)
        return np.frombuffer(memo.ids, np.int32)[places], lengths

    def marker(self, marker: str) -> int:
        """The id of a marker; [UNK] for one that the vocabulary does not have, such as [Other=1]."""
        return self.ids.get(marker, self.unk)

    def markers(self, *markers: str) -> Int32s:
        """The ids of several markers."""
        return np.array([self.marker(marker) for marker in markers], np.int32)

    def _pieces(self, word: str) -> tuple[int, ...]:
        # Of ASCII, the tokenizer only lowers the letters and cuts the marks off, in four times the time.
        if word.isascii() and word.isalnum():
            return self._model_pieces(word if self.cased else word.lower())
        word = word.replace(" ", "")
        if BRACKETED.fullmatch(word):
            return (self.unk,)
        if word.isascii() and word.isprintable():
            parts = ASCII_PARTS.findall(word if self.cased else word.lower())
            return tuple(i for part in parts for i in self._model_pieces(part))
        return tuple(self._tokenizer.encode(word, add_special_tokens=False).ids)

    def _model_pieces(self, part: str) -> tuple[int, ...]:
        whole = self.ids.get(part)
        return (whole,) if whole is not None else tuple([token.id for token in self._model.tokenize(part)])


class _Memo(dict[str, int]):
    """Words by number: the pieces of word ``n`` are ``ids[starts[n]:starts[n + 1]]``."""

    def __init__(self, pieces: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._pieces = pieces
        self.ids, self.starts = array("i"), array("i", [0])

    def __missing__(self, word: str) -> int:
        self.ids.extend(self._pieces(word))
        self.starts.append(len(self.ids))
        number = self[word] = len(self)
        return number
