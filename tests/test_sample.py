"""The sample pages that the package ships: sound, varied, evenly spread, and train apart from dev."""

import gzip
import html
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tinynq.features import find_answer
from tinynq.pages import parse_page
from tinynq.types import AnswerType
from tinynq.vocab import Vocab

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "make_sample.py"
ENOUGH = {"train": 1, "dev": 2}  # annotators that must answer for a question to count as answered

each_split = pytest.mark.parametrize("split", ["train", "dev"])


def shipped(split: str) -> bytes:
    return files("tinynq").joinpath("data", f"sample-{split}.jsonl.gz").read_bytes()


@cache
def lines(split: str) -> list[bytes]:
    return gzip.decompress(shipped(split)).splitlines()


@cache
def examples(split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(split)]


@cache
def topics(split: str) -> Any:
    if not SCRIPT.is_file():
        pytest.skip("the script that makes the sample is not there")
    if str(SCRIPT.parent) not in sys.path:
        sys.path.append(str(SCRIPT.parent))
    return import_module(f"sample.{split}_content").TOPICS


def answered(example: dict[str, Any]) -> list[dict[str, Any]]:
    return [a for a in example["annotations"] if a["long_answer"]["candidate_index"] >= 0]


def kind(example: dict[str, Any], enough: int) -> str:
    """What most of those who answer have found."""
    found = answered(example)
    if len(found) < enough:
        return "null"
    return Counter(
        a["yes_no_answer"].lower()
        if a["yes_no_answer"] != "NONE"
        else ("long", "short", "multi")[min(2, len(a["short_answers"]))]
        for a in found
    ).most_common(1)[0][0]


# The files


def test_the_script_makes_the_shipped_files(tmp_path: Path) -> None:
    if not SCRIPT.is_file():
        pytest.skip("the script that makes the sample is not there")
    subprocess.run([sys.executable, SCRIPT, "--out", tmp_path], check=True, capture_output=True)
    for split in ("train", "dev"):
        made = (tmp_path / f"sample-{split}.jsonl.gz").read_bytes()
        assert gzip.decompress(made) == gzip.decompress(shipped(split)), "run scripts/make_sample.py"


@each_split
def test_the_files_hold_no_time_and_no_name(split: str) -> None:
    assert shipped(split)[3:8] == bytes(5)


def test_the_files_are_small() -> None:
    assert len(shipped("train")) + len(shipped("dev")) < 1_500_000


# Every page


@each_split
def test_bytes_are_those_of_the_tokens(split: str) -> None:
    for example in examples(split):
        page = example["document_html"].encode()
        tokens = example["document_tokens"]
        for token in tokens:
            text = page[token["start_byte"] : token["end_byte"]].decode()
            assert token["token"] == (text if token["html_token"] else html.unescape(text))
        spans = [*example["long_answer_candidates"]]
        for annotation in answered(example):
            spans += [annotation["long_answer"], *annotation["short_answers"]]
        for span in spans:
            assert span["start_byte"] == tokens[span["start_token"]]["start_byte"]
            assert span["end_byte"] == tokens[span["end_token"] - 1]["end_byte"]


@each_split
def test_candidates_are_elements_and_nest(split: str) -> None:
    for example in examples(split):
        tokens = [token["token"] for token in example["document_tokens"]]
        until = 0
        for candidate in example["long_answer_candidates"]:
            start, end = candidate["start_token"], candidate["end_token"]
            assert tokens[end - 1] == "</" + tokens[start][1:]
            assert candidate["top_level"] == (start >= until)
            until = max(until, end)
            assert end <= until


@each_split
def test_annotations_are_valid(split: str) -> None:
    vocab = Vocab.load()
    for line, example in zip(lines(split), examples(split), strict=True):
        answer = find_answer(parse_page(line, where=split), vocab)
        assert (answer is None) == (not answered(example))
        if split == "train" and answer:
            expected = {"short": "SHORT", "multi": "SHORT"}.get(kind(example, 1), kind(example, 1).upper())
            assert answer.answer_type == AnswerType[expected]
        for annotation in answered(example):
            long, candidates = annotation["long_answer"], example["long_answer_candidates"]
            named = candidates[long["candidate_index"]]
            assert all(named[name] == long[name] for name in ("start_token", "end_token"))
            assert annotation["yes_no_answer"] == "NONE" or not annotation["short_answers"]


@each_split
def test_ids_are_distinct_and_have_64_bits(split: str) -> None:
    ids = [example["example_id"] for example in examples(split)]
    assert len(set(ids)) == len(ids)
    assert all(-(2**63) <= i < 2**63 for i in ids)
    assert all(0 <= a["annotation_id"] < 2**64 for example in examples(split) for a in example["annotations"])


@each_split
def test_questions_are_search_queries(split: str) -> None:
    for example in examples(split):
        assert re.fullmatch(r"[^\W_A-Z?]+(?:[ '-][^\W_A-Z?]+)*", example["question_text"]), example["question_text"]
        assert example["question_text"].islower()
        assert example["question_tokens"] == example["question_text"].split()


# Enough of everything


@pytest.mark.parametrize(("split", "pages", "annotators"), [("train", 120, 1), ("dev", 40, 5)])
def test_there_are_enough_pages(split: str, pages: int, annotators: int) -> None:
    assert len(examples(split)) >= pages
    assert {len(example["annotations"]) for example in examples(split)} == {annotators}


@each_split
def test_every_kind_of_answer_occurs(split: str) -> None:
    kinds = Counter(kind(example, ENOUGH[split]) for example in examples(split))
    assert kinds.keys() == {"short", "multi", "long", "yes", "no", "null"}
    assert min(kinds.values()) >= 3
    assert 0.12 <= kinds["null"] / len(examples(split)) <= 0.35


@each_split
def test_every_kind_of_candidate_occurs_and_answers(split: str) -> None:
    seen, gold, empty = set(), set(), 0
    for example in examples(split):
        tokens, candidates = example["document_tokens"], example["long_answer_candidates"]
        for candidate in candidates:
            seen.add((tokens[candidate["start_token"]]["token"], candidate["top_level"]))
            empty += candidate["end_token"] - candidate["start_token"] == 2
        gold |= {tokens[a["long_answer"]["start_token"]]["token"] for a in answered(example)}
    top = {"<P>", "<Table>", "<Ul>", "<Ol>"}
    assert {tag for tag, top_level in seen if top_level} >= top
    assert {tag for tag, top_level in seen if not top_level} >= {"<Tr>", "<Li>", "<Ul>"}
    assert gold >= {"<P>", "<Table>", "<Ul>"}
    assert empty


def test_annotators_of_dev_disagree_now_and_then() -> None:
    counts = Counter(len(answered(example)) for example in examples("dev"))
    assert counts.keys() >= {0, 1, 3, 4, 5}
    differ = [len({json.dumps(a["short_answers"]) for a in answered(example)}) for example in examples("dev")]
    nested = [
        not example["long_answer_candidates"][a["long_answer"]["candidate_index"]]["top_level"]
        for example in examples("dev")
        for a in answered(example)
    ]
    assert 5 <= sum(n > 1 for n in differ) < len(differ) / 2
    assert 0 < sum(nested) < len(nested) / 10


@each_split
def test_answers_are_spread_over_the_first_eight_candidates(split: str) -> None:
    places: Counter[int] = Counter()
    for example in examples(split):
        if kind(example, ENOUGH[split]) == "null":
            continue
        chosen, _ = Counter(a["long_answer"]["candidate_index"] for a in answered(example)).most_common(1)[0]
        places[sum(c["top_level"] for c in example["long_answer_candidates"][:chosen])] += 1
    shares = [places[place] / places.total() for place in range(8)]
    assert sum(shares) > 0.95
    assert max(shares) <= 0.15
    assert min(shares[:7]) >= 0.08


# Train apart from dev


def sentences(split: str) -> Iterator[str]:
    """The sentences of a split, with a mark in place of answers, numbers and the words of the title."""
    for topic in topics(split):
        title = "|".join(re.escape(word) for word in re.findall(r"\w+", topic.title))
        for block in topic.blocks:
            text = " ".join(block.lines) if block.tag == "P" else ""
            text = re.sub(r"\[\[.*?\]\]", "_", text)
            text = re.sub(rf"(?i)\b(?:the )?(?:{title})s?\b|\b\d[\d,.]*\b", "_", text)
            yield from (re.sub(r"(?:_\W*)+", "_ ", s).lower().strip() for s in re.split(r"(?<=[.;:]) ", text) if s)


def test_train_and_dev_share_no_topic() -> None:
    titles = {topic.title.casefold() for topic in topics("train")}
    assert not titles & {topic.title.casefold() for topic in topics("dev")}


def test_train_and_dev_share_no_paragraph() -> None:
    def texts(split: str) -> set[tuple[str, ...]]:
        return {block.lines for topic in topics(split) for block in topic.blocks}

    assert not texts("train") & texts("dev")


def test_train_and_dev_share_no_sentence_and_no_template() -> None:
    assert not set(sentences("train")) & set(sentences("dev"))
