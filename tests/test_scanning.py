"""The tokens of a line in the original format: as a real JSON parser finds them, or Unusual."""

import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq.lexicon import Lexicon
from tinynq.scanning import Scanner, Unusual

BEFORE, AFTER = b'{"example_id": 7, "document_tokens": ', b', "document_title": "and so it goes on"}'
WORDS = st.text(max_size=20) | st.sampled_from(["the", "<P>", "</Table>", "8 bytes:", "sixteen bytes ok", "a" * 17])


def scan(array: bytes) -> tuple[list[str], list[bool]]:
    """The words and flags of an array within a line."""
    scanner = Scanner(Lexicon())
    for _ in range(2):  # as words that are new, and as words that are known
        numbers, html, end = scanner.tokens(BEFORE + array + AFTER, len(BEFORE))
        assert end == len(BEFORE + array)
    return [scanner.lexicon.words[number] for number in numbers], html


def token(word: str, html: bool = False, **more: Any) -> dict[str, Any]:
    return {"token": word, "start_byte": 12, "end_byte": 0, "html_token": html} | more


@given(
    st.lists(st.tuples(WORDS, st.booleans(), st.integers(0, 1 << 40)), min_size=1, max_size=30),
    st.permutations(["token", "html_token", "start_byte", "end_byte"]),
    st.booleans(),
    st.booleans(),
)
def test_any_tokens_are_found(tokens: list[Any], keys: list[str], ascii_only: bool, blanks: bool) -> None:
    fields = [{"token": w, "html_token": h, "start_byte": n, "end_byte": n + 1} for w, h, n in tokens]
    text = json.dumps(
        [{key: each[key] for key in keys} for each in fields],
        ensure_ascii=ascii_only,
        separators=(", ", ": ") if blanks else (",", ":"),
    )
    assert scan(text.encode("utf8")) == ([w for w, _, _ in tokens], [h for _, h, _ in tokens])


def test_equal_words_have_one_number_however_they_are_written() -> None:
    scanner = Scanner(Lexicon())
    array = rb'[{"token":"<P>","html_token":true},{"token":"\u003cP\u003e","html_token":true}]'
    numbers, html, _ = scanner.tokens(BEFORE + array + AFTER, len(BEFORE))
    assert numbers.tolist() == [0, 0] and html == [True, True] and scanner.lexicon.words == ["<P>"]


def test_thousands_of_words_are_told_apart() -> None:
    draw = random.Random(0)
    words = [f"{draw.randrange(1 << 40):x}" for _ in range(20_000)]
    found, _ = scan(json.dumps([token(word) for word in words]).encode())
    assert found == words


def test_another_line_may_be_read_while_a_word_is_new() -> None:
    class Disturbed(Lexicon):
        def __missing__(self, word: str) -> int:
            if word == "one":  # as if another thread had its turn
                scanner.tokens(b"x" * 100 + other, 100)
            return super().__missing__(word)

    other = json.dumps([token("zwei"), token("drei")] * 20).encode()
    scanner = Scanner(Disturbed())
    numbers, _, _ = scanner.tokens(json.dumps([token("one"), token("two"), token("three" * 5)]).encode(), 0)
    assert [scanner.lexicon.words[number] for number in numbers] == ["one", "two", "three" * 5]


def test_the_last_of_two_equal_fields_counts() -> None:
    array = b'[{"token":"a","html_token":true,"token":"b","html_token":false}]'
    assert scan(array) == (["b"], [False])


@pytest.mark.parametrize(
    "array",
    [
        b"[]",
        b"{}",
        b"null",
        b"[null]",
        b"[{}]",
        b'[{"token":"a"}]',
        b'[{"html_token":true}]',
        b'[{"token":"a","html_token":1}]',
        b'[{"token":"a","html_token":tru}]',
        b'[{"token":"a","html_token":null}]',
        b'[{"token":5,"html_token":true}]',
        b'[{"token":"a","html_token":true,"start_byte":-1}]',
        b'[{"token":"a","html_token":true,"start_byte":01}]',
        b'[{"token":"a","html_token":true,"start_byte":1.5}]',
        b'[{"token":"a","html_token":true,"start_byte":}]',
        b'[{"token":"a","html_token":true,"more":{"deep":[]}}]',
        b'[{"token":"a","html_token":true,}]',
        b'[{"token":"a","html_token":true},]',
        b'[{"token":"a","html_token":true}',
        b'[{"token":"a","html_token":true',
        b'[{"token":"a\nb","html_token":true}]',
        b'[{"token":"a\x00b","html_token":true}]',
        b'[{"token":"\\x","html_token":true}]',
        b'[{"token":"\\ud800","html_token":true}]',
        b'[{"token":"\xff","html_token":true}]',
        b'[{"token":"\xe4\xb8","html_token":true}]',
        b'[{"token":"a","html_token":true}\n]',
    ],
)
def test_what_is_unusual_is_left_to_a_real_parser(array: bytes) -> None:
    with pytest.raises(Unusual):
        scan(array)


@given(st.data())
def test_a_damaged_line_is_unusual_or_still_good_json(data: st.DataObject) -> None:
    line = BEFORE + json.dumps([token("the"), token('say "hi"', True), token("x" * 30)]).encode() + AFTER
    kind = data.draw(st.sampled_from(["cut", "byte", "more", "less"]))
    at = data.draw(st.integers(len(BEFORE), len(line) - 1))
    line = {
        "cut": line[:at],
        "byte": line[:at] + data.draw(st.binary(min_size=1, max_size=1)) + line[at + 1 :],
        "more": line[:at] + data.draw(st.binary(min_size=1, max_size=3)) + line[at:],
        "less": line[:at] + line[at + 1 :],
    }[kind]
    scanner = Scanner(Lexicon())
    try:
        numbers, html, end = scanner.tokens(line, len(BEFORE))
    except Unusual:
        return
    tokens = msgspec.json.decode(line[len(BEFORE) : end])
    assert [scanner.lexicon.words[number] for number in numbers] == [each["token"] for each in tokens]
    assert html == [each["html_token"] for each in tokens]


def test_no_place_outside_of_the_line_is_read() -> None:
    scanner = Scanner(Lexicon())
    line = b'[{"token":"a","html_token":true}]'
    for at in (-1, len(line), len(line) + 1, 1 << 40):
        with pytest.raises(Unusual):
            scanner.tokens(line, at)
    for end in range(len(line)):
        with pytest.raises(Unusual):
            scanner.tokens(line[:end], 0)
