from collections.abc import Callable, Iterable

from tinynq.lexicon import Lexicon
from tinynq.types import Int32s

LONGEST_WORD: int

class Pieces:
    lexicon: Lexicon
    def __init__(
        self,
        lexicon: Lexicon,
        vocab: dict[str, int],
        *,
        unknown: int,
        cased: bool,
        encode: Callable[[str], Iterable[int]],
    ) -> None: ...
    def of(self, numbers: Int32s) -> tuple[Int32s, Int32s]: ...
