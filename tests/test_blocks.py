"""Blocks of text as Pages: words as NQ splits them, candidates, and where everything stands."""

import pytest

from tinynq.blocks import Blocks, split
from tinynq.types import Candidate


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The high-pressure zone, mid-summer.", ["The", "high", "-", "pressure", "zone", ",", "mid-summer", "."]),
        (
            "It didn't end in the U.S. or O'Bright's",
            ["It", "did", "n't", "end", "in", "the", "U.S.", "or", "O'Bright", "'s"],
        ),
        ("17.2 of $13,000 (see [1])", ["17.2", "of", "$13,000", "(", "see", "(", "1", ")", ")"]),
        ('He said "yes" — “no”…', ["He", "said", "``", "yes", "''", "--", "``", "no", "''", "…"]),
        ('("a")', ["(", "``", "a", "''", ")"]),
        ("日本語 हिन्दी", ["日", "本", "語", "हिन्दी"]),
        ("Mr. D. Smith wrote Example.com.", ["Mr.", "D.", "Smith", "wrote", "Example.com", "."]),
        ("the Kids’ Choice, it’s", ["the", "Kids", "'", "Choice", ",", "it", "'s"]),
        (" \n\t", []),
    ],
)
def test_words_are_split_as_in_nq(text: str, words: list[str]) -> None:
    assert [word for word, _, _ in split(text)] == words


def test_a_word_knows_where_it_stands() -> None:
    text = 'A "quoted" [word]'
    assert [text[start:end] for _, start, end in split(text)] == ["A", '"', "quoted", '"', "[", "word", "]"]


def test_text_is_as_in_the_source_and_tokens_are_as_in_nq() -> None:
    source = 'He said: "yes &amp; no", twice.'
    blocks = Blocks()
    blocks.open("P", 0, 0)
    blocks.text(source, 0, len(source), references=True)
    blocks.close(len(source), len(source))
    document = blocks.document()
    assert document.page.tokens[3:9] == [":", "``", "yes", "&", "no", "''"]
    assert document.text(0, len(document.spans)) == 'He said: "yes & no", twice.'
    assert document.text(5, 8) == "yes & no"
    assert source[slice(*document.slice(5, 8))] == "yes &amp; no"
    assert source[slice(*document.slice(0, len(document.spans)))] == source  # tags that are not there take no room


@pytest.mark.parametrize(
    ("source", "text"),
    [("&lt;b&gt;", "<b>"), ("&notit;", "¬it;"), ("&#65;&#x42", "AB"), ("a &foo; b&", "a &foo; b&"), ("&ampx", "&x")],
)
def test_references_are_what_a_browser_shows(source: str, text: str) -> None:
    blocks = Blocks(loose=True)
    blocks.text(source, 0, len(source), references=True)
    document = blocks.document()
    assert document.text(0, len(document.spans)) == text
    assert document.slice(1, len(document.spans) - 1) == (0, len(source))


def test_short_blocks_are_candidates_only_where_there_are_no_longer_ones() -> None:
    def blocks(*texts: str) -> list[Candidate]:
        made, at = Blocks(), 0
        for text in texts:
            made.open("P", at, at)
            made.text(text, 0, len(text))
            made.close(at, at)
        return made.document().page.candidates

    assert blocks("", "Paris", "the city of light") == [Candidate(5, 11)]
    assert blocks("", "Paris") == [Candidate(2, 5)]
    assert blocks("") == []


def test_what_stands_in_a_candidate_is_not_top_level() -> None:
    blocks = Blocks()
    blocks.open("Ul", 0, 0)
    for _ in range(2):
        blocks.open("Li", 0, 0)
        blocks.text("one two three", 0, 13)
        blocks.close(0, 0)
    blocks.close(0, 0)
    assert blocks.document().page.candidates == [Candidate(0, 12), Candidate(1, 6, False), Candidate(6, 11, False)]
