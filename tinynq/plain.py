"""Plain text and Markdown to a Document.

markdown-it finds the blocks of Markdown and the lines that they stand on. It does not say where text stands within
a line, so that what is markup there is decided here, by a rule of a line for each kind.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tinynq.blocks import Blocks, Document

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_LINE_END = re.compile(r"\r\n?|\n")  # what markdown-it takes for one
_BLOCKS = {
    "paragraph": "P", "fence": "P", "code_block": "P", "html_block": "P", "table": "Table", "tr": "Tr", "th": "Th",
    "td": "Td", "bullet_list": "Ul", "ordered_list": "Ol", "list_item": "Li",
}  # fmt: skip
_TITLE = r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?"
_MARKUP = re.compile(
    rf"""\\(?=[!-/:-@\[-`{{-~])(?P<escaped>.)
    | (?P<ticks>`+)(?P<code>.{{1,999}}?)(?P=ticks)(?!`)
    | !\[[^\]]{{0,999}}\]\([^()\s]*{_TITLE}\)                               # an image
    | \[\^[^\]]+\]                                                  # a footnote's mark
    | \[(?=[^\[\]]{{0,999}}\][(\[])                                         # [text of a link
    | \]\((?:[^()\s]|\([^()]*\))*{_TITLE}\) | \]\[[^\]]*\]          # ](its address)
    | <(?P<address>[A-Za-z][\w+.-]*:[^<>\s]+)> | <!--.*?--> | </?[A-Za-z][^<>]*>
    | ~~ | (?<!\w)_+(?=\S) | (?<=\S)_+(?!\w) | (?<=\S)\*+ | \*+(?=\S)""",
    re.VERBOSE,
)


def read_text(source: str) -> Document:
    """The Document of a plain text: a paragraph ends at a blank line. Offsets count characters of ``source``."""
    blocks = Blocks()
    for match in _PARAGRAPH.finditer(source):
        blocks.open("P", match.start(), match.start())
        blocks.text(source, *match.span())
        blocks.close(match.end(), match.end())
    return blocks.document()


def read_markdown(source: str) -> Document:
    """The Document of Markdown (CommonMark and tables): headings, paragraphs, lists, tables, code.

    Offsets count characters of ``source``. Markup within a line is left out, images and footnote marks with their text.
    """
    return _Markdown(source).document()


class _Markdown:
    def __init__(self, source: str) -> None:
        self._source = source
        self._blocks = Blocks()
        ends = list(_LINE_END.finditer(source))
        firsts = [0, *(match.end() for match in ends)]
        self._lines = list(zip(firsts, [*(match.start() for match in ends), len(source)], strict=True))
        self._at = 0  # how far the source is read
        self._title = ""

    def document(self) -> Document:
        for token in MarkdownIt("commonmark").enable("table").parse(self._source):
            name = _BLOCKS.get(token.type.removesuffix("_open").removesuffix("_close"))
            if token.type in ("heading_open", "heading_close"):
                name = token.tag.upper() if token.tag in ("h1", "h2", "h3") else "P"
            if token.type == "inline":
                self._inline(token)
            elif name and not token.hidden:
                self._block(token, name)
            elif token.type == "paragraph_close":
                self._blocks.flush()
        return self._blocks.document(title=self._title)

    def _block(self, token: Token, name: str) -> None:
        """The beginning or the end of a block, or a block of code or HTML as a whole."""
        if token.nesting > 0 and token.map:
            self._at = max(self._at, self._lines[token.map[0]][0])
        if token.nesting >= 0:
            self._blocks.open(name, self._at, self._at)
        if token.nesting == 0:
            self._inline(token)
        if token.nesting <= 0:
            if name == "H1":
                self._title = self._title or self._blocks.words()
            self._blocks.close(self._at, self._at)

    def _inline(self, token: Token) -> None:
        """The text of a block, line by line."""
        first = token.map[0] if token.map else 0
        if token.type == "fence":
            first += 1
        for content, (start, end) in zip(token.content.split("\n"), self._lines[first:], strict=False):
            # Behind what makes the block: marks of quotes and lists, the cells before.
            begin = max(start, self._at)
            for text in (content.strip(), content.strip().replace("|", "\\|")):
                if text and (found := self._source.find(text, begin, end)) >= 0:
                    self._blocks.blank(found)
                    self._line(found, found + len(text), code=token.type in ("fence", "code_block"))
                    self._at = found + len(text)
                    break

    def _line(self, start: int, end: int, *, code: bool) -> None:
        """A piece of a line, its markup left out."""
        at, alone = start, self._source.count("*", start, end) < 2
        for match in _MARKUP.finditer(self._source, start, end) if not code else ():
            if alone and match.group() == "*":
                continue
            self._blocks.text(self._source, at, match.start(), references=True)
            for name in ("escaped", "code", "address"):
                if match[name]:
                    self._blocks.text(self._source, *match.span(name))
            at = match.end()
        self._blocks.text(self._source, at, end, references=not code)
