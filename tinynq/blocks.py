"""Blocks of text to a Page, as NQ makes its pages, and where in the source each token stands.

Paragraphs, tables and lists begin and end with a token of their own, ``<P>`` and ``</P>``; text is split at
blanks and punctuation. What NQ writes in another way (quotes) is kept beside it as it stands in the source.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from itertools import accumulate
from typing import NamedTuple

from tinynq.types import Candidate, Page

CANDIDATES = {
    "P": "paragraph", "Table": "table", "Ul": "list", "Ol": "list", "Dl": "list",
    "Tr": "row", "Li": "list item", "Dd": "list item", "Dt": "list item",
}  # fmt: skip
FEWEST = 5  # tokens of a candidate, its own two included: NQ has no shorter one

_LETTER = r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u109f\u200c\u200d]"  # and marks that \w leaves out
_WORD = re.compile(
    rf"""[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]           # scripts without blanks between words
    | (?:[^\W\d_]\.){{2,}}                                    # U.S.
    | (?:[A-Z]|Mr|Mrs|Ms|Dr|St|No|Vol|pp?)\.(?=\s)
    | [^\W\d_]+?(?=n['’]t\b)                                  # did, of didn't
    | n['’]t\b | ['’](?:s|re|ve|ll|d|m)\b
    | \$?\d+(?:[.,]\d+)+ | \$\d+                             # 17.2, $13,000
    | (?:[Nn]on|[Mm]id|[Pp]ost|[Pp]re|[Ee]x|[Ss]emi)-{_LETTER}+
    | {_LETTER}+(?:['’](?!(?:s|re|ve|ll|d|m|t)\b){_LETTER}+|\.(?:com|org|net|edu|gov|uk)\b)*
    | \.{{3}} | --
    | \S""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{0,31};?)")
_NQ = {"[": "(", "]": ")", "{": "(", "}": ")", "–": "--", "—": "--", "’": "'", "‘": "`"}
_QUOTES = '"“”„«»'
_OPENS = " \n\t\xa0([{`-–—"  # a quote behind one of these opens


class Piece(NamedTuple):
    """Characters of a block, and the half-open slice of the source where they stand."""

    text: str
    start: int
    end: int


class Document(NamedTuple):
    """A Page without a question; the slice of the source that each token is, and how words are written there.

    ``surface`` has the words that NQ writes in another way, ``glued`` those that follow without a blank.
    """

    page: Page
    spans: list[tuple[int, int]]
    surface: dict[int, str]
    glued: set[int]

    def text(self, start: int, end: int) -> str:
        """The words of a half-open span of tokens as they stand in the source, without markup, one blank between."""
        words: list[str] = []
        for at in range(start, end):
            if not self.page.is_html[at]:
                if words and at not in self.glued:
                    words.append(" ")
                words.append(self.surface.get(at, self.page.tokens[at]))
        return "".join(words)

    def slice(self, start: int, end: int) -> tuple[int, int]:
        """The half-open slice of the source that a span of tokens is; blocks that have no tags there take no room."""
        spans = [span for span in self.spans[start:end] if span[0] < span[1]]
        return spans[0][0], spans[-1][1]


class _Element(NamedTuple):
    start: int
    end: int
    kept: bool
    top: bool


class Blocks:
    """Takes what a reader of a format finds, in the order of the source, and makes a Document of it.

    With ``loose``, text outside of all candidates is a paragraph each.
    """

    def __init__(self, *, loose: bool = False) -> None:
        self._loose = loose
        self._tokens: list[str] = []
        self._document = Document(Page("question", "", "", self._tokens, [], []), [], {}, set())
        self._pieces: list[Piece] = []
        self._open: list[tuple[str, int]] = []
        self._elements: list[_Element] = []
        self._depth = 0  # of candidates within candidates

    def open(self, name: str, start: int, end: int, *, attributes: str = "") -> None:
        """A block begins; ``start`` to ``end`` is its tag, or empty."""
        self.flush()
        self._begin(name, start, end, attributes)

    def close(self, start: int, end: int, *, candidate: bool = True) -> None:
        """The innermost block ends; without ``candidate`` it never is an answer."""
        self.flush()
        self._end(start, end, candidate)

    def words(self) -> str:
        """The text of the innermost open block."""
        self.flush()
        return self._document.text(self._open[-1][1], len(self._document.spans))

    def text(self, source: str, start: int, end: int, *, references: bool = False) -> None:
        """A slice of the source is text; with ``references``, ``&amp;`` and its like are what they stand for."""
        at = start
        for match in _REFERENCE.finditer(source, start, end) if references else ():
            character = unescape(match.group())
            if character != match.group():
                self._pieces += [Piece(source[at : match.start()], at, match.start()), Piece(character, *match.span())]
                at = match.end()
        self._pieces.append(Piece(source[at:end], at, end))

    def blank(self, at: int) -> None:
        """A line break or the like at a place of the source."""
        self._pieces.append(Piece(" ", at, at))

    def flush(self) -> None:
        """The text so far is at its end."""
        pieces, self._pieces = [piece for piece in self._pieces if piece.text], []
        if all(piece.text.isspace() for piece in pieces):
            return
        alone = self._loose and not self._depth
        if alone:
            self._begin("P", pieces[0].start, pieces[0].start)
        self._words(pieces)
        if alone:
            self._end(pieces[-1].end, pieces[-1].end, True)

    def document(self, *, title: str = "") -> Document:
        """What was taken, all blocks ended; where no block is long enough for a candidate, the shorter ones are."""
        self.flush()
        page = self._document.page
        page.title = title
        kept = [e for e in sorted(self._elements) if e.kept and e.end - e.start >= FEWEST]
        kept = kept or [e for e in sorted(self._elements) if e.kept and not all(page.is_html[e.start : e.end])]
        page.candidates = [Candidate(e.start, e.end, top_level=e.top) for e in kept]
        return self._document

    def _begin(self, name: str, start: int, end: int, attributes: str = "") -> None:
        self._open.append((name, len(self._document.spans)))
        self._depth += name in CANDIDATES
        self._token(f"<{name}{attributes}>", start, end, html=True)

    def _end(self, start: int, end: int, candidate: bool) -> None:
        name, first = self._open.pop()
        self._token(f"</{name}>", start, end, html=True)
        if name in CANDIDATES:
            self._depth -= 1
            self._elements.append(_Element(first, len(self._document.spans), candidate, not self._depth))

    def _words(self, pieces: list[Piece]) -> None:
        text = "".join(piece.text for piece in pieces)
        firsts = list(accumulate((len(piece.text) for piece in pieces), initial=0))
        behind = -1
        for word, start, end in split(text):
            first, last = (bisect_right(firsts, at) - 1 for at in (start, end - 1))
            if start == behind:
                self._document.glued.add(len(self._document.spans))
            if word != text[start:end]:
                self._document.surface[len(self._document.spans)] = text[start:end]
            begin, _ = _place(pieces[first], start - firsts[first])
            _, stop = _place(pieces[last], end - 1 - firsts[last])
            self._token(word, begin, stop, html=False)
            behind = end

    def _token(self, token: str, start: int, end: int, *, html: bool) -> None:
        self._tokens.append(token)
        self._document.page.is_html.append(html)
        self._document.spans.append((start, end))


def split(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text as NQ writes them, and where they stand in it.

    Double quotes are `` and '', brackets round, dashes --.
    """
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start()
        if word in _QUOTES:
            opens = word in "“„«" or (word == '"' and (text[start - 1 : start] or " ") in _OPENS)
            word = "``" if opens else "''"
        elif "’" in word and len(word) > 1:
            word = word.replace("’", "'")
        yield _NQ.get(word, word), start, match.end()


def _place(piece: Piece, at: int) -> tuple[int, int]:
    """Where one character of a piece stands in the source; all of a reference for each of its characters."""
    if piece.end - piece.start == len(piece.text):
        return piece.start + at, piece.start + at + 1
    return piece.start, piece.end
