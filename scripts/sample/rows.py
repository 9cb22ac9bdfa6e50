"""Questions for the rows of a page's table, in the style of keyword queries."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from sample.topic import Block, Question, Topic

Query = Callable[[str, str], str]
CELLS = 2  # a row's label and its value


def ask_rows(topic: Topic, *queries: Query) -> Topic:
    """The topic with questions for each row of its tables, one a query.

    A query makes the question of a title and a row's label, both in lower case. All values become answers in
    brackets; each question names its own.
    """
    for block in topic.blocks:
        rows = [line.split(" | ") for line in block.lines]
        if block.tag == "Table" and all(len(row) == CELLS for row in rows):
            topic = _ask(topic, block, rows, queries)
    return topic


def _ask(topic: Topic, block: Block, rows: list[list[str]], queries: Sequence[Query]) -> Topic:
    asked = tuple(i for i, (_, value) in enumerate(rows) if "[[" in value)
    lines = tuple(line if i in asked else f"{rows[i][0]} | [[{rows[i][1]}]]" for i, line in enumerate(block.lines))
    title = words(topic.title.partition(" (")[0])
    questions = [
        replace(question, answers=asked) if question.aspect == block.aspect and question.kind == "short" else question
        for question in topic.questions
    ]
    questions += [
        Question(query(title, words(label)), block.aspect, answers=(i,))
        for i, (label, _) in enumerate(rows)
        for query in queries
    ]
    blocks = tuple(replace(b, lines=lines) if b is block else b for b in topic.blocks)
    return replace(topic, blocks=blocks, questions=tuple(questions))


def words(text: str) -> str:
    """A text as people type it into a search box: in lower case, without punctuation."""
    return re.sub(r"[^\w\s'-]", "", text.lower())
