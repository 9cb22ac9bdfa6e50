"""Makes the sample pages that the package ships, from the topics in scripts/sample.

python scripts/make_sample.py [--out DIR]

One NQ example a question, in the original format; the questions of a topic follow one another with
the same page, so that gzip stores it once. The same topics give the same bytes.
"""

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sample.dev_content import TOPICS as DEV_TOPICS
from sample.layout import Layout, Placed, lay_out_all, seed
from sample.rows import ask_rows
from sample.topic import Question, Topic
from sample.train_content import TOPICS as TRAIN_TOPICS

DATA = Path(__file__).resolve().parents[1] / "tinynq" / "data"
ANNOTATORS = {"train": 1, "dev": 5}

# People type keywords in one order and in the other; train and dev share no template.
TRAIN = [
    ask_rows(topic, lambda title, label: f"{title} {label}", lambda title, label: f"{label} of {title}")
    for topic in TRAIN_TOPICS
]
DEV = [ask_rows(topic, lambda title, label: f"{label} {title}") for topic in DEV_TOPICS]

Json = dict[str, Any]
NULL: Json = {"start_token": -1, "end_token": -1, "start_byte": -1, "end_byte": -1, "candidate_index": -1}


def examples(topics: Sequence[Topic], annotators: int) -> Iterator[Json]:
    """Every question of every topic as one NQ example."""
    for topic, page in zip(topics, lay_out_all(topics), strict=True):
        fields = {
            "document_html": "".join(page.html),
            "document_tokens": [
                {"token": t.text, "start_byte": t.start_byte, "end_byte": t.end_byte, "html_token": t.is_html}
                for t in page.tokens
            ],
            "long_answer_candidates": [
                span(page, c.start, c.end) | {"top_level": c.top_level} for c in page.candidates
            ],
        }
        for question in topic.questions:
            example_id = seed(topic.title, question.text) - 2**63  # signed, as in the release
            yield {
                "example_id": example_id,
                "document_title": topic.title,
                "document_url": "https://example.org/" + topic.title.replace(" ", "_"),
                "question_text": question.text,
                "question_tokens": question.text.split(),
                **fields,
                "annotations": [
                    {"annotation_id": seed(example_id, number), **label}
                    for number, label in enumerate(labels(question, page, example_id, annotators))
                ],
            }


def span(page: Layout, start: int, end: int) -> Json:
    """A half-open span of tokens, with the bytes from its first to its last."""
    first, last = page.tokens[start].start_byte, page.tokens[end - 1].end_byte
    return {"start_token": start, "end_token": end, "start_byte": first, "end_byte": last}


def labels(question: Question, page: Layout, example_id: int, annotators: int) -> list[Json]:
    """What the annotators say: one is always right; of five, some see less, something else, or nothing."""
    draw = random.Random(example_id)
    null = label(page, None)
    if question.kind == "null":
        if annotators == 1 or draw.random() < 0.75:
            return [null] * annotators
        doubtful = label(page, draw.choice([p.candidate for p in page.placed.values()]))
        return shuffled([doubtful, *[null] * (annotators - 1)], draw)
    placed = page.placed[question.aspect]
    yes_no = question.kind.upper() if question.kind in ("yes", "no") else "NONE"
    right = label(page, placed.candidate, answers(question, placed) if question.kind == "short" else (), yes_no)
    if annotators == 1:
        return [right]
    if draw.random() < 0.06:  # too few annotators answer for the official evaluation
        return shuffled([right, *[null] * (annotators - 1)], draw)
    agreeing = draw.choice((3, 3, 4, 4, 4, 5, 5))
    others = [dissent(question, page, draw) if draw.random() < 0.7 else null for _ in range(annotators - agreeing)]
    return shuffled([right] * agreeing + others, draw)


def dissent(question: Question, page: Layout, draw: random.Random) -> Json:
    """A defensible other answer: a shorter span, the row or item alone, or the block without a short answer."""
    placed = page.placed[question.aspect]
    if question.kind != "short" or draw.random() < 0.4:
        return label(page, placed.candidate)
    spans = answers(question, placed)
    inner = [
        i for i, c in enumerate(page.candidates) if not c.top_level and c.start < spans[0][0] and spans[-1][1] < c.end
    ]
    if inner:
        return label(page, inner[-1], spans)
    if len(spans) > 1:
        return label(page, placed.candidate, spans[:-1])
    start, end = spans[0]
    return label(page, placed.candidate, [(start + 1, end)] if end - start > 1 else [])


def answers(question: Question, placed: Placed) -> tuple[tuple[int, int], ...]:
    """The spans of a block that answer a question."""
    return tuple(placed.answers[i] for i in question.answers) or placed.answers


def label(page: Layout, candidate: int | None, shorts: Sequence[tuple[int, int]] = (), yes_no: str = "NONE") -> Json:
    """One annotation, without its id; no candidate is null."""
    long_answer = NULL
    if candidate is not None:
        found = page.candidates[candidate]
        long_answer = span(page, found.start, found.end) | {"candidate_index": candidate}
    return {
        "long_answer": long_answer,
        "short_answers": [span(page, start, end) for start, end in shorts],
        "yes_no_answer": yes_no,
    }


def shuffled(items: list[Json], draw: random.Random) -> list[Json]:
    """The items in a drawn order."""
    return draw.sample(items, len(items))


def write(path: Path, pages: Iterator[Json]) -> int:
    """Write JSON lines, compressed to the same bytes each time; how many there are."""
    lines = [json.dumps(page, ensure_ascii=False, separators=(",", ":")) for page in pages]
    text = "".join(f"{line}\n" for line in lines).encode()
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        file.write(text)
    return len(lines)


def main() -> None:
    """Write both files and say what they hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to (%(default)s)")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, topics in (("train", TRAIN), ("dev", DEV)):
        path = out / f"sample-{name}.jsonl.gz"
        count = write(path, examples(topics, ANNOTATORS[name]))
        print(f"{path}: {count} examples of {len(topics)} topics, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
