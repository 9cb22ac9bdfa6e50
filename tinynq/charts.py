"""Pictures of scores: precision-recall curves and histograms, as SVG for a page and PNG for everywhere else.

Drawn by altair and vl-convert, without a browser and without a network.
"""

from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from tinynq.errors import UsageError
from tinynq.metrics import AnswerReport, Outcome, operating_points

if TYPE_CHECKING:
    import altair as alt

WIDTH, HEIGHT = 440, 300  # pixels at which text has its natural size
GRID = 500  # curve points closer than one part of this in both directions look the same
BINS = 30


class Palette(NamedTuple):
    """Colours and font; right and wrong differ for colour-blind eyes, and in grey (Okabe and Ito 2008)."""

    ink: str
    rule: str
    right: str
    wrong: str
    background: str = "transparent"
    font: str = "sans-serif"


# Names that the page gives a value, one for light and one for dark.
PAGE = Palette("var(--ink)", "var(--rule)", "var(--right)", "var(--wrong)", font="inherit")
PAPER = Palette("#222", "#ddd", "#0072b2", "#e69f00", "white")


def require_extra() -> None:
    """Raises UsageError, with what to install, where the extra ``report`` is missing."""
    try:
        import altair  # noqa: F401
        import jinja2  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise UsageError(f"the report needs {error.name}: pip install 'tinynq[report]'") from None


def curve(outcomes: Sequence[Outcome], report: AnswerReport, *, palette: Palette, title: str = "") -> "alt.LayerChart":
    """Precision over recall at every threshold; a dot is the best F1, rings are the points at each precision.

    ``outcomes`` are those that ``report`` was made of.
    """
    import altair as alt

    points = [(p.recall, p.precision) for p in operating_points(outcomes, report.gold) if p.recall > 0]
    rings = [(p.recall, p.precision) for p in report.at_precision if p]
    best = [(report.best.recall, report.best.precision)] if report.best.f1 else []
    share = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", tickCount=5)
    x, y = alt.X("x:Q", title="recall", scale=share, axis=axis), alt.Y("y:Q", title="precision", scale=share, axis=axis)
    layers = [
        _points(_thin(points)).mark_line(color=palette.right, strokeWidth=2).encode(x, y, alt.Order("order:Q")),
        _points(rings).mark_point(color=palette.ink, size=60, opacity=1).encode(x, y),
        _points(best).mark_point(color=palette.ink, size=90, filled=True, opacity=1).encode(x, y),
    ]
    if not points:
        layers.append(_note("no right answer", palette))
    return _finish(layers, palette, title)


def histogram(
    outcomes: Sequence[Outcome], threshold: float | None, *, palette: Palette, title: str = ""
) -> "alt.LayerChart":
    """How many right and wrong answers have which score; a line is the threshold, if there is one.

    The outermost bars also hold the one answer in 200 that lies beyond them.
    """
    import altair as alt

    given = [outcome for outcome in outcomes if outcome.predicted]
    if not given:
        return _finish([_note("no answer predicted", palette)], palette, title)
    scores = np.array([outcome.score for outcome in given], float)
    right = np.array([outcome.correct for outcome in given])
    low, high = np.quantile(scores, [0.005, 0.995])
    edges = np.linspace(low, high, BINS + 1) if low < high else np.array([low - 0.5, low + 0.5])
    clipped = np.clip(scores, edges[0], edges[-1])
    heights = [np.histogram(clipped[right == kind], edges)[0] for kind in (True, False)]
    bars: list[dict[str, Any]] = []
    for i, (r, w) in enumerate(zip(*heights, strict=True)):
        sides = {"x": float(edges[i]), "x2": float(edges[i + 1])}
        bars.append({**sides, "y": 0, "y2": int(r), "answer": "right"})
        bars.append({**sides, "y": int(r), "y2": int(r + w), "answer": "wrong"})
    colour = alt.Color(
        "answer:N",
        scale=alt.Scale(domain=["right", "wrong"], range=[palette.right, palette.wrong]),
        legend=alt.Legend(title=None, orient="top"),
    )
    x = alt.X("x:Q", title="score", scale=alt.Scale(zero=False, nice=False))
    top = max(5, *(heights[0] + heights[1]).tolist())  # ticks between whole answers make no sense
    y = alt.Y("y:Q", title="answers", scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5))
    layers = [_chart(bars).mark_bar(binSpacing=1).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), colour)]
    if threshold is not None:
        place = float(np.clip(threshold, edges[0], edges[-1]))
        layers.append(_points([(place, 0)]).mark_rule(color=palette.ink, strokeDash=[4, 3], strokeWidth=1.5).encode(x))
    return _finish(layers, palette, title)


def reliability(points: Sequence[tuple[float, float]], *, palette: Palette, title: str = "") -> "alt.LayerChart":
    """What share of answers is right, over the mean probability that was said of them; on the dashed line both agree.

    ``points`` are bins of answers, by rising probability (Guo et al. 2017, "On calibration").
    """
    import altair as alt

    share = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", tickCount=5)
    x, y = (
        alt.X("x:Q", title="probability", scale=share, axis=axis),
        alt.Y("y:Q", title="right", scale=share, axis=axis),
    )
    layers = [
        _points([(0, 0), (1, 1)]).mark_line(color=palette.ink, strokeDash=[4, 3], strokeWidth=1.5).encode(x, y),
        _points(points).mark_line(color=palette.right, strokeWidth=2, point=alt.OverlayMarkDef(color=palette.right)),
    ]
    layers[1] = layers[1].encode(x, y, alt.Order("order:Q"))
    return _finish(layers, palette, title)


def svg(chart: "alt.LayerChart") -> str:
    """A chart as SVG to put into a page, of any width."""
    file = StringIO()
    chart.save(file, format="svg")
    return file.getvalue()


def png(chart: "alt.LayerChart") -> bytes:
    """A chart as PNG, two pixels a pixel."""
    file = BytesIO()
    chart.save(file, format="png", scale_factor=2)
    return file.getvalue()


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those that fall on the one before."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if not kept or max(abs(a - b) for a, b in zip(point, kept[-1], strict=True)) >= 1 / GRID:
            kept.append(point)
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def _points(points: Sequence[tuple[float, float]]) -> "alt.Chart":
    return _chart([{"x": x, "y": y, "order": i} for i, (x, y) in enumerate(points)])


def _chart(rows: Sequence[dict[str, Any]]) -> "alt.Chart":
    import altair as alt

    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]


def _note(text: str, palette: Palette) -> Any:
    """Words where a curve would be."""
    import altair as alt

    x, y = alt.expr("width / 2"), alt.expr("height / 2")
    return _points([(0, 0)]).mark_text(text=text, color=palette.ink, fontSize=14, x=x, y=y)


def _finish(layers: Sequence[Any], palette: Palette, title: str) -> "alt.LayerChart":
    import altair as alt

    chart = alt.layer(*layers).properties(
        width=WIDTH, height=HEIGHT, autosize=alt.AutoSizeParams(type="fit", contains="padding")
    )
    if title:
        chart = chart.properties(title=title)
    text: dict[str, Any] = {"labelColor": palette.ink, "titleColor": palette.ink}
    text |= {"labelFontSize": 13, "titleFontSize": 13}
    lines: dict[str, Any] = {"gridColor": palette.rule, "domainColor": palette.rule, "tickColor": palette.rule}
    chart = chart.configure(background=palette.background, font=palette.font, aria=False)
    chart = chart.configure_axis(**text, **lines, titleFontWeight="normal").configure_legend(**text)
    chart = chart.configure_title(color=palette.ink, fontSize=14).configure_view(stroke=None)
    return cast("alt.LayerChart", chart)
