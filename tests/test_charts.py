"""charts: what is drawn, in a page's colours and on paper, and what is said where there is nothing to draw."""

import re
import sys
from typing import Any

import numpy as np
import pytest

from tinynq import charts
from tinynq.charts import GRID, PAGE, PAPER, curve, histogram, png, svg
from tinynq.errors import UsageError
from tinynq.metrics import Outcome, answer_report

RIGHT, WRONG, NULL, MISSED = (True, True, True), (True, True, False), (False, False, False), (True, False, False)


def outcomes(*rows: tuple[tuple[bool, bool, bool], float]) -> list[Outcome]:
    return [Outcome(*flags, score) for flags, score in rows]


MIXED = outcomes((RIGHT, 3.0), (WRONG, 2.0), (RIGHT, 1.0), (NULL, 0.5), (MISSED, 0.0))


def rows_of(chart: Any) -> list[list[dict[str, Any]]]:
    """The data of each layer."""
    spec = chart.to_dict()
    return [layer.get("data", spec.get("data"))["values"] for layer in spec["layer"]]


def places(rows: list[dict[str, Any]]) -> list[tuple[float, float]]:
    return [(row["x"], row["y"]) for row in rows]


def count(bars: list[dict[str, Any]], answer: str) -> int:
    return sum(bar["y2"] - bar["y"] for bar in bars if bar["answer"] == answer)


def test_the_curve_goes_through_all_points_and_marks_the_chosen() -> None:
    line, rings, best = map(places, rows_of(curve(MIXED, answer_report(MIXED), palette=PAPER)))
    assert line == [(1 / 4, 1.0), (1 / 4, 1 / 2), (2 / 4, 2 / 3)]
    assert best == [(2 / 4, 2 / 3)]
    assert rings == [(2 / 4, 2 / 3), (1 / 4, 1.0), (1 / 4, 1.0)]


def test_the_histogram_counts_right_and_wrong_and_leaves_null_out() -> None:
    bars, rule = rows_of(histogram(MIXED, 1.0, palette=PAPER))
    assert (count(bars, "right"), count(bars, "wrong")) == (2, 1)
    assert rule[0]["x"] == pytest.approx(1.0, abs=0.02)
    assert len(rows_of(histogram(MIXED, None, palette=PAPER))) == 1


@pytest.mark.parametrize("scores", [[5, 5, 5], [-7.0], [1.0, 1.0 + 2**-52], [0, -10_000, 10_000, 1.5]])
def test_any_scores_have_a_histogram(scores: list[float]) -> None:
    rows = outcomes(*((RIGHT, score) for score in scores))
    bars, rule = rows_of(histogram(rows, scores[0], palette=PAPER))
    assert count(bars, "right") == len(scores)
    assert np.isfinite([x for bar in (*bars, *rule) for x in bar.values() if not isinstance(x, str)]).all()


def test_one_outlier_does_not_squeeze_the_rest() -> None:
    rows = outcomes(*((RIGHT, i / 1000) for i in range(1000)), (WRONG, -1e9))
    bars = rows_of(histogram(rows, 0.5, palette=PAPER))[0]
    assert min(bar["x"] for bar in bars) >= 0
    assert count(bars, "wrong") == 1


def test_nothing_to_draw_is_said_in_words() -> None:
    nulls = outcomes((MISSED, 1.0), (NULL, 2.0))
    assert "no right answer" in svg(curve(nulls, answer_report(nulls), palette=PAGE))
    assert "no answer predicted" in svg(histogram(nulls, None, palette=PAGE))
    assert "no right answer" not in svg(curve(MIXED, answer_report(MIXED), palette=PAGE))


def test_a_page_gives_the_colours_and_paper_has_its_own() -> None:
    drawn = svg(histogram(MIXED, 1.0, palette=PAGE))
    assert {"var(--ink)", "var(--right)", "var(--wrong)", "var(--rule)"} <= set(re.findall(r"var\(--\w+\)", drawn))
    assert "<script" not in drawn
    assert "clip-path" not in drawn  # its name would be the same in every picture of a page
    assert "var(" not in svg(histogram(MIXED, 1.0, palette=PAPER))
    picture = png(curve(MIXED, answer_report(MIXED), palette=PAPER, title="long answers"))
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) == 2 * charts.WIDTH


def test_thousands_of_points_make_a_small_picture() -> None:
    rows = outcomes(*((RIGHT if i % 3 else WRONG, float(-i)) for i in range(8000)))
    drawn = curve(rows, answer_report(rows), palette=PAGE)
    line = places(rows_of(drawn)[0])
    assert len(line) <= 2 * GRID
    assert line[-1] == (5333 / 8000, 5333 / 8000)
    assert len(svg(drawn)) < 50_000


@pytest.mark.parametrize("name", ["altair", "vl_convert", "jinja2"])
def test_a_missing_extra_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    charts.require_extra()
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=rf"needs {name}: pip install 'tinynq\[report\]'"):
        charts.require_extra()


def test_reliability_shows_the_bins_and_where_they_should_be() -> None:
    line, bins = map(places, rows_of(charts.reliability([(0.1, 0.2), (0.9, 0.7)], palette=PAPER)))
    assert line == [(0, 0), (1, 1)]
    assert bins == [(0.1, 0.2), (0.9, 0.7)]
    assert svg(charts.reliability([], palette=PAPER)).startswith("<svg")
