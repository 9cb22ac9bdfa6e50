"""Pages: both formats, line by line, and errors that say where."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nq_lines import annotated, answer, comparable, null, original, simplified, write

from tinynq.config import FeatureOptions
from tinynq.errors import InputError
from tinynq.features import page_windows, training_windows
from tinynq.pages import LONGEST_GOLD, NEAR, is_html, parse_page, read_gold, read_pages
from tinynq.types import Candidate, LongAnswer, NqSpan, Page, Window
from tinynq.vocab import Vocab

REAL = ["dev-original", "train-original", "train-simplified", "test-simplified"]


def parse(line: dict[str, Any], **options: Any) -> Page:
    return parse_page(json.dumps(line).encode(), where="f.jsonl:3", **options)


def test_a_line_in_the_original_format() -> None:
    line = original("one two", "three")
    page = parse(annotated(line, null(), answer(line, 1, (0, 1))))
    assert (page.example_id, page.question, page.title, page.where) == (7, "who wrote the book", "A page", "f.jsonl:3")
    assert page.tokens == ["Title", "<P>", "one", "two", "</P>", "<P>", "three", "</P>"]
    assert page.is_html == [False, True, False, False, True, True, False, True]
    assert page.candidates == [Candidate(1, 5), Candidate(5, 8)]
    assert page.annotations
    assert page.annotations[0].long_answer.is_null and page.annotations[0].short_answers == []
    assert page.annotations[1].long_answer == LongAnswer(5, 8, candidate_index=1)
    assert page.annotations[1].short_answers == [NqSpan(6, 7)]


def test_the_html_of_the_original_format_is_what_the_line_says() -> None:
    line = original("one two")
    line["document_tokens"][1]["html_token"] = False
    line["document_tokens"][2]["html_token"] = True
    assert parse(line).is_html == [False, False, True, False, True]


def test_tokens_are_found_in_bytes_as_a_json_parser_finds_them() -> None:
    line = annotated(original('one "two" <b>', "drei \u4e2d\u6587 \\ / \x7f", "x" * 40), null())
    line["document_title"] = '"document_tokens": [{"token": "no"}]'
    for text in (json.dumps(line), json.dumps(line, ensure_ascii=False), json.dumps(line, separators=(",", ":"))):
        assert parse_page(text.encode(), where="") == parse_page(text, where="")


@pytest.mark.parametrize(
    ("before", "after", "tokens"),
    [
        ('"other": {"document_tokens": [{"token": "no", "html_token": false}]}, ', "", None),
        ('"other": {"\\"document_tokens": [{"token": "no", "html_token": false}]}, ', "", None),
        ("", ', "document_tokens": [{"token": "yes", "html_token": true}]', ["yes"]),
        ("", ', "document_tokens": null, "document_text": "yes it is"', ["yes", "it", "is"]),
        ('"document_text": "no", ', "", None),
    ],
)
def test_the_tokens_are_those_of_the_page(before: str, after: str, tokens: list[str] | None) -> None:
    line = original("one two", "three") | {"long_answer_candidates": []}
    text = "{" + before + json.dumps(line)[1:-1] + after + "}"
    page = parse_page(text.encode(), where="", annotated=False)
    assert page == parse_page(text, where="", annotated=False)
    assert page.tokens == (tokens or ["Title", "<P>", "one", "two", "</P>", "<P>", "three", "</P>"])


@pytest.mark.parametrize("ahead", [1, 2, 3, 100])
def test_bad_pages_come_in_their_turn_however_many_are_read_ahead(tmp_path: Path, ahead: int) -> None:
    page = json.dumps(annotated(original("one"), null()))
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text("\n".join([page, "{", page, page, "[]", page]), "utf-8")
    (tmp_path / "b.jsonl").write_bytes(gzip.compress((tmp_path / "b.jsonl").read_bytes())[:-9])
    seen: list[str] = []

    def note(error: InputError) -> None:
        seen.append(str(error))

    paths = [str(tmp_path / f"{name}.jsonl") for name in "ab"]
    for each in read_pages(paths, on_bad=note, ahead=ahead):
        seen.append(each.where)
    assert [Path(where).name[:9] for where in seen[:6]] == [f"a.jsonl:{n}" for n in range(1, 7)]
    assert "cut short" in seen[-1] and all("b.jsonl" in where for where in seen[6:])


def test_a_line_in_the_simplified_format_is_the_same_page() -> None:
    line = original("one two", "three")
    line = annotated(line, answer(line, 1, (0, 1)))
    page, same = parse(line), parse(simplified(line))
    assert same.title == ""
    same.title = page.title
    assert same == page


def test_the_simplified_format_is_split_on_blanks_alone() -> None:
    line = simplified(original("one")) | {"document_text": "a\xa0b c\td  e", "long_answer_candidates": []}
    assert parse(line).tokens == ["a\xa0b", "c\td", "", "e"]


@pytest.mark.parametrize(
    ("token", "html"),
    [("<P>", True), ('<Td_colspan="2">', True), ("</P>", True), ("<>", False), ("<", False), ("", False),
     ("a>", False), ("<a", False), ("<3>", True)],
)  # fmt: skip
def test_html_by_the_rule_of_the_release(token: str, html: bool) -> None:
    assert is_html(token) is html


def test_formats_may_alternate_from_line_to_line(tmp_path: Path) -> None:
    lines = [original("one", example_id=1), simplified(original("one", example_id="2")), original("one", example_id=3)]
    path = write(tmp_path / "p.jsonl", *lines)
    pages = list(read_pages([path]))
    assert [page.example_id for page in pages] == [1, "2", 3]
    assert [page.where for page in pages] == [f"{path}:{n}" for n in (1, 2, 3)]
    assert pages[0].tokens == pages[1].tokens


@pytest.mark.parametrize("example_id", [0, -(2**63), 2**63 - 1, 2**64 - 1, "5655493461695504401", "-1", "ü/\"'", ""])
def test_ids_stay_what_they_are(tmp_path: Path, example_id: int | str) -> None:
    path = write(tmp_path / "p.jsonl", original("one", example_id=example_id))
    for found in (next(read_pages([path])).example_id, next(read_gold([path]))[0]):
        assert found == example_id and type(found) is type(example_id)


def test_annotations_are_not_even_looked_at_for_prediction() -> None:
    for annotations in ("nonsense", [{"long_answer": 3}], None):
        page = parse(original("one") | {"annotations": annotations}, annotated=False)
        assert page.annotations is None
    assert parse(original("one", annotations=None)).annotations is None
    assert parse(original("one")).annotations == []
    with pytest.raises(InputError, match=r"^f\.jsonl:3: no NQ page: .*annotations"):
        parse(original("one") | {"annotations": "nonsense"})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"example_id": 1.5}, r"Expected `int \| str`, got `float` - at `\$\.example_id`"),
        ({"example_id": None}, "example_id"),
        ({"question_text": 3}, "question_text"),
        ({"long_answer_candidates": [{"start_token": 0}]}, "end_token"),
        ({"document_tokens": [{"token": "a"}]}, "html_token"),
        ({"document_tokens": None}, "example 7 has neither document_tokens nor document_text; expected a page in the"),
        (
            {"long_answer_candidates": [{"start_token": 0, "end_token": 2}, {"start_token": 1, "end_token": 5}]},
            "example 7: candidate 1 is tokens 1 to 5; expected a span within the page's 4 tokens",
        ),
        ({"long_answer_candidates": [{"start_token": -1, "end_token": -1}]}, "candidate 0 is tokens -1 to -1"),
        ({"long_answer_candidates": [{"start_token": 3, "end_token": 2}]}, "candidate 0 is tokens 3 to 2"),
    ],
)
def test_what_is_no_page_is_an_error_that_says_where(tmp_path: Path, change: dict[str, Any], found: str) -> None:
    path = write(tmp_path / "p.jsonl", original("one"), original("one") | change)
    with pytest.raises(InputError, match=found) as error:
        list(read_pages([path]))
    assert str(error.value).startswith(f"{path}:2: ") and "\n" not in str(error.value)


@pytest.mark.parametrize("missing", ["example_id", "question_text", "long_answer_candidates"])
def test_what_a_page_must_have(missing: str) -> None:
    line = original("one")
    del line[missing]
    with pytest.raises(InputError, match=rf"^f\.jsonl:3: no NQ page: .*missing required field `{missing}`"):
        parse(line)


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"example_id": "\xff"}', b"[" * 100_000]
)
def test_what_is_no_json_object_is_an_error(line: bytes) -> None:
    with pytest.raises(InputError, match=r"^f\.jsonl:3: no NQ page: ") as error:
        parse_page(line, where="f.jsonl:3")
    assert "\n" not in str(error.value)


@given(st.binary(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_line_at_all_gives_another_error(line: bytes | str) -> None:
    with pytest.raises(InputError):
        parse_page(line)


def test_gold_is_the_id_and_the_annotations_alone(tmp_path: Path) -> None:
    line = {"example_id": "9", "annotations": [null()], "document_tokens": "not read", "question_text": 5}
    path = write(tmp_path / "p.jsonl", line)
    ((example_id, annotations, where),) = read_gold([path])
    assert (example_id, len(annotations), where) == ("9", 1, f"{path}:1")
    path = write(tmp_path / "q.jsonl", original("one"), original("one", annotations=None))
    with pytest.raises(InputError, match=r"q\.jsonl:2: no NQ page: .*missing required field `annotations`"):
        list(read_gold([path]))


def test_progress_is_told_of_every_page(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", original("one"), original("two"))
    for read in (read_pages, read_gold):
        told: list[tuple[int, float]] = []
        list(read([path], progress=lambda count, share, told=told: told.append((count, share))))
        assert [count for count, _ in told] == [1, 2] and told[-1][1] == 1.0


# --- the real pages


def real(shared: Path, name: str) -> list[bytes]:
    return gzip.decompress((shared / f"data/nq-real/{name}.jsonl.gz").read_bytes()).splitlines()


def text_windows(page: Page, vocab: Vocab) -> list[Window]:
    return comparable(page_windows(page, vocab=vocab, options=FeatureOptions()).windows)


@pytest.mark.parametrize("order", [("example_id", "annotations"), ("annotations", "example_id")])
@pytest.mark.parametrize("space", [": ", ":", " : "])
def test_gold_is_found_wherever_it_stands(tmp_path: Path, order: tuple[str, str], space: str) -> None:
    line = original("one two", "three", example_id='an \\ " id')
    line["annotations"] = [answer(line, 1, (0, 1)), null()]
    # The same words as a text, and as a text that ends with the name of a key.
    line["question_text"] = '"annotations": [], "example_id": 3'
    line["document_title"] = 'x"annotations"'
    first, last = ({key: line.pop(key)} for key in order)
    text = json.dumps(first | line | last, separators=(", ", space))
    path = tmp_path / "p.jsonl"
    path.write_text(f"{text}\n{text}\n")
    page = parse_page(text)
    assert list(read_gold([str(path)])) == [(page.example_id, page.annotations, f"{path}:{n}") for n in (1, 2)]


@pytest.mark.parametrize("length", [NEAR, LONGEST_GOLD * 3])
def test_gold_of_any_length_is_read(tmp_path: Path, length: int) -> None:
    line = original("one", example_id="x" * length)
    line["annotations"] = [null()] * (length // 50)
    page = parse(line)
    assert next(read_gold([write(tmp_path / "p.jsonl", line)]))[:2] == (page.example_id, page.annotations)


@pytest.mark.parametrize("cut", ['{"example_id": 7, "annotations": []', '[{"example_id": 7, "annotations": []}]', "{}"])
def test_gold_of_a_line_that_is_no_page_is_an_error(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(cut)
    with pytest.raises(InputError, match=f"^{path}:1: no NQ page: "):
        next(read_gold([str(path)]))


@pytest.mark.parametrize("name", REAL)
def test_real_pages_are_read(shared: Path, name: str) -> None:
    lines = real(shared, name)
    pages = list(read_pages([str(shared / f"data/nq-real/{name}.jsonl.gz")]))
    assert len(pages) == len(lines) == (2 if "original" in name else 1)
    for page, line in zip(pages, map(json.loads, lines), strict=True):
        assert page.example_id == line["example_id"] and page.question == line["question_text"]
        assert isinstance(page.example_id, str) == (name == "test-simplified")
        assert (page.title == "") == ("simplified" in name)
        assert len(page.candidates) == len(line["long_answer_candidates"])
        assert (page.annotations is None) == (name == "test-simplified")
        assert len(page.annotations or ()) == len(line.get("annotations", ()))
        assert len(page.tokens) == len(page.is_html) > 500 and 0 < sum(page.is_html) < len(page.tokens)


@pytest.mark.parametrize("name", ["dev-original", "train-original"])
def test_real_pages_simplified_give_the_same_features(shared: Path, name: str) -> None:
    vocab = Vocab.load()
    for line in real(shared, name):
        page, same = parse_page(line), parse(simplified(json.loads(line)))
        assert same.is_html == page.is_html
        assert [is_html(token) for token in page.tokens] == page.is_html
        # The release writes a blank within a token as "_"; only in HTML is it found on these pages.
        assert [t for t, html in zip(same.tokens, same.is_html, strict=True) if not html] == [
            t for t, html in zip(page.tokens, page.is_html, strict=True) if not html
        ]
        assert text_windows(same, vocab) == text_windows(page, vocab)
        labelled = [
            comparable(
                training_windows(p, vocab=vocab, options=FeatureOptions(), include_unknowns=-1, draw=lambda: 0.0)
            )
            for p in (page, same)
        ]
        assert labelled[0] == labelled[1]


def test_a_real_page_that_gives_labelled_windows(shared: Path) -> None:
    vocab = Vocab.load()
    (line,) = real(shared, "train-simplified")
    page = parse_page(line)
    windows = list(training_windows(page, vocab=vocab, options=FeatureOptions(), include_unknowns=-1, draw=lambda: 0.0))
    assert windows and page.annotations
    span = page.annotations[0].short_answers[0]
    for window in windows:
        assert window.target
        assert window.token_map[window.target.start] == span.start_token
        assert window.token_map[window.target.end] == span.end_token - 1
