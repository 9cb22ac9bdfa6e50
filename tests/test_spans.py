"""spans: what may be an answer, in windows of different lengths, pages and numbers; decode's tests have the rules."""

from math import inf

import numpy as np
import pytest

from tinynq.errors import NumericError
from tinynq.spans import (
    Batch,
    Span,
    Spans,
    against_all,
    agreed,
    batched,
    best_spans,
    distinct_spans,
    log_odds,
    log_sums,
    pair_up,
)
from tinynq.types import Logits, Window


def window(token_map: list[int], index: int = 0) -> Window:
    return Window(1, index, 0, [0] * len(token_map), token_map)


def logits_of(start: list[float], end: list[float]) -> Logits:
    return Logits(*(np.array(part, np.float32) for part in (start, end, [0] * 5)))


def batch_of(*windows: tuple[int, list[int], list[float], list[float]]) -> Batch:
    """Windows of pages: which page, the tokens, and the logits of starts and of ends."""
    return batched([(at, window(tokens), logits_of(start, end)) for at, tokens, start, end in windows])


def listed(spans: Spans) -> list[tuple[int, int, float, int]]:
    return list(zip(*(column.tolist() for column in spans), strict=True))


def test_spans_are_those_whose_ends_are_tokens_in_order_and_each_is_there_once() -> None:
    batch = batch_of(
        (0, [-1, 7, -1, 8], [1, 5, 9, 6], [2, 3, 9, 4]),
        (0, [-1, 7], [0, 6], [0, 0]),
        (1, [-1, 0], [0, 2], [0, 2]),
    )
    assert listed(distinct_spans(batch, pair_up(batch, 10, 30))) == [
        (7, 8, 6.0, 1),
        (7, 9, 6.0, 0),
        (8, 9, 7.0, 0),
        (0, 1, 4.0, 2),
    ]


def test_no_span_is_longer_than_is_allowed() -> None:
    batch = batch_of((0, [-1, 0, 1, 2], [0, 9, 0, 0], [0, 0, 0, 9]))
    assert (0, 3) not in [span[:2] for span in listed(distinct_spans(batch, pair_up(batch, 10, 2)))]
    assert (0, 3, 18.0, 0) in listed(distinct_spans(batch, pair_up(batch, 10, 3)))


def test_the_best_spans_of_a_page_are_distinct() -> None:
    batch = batch_of(
        (0, [-1, 4], [0, 1], [0, 1]),
        (0, [-1, 4, 5], [0, 2, 0], [0, 2, 1]),
        (2, [-1, 4], [0, 3], [0, 3]),
    )
    pairs = pair_up(batch, 10, 30)
    assert best_spans(batch, pairs, 2) == {0: [Span(4, 5, 4.0), Span(4, 6, 3.0)], 2: [Span(4, 5, 6.0)]}
    assert best_spans(batch, pairs, 1) == {0: [Span(4, 5, 4.0)], 2: [Span(4, 5, 6.0)]}


def test_windows_agree_on_a_token_by_its_best_piece() -> None:
    batch = batch_of(
        (0, [-1, 3, 3, 3, 4], [0, 1, 8, 2, -9], [0, -9, -9, -9, 2]),
        (0, [-1, 3, 3, 3, 4, 5], [1, 0, 0, 4, -9, -9], [0, -9, -9, -9, 3, -9]),
    )
    spans = Spans(np.array([3], np.int32), np.array([5], np.int32), np.array([10.0]), np.array([0]))
    assert listed(agreed(batch, spans)) == [(3, 5, (8 + 2 + 4 + 3 - 1) / 2, 0)]


def test_windows_that_lack_a_token_of_the_span_have_no_say_nor_have_other_pages() -> None:
    batch = batch_of(
        (0, [-1, -1, -1], [0, 0, 0], [0, 0, 0]),
        (0, [-1, 1, 2], [0, 0, 5], [0, 0, 0]),
        (0, [-1, 2, 3], [0, 1, 0], [0, 0, 1]),
        (1, [-1, 2, 3], [0, 7, 0], [0, 0, 7]),
        (2, [-1, -1, -1], [0, 0, 0], [0, 0, 0]),
    )
    columns = np.array([2, 2]), np.array([4, 4]), np.array([2.0, 14.0]), np.array([2, 3])
    spans = Spans(columns[0].astype(np.int32), columns[1].astype(np.int32), *columns[2:])
    assert listed(agreed(batch, spans)) == [(2, 4, 2.0, 2), (2, 4, 14.0, 3)]


def test_tokens_in_another_order_than_their_pages_are_found() -> None:
    batch = batch_of((0, [-1, 9, 2, 9, 5], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]))
    spans = distinct_spans(batch, pair_up(batch, 10, 1))
    assert sorted(listed(agreed(batch, spans))) == [(2, 3, 4.0, 0), (5, 6, 8.0, 0), (9, 10, 6.0, 0)]


def test_probabilities_among_all_spans_of_a_page_and_no_answer_add_up_to_one() -> None:
    batch = batch_of((0, [-1, 1, 2], [0, 4, 1], [0, 2, 3]), (0, [-1, 2], [3, 0], [3, 9]), (2, [-1, 1], [0, 2], [0, 2]))
    spans = against_all(batch, distinct_spans(batch, pair_up(batch, 10, 30)))
    odds = np.exp(np.array([6, 7, 4, 4]) / 2)  # from 1 to 2 and 1 to 3, from 2 to 3; and the other page's
    whole = np.array([1 + odds[:3].sum()] * 3 + [1 + odds[3]])
    assert [span[:2] for span in listed(spans)] == [(1, 2), (1, 3), (2, 3), (1, 2)]
    assert np.exp(spans.score) == pytest.approx(odds / whole)
    assert log_odds(spans.score) == pytest.approx(np.log(odds / (whole - odds)))


def test_sums_in_logarithms() -> None:
    values = np.array([1000.0, 1000.0, -1000.0])
    assert log_sums(np.array([0, 0, 2]), values, 4) == pytest.approx([1000 + np.log(2), -inf, -1000, -inf])
    assert 30 < log_odds(np.array([0.0, -1e-30]))[1] == log_odds(np.array([0.0]))[0] < 40


def test_no_spans_agree_on_nothing() -> None:
    batch = batch_of((0, [-1, -1], [0, 0], [0, 0]))
    assert listed(agreed(batch, distinct_spans(batch, pair_up(batch, 10, 30)))) == []


@pytest.mark.parametrize("bad", [float("nan"), float("-inf"), float("inf"), -float("nan")])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_logits_that_are_no_numbers_name_their_window(bad: float, part: int) -> None:
    rows = [(0, window([-1, 1], index=i), logits_of([0, 1], [0, 1])) for i in range(3)]
    rows[2][2][part][1] = bad
    with pytest.raises(NumericError, match="^example 1, window 2: logits that are not finite") as error:
        batched(rows)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scores", [logits_of([0], [0]), logits_of([0, 1], [0, 1, 2])])
def test_logits_that_do_not_fit_name_their_window(scores: Logits) -> None:
    with pytest.raises(NumericError, match="^example 1, window 4: . start and . end logits for 2 positions"):
        batched([(0, window([-1, 1], index=4), scores)])
