"""Plain text and Markdown: blocks, text without markup, and offsets."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tinynq.blocks import Document
from tinynq.plain import read_markdown, read_text


def candidates(document: Document, source: str) -> list[tuple[str, str, str]]:
    """Block, text and source of the top-level candidates."""
    spans = [(c.start_token, c.end_token) for c in document.page.candidates if c.top_level]
    return [
        (document.page.tokens[start], document.text(start, end), source[slice(*document.slice(start, end))])
        for start, end in spans
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_paragraph_of_text_ends_at_a_blank_line(end: str) -> None:
    source = f"{end}  One line,{end}two lines. {end} \t{end}Then &amp; <b>more</b>.{end}"
    first, second = candidates(read_text(source), source)
    assert first == ("<P>", "One line, two lines.", f"One line,{end}two lines.")
    assert second == ("<P>", "Then &amp; <b>more</b>.", "Then &amp; <b>more</b>.")  # it is no HTML


def test_text_without_words_has_no_candidate() -> None:
    assert read_text(" \n\n\t").page.candidates == []


MARKDOWN = """\
The *Tower* #
=====

It was **built** in `1887*` by [Gustave](http://x_y "t") Eiffel[^1]
and &amp; 2 * 3 \\*

> quoted _text_ is a_b_c
>> here ![picture](x.png) <span class="a">it is</span> too

#### Parts

1. one
2. two has words
   - nested item

| Year | What |
|------|:----:|
| 1887 | 1887 \\| stone |

``` python
code *is* here &amp;
```

<div>raw words here</div>

<https://a.org/b> ends ~~it~~
"""


def test_markdown() -> None:
    document = read_markdown(MARKDOWN)
    assert document.page.title == "The Tower #"
    assert document.page.tokens[:5] == ["<H1>", "The", "Tower", "#", "</H1>"]
    found = candidates(document, MARKDOWN)
    assert [(block, text) for block, text, _ in found] == [
        ("<P>", "It was built in 1887* by Gustave Eiffel and & 2 * 3 *"),
        ("<P>", "quoted text is a_b_c"),
        ("<P>", "here it is too"),
        ("<Ol>", "one two has words nested item"),
        ("<Table>", "Year What 1887 1887 | stone"),
        ("<P>", "code *is* here &amp;"),
        ("<P>", "raw words here"),
        ("<P>", "https://a.org/b ends it"),
    ]
    sources = [source for _, _, source in found]
    assert sources[0].startswith("It was **built** in `1887*` by") and sources[0].endswith("&amp; 2 * 3 \\*")
    assert sources[3] == "one\n2. two has words\n   - nested item"
    assert sources[4].startswith("Year | What |\n|--") and sources[4].endswith("1887 \\| stone")
    nested = [(document.page.tokens[c.start_token], c.top_level) for c in document.page.candidates if not c.top_level]
    assert nested == [("<Li>", False), ("<Ul>", False), ("<Tr>", False), ("<Tr>", False)]


def test_equal_cells_have_places_of_their_own() -> None:
    source = "| a | b |\n|---|---|\n| x | x |\n| x | x |\n"
    document = read_markdown(source)
    places = [document.spans[at] for at, token in enumerate(document.page.tokens) if token == "x"]
    assert [source[start:end] for start, end in places] == ["x"] * 4
    assert len(set(places)) == 4


PIECE = st.sampled_from(
    ["word", "two words", " ", "\n", "\n\n", "- ", "1. ", "> ", "# ", "*", "**", "_", "`", "``", "[a](b)", "![c](d)",
     "| a | b |\n", "|---|---|\n", "&amp;", "\\", "\\*", "<b>", "```\n", "    ", "\t", "é", "\r\n", "<div>\n", "|",
     "~~", "===\n", "\0"]
)  # fmt: skip


@given(st.lists(PIECE, max_size=30).map("".join))
@example("- - \ta b\n\n      c")
@example(">\tcode  x\n")
def test_words_stand_where_they_say(source: str) -> None:
    for document in (read_markdown(source), read_text(source)):
        assert document.spans == sorted(document.spans)
        for at, (start, end) in enumerate(document.spans):
            if not document.page.is_html[at]:
                word = document.text(at, at + 1)
                # Markup may stand within a word: w*or*d.
                assert re.sub(r"&amp;", "&", re.sub(r"[*_`~\\]|<b>|\[|\]\(b\)|!\[c\]\(d\)", "", source[start:end])) in (
                    re.sub(r"[*_`~\\\[]|<b>|\]\(b\)", "", word),
                    re.sub(r"[*_`~\\\[]|<b>|\]\(b\)", "", word).replace("&amp;", "&"),
                )


@given(st.lists(st.sampled_from(["alpha beta gamma", "- delta", "# eta", "> theta iota"]), max_size=8))
def test_no_word_of_plain_markdown_is_lost(blocks: list[str]) -> None:
    source = "\n\n".join(blocks)
    document = read_markdown(source)
    words = [token for token, html in zip(document.page.tokens, document.page.is_html, strict=True) if not html]
    assert words == re.findall(r"\w+", source)
