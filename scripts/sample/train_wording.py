"""How the train content is put together: a domain's phrasings times the facts of its entities."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sample.topic import Block, Question, Topic


@dataclass(frozen=True)
class Wording:
    """How a domain words one aspect.

    ``sentences`` are alternatives that hold ``{name}`` and ``{answer}``; without them the lines of
    the fact stand as they are. ``questions`` are alternatives too; ``kind`` is that of all of them.
    """

    headings: tuple[str, ...]
    questions: tuple[str, ...]
    sentences: tuple[str, ...] = ()
    tag: Literal["P", "Table", "Ul", "Ol", "Dl"] = "P"
    kind: Literal["short", "long"] = "short"


@dataclass(frozen=True)
class Entity:
    """What a page is about: a title, the name in running text and in queries, and facts by aspect.

    The fact of an aspect worded in sentences is an answer and a note; another is the lines of its
    block. ``asks`` are further questions, those answered by yes or no.
    """

    title: str
    name: str
    facts: Mapping[str, tuple[str, ...]]
    asks: tuple[Question, ...] = ()
    query: str = ""


def topics(wordings: Mapping[str, Wording], entities: Sequence[Entity]) -> tuple[Topic, ...]:
    """Make a topic of every entity, so that neighbours are worded and asked differently."""
    return tuple(_topic(wordings, entity, index) for index, entity in enumerate(entities))


def _topic(wordings: Mapping[str, Wording], entity: Entity, index: int) -> Topic:
    present = [aspect for aspect in wordings if aspect in entity.facts]
    absent = [aspect for aspect in wordings if aspect not in entity.facts]
    blocks = tuple(
        _block(aspect, wordings[aspect], entity, index + turn)
        for turn, aspect in enumerate(wordings)
        if aspect in present
    )
    # Every second aspect is asked for, on the next page the others. One page has four answered questions and
    # one null, the next three and two, which makes about 28 % null.
    answered = present[index % 2 :: 2][index % 2 - 4 :]
    turned = absent[index % len(absent) :] + absent[: index % len(absent)] if absent else []
    unanswered = turned[: 1 + index % 2]
    questions = [_question(wordings[aspect], aspect, entity, index) for aspect in answered]
    questions += [Question(_query(wordings[aspect], entity, index), "", "null") for aspect in unanswered]
    return Topic(entity.title, blocks, (*questions, *entity.asks))


def _block(aspect: str, wording: Wording, entity: Entity, turn: int) -> Block:
    lines = entity.facts[aspect]
    if wording.sentences:
        answer, *notes = lines
        marked = answer if "[[" in answer else f"[[{answer}]]"
        sentence = _article(wording.sentences[turn % len(wording.sentences)].format(name=entity.name, answer=marked))
        lines = (sentence[0].upper() + sentence[1:], *notes)
    # Headings are often missing from a Wikipedia page's paragraphs, never from its tables here.
    bare = wording.tag == "P" and turn % 3 == 2
    heading = "" if bare else wording.headings[turn % len(wording.headings)]
    return Block(aspect, lines, wording.tag, heading)


def _question(wording: Wording, aspect: str, entity: Entity, index: int) -> Question:
    return Question(_query(wording, entity, index), aspect, wording.kind)


def _query(wording: Wording, entity: Entity, index: int) -> str:
    question = wording.questions[index % len(wording.questions)]
    return _article(question.format(name=entity.query or entity.name.lower()))


def _article(text: str) -> str:
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)
