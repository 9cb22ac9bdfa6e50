"""A warm start for a small reader: words as a bigger encoder knows them, and heads that look where answers are.

From random weights, a reader of two layers has to find out by chance that words of the question stand on the page, and
in thousands of updates it does not. Here it begins with that. Half of a layer's heads look at the places around; the
others find the same word elsewhere, in the question first, and in later layers look at the question as a whole. What
they find goes into units of its own. It is a beginning and no more: every weight is trained. How much it helps is told
in docs/decisions/0016-warm-start.md.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional as F

from tinynq.errors import UsageError
from tinynq.layers import HEAD_SIZE, AddAndNorm, Layer
from tinynq.model import BertReader

# Shares of a position's length, which LayerNorm makes the square root of the number of units.
CONTENT, PLACE, SEGMENT = 0.55, 0.31, 0.08
SAME_WORD = 8.0  # attention logit of a word and itself
IN_QUESTION = 4.0  # what a word of the question has on top
WHOLE_QUESTION = 6.0  # that of a word of the question where no other is looked for
SAME_PLACE = 4.0  # attention logit of a place and itself; it falls to half within a few pieces
WAVES = 0.6, 100.0  # the shortest and longest wave of the places, in pieces a radian
FOUND = 4.0  # what a head that found something adds to a unit
NOISE = 0.3  # size of what other units are given, of an orthogonal matrix
FREQUENT = 1000  # words of the vocabulary's beginning: control tokens, single characters
SIGNALS = 4  # rarity; of what the first heads found, whether it is of the question, of the page, and its rarity


@dataclass(frozen=True)
class Units:
    """What the units of a position are for: slices of ``size``."""

    size: int

    @property
    def content(self) -> slice:
        return slice(0, self.size - self.size // 4 - 2 - 2 * SIGNALS)

    @property
    def place(self) -> slice:
        return slice(self.content.stop, self.content.stop + self.size // 4)

    @property
    def segment(self) -> slice:
        return slice(self.place.stop, self.place.stop + 2)

    @property
    def signals(self) -> slice:
        return slice(self.segment.stop, self.segment.stop + SIGNALS)

    @property
    def around(self) -> slice:
        """The signals' means over the places around."""
        return slice(self.signals.stop, self.size)


def warm_start(model: BertReader, words: Tensor, *, seed: int) -> None:
    """Give a reader of one of the sizes, in place, the weights to begin with.

    ``words`` [V, u] are the word embeddings of another encoder of the same vocabulary; ``seed`` is that of the weights
    that are random. Raises UsageError where it has fewer units than the reader.
    """
    units, random = Units(model.words.embedding_dim), torch.Generator().manual_seed(seed)
    if words.shape[1] < units.content.stop:
        raise UsageError(f"the encoder has {words.shape[1]} units; a warm start takes at least {units.content.stop}")
    embeddings = model.bert.embeddings
    tables = {name: getattr(embeddings, f"{name}_embeddings").weight for name in ("word", "position", "token_type")}
    with torch.no_grad():
        for table in tables.values():
            table.zero_()
        tables["word"][: len(words), units.content] = content(words, units, random)
        tables["word"][:, units.signals.start] = rarity(len(tables["word"]))
        tables["position"][:, units.place] = places(len(tables["position"]), units)
        tables["token_type"][:2, units.segment] = math.sqrt(SEGMENT * units.size) * torch.eye(2)
        for number, layer in enumerate(model.bert.encoder["layer"].children()):
            look_around(cast(Layer, layer), units, random, first=number == 0)


def content(words: Tensor, units: Units, random: torch.Generator) -> Tensor:
    """Words in the directions in which they differ most, halfway to equally long ones: [V, u] -> [V, content].

    They are turned at random, so that every unit and every head has a part of each direction.
    """
    centred = words.float() - words.float().mean(0)
    width = units.content.stop
    _, lengths, directions = torch.linalg.svd(centred, full_matrices=False)
    vectors = centred @ directions[:width].T * (lengths[0] / lengths[:width].clamp(min=1e-6)).sqrt()
    turned = F.normalize(vectors @ orthogonal(width, width, random), dim=1)
    return turned * math.sqrt(CONTENT * units.size)


def rarity(words: int) -> Tensor:
    """How rare words are by their place in BERT's vocabulary, which begins with the frequent ones: [words], normal."""
    logarithm = torch.log(torch.arange(words).clamp(min=FREQUENT) - FREQUENT + 2.0)
    return ((logarithm - logarithm.mean()) / logarithm.std()).clamp(-2.5, 2.5)


def places(positions: int, units: Units) -> Tensor:
    """Sines and cosines, as of the first transformer (Vaswani et al. 2017): [positions, place]."""
    half = (units.place.stop - units.place.start) // 2
    first, last = (math.log10(wave) for wave in WAVES)
    waves = torch.logspace(first, last, half)
    angles = torch.arange(positions)[:, None] / waves
    return torch.cat([angles.sin(), angles.cos()], 1) * math.sqrt(PLACE * units.size / half)


def look_around(layer: Layer, units: Units, random: torch.Generator, *, first: bool) -> None:
    """Set the heads of a layer.

    Half of them look at the places around; the others look for the same word in the first layer, and for the
    question in later ones.
    """
    attention: Any = layer.attention["self"]
    output: Any = cast(AddAndNorm, layer.attention["output"]).dense.weight
    query, key, value = (getattr(attention, name).weight for name in ("query", "key", "value"))
    bias = attention.query.bias
    value.copy_(orthogonal(units.size, units.size, random))
    output.copy_(orthogonal(units.size, units.size, random) * NOISE)
    half = (attention.heads + 1) // 2
    signals, around = (torch.eye(units.size)[part] for part in (units.signals, units.around))
    for head in range(attention.heads):
        rows = slice(head * HEAD_SIZE, (head + 1) * HEAD_SIZE)
        if head >= half:
            find_places_around(query[rows], key[rows], units)
            pass_on(value[rows], output[:, rows], signals, around * FOUND / (attention.heads - half))
        elif first:
            find_same_word(query[rows], key[rows], bias[rows], units, random)
            seen = torch.cat([torch.eye(units.size)[units.segment] / 2, signals[:1]])  # a segment's unit is longer
            pass_on(value[rows], output[:, rows], seen, signals[1:] * FOUND / half)
        else:
            find_question(key[rows], bias[rows], units)
            output[:, rows] /= NOISE
    feed_forward: list[Any] = [layer.intermediate["dense"].weight, layer.output.dense.weight]
    for weight, size in zip(feed_forward, (1.0, NOISE), strict=True):
        weight.copy_(torch.randn(weight.shape, generator=random) * size / math.sqrt(weight.shape[1]))


def pass_on(value: Tensor, output: Tensor, seen: Tensor, told: Tensor) -> None:
    """Let a head add what it sees in the directions ``seen`` [n, h] of other positions in the directions ``told``."""
    value[: len(seen)] = seen
    output[:, : len(told)] = told.T


def find_same_word(query: Tensor, key: Tensor, bias: Tensor, units: Units, random: torch.Generator) -> None:
    """A head [64, h] whose attention goes to the same word, and to one of the question before one of the page."""
    width, rows = units.content.stop, min(HEAD_SIZE - 2, units.content.stop)
    length = math.sqrt(SAME_WORD * math.sqrt(HEAD_SIZE) / (CONTENT * units.size * rows / width))
    query[:rows, :width] += orthogonal(rows, width, random) * length
    key[:rows, :width] = query[:rows, :width]
    prefer_question(key, bias, rows, units, IN_QUESTION)


def find_question(key: Tensor, bias: Tensor, units: Units) -> None:
    """A head [64, h] whose attention goes to all words of the question alike."""
    prefer_question(key, bias, HEAD_SIZE - 1, units, WHOLE_QUESTION)


def prefer_question(key: Tensor, bias: Tensor, row: int, units: Units, logit: float) -> None:
    """Add ``logit`` to the attention to words of the question."""
    key[row, units.segment.start] = 1.0
    bias[row] = logit * math.sqrt(HEAD_SIZE) / math.sqrt(SEGMENT * units.size)


def find_places_around(query: Tensor, key: Tensor, units: Units) -> None:
    """A head [64, h] whose attention falls with the distance."""
    width = min(HEAD_SIZE, units.place.stop - units.place.start)
    length = math.sqrt(SAME_PLACE * math.sqrt(HEAD_SIZE) / (PLACE * units.size))
    for weight in (query, key):
        weight[:width, units.place.start : units.place.start + width] += torch.eye(width) * length


def orthogonal(rows: int, columns: int, random: torch.Generator) -> Tensor:
    """A part of a random rotation: [rows, columns], with orthonormal rows (or columns, where these are fewer)."""
    side = max(rows, columns)
    rotation: Tensor = torch.linalg.qr(torch.randn(side, side, generator=random)).Q
    return rotation[:rows, :columns]
