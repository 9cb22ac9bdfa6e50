"""What people ask from, to a Document: a Page; HTML, Markdown or text, as a string or from a file, URL or stdin."""

import re
from itertools import islice
from os.path import isfile
from pathlib import Path, PurePosixPath

from tinynq.blocks import Document
from tinynq.config import Kind
from tinynq.errors import InputError, UsageError
from tinynq.files import open_stream, unreadable
from tinynq.markup import read_html
from tinynq.plain import read_markdown, read_text
from tinynq.storage import STDIN
from tinynq.types import Page

LARGEST = 1 << 27  # bytes, unzipped
_SUFFIXES: dict[str, Kind] = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
}
_SUFFIXES |= {".txt": "text", ".text": "text"}
_READERS = {"html": read_html, "markdown": read_markdown, "text": read_text}
_HTML = re.compile(r"\s*<[A-Za-z!]|</(?:p|div|li|td|h[1-6]|table|body|html)\s*>", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"""^\#{1,6}[ ]\S | ^(?:```|~~~) | ^\|?[ ]*:?-+:?[ ]*\|[-:| ]*$           # a heading, code, a table
    | \[[^\[\]\n]{1,99}\]\([^()\s]{1,999}\) | \*\*\w[^*\n]{0,99}\*\*     # a link, bold words
    """,
    re.VERBOSE | re.MULTILINE,
)
_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,3}[.)]) \S", re.MULTILINE)
_CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def read_document(page: Page | Path | str, *, kind: Kind = "auto") -> Document:
    """The Document of a Page, of the text of a page, or of a file.

    A string is HTML when it begins with a tag or holds the end tag of a block, Markdown when it holds a heading, list,
    table, link or the like of that, and else plain text; a file is what its suffix says, and else the same; ``kind``
    says otherwise. Offsets count characters of the text; those of a Page count its tokens. Raises InputError for a
    file that cannot be read as text, and where there is no text, and UsageError for a string that is a file's name.
    """
    if isinstance(page, Page):
        document = Document(page, [(at, at + 1) for at in range(len(page.tokens))], {}, set())
        return _checked(document, page.where or "the page")
    if isinstance(page, Path):
        return open_document(str(page), kind=kind)
    if isfile(page):  # not opened: what others send as text could then read files
        raise UsageError(f"{page} is the name of a file; expected the text of a page, or Path({page!r})")
    return _document(page, kind, "the page")


def open_document(path: str, *, kind: Kind = "auto") -> Document:
    """The Document of a file, a URL, or ``-``; gzip is recognised. Raises InputError as read_document does."""
    name = "stdin" if path == STDIN else path
    with open_stream(path) as file:
        try:
            content = file.read(LARGEST + 1)
        except Exception as error:
            raise unreadable(name, error) from error
    if len(content) > LARGEST:
        raise InputError(f"{name}: longer than {LARGEST:,} bytes; expected one page")
    if kind == "auto":
        kind = _SUFFIXES.get(PurePosixPath(path.removesuffix(".gz").partition("?")[0]).suffix.lower(), "auto")
    return _document(_decoded(content, name), kind, name)


def looks_like_html(text: str) -> bool:
    """Whether a text begins with a tag, or holds the end tag of a block."""
    return _HTML.match(text) is not None or any(match.group()[1] == "/" for match in _HTML.finditer(text))


def looks_like_markdown(text: str) -> bool:
    """Whether a text holds what Markdown writes: a heading, code, a table, a link, bold words, two items of lists."""
    return _MARKDOWN.search(text) is not None or len(list(islice(_ITEM.finditer(text), 2))) == 2


def _document(text: str, kind: Kind, where: str) -> Document:
    if kind == "auto":
        kind = "html" if looks_like_html(text) else "markdown" if looks_like_markdown(text) else "text"
    document = _READERS[kind](text)
    document.page.where = where
    return _checked(document, where)


def _checked(document: Document, where: str) -> Document:
    page = document.page
    if not any(c.top_level and not all(page.is_html[c.start_token : c.end_token]) for c in page.candidates):
        raise InputError(f"{where}: no text in it; expected a page with paragraphs, tables or lists")
    return document


def _decoded(content: bytes, name: str) -> str:
    """The text of a file: UTF-8, or what an HTML page says it is. Line ends stay as they are."""
    if not content.strip():
        raise InputError(f"{name}: empty; expected a page")
    declared = _CHARSET.search(content[:2048])
    for encoding in ("utf-8", declared.group(1).decode() if declared else ""):
        try:
            text = content.decode(encoding) if encoding else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None and "\0" not in text:
            return text
    raise InputError(f"{name}: no text in UTF-8, but binary or in another encoding; expected HTML, Markdown or text")
