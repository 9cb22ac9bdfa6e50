"""Page tokens found in a line: the same as a JSON parser finds, or none at all."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tinynq.errors import InputError
from tinynq.pages import parse_page
from tinynq.scan import scan
from tinynq.types import Page

ORDERS = [("end_byte", "html_token", "start_byte", "token"), ("token", "start_byte", "end_byte", "html_token")]
WORDS = st.sampled_from(
    ["the", "<P>", "", " ", "{", "}", '"', "\\", '", "', "\xa0", "Zürich", "日本", "a\tb", "true}]", "}]"]
)
TOKENS = st.lists(st.tuples(WORDS | st.text(max_size=20), st.booleans()), max_size=12)


def line_of(
    tokens: list[tuple[str, bool]],
    *,
    order: tuple[str, ...] = ORDERS[0],
    compact: bool = True,
    ascii_: bool = True,
    change: Callable[[dict[str, Any]], None] = lambda page: None,
) -> bytes:
    """A line in the original format; its candidate is all of the page."""
    at = 0
    objects = []
    for token, html in tokens:
        values = {"token": token, "html_token": html, "start_byte": at, "end_byte": at + len(token)}
        at += len(token) * 7 + 1
        objects.append({key: values[key] for key in order})
    page = {
        "document_title": "T", "document_url": "http://x", "document_html": "<P> " * 60, "document_tokens": objects,
        "example_id": 12, "long_answer_candidates": [{"start_token": 0, "end_token": len(tokens), "top_level": True}],
        "question_text": "who", "annotations": [],
    }  # fmt: skip
    change(page)
    return json.dumps(page, separators=(",", ":") if compact else None, ensure_ascii=ascii_).encode()


def outcome(line: bytes) -> Page | str:
    """The page of a line, or what is wrong with it."""
    try:
        return parse_page(line, where="here")
    except InputError as error:
        return str(error)


def same(line: bytes) -> None:
    """Assert that a line comes to the same with scanning and without."""
    found = outcome(line)
    with patch("tinynq.pages.scan", return_value=None):
        assert outcome(line) == found


@given(TOKENS, st.sampled_from(ORDERS), st.booleans(), st.booleans())
def test_the_tokens_are_those_of_a_parser(
    tokens: list[tuple[str, bool]], order: tuple[str, ...], compact: bool, ascii_: bool
) -> None:
    line = line_of([("a", False), *tokens, ("b", True)], order=order, compact=compact, ascii_=ascii_)
    same(line)
    found = scan(line)
    assert found and list(found.tokens) == ["a", *(token for token, _ in tokens), "b"]
    assert found.html.tolist() == [False, *(html for _, html in tokens), True]
    assert json.loads(line[found.start : found.end]) == json.loads(line)["document_tokens"]


@given(TOKENS, st.sampled_from(ORDERS), st.booleans(), st.data())
def test_damage_comes_to_the_same(
    tokens: list[tuple[str, bool]], order: tuple[str, ...], ascii_: bool, data: st.DataObject
) -> None:
    line = line_of([("a", False), *tokens, ("b", True)], order=order, ascii_=ascii_)
    start, end = line.index(b'"document_tokens"'), line.index(b'"example_id"')
    at = data.draw(st.integers(start, end) | st.integers(0, len(line)))
    size = data.draw(st.integers(0, 12))
    other = data.draw(
        st.sampled_from(
            [b"", b'"', b"\\", b"{", b"}", b"]", b"[", b",", b"0", b"\xff", b"\n", b"\x00", b"true", b'"token":']
        )
        | st.binary(max_size=3)
    )
    same(line[:at] + other + line[at + size :])
    same(line[:at])


TWO = [("one", False), ("<P>", True), ("two", False), ("three", False)]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"start_byte":', b'"start_byte":0'),
        (b'"start_byte":', b'"start_byte":-'),
        (b'"start_byte":', b'"start_byte":1.5e3'),
        (b'"start_byte":', b'"start_byte":123456789'),
        (b'"end_byte":3', b'"end_byte":"3"'),
        (b'"html_token":true', b'"html_token":tree'),
        (b'"html_token":true', b'"html_token":"true"'),
        (b'"html_token":true', b'"html_token":1'),
        (b'"token":"two"', b'"token":2'),
        (b'"token":"two"', b'"token":null'),
        (b'"token":"two"', b'"token":"two","token":"2"'),
        (b'"token":"two"', b'"tokens":"two"'),
        (b'"token":"two"', b'"token":"t\\wo"'),
        (b'"token":"two"', b'"token":"t\\u00"'),
        (b'"token":"two"', b'"token":"t\\ud800"'),
        (b'"token":"two"', b'"token":"t\xc3"'),
        (b'"token":"two"', b'"token":"t\x1f"'),
        (b'"token":"two"', b'"token": "two"'),
        (b'"token":"two"', b'"token":"\\"}],\\"long_answer_candidates\\":"'),
        (b'"document_tokens":', b'"document_tokens":[],"document_tokens":'),
        (b'"example_id":', b'"document_tokens":[],"example_id":'),
        (b'"example_id":', b'"document\\u005ftokens":[],"example_id":'),
        (b'"example_id":', b'"document\\u005ftokens":null,"example_id":'),
        (b'"document_tokens":', b'"more":{"document_tokens":[{"token":"a","html_token":true}]},"document_tokens":'),
        (b'"document_title":"T"', b'"document_title":"\\"document_tokens\\":["'),
        (b'"document_title":"T"', b'"document_title":"\xff"'),
        (b'"document_tokens":', b'"x\\"document_tokens":'),
        (b'"document_tokens":[', b'"document_tokens":[,'),
        (b'"document_tokens":[', b'"document_tokens":[3,'),
        (b'"document_tokens":[', b'"document_tokens":[]['),
        (b'"end_token":4', b'"end_token":5'),
        (b'"long_answer_candidates"', b'"candidates"'),
        (b'"question_text":"who"', b'"question_text":3'),
        (b'"example_id":12', b'"example_id":"\\"12\\""'),
    ],
)
def test_what_is_unusual_comes_to_the_same(order: tuple[str, ...], old: bytes, new: bytes) -> None:
    line = line_of(TWO, order=order)
    assert scan(line) and old in line
    for count in (1, -1):
        same(line.replace(old, new, count))


@pytest.mark.parametrize("key", ["token", "html_token", "start_byte"])
def test_another_order_of_keys_is_left_to_the_parser(key: str) -> None:
    def change(page: dict[str, Any]) -> None:
        page["document_tokens"][2][key] = page["document_tokens"][2].pop(key)

    for order in (*ORDERS, ("html_token", "token", "start_byte", "end_byte")):
        line = line_of(TWO, order=order, change=change)
        same(line)
        assert [*parse_page(line).tokens] == [token for token, _ in TWO]


@pytest.mark.parametrize("count", [0, 1])
def test_few_tokens_are_left_to_the_parser(count: int) -> None:
    line = line_of(TWO[:count])
    assert scan(line) is None
    same(line)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
@example(0, 9999999)
def test_byte_offsets_have_up_to_seven_digits(start: int, end: int) -> None:
    def change(page: dict[str, Any]) -> None:
        page["document_tokens"][1] |= {"start_byte": start, "end_byte": end}

    for order in ORDERS:
        line = line_of(TWO, order=order, change=change)
        assert bool(scan(line)) == (max(start, end) < 10**7)
        same(line)


@pytest.mark.parametrize("name", ["dev-original", "train-original"])
def test_real_pages_are_scanned(shared: Path, name: str) -> None:
    for line in gzip.decompress((shared / f"data/nq-real/{name}.jsonl.gz").read_bytes()).splitlines():
        assert scan(line)
        same(line)
