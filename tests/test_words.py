"""Words as JSON has them, and the table of their pieces."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq import words
from tinynq.vocab import Vocab
from tinynq.words import BITS, KEY, RawWords, WordTable

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" ")) | st.sampled_from(
    ["the", "The", "a" * KEY, "a" * (KEY + 1), "a" * (KEY + 2), '"', "\\", "é", "", "日" * 6, "unaffable", "[Q]"]
)


def letters(word: str) -> Sequence[int]:
    return [ord(letter) for letter in word]


def found(table: WordTable, *texts: str) -> list[list[int]]:
    """What the table has for each word."""
    ids, lengths = table.encode(RawWords.of_text(" ".join(texts)))
    assert len(ids) == lengths.sum()
    return [part.tolist() for part in np.split(ids, np.cumsum(lengths)[:-1])]


@given(st.lists(TEXTS, min_size=1))
def test_words_are_those_of_a_text(texts: list[str]) -> None:
    raw = RawWords.of_text(" ".join(texts))
    assert raw == texts and [*raw] == texts and len(raw) == len(texts)
    assert [raw[at] for at in range(-1, len(texts))] == [texts[at] for at in range(-1, len(texts))]
    assert raw[1:3] == texts[1:3] and raw[:0] == []
    assert raw != [*texts, ""] and raw != 3 and repr(raw) == repr(texts)
    assert raw.take(np.array([len(texts) - 1, 0])) == [texts[-1], texts[0]]
    assert [json.loads(b'"%s"' % word) for word in raw.raws()] == texts


@given(st.lists(TEXTS, min_size=1), st.lists(TEXTS, min_size=1))
def test_the_table_has_what_the_words_come_to(first: list[str], second: list[str]) -> None:
    table = WordTable(letters)
    for texts in (first, second, first):
        assert found(table, *texts) == [letters(text) for text in texts]


def test_the_table_and_the_memory_of_strings_agree() -> None:
    vocab = Vocab.load()
    texts = ["The", "unaffable", "Zürich", '"', "[Q]", "x" * 300, "", "antidisestablishmentarianism", "<P>", "\x7f"] * 2
    raw, plain = vocab.encode_all(RawWords.of_text(" ".join(texts))), vocab.encode_all(texts)
    assert [a.tolist() for a in raw] == [a.tolist() for a in plain]


def test_words_that_share_a_slot_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_FACTORS", np.zeros(2, np.uint64))  # all of them share one
    table = WordTable(letters)
    texts = ["one", "two", "", "one", "two", "three", "a" * KEY, "a" * (KEY + 1)]
    for _ in range(2):
        assert found(table, *texts) == [letters(text) for text in texts]
    assert found(table, "", "a" * (KEY + 1)) == [[], letters("a" * (KEY + 1))]


def test_the_last_slot_is_followed_by_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_FACTORS", np.array([1, 0], np.uint64))
    monkeypatch.setattr(words, "_SHIFT", np.uint64(0))
    monkeypatch.setattr(words, "BITS", 8)
    table = WordTable(letters)
    monkeypatch.setattr(RawWords, "keys", lambda raw: np.array([[255, n] for n in range(len(raw))], np.uint64))
    for _ in range(2):
        assert found(table, "a", "b", "c") == [[97], [98], [99]]


@pytest.mark.parametrize(("limit", "value"), [("_LAST", 7), ("MAX_LONG", 2)])
def test_a_full_table_begins_anew(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    made: list[str] = []

    def pieces(word: str) -> Sequence[int]:
        made.append(word)
        return letters(word)

    table = WordTable(pieces)
    texts = ["one", "two", "three", "four", *(f"a long word that is number {n}".replace(" ", "-") for n in range(3))]
    found(table, *texts)
    found(table, *texts)
    assert made.count("one") == 1
    monkeypatch.setattr(words, limit, value)
    assert found(table, *texts) == [letters(text) for text in texts]
    assert made.count("one") == 2


def test_the_table_does_not_grow() -> None:
    table = WordTable(letters)
    found(table, *map(str, range(1000)))
    assert table._rows.nbytes == 32 << BITS
