"""Logits -> Prediction: spans of all windows of a page, and the candidates that hold them.

By bert-joint's rule (Alberti, Lee and Collins 2019, "A BERT Baseline for the Natural Questions", section 3) the best
span is the short answer, and its candidate the long one. By the other rules of config.Decoding a candidate is
chosen first. All in doubles of the float32 logits.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tinynq.config import DECODINGS, Decoding
from tinynq.errors import NumericError
from tinynq.types import AnswerType, Float32s, Int32s, Logits, NqSpan, PageWindows, Prediction, Window

NO_SPAN_SCORE = -10000.0
BLOCK = 64  # positions that are partitioned together
JOINT = DECODINGS["bert-joint"]
FAR = 1 << 32  # more than any page has tokens
TOGETHER = 128  # windows that are decoded together: enough to share numpy's calls, few enough for the cache


class Thresholds(NamedTuple):
    """The scores that answers need to be given; -inf withholds none."""

    long: float = -inf
    short: float = -inf


class _Batch(NamedTuple):
    """Windows of pages side by side, page by page.

    Which page [W], start and end logits [2, W, L], token map [W, L], answer types [W, 5].
    """

    page: NDArray[np.int64]
    logits: Float32s
    token_map: Int32s
    answer_type: Float32s


_Row = tuple[int, Window, Logits]  # a window, its logits, and which of the pages it is of


class _Span(NamedTuple):
    """A half-open span of page tokens and its score."""

    start: int
    end: int
    score: float


class _Spans(NamedTuple):
    """All that may be answers, page by page and window by window: [S] each.

    Where its tokens start and end, its score, and the row of its window in the batch.
    """

    start: Int32s
    end: Int32s
    score: NDArray[np.float64]
    window: NDArray[np.int64]

    def part(self, rows: slice | NDArray[np.int64]) -> "_Spans":
        """Some of them."""
        return _Spans(*(array[rows] for array in self))  # type: ignore[arg-type]


def decode(
    page: PageWindows,
    logits: Sequence[Logits | None],
    *,
    rule: Decoding = JOINT,
    n_best: int = 0,
    top: int = 10,
    max_answer: int = 30,
) -> Prediction:
    """Makes the prediction of one page from the logits of its windows; see decode_pages."""
    return decode_pages([page], [logits], rule=rule, n_best=n_best, top=top, max_answer=max_answer)[0]


def decode_pages(
    pages: Sequence[PageWindows],
    logits: Sequence[Sequence[Logits | None]],
    *,
    rule: Decoding = JOINT,
    n_best: int = 0,
    top: int = 10,
    max_answer: int = 30,
) -> list[Prediction]:
    """Makes the prediction of each page from the logits of its windows; short pages are faster together.

    ``logits[p][i]`` belongs to ``pages[p].windows[i]``; a window with None takes no part. Logits may be longer
    than their window: positions of padding compete for the ``top`` places too, and are then dropped.
    A span is at most ``max_answer`` word pieces; its score is its logits less those of no answer. ``n_best`` adds the
    best distinct page spans as dicts of start_token, end_token, score and long_answer, best first, whichever the
    ``rule`` answers with. Raises NumericError for logits that are not finite or do not fit their window.
    """
    if len(pages) > 1 and sum(len(page.windows) for page in pages) > TOGETHER:
        chosen: dict[str, Any] = {"rule": rule, "n_best": n_best, "top": top, "max_answer": max_answer}
        halves = slice(len(pages) // 2), slice(len(pages) // 2, None)
        return [prediction for half in halves for prediction in decode_pages(pages[half], logits[half], **chosen)]
    rows: list[_Row] = []
    for at, (page, scores) in enumerate(zip(pages, logits, strict=True)):
        by_index = sorted(zip(page.windows, scores, strict=True), key=lambda pair: pair[0].index)
        rows += [(at, window, each) for window, each in by_index if each is not None]
    if not rows:
        return [_joint(page, [], with_n_best=n_best > 0) for page in pages]
    batch = _batch(rows)
    fitting = _fitting(batch, top, max_answer)
    best = _best_spans(batch, fitting, max(n_best, 1))
    predictions = [_joint(page, best.get(at, []), with_n_best=n_best > 0) for at, page in enumerate(pages)]
    if rule != JOINT:
        spans = _flat(batch, fitting)
        if rule.windows == "mean":
            spans = _agreed(batch, spans)
        bounds = np.searchsorted(batch.page[spans.window], np.arange(len(pages) + 1))
        for at, page in enumerate(pages):
            own = spans.part(slice(*bounds[at : at + 2]))
            predictions[at] = _apart(page, own, batch.answer_type, predictions[at], rule)
    return predictions


def _joint(page: PageWindows, spans: Sequence[_Span], *, with_n_best: bool) -> Prediction:
    """By bert-joint's rule: the best span, and the candidate that holds it."""
    best = spans[0] if spans else _Span(-1, -1, NO_SPAN_SCORE)
    return Prediction(
        example_id=page.example_id,
        long_answer=NqSpan(*_holder(page, best)),
        long_answer_score=best.score,
        short_answers=[NqSpan(best.start, best.end)],
        short_answers_score=best.score,
        n_best=[_described(page, span) for span in spans] if with_n_best else msgspec.UNSET,
    )


def _apart(page: PageWindows, spans: _Spans, answer_type: Float32s, joint: Prediction, rule: Decoding) -> Prediction:
    """By the odds of candidates: the likeliest, its best span, and whether the answer is yes or no instead.

    A score is the logarithm of the odds of a span to no answer, so that the odds of a candidate are the sum of
    those of its spans. Where no candidate holds a span, the joint rule's prediction stays.
    """
    candidates = np.array(page.candidates).reshape(-1, 2)
    at = np.searchsorted(candidates[:, 0], spans.start, side="right") - 1
    held = np.flatnonzero((at >= 0) & (spans.end <= candidates[at, 1])) if len(candidates) else at[:0]
    if not len(held):
        return joint
    at, score = at[held], spans.score[held]
    highest = score.max()
    odds = np.zeros(len(candidates))
    gather = np.add if rule.long == "all-spans" else np.maximum
    gather.at(odds, at, np.exp(score - highest))
    chosen = int(odds.argmax())
    best = held[np.where(at == chosen, score, -inf).argmax()]
    changes: dict[str, Any] = {
        "long_answer": NqSpan(*page.candidates[chosen]),
        "long_answer_score": float(highest + np.log(odds[chosen])),
        "short_answers": [NqSpan(int(spans.start[best]), int(spans.end[best]))],
        "short_answers_score": float(spans.score[best]),
    }
    logits = answer_type[spans.window[best]].astype(np.float64)
    yes, no = logits[AnswerType.YES], logits[AnswerType.NO]
    if rule.yes_no is not None and np.logaddexp(yes, no) - logits[AnswerType.SHORT :].max() >= rule.yes_no:
        changes["short_answers"], changes["yes_no_answer"] = [NqSpan()], "YES" if yes >= no else "NO"
        changes["short_answers_score"] = changes["long_answer_score"]
    return msgspec.structs.replace(joint, **changes)


def withhold(prediction: Prediction, thresholds: Thresholds) -> Prediction:
    """The prediction with null answers in place of those that score below their threshold; scores and n_best stay.

    The rule is that of the official evaluation: an answer whose score equals the threshold is given.
    """
    changes: dict[str, Any] = {}
    if prediction.long_answer_score < thresholds.long:
        changes["long_answer"] = NqSpan()
    if prediction.short_answers_score < thresholds.short:
        changes |= {"short_answers": [NqSpan()], "yes_no_answer": "NONE"}
    return msgspec.structs.replace(prediction, **changes)


def _batch(rows: Sequence[_Row]) -> _Batch:
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
    return _Batch(np.array([at for at, _, _ in rows]), logits, token_map, answer_type)


def _padded(rows: Sequence[Any], width: int, filler: float) -> NDArray[Any]:
    """Rows of different lengths as one array [len(rows), width], filled up on the right."""
    flat = np.concatenate(rows)
    if len(flat) == len(rows) * width:
        return flat.reshape(len(rows), width)
    array = np.full((len(rows), width), filler, flat.dtype)
    array[np.arange(width) < np.array([len(row) for row in rows])[:, None]] = flat
    return array


class _Fitting(NamedTuple):
    """The pairs of a good start and a good end that may be an answer.

    Which of them fit, their logits and scores [W, top, top], and the page tokens of starts and ends [2, W, top].
    """

    fits: NDArray[np.bool_]
    logit: NDArray[np.float64]
    score: NDArray[np.float64]
    tokens: Int32s


def _fitting(batch: _Batch, top: int, max_answer: int) -> _Fitting:
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
    return _Fitting(fits, logit, np.where(fits, logit - _no_answer(batch)[:, None, None], -inf), tokens)


def _no_answer(batch: _Batch) -> NDArray[np.float64]:
    """The logit of no answer, which is the one of [CLS]: [W]."""
    no_answer: NDArray[np.float64] = batch.logits[0, :, 0].astype(np.float64) + batch.logits[1, :, 0]
    return no_answer


def _best_spans(batch: _Batch, fitting: _Fitting, n: int) -> dict[int, list[_Span]]:
    """The n best distinct spans of each page, best first; fewer where there are fewer.

    Better is, in this order: score, logit, [CLS] logit, answer-type logits, visited earlier. Visits go
    window by window, then by rank of the start, then of the end.
    """
    fits, logit, score, tokens = fitting
    # The one best span of a page is among those of its best score; for more of them, all are ranked.
    if n == 1:
        best = np.full(batch.page[-1] + 1, -np.inf)
        np.maximum.at(best, batch.page, score.max(axis=(1, 2), initial=-np.inf))
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
    return {at: [_Span(*span, value) for span, value in of_page.items()] for at, of_page in spans.items()}


def _flat(batch: _Batch, fitting: _Fitting) -> _Spans:
    """All spans that fit, in the order of visits."""
    w, s, e = np.nonzero(fitting.fits)
    return _Spans(fitting.tokens[0, w, s], fitting.tokens[1, w, e] + 1, fitting.score[w, s, e], w)


def _agreed(batch: _Batch, spans: _Spans) -> _Spans:
    """The distinct spans of each page, each with the mean of the scores that the windows which show it give it.

    What one window finds counts less where another, which sees the same words among others, does not find it. Logits
    are those of a token's best piece; answer types those of the window in which the span was best.
    """
    page = batch.page[spans.window]
    order = np.lexsort((-spans.score, spans.end, spans.start, page))
    different = np.diff([column[order] for column in (page, spans.start, spans.end)], prepend=-1).any(axis=0)
    own = order[different]
    spans, page = spans.part(own), page[own]
    # Tokens as their windows show them, window by window, and which of these are one token of the page.
    rows, pieces = np.nonzero(batch.token_map >= 0)
    keys = rows * FAR + batch.token_map[rows, pieces]
    order = np.argsort(keys, kind="stable")
    heads = np.flatnonzero(np.diff(keys[order], prepend=-1))
    shown = keys[order][heads]
    starts, ends = (np.maximum.reduceat(each[rows, pieces][order], heads).astype(np.float64) for each in batch.logits)
    of_page = batch.page[shown // FAR] * FAR + shown % FAR
    order = np.argsort(of_page, kind="stable")
    first, last = (np.searchsorted(of_page[order], page * FAR + spans.start, side=side) for side in ("left", "right"))
    # Each span in each window that shows its first token; those that show its last one as well have a say.
    counts = last - first
    span = np.repeat(np.arange(len(own)), counts)
    start = order[np.arange(len(span)) + np.repeat(first - np.cumsum(counts) + counts, counts)]
    window = shown[start] // FAR
    wanted = window * FAR + spans.end[span] - 1
    end = np.minimum(np.searchsorted(shown, wanted), len(shown) - 1)
    scores = starts[start] + ends[end] - _no_answer(batch)[window]
    votes = shown[end] == wanted
    return spans._replace(score=np.bincount(span, scores * votes) / np.bincount(span, votes))


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


def _holder(page: PageWindows, span: _Span) -> tuple[int, int]:
    """The first top-level candidate that holds the span, else the null span."""
    if span.start < 0:
        return (-1, -1)
    return next(((start, end) for start, end in page.candidates if start <= span.start and span.end <= end), (-1, -1))


def _described(page: PageWindows, span: _Span) -> dict[str, Any]:
    start, end = _holder(page, span)
    return {
        "start_token": span.start,
        "end_token": span.end,
        "long_answer": {"start_token": start, "end_token": end},
        "score": span.score,
    }


def _name(window: Window) -> str:
    return f"example {window.example_id}, window {window.index}"
