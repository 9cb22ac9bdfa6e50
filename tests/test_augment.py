"""Copies with synonyms: what is replaced, what stays, and spans that follow their words."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nq_lines import annotated, answer, null, original, write

from tinynq.augment import NUMBERS, REASONS, STOP_WORDS, answer_tokens, summary, table, with_synonyms
from tinynq.config import PrepareOptions, SynonymsIn
from tinynq.errors import InputError, UsageError
from tinynq.features import find_answer
from tinynq.pages import parse_page
from tinynq.preparation import prepare
from tinynq.record import read_info
from tinynq.seeds import page_random
from tinynq.types import Annotation, Candidate, LongAnswer, NqSpan, Page
from tinynq.vocab import Vocab

# Words with a synonym of one word, of several, and of either; and words that stay.
HAVING = ["large", "city", "film", "children", "quickly", "season", "started", "bigger"]
STAYING = ["the", "n't", "1990", "3.5", "seven", ",", ".", "``", "zzxq", "series", "", "Paris", "NATO", "café", "日本"]
PLACES: list[SynonymsIn] = ["context", "answer", "question", "all"]


def page_of(text: str, *shorts: tuple[int, int], yes_no: str = "NONE", question: str = "which large city") -> Page:
    """A page of one paragraph, which is the long answer; short answers count its words."""
    tokens = ["<P>", *text.split(" "), "</P>"]
    spans = [NqSpan(start + 1, end + 1, 100 + start, 100 + end) for start, end in shorts]
    return Page(
        example_id=7,
        question=question,
        title="A large city",
        tokens=tokens,
        is_html=[token in ("<P>", "</P>") for token in tokens],
        candidates=[Candidate(0, len(tokens))],
        annotations=[Annotation(LongAnswer(0, len(tokens), 90, 900, candidate_index=0), spans, yes_no)],
    )


def replaced(page: Page, *, rate: float = 1.0, within: SynonymsIn = "context", seed: int = 0) -> Page:
    return with_synonyms(page, rate=rate, within=within, draw=random.Random(seed))[0]


def text(page: Page, span: NqSpan | Candidate) -> str:
    return " ".join(page.tokens[span.start_token : span.end_token])


def fates(page: Page, within: SynonymsIn = "all") -> dict[str, int]:
    """What is counted of a page's own words at rate 1."""
    counts = with_synonyms(page, rate=1.0, within=within, draw=random.Random(0))[1]
    return {key: count for key, count in counts.items() if key != "words"}


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Paragraphs of words, some within others; short, yes/no, long-only and null annotations, in any order."""
    tokens: list[str] = ["Title"]
    candidates: list[Candidate] = []
    word = st.sampled_from(HAVING + STAYING + [word.capitalize() for word in HAVING])
    for words in draw(st.lists(st.lists(word, min_size=1, max_size=12), min_size=1, max_size=4)):
        start = len(tokens)
        tokens += [draw(st.sampled_from(["<P>", "<Ul>", "<Td>"])), *words, "</P>"]
        candidates.append(Candidate(start, len(tokens)))
        candidates.append(Candidate(start + 1, len(tokens) - 1, top_level=False))
    annotations = []
    for _ in range(draw(st.integers(0, 3))):
        index = draw(st.integers(-1, len(candidates) - 1))
        if index < 0:
            annotations.append(Annotation(LongAnswer()))
            continue
        start, end = candidates[index].start_token, candidates[index].end_token
        bounds = st.lists(st.integers(start, end), min_size=2, max_size=2, unique=True).map(sorted)
        shorts = [NqSpan(*pair) for pair in draw(st.lists(bounds, max_size=2))] if end - start > 1 else []
        annotations.append(Annotation(LongAnswer(start, end, candidate_index=index), shorts))
    is_html = [token.startswith("<") for token in tokens]
    question = " ".join(draw(st.lists(word, max_size=6)))
    return Page(draw(st.integers() | st.text()), question, "A title", tokens, is_html, candidates, annotations)


def explains(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether ``new`` is ``old`` with words replaced by their synonyms, in their case."""

    @cache
    def rest(i: int, j: int) -> bool:
        if i == len(old):
            return j == len(new)
        ways = {old[i], *(table().get(old[i].lower()) or old[i].lower()).split("|")}
        if old[i] != old[i].lower():
            ways = {old[i], *(way[:1].upper() + way[1:] for way in ways)}
        return any(
            rest(i + 1, j + len(way.split(" "))) for way in ways if way.split(" ") == new[j : j + len(way.split(" "))]
        )

    return rest(0, 0)


# --- the property: labels follow their words


@given(pages(), st.sampled_from([0.0, 0.3, 1.0]), st.sampled_from(PLACES), st.integers(0, 9))
def test_spans_follow_their_words(page: Page, rate: float, within: SynonymsIn, seed: int) -> None:
    copy, counts = with_synonyms(page, rate=rate, within=within, draw=random.Random(seed))
    assert len(copy.tokens) == len(copy.is_html)
    assert [t for t, html in zip(copy.tokens, copy.is_html, strict=True) if html] == [
        t for t, html in zip(page.tokens, page.is_html, strict=True) if html
    ]
    assert page.annotations is not None and copy.annotations is not None
    pairs: list[tuple[Any, Any]] = [*zip(page.candidates, copy.candidates, strict=True)]
    for before, after in zip(page.annotations, copy.annotations, strict=True):
        assert (before.yes_no_answer, before.long_answer.is_null) == (after.yes_no_answer, after.long_answer.is_null)
        assert before.long_answer.candidate_index == after.long_answer.candidate_index
        pairs += zip(before.short_answers, after.short_answers, strict=True)
        if not before.long_answer.is_null:
            pairs.append((before.long_answer, after.long_answer))
            held = copy.candidates[after.long_answer.candidate_index]
            for span in [after.long_answer, *after.short_answers]:
                assert held.start_token <= span.start_token <= span.end_token <= held.end_token
    for old, new in pairs:
        for side in (slice(0, old.start_token), slice(old.start_token, old.end_token), slice(old.end_token, None)):
            new_side = slice(
                None if side.start == 0 else new.start_token if side.start == old.start_token else new.end_token,
                None if side.stop is None else new.end_token if side.stop == old.end_token else new.start_token,
            )
            assert explains(page.tokens[side], copy.tokens[new_side])
    assert explains(page.question.split(" "), copy.question.split(" "))
    assert counts["words"] == sum(counts[key] for key in ("replaced", *REASONS))
    assert counts["words"] == page.is_html.count(False) + len(page.question.split(" "))


@given(pages(), st.sampled_from([0.5, 1.0]), st.integers(0, 9))
def test_the_answer_and_the_question_stay_unless_asked_for(page: Page, rate: float, seed: int) -> None:
    vocab = _vocab()
    copy = replaced(page, rate=rate, seed=seed)
    before, after = find_answer(page, vocab), find_answer(copy, vocab)
    assert (before is None) == (after is None)
    if before and after:
        assert before.answer_type == after.answer_type and before.candidate == after.candidate
        words = [page.tokens[at] for at in sorted(answer_tokens(page))]
        assert [copy.tokens[at] for at in sorted(answer_tokens(copy))] == words
    assert (copy.question, copy.title) == (page.question, page.title)
    changed = replaced(page, within="question", seed=seed)
    assert (changed.tokens, changed.candidates) == (page.tokens, page.candidates)


@given(pages(), st.integers(0, 9))
def test_rate_0_changes_nothing_and_rate_1_all_that_has_a_synonym(page: Page, seed: int) -> None:
    copy, counts = with_synonyms(page, rate=0.0, within="all", draw=random.Random(seed))
    assert (copy.tokens, copy.is_html, copy.candidates, copy.question) == (
        *(page.tokens, page.is_html, page.candidates),
        page.question,
    )
    assert counts["replaced"] == 0
    full, counts = with_synonyms(page, rate=1.0, within="all", draw=random.Random(seed))
    assert counts["not_drawn"] == 0
    assert counts["replaced"] >= sum(word in HAVING for word in (*page.tokens, *page.question.split(" ")))
    # A synonym may be a word that has others, never the word itself.
    assert counts["replaced"] == 0 or (full.tokens, full.question) != (page.tokens, page.question)


@cache
def _vocab() -> Vocab:
    return Vocab.load()


# --- what stays


@pytest.mark.parametrize(
    ("words", "fate"),
    [
        ("large cities began quickly", "replaced"),
        ("the and was n't how", "stop_word"),
        ("1990 3.5 18th seven third ½ 1,137", "number"),
        (", . `` -- ...", "punctuation"),
        ("zzxq sitcom", "no_counts"),
        ("series played", "no_synonym"),
    ],
)
def test_words_are_left_for_a_reason(words: str, fate: str) -> None:
    assert fates(page_of(words, question=""), "context") == {"answer": len(words.split(" ")), "question": 1}
    page = page_of(words + " end", (len(words.split(" ")), len(words.split(" ")) + 1))
    assert fates(page, "context") == {fate: len(words.split(" ")), "answer": 1, "question": 3}


@pytest.mark.parametrize(
    ("before", "word", "name"),
    [
        ("", "Large", False),
        ("the old", "Large", True),
        ("it was so .", "Large", False),
        ("`` so it was . '' (", "Large", False),
        ("it was so ;", "Large", True),
        ("", "LARGE", True),
        ("", "LarGe", True),
        ("", "Large Paris", True),  # the name goes on
        ("by J .", "City", True),  # an initial ends no sentence
        ("</Td> <Td>", "Large", True),  # a title, not a sentence
        ("</P> <Li>", "Large", False),
    ],
)
def test_names_stay(before: str, word: str, name: bool) -> None:
    tokens = f"{before} {word} the end".strip().split(" ")
    page = page_of(" ".join(tokens), (len(tokens) - 1, len(tokens)))
    page.is_html = [token.startswith("<") for token in page.tokens]
    copy = replaced(page)
    assert (word in " ".join(copy.tokens)) == name


def test_a_synonym_has_the_case_and_the_form_of_its_word() -> None:
    assert text(replaced(page_of("Large bigger children end", (3, 4))), NqSpan(1, 4)).startswith("Big larger ")
    forms = {word: table()[word].split("|") for word in ("dogs", "started", "starting", "film", "films", "put")}
    assert forms["dogs"] == ["domestic dogs"]
    assert "began" not in forms["started"] and "commenced" in forms["started"]  # began or begun: it depends
    assert "beginning" in forms["starting"]
    assert [f"{word}s" for word in forms["film"]] == forms["films"]
    assert "place" in forms["put"] or "set" in forms["put"]
    assert not any("_" in line for line in table().values())


def test_a_synonym_of_several_words_is_several_tokens() -> None:
    page = page_of("a season of dogs in a city", (6, 7))
    copy = replaced(page)
    assert copy.tokens == ["<P>", "a", "time", "of", "year", "of", "domestic", "dogs", "in", "a", "city", "</P>"]
    assert copy.is_html == [True, *[False] * 10, True]
    assert copy.candidates == [Candidate(0, 12)]
    assert copy.annotations == [Annotation(LongAnswer(0, 12, candidate_index=0), [NqSpan(10, 11)])]  # without bytes


# --- whose words


@pytest.mark.parametrize(
    ("within", "changed"),
    [("context", {"context"}), ("answer", {"answer"}), ("question", {"question"}), ("all", {*PLACES} - {"all"})],
)
def test_only_the_words_that_were_asked_for_change(within: SynonymsIn, changed: set[str]) -> None:
    page = page_of("large things quickly", (2, 3))
    copy = replaced(page, within=within)
    found = {"context": "large" not in copy.tokens, "answer": "quickly" not in copy.tokens}
    found["question"] = copy.question != page.question
    assert {part for part, was in found.items() if was} == changed


@pytest.mark.parametrize("yes_no", ["NONE", "YES", "NO"])
def test_without_short_answers_the_long_answer_is_the_answer(yes_no: str) -> None:
    page = page_of("large city", yes_no=yes_no)
    assert answer_tokens(page) == {1, 2}
    assert replaced(page).tokens == page.tokens
    assert "large" not in replaced(page, within="answer").tokens
    page.annotations = [*(page.annotations or ()), *(page_of("large city", (0, 1)).annotations or ())]
    assert answer_tokens(page) == {1}
    assert answer_tokens(page_of("large city", (-1, 0))) == {1, 2}  # a short answer of HTML alone is none


# --- the table


def test_the_table_is_loaded_fast_and_its_licence_is_beside_it() -> None:
    table.cache_clear()
    begun = time.process_time()
    assert len(table()) > 30_000
    assert time.process_time() - begun < 0.3
    data = files("tinynq") / "data"
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in (data / "wordnet-license.txt").read_text("utf-8")
    assert not {word for word in table() if word != word.lower() or " " in word}
    assert not STOP_WORDS & NUMBERS
    for word, synonyms in table().items():
        assert word not in synonyms.split("|"), word


def test_importing_reads_no_table() -> None:
    code = "import tinynq.record, tinynq.augment as a, sys; sys.exit(a.table.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- prepare


@pytest.fixture(scope="module")
def nq(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Pages with answers, without, and one that has no word with a synonym."""
    words = "the large city started a film . children of the season like bigger dogs , quickly ; it was so "
    lines = []
    for example_id in [*range(10), "k"]:
        line = original(words * 4, words * 5, example_id=example_id, question="which large city")
        lines.append(annotated(line, answer(line, 1, (3, 5)) if example_id != 4 else null()))
    line = original("Paris 1990", example_id=99)
    return write(tmp_path_factory.mktemp("nq") / "nq.jsonl", *lines, annotated(line, answer(line, 0, (0, 1))))


SMALL: dict[str, Any] = {"max_seq_length": 64, "stride": 16, "include_unknowns": 0.4}


def rows(record: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(record).to_pylist()
    return found


def test_pages_get_copies_and_stay_what_they_were(nq: str, tmp_path: Path) -> None:
    plain, made = tmp_path / "plain.parquet", tmp_path / "made.parquet"
    assert prepare(nq, out=str(plain), **SMALL).synonyms == {}
    info = prepare(nq, out=str(made), synonyms=0.5, **SMALL)
    copies = [row for row in rows(made) if "+synonyms" in row["example_id"]]
    assert [row for row in rows(made) if row not in copies] == rows(plain)  # and in the same order
    assert {row["example_id"] for row in copies} <= {f'"{i}+synonyms"' for i in [*range(10), "k"] if i != 4}
    assert (info.synonyms["copies"], info.synonyms["unchanged"], info.counts["pages"]) == (10, 1, 12 + 10)
    assert {row["answer_type"] for row in copies} == {0, 3}
    assert read_info(str(made)).synonyms == info.synonyms
    assert info.options["synonyms"] == 0.5 and info.options["synonyms_in"] == "context"
    # The windows of a copy are drawn as those of a page with its id.
    vocab = _vocab()
    answers = {
        tuple(vocab.tokens[i] for i in row["input_ids"][row["start"] : row["end"] + 1])
        for row in copies
        if row["answer_type"]
    }
    assert answers == {("started", "a")}


def test_what_is_replaced_depends_on_seed_and_id_alone(nq: str, tmp_path: Path) -> None:
    outs = [tmp_path / f"{i}.parquet" for i in range(4)]
    shuffled = Path(nq).read_text("utf-8").splitlines(keepends=True)
    random.Random(0).shuffle(shuffled)
    (tmp_path / "other.jsonl").write_text("".join(shuffled), "utf-8")
    for out, pages, seed in zip(outs, (nq, nq, str(tmp_path / "other.jsonl"), nq), (0, 0, 0, 1), strict=True):
        prepare(pages, out=str(out), synonyms=0.3, seed=seed, **SMALL)
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert rows(outs[0]) == rows(outs[2])
    assert rows(outs[0]) != rows(outs[3])


def test_words_and_windows_are_drawn_from_streams_of_their_own() -> None:
    assert page_random(0, 7, stream="synonyms").random() != page_random(0, 7).random()
    assert page_random(0, 7, stream="synonyms").random() == page_random(0, 7, stream="synonyms").random()


def test_the_rate_is_the_share_of_words_that_are_replaced() -> None:
    line = original("large film " * 3000 + "end")
    page = parse_page(json.dumps(annotated(line, answer(line, 0, (6000, 6001)))))
    counts: Counter[str] = with_synonyms(page, rate=0.2, within="context", draw=random.Random(1))[1]
    assert 0.18 < counts["replaced"] / (counts["replaced"] + counts["not_drawn"]) < 0.22


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"for_": "predict", "synonyms": 0.2, "include_unknowns": 0.02}, "synonyms are for training; leave out"),
        ({"synonyms": 1.5}, "synonyms is 1.5; expected 0 to 1"),
        ({"synonyms": -0.1}, "synonyms is -0.1; expected 0 to 1"),
        ({"synonyms": 0.2, "synonyms_in": "title"}, "synonyms_in is title; expected context, answer, question, all"),
    ],
)
def test_options_that_cannot_be_are_an_error(nq: str, tmp_path: Path, options: dict[str, Any], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        prepare(nq, out=str(tmp_path / "r.parquet"), **options)
    assert list(tmp_path.iterdir()) == []


def test_bad_annotations_are_the_error_that_they_are_without_synonyms(tmp_path: Path) -> None:
    line = original("large city")
    bad = answer(line, 0)
    bad["long_answer"]["candidate_index"] = 9
    with pytest.raises(InputError, match="the long answer is candidate 9; expected one of the page's 1"):
        prepare(write(tmp_path / "p.jsonl", annotated(line, bad)), out=str(tmp_path / "r.parquet"), synonyms=1.0)
    far = answer(line, 0, (0, 1))
    far["long_answer"]["end_token"] = 999  # which nobody reads: the candidate counts
    info = prepare(write(tmp_path / "p.jsonl", annotated(line, far)), out=str(tmp_path / "r.parquet"), synonyms=1.0)
    assert info.synonyms["copies"] == 1


def test_the_summary_is_narrow_and_adds_up() -> None:
    counts = {"copies": 1_234_567, "unchanged": 12_345, "words": 10**9, "replaced": 10**8, "not_drawn": 3 * 10**8}
    counts |= {"no_counts": 10**8, "no_synonym": 10**8, "stop_word": 4 * 10**8}
    found = summary(counts)
    assert max(map(len, found)) <= 80
    assert "1,234,567 copies of answered pages (12,345 had no word to replace)" in found[0]
    assert found[-1].strip() == "400,000,000 of 600,000,000 eligible words have a synonym (66.7%)"
    assert any(line.split() == ["left:", "stop", "word", "400,000,000", "40.0%"] for line in found)
    assert "punctuation" not in "".join(found)
    assert PrepareOptions().synonyms == 0.0 and summary({})[-1].endswith("(0.0%)")
