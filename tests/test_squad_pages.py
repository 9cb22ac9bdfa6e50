"""SQuAD's questions as NQ pages: text and answers as they were, and what is left out or refused."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import tinynq
from tinynq.cli import app
from tinynq.config import FeatureOptions
from tinynq.errors import InputError, UsageError
from tinynq.features import page_windows
from tinynq.pages import read_gold, read_pages
from tinynq.squad_pages import WORD, SquadConverted, SquadQuestion, _nq_line, read_squad, squad_page
from tinynq.vocab import Vocab

CONTEXT = "The  book (1876), by the king's brother,\ncost $5."


def squad(path: Path, context: str, *questions: tuple[str, list[tuple[str, int]]]) -> str:
    """A SQuAD file of one paragraph; a question is its id and answers with their places."""
    qas = [
        {"id": i, "question": f" What of {i}?", "answers": [{"text": t, "answer_start": at} for t, at in answers]}
        for i, answers in questions
    ]
    data = [{"title": "A_title", "paragraphs": [{"context": context, "qas": qas}]}]
    path.write_text(json.dumps({"version": "1.1", "data": data}), "utf-8")
    return str(path)


def at(text: str) -> tuple[str, int]:
    return text, CONTEXT.index(text)


def test_a_question_is_a_page(tmp_path: Path) -> None:
    answers = [at("1876"), at("1876),"), at("king's")]
    file = squad(tmp_path / "s.json", CONTEXT, ("a", answers), ("b", [at("$5.")]))
    out = str(tmp_path / "pages.jsonl.gz")
    assert tinynq.convert_squad(file, out=out) == SquadConverted(2, 0)
    first, second = read_pages(out)
    words = ["The", "book", "(", "1876", ")", ",", "by", "the", "king", "'", "s", "brother", ",", "cost", "$", "5", "."]
    assert (first.example_id, first.question, first.tokens) == ("a", "What of a?", ["<P>", *words, "</P>"])
    assert [(c.start_token, c.end_token) for c in first.candidates] == [(0, len(words) + 2)]
    spans = [each.short_answers[0] for each in first.annotations or []]
    assert [" ".join(first.tokens[s.start_token : s.end_token]) for s in spans] == ["1876", "1876 ) ,", "king ' s"]
    assert [example_id for example_id, _, _ in read_gold([out])] == ["a", "b"]
    assert second.annotations and second.annotations[0].long_answer.end_token == len(second.tokens)


def test_windows_are_those_that_squad_is_answered_from(tmp_path: Path) -> None:
    file = squad(tmp_path / "s.json", CONTEXT * 20, ("a", [("book", 5)]))
    tinynq.convert_squad(file, out=str(tmp_path / "p.jsonl.gz"))
    vocab, options = Vocab.load(), FeatureOptions(max_seq_length=48, stride=20)
    (page,), (question,) = read_pages(str(tmp_path / "p.jsonl.gz")), read_squad(file)
    one, other = (page_windows(each, vocab=vocab, options=options).windows for each in (page, squad_page(question)))
    assert len(one) > 3
    for ours, theirs in zip(one, other, strict=True):
        assert list(ours.input_ids) == list(theirs.input_ids)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), st.data())
def test_answers_keep_their_words(context: str, data: Any) -> None:
    start = data.draw(st.integers(0, len(context) - 1))
    text = context[start : data.draw(st.integers(start + 1, len(context)))]
    line = _nq_line(SquadQuestion("a", "q", context, [text], [start]), where="f")
    tokens = line["document_text"].split(" ") if line else []
    assert tokens[1:-1] == (WORD.findall(context) if line else [])
    whole = [m.group() for m in WORD.finditer(context) if m.start() >= start and m.end() <= start + len(text)]
    found = line["annotations"][0]["short_answers"][0] if line else {"start_token": 0, "end_token": 0}
    assert tokens[found["start_token"] : found["end_token"]] == whole


def test_an_answer_within_a_word_is_left_out(tmp_path: Path) -> None:
    within = ("187", CONTEXT.index("187"))
    file = squad(tmp_path / "s.json", CONTEXT, ("a", [within]), ("b", [within, at("book")]))
    out = tmp_path / "p.jsonl.gz"
    done = CliRunner().invoke(app, ["convert-squad", file, str(out)], catch_exceptions=False)
    assert "1 pages in " in done.stderr and done.stderr.endswith("; 1 questions left out\n")
    (line,) = gzip.decompress(out.read_bytes()).decode().splitlines()
    assert len(json.loads(line)["annotations"]) == 1
    again = squad(tmp_path / "again.json", CONTEXT, ("a", [at("book")]), ("a", [at("king")]), ("b", [at("king")]))
    assert tinynq.convert_squad(again, out=str(out)) == SquadConverted(2, 1)
    assert tinynq.convert_squad(file, out=str(out), limit=1) == SquadConverted(0, 1)
    assert list(gzip.decompress(out.read_bytes())) == []


@pytest.mark.parametrize(("text", "start"), [("book", 0), ("book", -1), ("", 0), ("book", 10**9)])
def test_answers_that_are_not_where_they_should_be(tmp_path: Path, text: str, start: int) -> None:
    file, out = squad(tmp_path / "s.json", CONTEXT, ("a", [(text, start)])), tmp_path / "p.jsonl.gz"
    with pytest.raises(InputError, match=rf"s.json: question a: the answer '{text}' is not at character {start}$"):
        tinynq.convert_squad(file, out=str(out))
    assert not out.exists()


def test_names_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"pages.parquet: expected a name that ends in .jsonl.gz"):
        tinynq.convert_squad("s.json", out="pages.parquet")
