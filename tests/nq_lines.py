"""NQ lines made for tests: a page of paragraphs, in either format."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tinynq.types import Window

NULL = {"start_token": -1, "end_token": -1, "candidate_index": -1}
SOME_WORDS = [
    "the", "king", "made", "a", "large", "city", "and", "small", "house", "with", "quick", "rivers", "big", "roads",
]  # fmt: skip


def original(
    *paragraphs: str,
    example_id: int | str = 7,
    question: str = "who wrote the book",
    annotations: Sequence[dict[str, Any]] | None = (),
) -> dict[str, Any]:
    """A line in the original format, one candidate a paragraph: ``<P> words </P>``; annotations None: none at all."""
    tokens: list[str] = ["Title"]
    candidates = []
    for paragraph in paragraphs:
        start = len(tokens)
        tokens += ["<P>", *paragraph.split(" "), "</P>"]
        candidates.append({"start_token": start, "end_token": len(tokens), "top_level": True})
    line = {
        "example_id": example_id,
        "question_text": question,
        "document_title": "A page",
        "document_tokens": [{"token": t, "html_token": t in ("<P>", "</P>")} for t in tokens],
        "long_answer_candidates": candidates,
    }
    if annotations is not None:
        line["annotations"] = list(annotations)
    return line


def simplified(line: dict[str, Any]) -> dict[str, Any]:
    """The same page in the simplified format, by the rules of the NQ release."""
    kept = {key: line[key] for key in ("question_text", "example_id", "long_answer_candidates")}
    text = " ".join(t["token"].replace(" ", "_") for t in line["document_tokens"])
    annotations = {"annotations": line["annotations"]} if "annotations" in line else {}
    return kept | {"document_text": text} | annotations


def answer(line: dict[str, Any], candidate: int, *shorts: tuple[int, int], yes_no: str = "NONE") -> dict[str, Any]:
    """An annotation of a line; a short answer counts words of the candidate, from 0, and is half-open."""
    span = line["long_answer_candidates"][candidate]
    first = span["start_token"] + 1
    return {
        "long_answer": {
            "start_token": span["start_token"],
            "end_token": span["end_token"],
            "candidate_index": candidate,
        },
        "short_answers": [{"start_token": first + s, "end_token": first + e} for s, e in shorts],
        "yes_no_answer": yes_no,
    }


def null() -> dict[str, Any]:
    """An annotation without an answer."""
    return {"long_answer": NULL, "short_answers": [], "yes_no_answer": "NONE"}


def annotated(line: dict[str, Any], *annotations: dict[str, Any]) -> dict[str, Any]:
    """A line with annotations."""
    return line | {"annotations": list(annotations)}


def write(path: Path, *lines: dict[str, Any]) -> str:
    """Lines in a file, and its name."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return str(path)


def comparable(windows: Iterable[Window]) -> list[Window]:
    """Windows with lists in the place of arrays, which == does not compare as a whole."""
    return [
        msgspec.structs.replace(w, input_ids=[*map(int, w.input_ids)], token_map=[*map(int, w.token_map)])
        for w in windows
    ]


class SmallRun(NamedTuple):
    """A run of BERT-Tiny that saw two updates, and the pages of its record."""

    folder: str
    pages: str
    record: str
