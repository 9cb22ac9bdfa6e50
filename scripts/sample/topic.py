"""What a content module gives: topics, made of blocks that answer questions."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Block:
    """A top-level candidate about one aspect of its topic.

    ``lines`` are the sentences of a paragraph, the items of a list, or the rows of a table, whose
    cells are separated by `` | ``. Answers stand in [[double brackets]]; a line that begins with
    ``- `` is an item of the list nested in the item before it.
    """

    aspect: str
    lines: tuple[str, ...]
    tag: Literal["P", "Table", "Ul", "Ol", "Dl"] = "P"
    heading: str = ""


@dataclass(frozen=True)
class Question:
    """A search query and the aspect whose block answers it.

    ``short``: the bracketed spans of the block are its short answers; ``long``: the block as a whole;
    ``yes``/``no``: the block says so; ``null``: no block of the page answers it (``aspect`` is then "").
    ``answers`` are the numbers of the bracketed spans that answer it, where not all of them do.
    """

    text: str
    aspect: str
    kind: Literal["short", "long", "yes", "no", "null"] = "short"
    answers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Topic:
    """One page and the questions asked of it; blocks are shuffled when the page is laid out."""

    title: str
    blocks: tuple[Block, ...]
    questions: tuple[Question, ...] = field(default=())
