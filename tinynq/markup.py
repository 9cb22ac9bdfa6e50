"""HTML to a Document, as NQ made its pages: what is a token, what is left out, what may be an answer.

The standard library's parser finds tags and text and says where they stand. Which tags end which is decided here,
by the rules of the HTML standard for end tags that may be left out, as far as blocks go.
"""

import re
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

from tinynq.blocks import Blocks, Document

TOKENS = set("p table tr td th ul ol li dl dt dd h1 h2 h3".split())
LEFT_OUT = set("script style template noscript iframe object svg canvas audio video select textarea button".split())
LEFT_OUT |= {"nav", "footer", "sup"}  # NQ has no footnote marks, and so no exponents
LEFT_OUT_ROLES = {"navigation", "contentinfo", "search", "banner"}
VOID = set("area base br col embed hr img input link meta param source track wbr".split())

# Blocks; an end tag reaches through weaker ones only. What is not here is in the line: it ends no word.
STRENGTH = dict.fromkeys("p h1 h2 h3 h4 h5 h6 li dt dd".split(), 1)
STRENGTH |= dict.fromkeys("ul ol dl div section article main aside header blockquote figure figcaption".split(), 2)
STRENGTH |= dict.fromkeys("pre form nav footer address center details summary fieldset title".split(), 2)
STRENGTH |= dict.fromkeys("td th caption".split(), 3) | dict.fromkeys("tbody thead tfoot".split(), 5)
STRENGTH |= {"tr": 4, "table": 6, "head": 7, "body": 7, "html": 8}
HEADINGS = {f"h{level}" for level in range(1, 7)}
CELLS, ROWS = {"td", "th", "caption"}, {"tr", "tbody", "thead", "tfoot"}
ENDED_BY = {"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": CELLS | {"tr"}}
ENDED_BY |= dict.fromkeys(CELLS, CELLS) | dict.fromkeys(ROWS - {"tr"}, CELLS | ROWS) | dict.fromkeys(HEADINGS, HEADINGS)

END_MATTER = {
    "see also", "references", "notes", "notes and references", "references and notes", "footnotes", "citations",
    "sources", "bibliography", "further reading", "external links",
}  # fmt: skip


class _Tag(NamedTuple):
    name: str
    silent: bool  # nothing in it is kept
    contents: bool  # it is in a table of contents


def read_html(source: str) -> Document:
    """The Document of a web page; offsets count characters of ``source``.

    Headings, paragraphs, tables and lists are tokens as in NQ. Candidates are those outside of tables of contents
    and of the sections behind the text (references, see also). Left out are scripts, styles, buttons, navigation,
    footers, what is hidden, and superscripts. A page without any candidate has its loose text as paragraphs.
    """
    document = _Parser(source).document()
    return document if document.page.candidates else _Parser(source, loose=True).document()


class _Parser(HTMLParser):
    def __init__(self, source: str, *, loose: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._source = source
        self._blocks = Blocks(loose=loose)
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))]
        self._stack = [_Tag("", False, False)]
        self._text = -1  # where the text begins that the parser is in
        self._end_matter = False
        self._title = ""

    def document(self) -> Document:
        end = len(self._source)
        tags = self._source.rfind(">") + 1
        # What is behind them is text; the parser would look for an end at each <, in time that grows with the square.
        self.feed(self._source[:tags])
        self.close()
        self._text = tags if self._text < 0 else self._text
        self._end_text(end)
        self._pop(1, end, end)
        return self._blocks.document(title=self._title)

    def handle_data(self, data: str) -> None:
        if self._text < 0:
            self._text = self._at()

    def handle_comment(self, data: str) -> None:
        self._end_text(self._at())

    def handle_decl(self, decl: str) -> None:
        self._end_text(self._at())

    def handle_pi(self, data: str) -> None:
        self._end_text(self._at())

    def unknown_decl(self, data: str) -> None:
        self._end_text(self._at())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = self._at()
        self._end_text(at)
        if tag in VOID:
            if tag in ("br", "hr"):
                self._blocks.blank(at)
            return
        if tag in CELLS | ROWS and not any(outer.name == "table" for outer in self._stack):
            return
        self._end_implied(tag, at)
        values = {name: value or "" for name, value in attrs}
        around = self._stack[-1]
        silent = around.silent or tag in LEFT_OUT or _is_hidden(values)
        if not silent and tag not in STRENGTH:
            return
        contents = around.contents or "toc" in (values.get("id"), *values.get("class", "").split())
        self._stack.append(_Tag(tag, silent, contents))
        if tag in TOKENS and not silent:
            attributes = f' colspan="{columns}"' if (columns := values.get("colspan", "")).isdecimal() else ""
            end = at + len(self.get_starttag_text() or "")
            self._blocks.open(tag.capitalize(), at, end, attributes=attributes)
        elif tag in STRENGTH:
            self._blocks.flush()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self._stack[-1].silent:  # in SVG the slash means something
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        at = self._at()
        begun = self._text
        self._end_text(at)
        for index in range(len(self._stack) - 1, 0, -1):
            if self._stack[index].name == tag:
                if tag == "title":
                    self._title = self._title or " ".join(
                        unescape(self._source[begun:at] if begun >= 0 else "").split()
                    )
                self._pop(index, at, self._source.find(">", at) + 1 or len(self._source))
                return
            if STRENGTH.get(self._stack[index].name, 0) > STRENGTH.get(tag, 0):
                return

    def parse_html_declaration(self, i: int) -> int:
        # <![if IE]> and its like make some versions of the standard library raise AssertionError.
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _end_text(self, at: int) -> None:
        if self._text >= 0 and not self._stack[-1].silent:
            self._blocks.text(self._source, self._text, at, references=True)
        self._text = -1

    def _end_implied(self, tag: str, at: int) -> None:
        """End what a start tag ends: a paragraph where a block begins, a list item where the next one does."""
        if tag in STRENGTH:
            self._end_open({"p"}, at, within=1)
        if tag in ENDED_BY:
            self._end_open(ENDED_BY[tag], at, within=5 if tag in CELLS | ROWS else 1)

    def _end_open(self, names: set[str], at: int, *, within: int) -> None:
        found = None
        for index in range(len(self._stack) - 1, 0, -1):
            if self._stack[index].name in names:
                found = index
            elif STRENGTH.get(self._stack[index].name, 0) > within:
                break
        if found:
            self._pop(found, at, at)

    def _pop(self, first: int, at: int, end: int) -> None:
        """End the open tags from the innermost to the one at ``first``, whose end tag is from ``at`` to ``end``."""
        while len(self._stack) > first:
            tag = self._stack.pop()
            if tag.name in TOKENS and not tag.silent:
                if tag.name in ("h1", "h2"):
                    heading = self._blocks.words().casefold().removesuffix("[edit]").strip()
                    self._end_matter = heading in END_MATTER
                candidate = not (self._end_matter or tag.contents)
                self._blocks.close(at, end if len(self._stack) == first else at, candidate=candidate)
            elif tag.name in STRENGTH:
                self._blocks.flush()


def _is_hidden(values: dict[str, str]) -> bool:
    # What a style hides stays: such boxes can be opened, and NQ has them.
    return "hidden" in values or values.get("role") in LEFT_OUT_ROLES
