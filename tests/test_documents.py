"""What people ask from: kinds, files, encodings, and what is said of what cannot be read."""

import gzip
import io
import sys
from pathlib import Path

import pytest

import tinynq.documents
from tinynq.documents import looks_like_html, looks_like_markdown, open_document, read_document
from tinynq.errors import InputError, UsageError
from tinynq.types import Candidate, Page

NO_TEXT = "{}: no text in UTF-8, but binary or in another encoding; expected HTML, Markdown or text"
HTML = "<p>Paris is a city in France.</p>"


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        (HTML, True), ("\n <!DOCTYPE html>Paris", True), ("Paris <b>is</b> big", False), ("One</P >two", True),
        ("if a < b then", False), ("<3 you", False), ("", False), ("a\n<p>b", False), ("x <div>y</div>", True),
    ],
)  # fmt: skip
def test_what_looks_like_html(text: str, is_html: bool) -> None:
    assert looks_like_html(text) == is_html


@pytest.mark.parametrize(
    ("text", "is_markdown"),
    [
        ("a\n# Title\nb", True), ("#hash and # of", False), ("- a\n\n  more\n- b", True), ("1. a\n2) b", True),
        ("a - b\n- c", False), ("-- Shakespeare\n-- Goethe", False), ("see [it](https://example.org)", True),
        ("f[a](b c)", False), ("a | b\n--|--\n1 | 2", True), ("a | b", False), ("so **bold** it is", True),
        ("2 ** 3 ** 4", False), ("```\ncode", True), ("", False),
    ],
)  # fmt: skip
def test_what_looks_like_markdown(text: str, is_markdown: bool) -> None:
    assert looks_like_markdown(text) == is_markdown


@pytest.mark.parametrize("text", ["[a", "**", "](a", "[a](", "-", "|-a", "- a\nb\n", " ", "1. "])
def test_it_takes_no_longer_than_the_text_is_long(text: str) -> None:
    """Where a sign begins at every character and none ends: a rule that goes back would take hours."""
    assert looks_like_markdown(text * 300_000) == (text == "- a\nb\n")


def test_kind_says_otherwise() -> None:
    assert read_document(HTML).page.tokens[1] == "Paris"
    assert read_document(HTML, kind="text").page.tokens[1:4] == ["<", "p", ">"]
    assert read_document("# A\n\nb c d", kind="markdown").page.title == "A"
    assert read_document("# A\n\nb c d").page.title == "A"
    assert read_document("# A\n\nb c d", kind="text").page.tokens[1] == "#"


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        ("a.html", "just words here", "just"),
        ("a.HTM", HTML, "Paris"),
        ("a.md", "- **one** two three", "one"),
        ("a.txt", HTML, "<"),
        ("a", HTML, "Paris"),
        ("a.rst", "# one\n\ntwo", "one"),
        ("a.rst", "one # two", "one"),
        ("a.txt", "# one two", "#"),
        ("a.md.gz", "*one* two three", "one"),
    ],
)
def test_a_file_is_what_its_suffix_says(tmp_path: Path, name: str, content: str, first: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith("gz") else content.encode())
    document = read_document(path)
    assert next(t for t, html in zip(document.page.tokens, document.page.is_html, strict=True) if not html) == first
    assert document.page.where == str(path)


def test_a_string_that_names_a_file_is_taken_for_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(HTML)
    with pytest.raises(UsageError) as raised:
        read_document(str(path))
    assert str(raised.value) == f"{path} is the name of a file; expected the text of a page, or Path('{path}')"
    for text in ("a.html", "a\0b c", "x" * 5000, str(tmp_path)):
        assert len(read_document(text).page.tokens) > 1


def test_offsets_count_characters_of_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffÉté:\r\n\r\nune ville".encode())
    document = open_document(str(path))
    text = path.read_bytes().decode()
    at = document.page.tokens.index("une")
    assert text[slice(*document.slice(at, at + 2))] == "une ville"


def test_a_page_may_be_in_another_encoding_when_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes('<meta charset="latin-1"><p>Été à Paris'.encode("latin-1"))
    assert read_document(path).page.tokens[:3] == ["<P>", "Été", "à"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(HTML.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert open_document("-").page.where == "stdin"


def test_a_page_is_taken_as_it_is() -> None:
    page = Page(1, "", "", ["<P>", "a", "b", "</P>"], [True, False, False, True], [Candidate(0, 4)])
    document = read_document(page)
    assert document.page is page
    assert (document.text(0, 4), document.slice(0, 4)) == ("a b", (0, 4))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{}: empty; expected a page"),
        (b" \n", "{}: empty; expected a page"),
        (b"\x7fELF\0\0\0", NO_TEXT),
        (b"\xff\xfeP\0a\0", NO_TEXT),
        (b'<meta charset="nonsense">\xe9', NO_TEXT),
        (b"<p></p><script>x</script>", "{}: no text in it; expected a page with paragraphs, tables or lists"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "{}: the gzip data is cut short; copy the file again"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "page"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_document(path)
    assert str(error.value) == message.format(path)


def test_pages_without_text() -> None:
    with pytest.raises(InputError, match="^the page: no text in it"):
        read_document("")
    with pytest.raises(InputError, match="^f:1: no text in it"):
        read_document(Page(1, "", "", ["<P>", "</P>"], [True, True], [Candidate(0, 2)], where="f:1"))


def test_a_file_has_a_size_that_a_page_can_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tinynq.documents, "LARGEST", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"a " * 10**6))
    with pytest.raises(InputError, match="longer than 1,000 bytes"):
        read_document(path)
    with pytest.raises(InputError, match="No such file"):
        read_document(tmp_path / "none")
    assert path.stat().st_size < 10**4
