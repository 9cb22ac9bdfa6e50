"""SQuAD: the official rules spelt out, answers cut to the character, and a whole file by function and command."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nq_lines import SmallRun
from typer.testing import CliRunner

import tinynq
from tinynq.cli import app
from tinynq.config import FeatureOptions
from tinynq.errors import InputError, RunError, TinynqError, UsageError
from tinynq.features import page_windows
from tinynq.pages import parse_page
from tinynq.squad import best_answer, normalized, squad_scores, word_f1
from tinynq.squad_pages import SquadQuestion, read_squad, squad_page
from tinynq.types import Logits, PageWindows
from tinynq.vocab import Vocab

CONTEXT = "The book (1876), by the king's brother, cost $5.50 in the city; a second one was built of stone."
WORDS = ["The", "book", "(", "1876", ")", ",", "by", "the", "king", "'", "s", "brother", ",", "cost", "$", "5", "."]


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


def qa(name: str, question: str, *answers: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "question": question, "answers": [{"text": a, "answer_start": 0} for a in answers], **more}


def squad(path: Path, *articles: list[tuple[str, list[dict[str, Any]]]]) -> str:
    """A SQuAD file of articles, each a list of paragraphs, and its name."""
    data = [
        {"title": "A_title", "paragraphs": [{"context": context, "qas": qas} for context, qas in article]}
        for article in articles
    ]
    path.write_text(json.dumps({"version": "1.1", "data": data}), "utf-8")
    return str(path)


@pytest.fixture
def small_file(tmp_path: Path) -> str:
    first = [(CONTEXT, [qa("a", "when was the book written", "1876"), qa("b", "who wrote it", "brother", "the king")])]
    second = [("in the river " * 200, [qa("c", "where", "river")]), ("the city", [qa("d", "what", "the city")])]
    return squad(tmp_path / "squad.json", first, second)


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        ("The  King's\tBook.", "kings book"),  # punctuation goes without leaving a blank
        ("a man, an ox and the theory", "man ox and theory"),  # articles are words, not beginnings of words
        ("U.S.A.", "usa"),
        ("the-end", "theend"),  # punctuation goes first: what it set apart is no article any more
        ("“The ‘end’”", "“ ‘end’”"),  # punctuation is that of ASCII; a word's edge is where a letter ends
        ("The", ""),
        ("ÉTÉ\N{NO-BREAK SPACE}2", "été 2"),
    ],
)
def test_answers_are_normalized_by_the_official_rules(answer: str, plain: str) -> None:
    assert normalized(answer) == plain


@pytest.mark.parametrize(
    ("answer", "gold", "f1"),
    [
        ("the king", "King", 1.0),
        ("king of the city", "the king", 2 * (1 / 3) * 1 / (1 / 3 + 1)),
        ("new york new york", "New York", 2 * 0.5 * 1 / 1.5),  # a word counts as often as both have it
        ("queen", "king", 0.0),
        ("the", "a", 0.0),  # nothing shared, though both are the same once normalized
    ],
)
def test_f1_is_of_shared_words(answer: str, gold: str, f1: float) -> None:
    assert word_f1(answer, gold) == pytest.approx(f1)
    assert word_f1(gold, answer) == pytest.approx(f1)


@given(st.text(alphabet="aet hT.,-'1", max_size=20), st.text(alphabet="aet hT.,-'1", max_size=20))
def test_f1_is_one_where_and_only_where_the_words_are_the_same(a: str, b: str) -> None:
    same = sorted(normalized(a).split()) == sorted(normalized(b).split()) != []
    assert (word_f1(a, b) == 1.0) == same


def test_scores_are_means_of_the_best_over_the_gold_answers() -> None:
    questions = [
        SquadQuestion("1", "q", "c", ["king", "the old king"]),
        SquadQuestion("2", "q", "c", ["1876", "in 1876"]),
        SquadQuestion("3", "q", "c", ["river"]),
        SquadQuestion("4", "q", "c", ["the"]),
    ]
    scores = squad_scores(questions, {"1": "old king", "2": "the year 1876", "4": "a"})  # 3 is not answered
    assert scores.exact_match == 50.0  # 1 and 4
    assert scores.f1 == pytest.approx(100 * (1 + 2 / 3 + 0 + 0) / 4)
    assert scores.as_dict() == {"exact_match": scores.exact_match, "f1": scores.f1}
    assert list(scores.lines()) == ["exact match   50.0%", "F1            41.7%", "questions         4"]
    with pytest.raises(UsageError, match="no question to score"):
        squad_scores([], {})


def test_windows_are_those_of_the_same_paragraph_in_an_nq_page(vocab: Vocab) -> None:
    question = SquadQuestion("7", " When was (it) written? ", CONTEXT, ["1876"])
    page = squad_page(question)
    assert page.tokens[1 : len(WORDS) + 1] == WORDS
    text = " ".join(["<H1>", "A", "title", "</H1>", *page.tokens])
    end = len(page.tokens) + 4
    line = {
        "example_id": "7",
        "question_text": "When was (it) written?",
        "document_text": text,
        "long_answer_candidates": [{"start_token": 4, "end_token": end, "top_level": True}],
    }
    options = FeatureOptions(max_seq_length=24, stride=10)
    ours = page_windows(page, vocab=vocab, options=options).windows
    theirs = page_windows(parse_page(json.dumps(line), annotated=False), vocab=vocab, options=options).windows
    assert len(ours) > 2
    for one, other in zip(ours, theirs, strict=True):
        assert list(one.input_ids) == list(other.input_ids)
        assert [t if t < 0 else t + 4 for t in one.token_map] == list(other.token_map)


def windows_and_logits(vocab: Vocab, context: str, length: int = 384) -> tuple[PageWindows, list[Logits]]:
    options = FeatureOptions(max_seq_length=length, stride=8)
    page = page_windows(squad_page(SquadQuestion("7", "when", context, [])), vocab=vocab, options=options)
    zeros = [np.zeros(len(window.input_ids), np.float32) for window in page.windows]
    return page, [Logits(z.copy(), z.copy(), np.zeros(5, np.float32)) for z in zeros]


@pytest.mark.parametrize(
    ("first", "last", "answer"),
    [(3, 3, "1876"), (2, 4, "(1876)"), (8, 11, "king's brother"), (14, 17, "$5.50"), (0, 1, "The book")],
)
def test_answers_are_cut_at_the_character(vocab: Vocab, first: int, last: int, answer: str) -> None:
    page, (logits,) = windows_and_logits(vocab, CONTEXT)
    tokens = list(page.windows[0].token_map)
    logits.start[tokens.index(first + 1)] = 5
    logits.end[len(tokens) - 1 - tokens[::-1].index(last + 1)] = 5
    logits.start[0] = logits.end[0] = 50  # no answer is far more probable, and not allowed
    assert best_answer(CONTEXT, page, [logits]) == answer


def test_the_best_window_answers(vocab: Vocab) -> None:
    page, logits = windows_and_logits(vocab, CONTEXT, 20)
    for window, scores in zip(page.windows, logits, strict=True):
        tokens = list(window.token_map)
        for token, score in ((2, 3), (21, 4)):  # book, city
            if token in tokens:
                scores.start[tokens.index(token)] = scores.end[tokens.index(token)] = score
    assert best_answer(CONTEXT, page, logits) == "city"
    assert len(page.windows) > 2


def test_there_is_an_answer_where_the_best_starts_and_ends_do_not_fit(vocab: Vocab) -> None:
    context = " ".join(["river"] * 100)
    page, (logits,) = windows_and_logits(vocab, context)
    n = len(logits.start)
    logits.start[:] = np.arange(n)  # the best starts are last,
    logits.end[:] = -np.arange(n)  # the best ends first
    assert set(best_answer(context, page, [logits]).split()) == {"river"}
    page, logits_of_none = windows_and_logits(vocab, " \n")
    assert best_answer(" \n", page, logits_of_none) == ""


def test_of_two_questions_with_one_id_the_last_is_answered(small_run: SmallRun, tmp_path: Path) -> None:
    paragraphs = [("the king", [qa("i", "who", "king")]), ("a river", [qa("i", "what", "river"), qa("j", "how", "a")])]
    out = tmp_path / "answers.json"
    scores = tinynq.evaluate_squad(
        small_run.folder, squad(tmp_path / "twice.json", paragraphs), out=str(out), threads=1
    )
    answers = json.loads(out.read_text("utf-8"))
    assert scores.questions == 3 and set(answers) == {"i", "j"}
    assert set(answers["i"].split()) <= {"a", "river"}


def test_a_file_is_answered_and_scored(small_run: SmallRun, small_file: str, tmp_path: Path) -> None:
    counts: list[tuple[int, float]] = []
    out = str(tmp_path / "answers.json")
    scores = tinynq.evaluate_squad(
        small_run.folder, small_file, out=out, threads=1, precision="fp32", progress=lambda *at: counts.append(at)
    )
    answers = json.loads(Path(out).read_text("utf-8"))
    questions = read_squad(small_file)
    assert list(answers) == [question.id for question in questions] == ["a", "b", "c", "d"]
    for question in questions:
        assert answers[question.id]
        assert answers[question.id] in question.context
    assert scores == squad_scores(questions, answers)
    assert counts == [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)]
    packed = tmp_path / "squad.json.gz"
    packed.write_bytes(gzip.compress(Path(small_file).read_bytes()))
    words = ["eval-squad", small_run.folder, str(packed), "--threads", "1", "--precision", "fp32", "--batch-size", "1"]
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert json.loads(done.stdout) == scores.as_dict()
    done = CliRunner().invoke(app, [*words, "--articles", "1:", "--limit", "1"], catch_exceptions=False)
    assert done.stdout.splitlines()[2] == "questions         1"


def test_articles_and_limit(small_file: str) -> None:
    def ids(**options: Any) -> str:
        return "".join(question.id for question in read_squad(small_file, **options))

    assert ids() == ids(articles=":") == ids(articles="0:") == ids(limit=9) == "abcd"
    assert ids(articles="1:") == "cd"
    assert ids(articles=":1") == "ab"
    assert ids(limit=3) == "abc"
    assert ids(articles="1:2", limit=1) == "c"
    assert read_squad(small_file)[1] == SquadQuestion("b", "who wrote it", CONTEXT, ["brother", "the king"], [0, 0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no SQuAD file: .*truncated"),
        ('{"data": {}}', r"no SQuAD file: Expected `array`, got `object` - at `\$.data`"),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', "missing required field `context`"),
        ('{"data": []}', "no question in articles : of 0"),
    ],
)
def test_what_is_no_squad_file(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "squad.json"
    path.write_text(content)
    with pytest.raises(TinynqError, match=message):
        read_squad(path)


def test_errors_say_what_to_do(small_run: SmallRun, small_file: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="articles is 402; expected a half-open slice, as 0:40 or 402:"):
        read_squad(small_file, articles="402")
    with pytest.raises(UsageError, match="no question in articles 5: of 2"):
        read_squad(small_file, articles="5:")
    second = squad(tmp_path / "v2.json", [("x", [qa("i", "why", "x", is_impossible=True)])])
    with pytest.raises(InputError, match="question i has no answer; expected SQuAD v1.1, where all have one"):
        read_squad(second)
    with pytest.raises(InputError, match="question i has no answer"):
        read_squad(squad(tmp_path / "test.json", [("x", [qa("i", "why")])]))
    with pytest.raises(InputError, match="no such file|cannot be read"):
        tinynq.evaluate_squad(small_run.folder, str(tmp_path / "none.json"), threads=1)
    with pytest.raises(RunError):
        tinynq.evaluate_squad(str(tmp_path), small_file)
    long = squad(tmp_path / "long.json", [("x y", [qa("i", "why " * 500, "x")])])
    assert tinynq.evaluate_squad(small_run.folder, long, threads=1).questions == 1
