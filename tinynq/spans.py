"""Logits -> Spans: what may be an answer in the windows of some pages, and its score.

A span is a pair of a good start and a good end of one window; its score is their logits less those of no answer, which
are those of [CLS]. All in doubles of the float32 logits.
"""

from collections.abc import Sequence
from functools import partial
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinynq.errors import NumericError
from tinynq.types import Float32s, Int32s, Logits, Window

BLOCK = 64  # positions that are partitioned together
SOFT = 2.0  # the temperature of probabilities among all spans
FAR = 1 << 32  # more than any page has tokens


class Batch(NamedTuple):
    """Windows of pages side by side, page by page.

    Which page [W], start and end logits [2, W, L], token map [W, L], answer types [W, 5].
    """

    page: NDArray[np.int64]
    logits: Float32s
    token_map: Int32s
    answer_type: Float32s

    @property
    def pages(self) -> int:
        """How many pages there are up to the last that has a window."""
        return int(self.page[-1]) + 1


class Span(NamedTuple):
    """A half-open span of page tokens and its score."""

    start: int
    end: int
    score: float


class Spans(NamedTuple):
    """What may be an answer, page by page: [S] each.

    Where its tokens start and end, its score, and the row in the batch of the window that gives it the best.
    """

    start: Int32s
    end: Int32s
    score: NDArray[np.float64]
    window: NDArray[np.int64]

    def part(self, rows: NDArray[np.int64]) -> "Spans":
        """Some of them."""
        return Spans(*(array[rows] for array in self))  # type: ignore[arg-type]


Row = tuple[int, Window, Logits]  # a window, its logits, and which of the pages it is of


def batched(rows: Sequence[Row]) -> Batch:
    """The windows of pages with their logits; raises NumericError for those that are not finite or do not fit."""
    for _, window, scores in rows:
        if not len(window.token_map) <= len(scores.start) == len(scores.end):
            raise NumericError(
                f"{_name(window)}: {len(scores.start)} start and {len(scores.end)} end logits for "
                f"{len(window.token_map)} positions, expected one of each a position"
            )
    width = -(-max(len(scores.start) for _, _, scores in rows) // BLOCK) * BLOCK
    ends = [*(scores.start for _, _, scores in rows), *(scores.end for _, _, scores in rows)]
    # Where a window is shorter than its neighbours: below every real logit.
    logits = _padded(ends, width, float(np.finfo(np.float32).min)).reshape(2, len(rows), width)
    answer_type = np.array([scores.answer_type for _, _, scores in rows], np.float32)
    if not (np.isfinite(logits).all() and np.isfinite(answer_type).all()):
        finite = np.isfinite(logits).all(axis=(0, 2)) & np.isfinite(answer_type).all(axis=1)
        raise NumericError(
            f"{_name(rows[int(np.argmin(finite))][1])}: logits that are not finite, expected numbers; "
            "look at the weights and the precision of the run"
        )
    token_map = _padded([window.token_map for _, window, _ in rows], width, -1)
    return Batch(np.array([at for at, _, _ in rows]), logits, token_map, answer_type)


def _padded(rows: Sequence[Any], width: int, filler: float) -> NDArray[Any]:
    """Rows of different lengths as one array [len(rows), width], filled up on the right."""
    flat = np.concatenate(rows)
    if len(flat) == len(rows) * width:
        return flat.reshape(len(rows), width)
    array = np.full((len(rows), width), filler, flat.dtype)
    array[np.arange(width) < np.array([len(row) for row in rows])[:, None]] = flat
    return array


class Pairs(NamedTuple):
    """The pairs of a good start and a good end that may be an answer.

    Which of them fit, their logits and scores [W, top, top], and the page tokens of starts and ends [2, W, top].
    """

    fits: NDArray[np.bool_]
    logit: NDArray[np.float64]
    score: NDArray[np.float64]
    tokens: Int32s


def pair_up(batch: Batch, top: int, max_answer: int) -> Pairs:
    """The ``top`` starts of each window with its ``top`` ends; at most ``max_answer`` pieces fit."""
    positions = _top_positions(batch.logits, top)  # [2, W, top]
    windows = np.arange(positions.shape[1])[:, None]
    tokens = batch.token_map[windows, positions]  # [2, W, top], -1 where there is none
    # A start or end without page token moves to where no span can reach it.
    starts = np.where(tokens[0] < 0, batch.token_map.shape[1] + max_answer, positions[0])
    ends = np.where(tokens[1] < 0, -1, positions[1])
    length = ends[:, None, :] - starts[:, :, None] + 1  # [W, top, top]
    fits = (length > 0) & (length <= max_answer)

    start_logits = batch.logits[0][windows, positions[0]].astype(np.float64)
    end_logits = batch.logits[1][windows, positions[1]].astype(np.float64)
    logit = start_logits[:, :, None] + end_logits[:, None, :]
    return Pairs(fits, logit, np.where(fits, logit - _no_answer(batch)[:, None, None], -inf), tokens)


def _no_answer(batch: Batch) -> NDArray[np.float64]:
    """The logit of no answer, which is the one of [CLS]: [W]."""
    no_answer: NDArray[np.float64] = batch.logits[0, :, 0].astype(np.float64) + batch.logits[1, :, 0]
    return no_answer


def best_spans(batch: Batch, pairs: Pairs, n: int) -> dict[int, list[Span]]:
    """The n best distinct spans of each page, best first; fewer where there are fewer.

    Better is, in this order: score, logit, [CLS] logit, answer-type logits, visited earlier. Visits go
    window by window, then by rank of the start, then of the end.
    """
    fits, logit, score, tokens = pairs
    # The one best span of a page is among those of its best score; for more of them, all are ranked.
    if n == 1:
        best = highest(batch.page, score.max(axis=(1, 2), initial=-inf), batch.pages)
        fits = fits & (score == best[batch.page, None, None])
    w, s, e = np.nonzero(fits)
    # lexsort compares by its last key first, and keeps the order of visits where all are equal.
    ties = (*-batch.answer_type[w].T[::-1], -_no_answer(batch)[w], -logit[w, s, e])
    order = np.lexsort((*ties, -score[w, s, e], batch.page[w]))
    w, s, e = w[order], s[order], e[order]
    spans: dict[int, dict[tuple[int, int], float]] = {}
    columns = (batch.page[w], tokens[0, w, s], tokens[1, w, e] + 1, score[w, s, e])
    for at, start, end, value in zip(*(column.tolist() for column in columns), strict=True):
        of_page = spans.setdefault(at, {})
        if len(of_page) < n:
            of_page.setdefault((start, end), value)
    return {at: [Span(*span, value) for span, value in of_page.items()] for at, of_page in spans.items()}


def distinct_spans(batch: Batch, pairs: Pairs) -> Spans:
    """The distinct spans that fit, page by page and in the order of their starts; of equal ones the best."""
    w, s, e = np.nonzero(pairs.fits)
    spans = Spans(pairs.tokens[0, w, s], pairs.tokens[1, w, e] + 1, pairs.score[w, s, e], w)
    page = batch.page[w]
    order = np.lexsort((-spans.score, spans.end, spans.start, page))
    different = np.diff([column[order] for column in (page, spans.start, spans.end)], prepend=-1).any(axis=0)
    return spans.part(order[different])


def against_all(batch: Batch, spans: Spans) -> Spans:
    """The distinct spans of pages, each with the logarithm of its probability among all of its page and no answer.

    Odds against no answer know nothing of other spans that are as likely. At temperature SOFT.
    """
    page, soft = batch.page[spans.window], spans.score / SOFT
    return spans._replace(score=soft - np.logaddexp(0, log_sums(page, soft, batch.pages))[page])


def log_odds(log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithms of the odds of probabilities; of those that are next to 1, some 35."""
    below = np.minimum(log_probability, -np.finfo(np.float64).eps)
    return below - np.log(-np.expm1(below))


def log_sums(groups: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The logarithm of the sum of the exponentials of each of ``count`` groups; -inf for an empty one."""
    most = highest(groups, values, count)
    sums = np.bincount(groups, np.exp(values - most[groups]), minlength=count)
    return most + np.log(sums, out=np.full(count, -inf), where=sums > 0)


def highest(groups: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The largest value of each of ``count`` groups; -inf for an empty one."""
    most = np.full(count, -inf)
    np.maximum.at(most, groups, values)
    return most


def agreed(batch: Batch, spans: Spans) -> Spans:
    """The distinct spans of pages, each with the mean of the scores that the windows which show it give it.

    What one window finds counts less where another, which sees the same words among others, does not find it. Logits
    are those of a token's best piece; answer types those of the window in which the span was best.
    """
    window, span = _shown(batch, spans)
    ends = np.array([spans.start[span], spans.end[span] - 1])
    both, best = _best_pieces(batch, window * FAR + ends)
    window, span = window[both], span[both]
    scores = best.sum(axis=0, dtype=np.float64) - _no_answer(batch)[window]
    of_span = partial(np.bincount, span, minlength=len(spans.start))
    return spans._replace(score=of_span(scores) / of_span())


def ranked(batch: Batch, spans: Spans, n: int) -> dict[int, list[Span]]:
    """The n best of the distinct spans of each page, best first, of equals the earlier; fewer where there are fewer."""
    page = batch.page[spans.window]
    if n == 1:  # the only one is among those of the best score; for more of them, all are ranked
        spans = spans.part(np.flatnonzero(spans.score == highest(page, spans.score, batch.pages)[page]))
        page = batch.page[spans.window]
    order = np.lexsort((-spans.score, page))
    order = order[np.arange(len(order)) - np.searchsorted(page, page) < n]
    columns = (page[order], spans.start[order], spans.end[order], spans.score[order])
    best: dict[int, list[Span]] = {}
    for at, *span in zip(*(column.tolist() for column in columns), strict=True):
        best.setdefault(at, []).append(Span(*span))
    return best


def _shown(batch: Batch, spans: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each window with the spans of its page that begin among its tokens, window by window: [P] each.

    The spans are page by page, in the order of their starts.
    """
    begins, page = batch.page[spans.window] * FAR + spans.start, batch.page * FAR
    last = np.searchsorted(begins, page + batch.token_map.max(axis=1), side="right")
    first = np.searchsorted(begins, page + np.where(batch.token_map < 0, FAR - 1, batch.token_map).min(axis=1))
    counts = np.maximum(last - first, 0)
    window = np.repeat(np.arange(len(counts)), counts)
    return window, np.arange(len(window)) + np.repeat(first - np.cumsum(counts) + counts, counts)


def _best_pieces(batch: Batch, wanted: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Float32s]:
    """The best start logit of first tokens, and the best end logit of last ones, among the tokens' pieces.

    ``wanted`` [2, P] are tokens as window * FAR + token. Returns which windows have both [P], and of these the
    logits [2, P'].
    """
    # The pieces of each window's tokens in the tokens' order, and behind them one of none.
    pieces = np.flatnonzero(batch.token_map >= 0)
    tokens = pieces // batch.token_map.shape[1] * FAR + batch.token_map.ravel()[pieces]
    order = np.argsort(tokens, kind="stable")
    pieces, tokens = np.append(pieces[order], 0), np.append(tokens[order], np.iinfo(np.int64).max)
    piece = np.searchsorted(tokens, wanted)
    both = (tokens[piece] == wanted).all(axis=0)
    wanted, piece = wanted[:, both], piece[:, both]
    logits = batch.logits.reshape(2, -1)
    best = np.take_along_axis(logits, pieces[piece], axis=1)
    while (more := tokens[(piece := np.minimum(piece + 1, len(tokens) - 1))] == wanted).any():
        np.maximum(best, np.take_along_axis(logits, pieces[piece], axis=1), out=best, where=more)
    return both, best


def _top_positions(logits: Float32s, top: int) -> NDArray[np.int64]:
    """The positions of each row's best logits, best first and the lower first of equals, without position 0.

    logits [..., L], L a multiple of BLOCK -> [..., min(top, L - 1)]. Logit and position are packed into one
    integer, since sorting those is several times faster than a stable argsort of the logits. The best of a row
    are among the best of its blocks, and short blocks take a third of the time of the row.
    """
    length = logits.shape[-1]
    bits = (logits + np.float32(0)).view(np.int32)  # adding 0 makes -0.0 the equal of 0.0
    bits ^= (bits >> 31) & np.int32(0x7FFFFFFF)  # integers in the order of the floats
    bits[..., 0] = np.iinfo(np.int32).min
    keys = bits.astype(np.int64)
    keys <<= 32
    keys += np.arange(length - 1, -1, -1)
    if top < BLOCK:
        keys = keys.reshape(*keys.shape[:-1], -1, BLOCK)
        keys.partition(BLOCK - top, axis=-1)
        keys = keys[..., -top:].reshape(*logits.shape[:-1], -1)
    best = np.sort(keys, axis=-1)[..., : -min(top, length - 1) - 1 : -1]
    positions: NDArray[np.int64] = length - 1 - (best & 0xFFFFFFFF)
    return positions


def _name(window: Window) -> str:
    return f"example {window.example_id}, window {window.index}"
