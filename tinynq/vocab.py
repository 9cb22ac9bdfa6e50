"""WordPiece with the NQ markers; a word that was tokenized once is looked up from then on."""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.resources import files as resources

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from tinynq.errors import InputError

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
        self._tokenizer = Tokenizer(WordPiece(self.ids, unk_token="[UNK]", max_input_chars_per_word=MAX_WORD))
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
        return self._memo[word]

    def marker(self, marker: str) -> int:
        """The id of a marker; [UNK] for one that the vocabulary does not have, such as [Other=1]."""
        return self.ids.get(marker, self.unk)

    def _pieces(self, word: str) -> tuple[int, ...]:
        word = word.replace(" ", "")
        if BRACKETED.fullmatch(word):
            return (self.unk,)
        return tuple(self._tokenizer.encode(word, add_special_tokens=False).ids)


class _Memo(dict[str, tuple[int, ...]]):
    """Pieces by word, forgotten all at once when there are too many."""

    def __init__(self, pieces: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._pieces = pieces

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= MAX_MEMO:
            self.clear()
        pieces = self[word] = self._pieces(word)
        return pieces
