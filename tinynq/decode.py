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
from tinynq.spans import (
    FAR,
    Batch,
    Row,
    Span,
    Spans,
    against_all,
    agreed,
    batched,
    best_spans,
    distinct_spans,
    highest,
    log_odds,
    log_sums,
    pair_up,
    ranked,
)
from tinynq.types import AnswerType, Logits, NqSpan, PageWindows, Prediction

NO_SPAN_SCORE = -10000.0
JOINT = DECODINGS["bert-joint"]
TOGETHER = 128  # windows that are decoded together: enough to share numpy's calls, few enough for the cache


class Thresholds(NamedTuple):
    """The scores that answers need to be given; -inf withholds none."""

    long: float = -inf
    short: float = -inf


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
    best distinct page spans as dicts of start_token, end_token, score and long_answer, best first by what the ``rule``
    takes for a span's score. Raises NumericError for logits that are not finite or do not fit their window.
    """
    if len(pages) > 1 and sum(len(page.windows) for page in pages) > TOGETHER:
        chosen: dict[str, Any] = {"rule": rule, "n_best": n_best, "top": top, "max_answer": max_answer}
        halves = slice(len(pages) // 2), slice(len(pages) // 2, None)
        return [prediction for half in halves for prediction in decode_pages(pages[half], logits[half], **chosen)]
    rows: list[Row] = []
    for at, (page, scores) in enumerate(zip(pages, logits, strict=True)):
        by_index = sorted(zip(page.windows, scores, strict=True), key=lambda pair: pair[0].index)
        rows += [(at, window, each) for window, each in by_index if each is not None]
    if not rows:
        return [_joint(page, [], n_best) for page in pages]
    batch = batched(rows)
    pairs = pair_up(batch, top, max_answer)
    if rule == JOINT:
        best = best_spans(batch, pairs, max(n_best, 1))
    else:
        spans = _weighed(batch, distinct_spans(batch, pairs), rule)
        best = ranked(batch, spans._replace(score=_scores(spans.score, rule)), max(n_best, 1))
    predictions = [_joint(page, best.get(at, []), n_best) for at, page in enumerate(pages)]
    return predictions if rule == JOINT else _apart(pages, batch, spans, predictions, rule)


def _weighed(batch: Batch, spans: Spans, rule: Decoding) -> Spans:
    """The spans with the logarithms of what the rule sums up of them, in place of scores."""
    if rule.windows == "mean":
        spans = agreed(batch, spans)
    return against_all(batch, spans) if rule.against == "all" else spans


def _scores(logarithms: NDArray[np.float64], rule: Decoding) -> NDArray[np.float64]:
    """The scores of what was weighed: log odds, against what the rule says."""
    return log_odds(logarithms) if rule.against == "all" else logarithms


def _joint(page: PageWindows, spans: Sequence[Span], n_best: int) -> Prediction:
    """The first of the spans, which come best first, and the candidate that holds it: bert-joint's rule."""
    best = spans[0] if spans else Span(-1, -1, NO_SPAN_SCORE)
    return Prediction(
        example_id=page.example_id,
        long_answer=NqSpan(*_holder(page, best)),
        long_answer_score=best.score,
        short_answers=[NqSpan(best.start, best.end)],
        short_answers_score=best.score,
        n_best=[_described(page, span) for span in spans] if n_best else msgspec.UNSET,
    )


def _apart(
    pages: Sequence[PageWindows], batch: Batch, spans: Spans, joint: Sequence[Prediction], rule: Decoding
) -> list[Prediction]:
    """By candidates: a page's likeliest, its best span, and whether the answer is yes or no instead.

    ``spans`` are weighed with the logarithms of odds or probabilities; those of a candidate are the sum of its spans'.
    Where no candidate of a page holds a span, its best span alone stays.
    """
    # Candidates of all pages side by side, and of which of the pages they are.
    of_page = np.repeat(np.arange(len(pages)), [len(page.candidates) for page in pages])
    candidates = np.array([each for page in pages for each in page.candidates], np.int64).reshape(-1, 2)
    page = batch.page[spans.window]
    at = np.searchsorted(of_page * FAR + candidates[:, 0], page * FAR + spans.start, side="right") - 1
    held = np.flatnonzero(at >= 0)
    held = held[(of_page[at[held]] == page[held]) & (spans.end[held] <= candidates[at[held], 1])]
    if not len(held):
        return list(joint)
    page, at, score = page[held], at[held], spans.score[held]
    gather = log_sums if rule.long == "all-spans" else highest
    long_score = gather(at, score, len(candidates))
    chosen = _first_best(of_page, long_score, len(pages))
    inside = np.flatnonzero(at == chosen[page])
    best = _first_best(page[inside], score[inside], len(pages))
    numbers = np.unique(page)
    span, chosen = held[inside[best[numbers]]], chosen[numbers]
    types = batch.answer_type[spans.window[span]].astype(np.float64)
    yes, no, others = types[:, AnswerType.YES], types[:, AnswerType.NO], types[:, AnswerType.SHORT :].max(axis=1)
    says = np.logaddexp(yes, no) - others >= (inf if rule.yes_no is None else rule.yes_no)
    columns = (
        numbers,
        candidates[chosen],
        _scores(long_score[chosen], rule),
        np.stack([spans.start[span], spans.end[span]], axis=1),
        _scores(spans.score[span], rule),
        np.where(says, np.where(yes >= no, "YES", "NO"), "NONE"),
    )
    predictions = list(joint)
    for number, long, long_score, short, score, yes_no in zip(*(column.tolist() for column in columns), strict=True):
        predictions[number] = msgspec.structs.replace(
            joint[number],
            long_answer=NqSpan(*long),
            long_answer_score=long_score,
            short_answers=[NqSpan(*short) if yes_no == "NONE" else NqSpan()],
            short_answers_score=score if yes_no == "NONE" else long_score,
            yes_no_answer=yes_no,
        )
    return predictions


def _first_best(groups: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Where the largest value of each of ``count`` groups is, the first of equals; anywhere for an empty group.

    The groups come in order.
    """
    order = np.lexsort((-values, groups))
    firsts = np.searchsorted(groups, np.arange(count))
    return order[np.minimum(firsts, len(order) - 1)]


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


def _holder(page: PageWindows, span: Span) -> tuple[int, int]:
    """The first top-level candidate that holds the span, else the null span."""
    if span.start < 0:
        return (-1, -1)
    return next(((start, end) for start, end in page.candidates if start <= span.start and span.end <= end), (-1, -1))


def _described(page: PageWindows, span: Span) -> dict[str, Any]:
    start, end = _holder(page, span)
    return {
        "start_token": span.start,
        "end_token": span.end,
        "long_answer": {"start_token": start, "end_token": end},
        "score": span.score,
    }
