"""Lays a topic out as an NQ page: HTML, tokens and long answer candidates, with byte offsets."""

import html
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from sample.topic import Block, Topic

WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:[-']\w+)*(?<!'s)|'s\b|[^\w\s]")
MARK = re.compile(r"(\[\[|\]\])")
PLACES = 8  # the gold blocks are spread over as many first candidates
TRIES = 200  # orders tried a page


@dataclass(frozen=True)
class Token:
    """A token of the page and the bytes of the HTML that it was read from."""

    text: str
    start_byte: int
    end_byte: int
    is_html: bool


@dataclass
class Candidate:
    """A half-open span of tokens; ``end`` is known once its tag is closed."""

    start: int
    end: int
    top_level: bool


@dataclass(frozen=True)
class Placed:
    """Where a block stands: its candidate, its place among the top-level ones, and its answers' spans."""

    candidate: int
    place: int
    answers: tuple[tuple[int, int], ...]


@dataclass
class Layout:
    """A page in the making; the same for all questions of its topic."""

    html: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    placed: dict[str, Placed] = field(default_factory=dict)
    size: int = 0

    def raw(self, text: str) -> tuple[int, int]:
        """Write HTML that is no token; its bytes."""
        start = self.size
        self.html.append(text)
        self.size += len(text.encode())
        return start, self.size

    def tag(self, name: str) -> None:
        """Write a tag, which is a token of its own."""
        self.tokens.append(Token(f"<{name}>", *self.raw(f"<{name}>"), is_html=True))

    def text(self, text: str) -> list[tuple[int, int]]:
        """Write a text, word by word; the spans that stand in double brackets."""
        spans, start = [], 0
        for part in MARK.split(text):
            if part == "[[":
                start = len(self.tokens)
            elif part == "]]":
                spans.append((start, len(self.tokens)))
            else:
                self._words(part)
        return spans

    def _words(self, text: str) -> None:
        at = 0
        for match in WORD.finditer(text):
            self.raw(text[at : match.start()])
            self.tokens.append(Token(match.group(), *self.raw(html.escape(match.group(), quote=False)), is_html=False))
            at = match.end()
        self.raw(text[at:])

    def element(self, name: str, text: str) -> list[tuple[int, int]]:
        """A tag, a text and the end of the tag."""
        self.tag(name)
        spans = self.text(text)
        self.tag(f"/{name}")
        return spans

    def open(self, name: str, *, top_level: bool = False) -> Candidate:
        """Begin a candidate."""
        candidate = Candidate(len(self.tokens), -1, top_level)
        self.candidates.append(candidate)
        self.tag(name)
        return candidate

    def close(self, name: str, candidate: Candidate) -> None:
        """End a candidate."""
        self.tag(f"/{name}")
        candidate.end = len(self.tokens)


@dataclass(frozen=True)
class Plan:
    """The order of a page's blocks, and what stands between and after them."""

    blocks: tuple[Block, ...]
    empty_at: int | None
    see_also: tuple[str, ...]

    def gold_places(self, topic: Topic) -> list[int]:
        """The places, among the top-level candidates, of the blocks that answer a question."""
        aspects = [question.aspect for question in topic.questions if question.kind != "null"]
        order = [block.aspect for block in self.blocks]
        return [at + (self.empty_at is not None and at >= self.empty_at) for at in map(order.index, aspects)]


def lay_out(topic: Topic, plan: Plan) -> Layout:
    """The page of a topic."""
    page = Layout()
    page.element("H1", topic.title)
    for index, block in enumerate(plan.blocks):
        page.raw("\n")
        if index == plan.empty_at:
            empty = page.open("P", top_level=True)
            page.raw(" ")
            page.close("P", empty)
            page.raw("\n")
        if block.heading:
            page.element("H2", block.heading)
            page.raw("\n")
        candidate, place = len(page.candidates), sum(c.top_level for c in page.candidates)
        page.placed[block.aspect] = Placed(candidate, place, tuple(write_block(page, block)))
    if plan.see_also:
        page.raw("\n")
        page.element("H2", "See also")
        page.raw("\n")
        write_block(page, Block("", plan.see_also, tag="Ul"))
    return page


def write_block(page: Layout, block: Block) -> list[tuple[int, int]]:
    """Write one top-level candidate; the spans of its answers."""
    candidate = page.open(block.tag, top_level=True)
    if block.tag == "P":
        spans = page.text(" ".join(block.lines))
    elif block.tag == "Table":
        spans = [span for line in block.lines for span in write_row(page, line)]
    elif block.tag == "Dl":
        spans = [span for line in block.lines for span in write_term(page, line)]
    else:
        spans = list(write_items(page, block.lines))
    page.close(block.tag, candidate)
    return spans


def write_row(page: Layout, line: str) -> list[tuple[int, int]]:
    """A row of a table, its first cell a heading; a nested candidate."""
    row = page.open("Tr")
    spans = []
    for number, cell in enumerate(line.split(" | ")):
        spans += page.element("Td" if number else "Th", cell)
    page.close("Tr", row)
    return spans


def write_term(page: Layout, line: str) -> list[tuple[int, int]]:
    """A term and what it means, each a nested candidate."""
    spans = []
    for name, text in zip(("Dt", "Dd"), line.split(" | "), strict=True):
        part = page.open(name)
        spans += page.text(text)
        page.close(name, part)
    return spans


def write_items(page: Layout, lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The items of a list, each a nested candidate, and so is a list within an item."""
    item: Candidate | None = None
    inner: Candidate | None = None
    for line in lines:
        if line.startswith("- ") and item:
            if not inner:
                inner = page.open("Ul")
            nested = page.open("Li")
            yield from page.text(line.removeprefix("- "))
            page.close("Li", nested)
            continue
        _close_item(page, item, inner)
        item, inner = page.open("Li"), None
        yield from page.text(line)
    _close_item(page, item, inner)


def _close_item(page: Layout, item: Candidate | None, inner: Candidate | None) -> None:
    if inner:
        page.close("Ul", inner)
    if item:
        page.close("Li", item)


def lay_out_all(topics: Sequence[Topic]) -> list[Layout]:
    """The pages of all topics, so ordered that the answers are spread evenly over the first places.

    Of many orders of a topic's blocks, drawn from its title, the one is taken that evens out
    the places of the gold blocks best, given the pages before it.
    """
    counts: Counter[int] = Counter()
    pages = []
    for number, topic in enumerate(topics):
        others = tuple(topics[(number + step) % len(topics)].title for step in (1, 2, 3))
        plans = [draw_plan(topic, others, attempt) for attempt in range(TRIES)]
        plan = min(plans, key=lambda plan: unevenness(counts + Counter(plan.gold_places(topic))))
        counts.update(plan.gold_places(topic))
        pages.append(lay_out(topic, plan))
    return pages


def draw_plan(topic: Topic, others: tuple[str, ...], attempt: int) -> Plan:
    """One of the orders of a topic's blocks; the rest depends on the title alone."""
    traits = random.Random(seed(topic.title))
    empty_at = traits.randrange(1, len(topic.blocks)) if traits.random() < 0.3 else None
    see_also = others if traits.random() < 0.3 else ()
    blocks = random.Random(seed(topic.title, attempt)).sample(topic.blocks, len(topic.blocks))
    return Plan(tuple(blocks), empty_at, see_also)


def unevenness(counts: Counter[int]) -> int:
    """How crowded the places are; those past the first eight count as crowded from the start."""
    return sum((count if place < PLACES else 3 * count) ** 2 for place, count in counts.items())


def seed(*parts: object) -> int:
    """A number that depends on the parts alone."""
    return int.from_bytes(blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest(), "big")
