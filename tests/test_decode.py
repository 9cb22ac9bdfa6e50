"""decode: the golden predictions to the last bit, and the rule written down slowly."""

import json
from collections.abc import Iterator
from dataclasses import replace
from math import exp, expm1, log
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq.config import DECODINGS, Decoding
from tinynq.decode import TOGETHER, Thresholds, decode, decode_pages, withhold
from tinynq.pages import read_pages
from tinynq.types import Logits, NqSpan, PageWindows, Prediction, Window

CASES = ["drop_some_results", "model_g40dev", "mostly_null", "random", "ties_int"]

# The golden cases


class Golden(NamedTuple):
    pages: list[tuple[PageWindows, list[Logits | None]]]
    expected: dict[int, Any]


def read_golden(shared: Path, case: str) -> Golden:
    folder = shared / "golden" / "predictions"
    arrays = dict(np.load(folder / f"{case}.npz"))
    expected = json.loads((folder / f"{case}.predictions.json").read_text())["predictions"]
    with_result = set(arrays["result_unique_ids"].tolist())
    rows = dict(zip(arrays["unique_ids"].tolist(), range(len(arrays["unique_ids"])), strict=True))
    pages = []
    for page in read_pages([str(shared / "golden" / "pages" / "nq-dev-00.jsonl.gz")]):
        candidates = [(c.start_token, c.end_token) for c in page.candidates if c.top_level]
        windows: list[Window] = []
        logits: list[Logits | None] = []
        while (unique_id := int(page.example_id) + len(windows)) in rows:
            row = rows.pop(unique_id)
            windows.append(Window(page.example_id, len(windows), 0, [], arrays["token_map"][row]))
            has_result = int(np.int64(unique_id).astype(np.int32)) in with_result
            names = ("start_logits", "end_logits", "answer_type_logits")
            logits.append(Logits(*(arrays[name][row] for name in names)) if has_result else None)
        pages.append((PageWindows(page.example_id, candidates, windows), logits))
    assert not rows
    return Golden(pages, {prediction["example_id"]: prediction for prediction in expected})


def assert_golden(golden: Golden) -> None:
    predictions = [decode(*page) for page in golden.pages]
    # As text: every bit of the scores, and the order of the fields.
    written = {p.example_id: json.dumps(json.loads(msgspec.json.encode(p))) for p in predictions}
    assert written == {example_id: json.dumps(p) for example_id, p in golden.expected.items()}


@pytest.mark.parametrize("case", CASES)
def test_golden(shared: Path, case: str) -> None:
    assert_golden(read_golden(shared, case))


def test_the_golden_list_is_complete(shared: Path) -> None:
    assert sorted(path.stem for path in (shared / "golden" / "predictions").glob("*.npz")) == CASES


def test_the_golden_comparison_sees_one_altered_logit(shared: Path) -> None:
    golden = read_golden(shared, "random")
    assert_golden(golden)
    page, logits = golden.pages[7]
    alone = [decode(page._replace(windows=[w]), [scores]) for w, scores in zip(page.windows, logits, strict=True)]
    scores = logits[max(range(len(alone)), key=lambda i: alone[i].long_answer_score)]
    assert scores is not None
    scores.start[0] = np.nextafter(scores.start[0], np.float32(9))  # [CLS], by one bit
    with pytest.raises(AssertionError):
        assert_golden(golden)


def test_a_window_without_result_takes_no_part(shared: Path) -> None:
    page, logits = read_golden(shared, "drop_some_results").pages[7]
    kept = [(window, scores) for window, scores in zip(page.windows, logits, strict=True) if scores is not None]
    assert len(kept) < len(page.windows)
    windows, scores = zip(*kept, strict=True)
    assert decode(page._replace(windows=list(windows)), scores) == decode(page, logits)


# The rule, written down slowly


def slow_spans(page: PageWindows, logits: list[Logits | None], top: int, longest: int) -> Iterator[tuple[Any, ...]]:
    for window, scores in zip(page.windows, logits, strict=True):
        if scores is None:
            continue
        start, end, types = (part.tolist() for part in scores)
        token_map = list(window.token_map) + [-1] * (len(start) - len(window.token_map))
        starts = sorted(range(1, len(start)), key=lambda i: -start[i])[:top]
        ends = sorted(range(1, len(end)), key=lambda i: -end[i])[:top]
        for s in starts:
            for e in ends:
                if s <= e < s + longest and token_map[s] >= 0 and token_map[e] >= 0:
                    logit, cls = start[s] + end[e], start[0] + end[0]
                    yield (logit - cls, logit, cls, types), (token_map[s], token_map[e] + 1)


def slow_best(page: PageWindows, logits: list[Logits | None], n: int, top: int, longest: int) -> list[Any]:
    # sorted keeps the order of visits where keys are equal, also with reverse
    ranked = sorted(slow_spans(page, logits, top, longest), key=lambda item: item[0], reverse=True)
    best: dict[Any, float] = {}
    for key, span in ranked:
        best.setdefault(span, key[0])
    return list(best.items())[:n]


# Few values and 0.0 beside -0.0: most draws have ties.
floats = st.sampled_from([-0.0, 0.0, 1.0, -1.0, 2.5]) | st.floats(-50, 50, width=32)


@st.composite
def pages(draw: st.DrawFn) -> tuple[PageWindows, list[Logits | None]]:
    windows: list[Window] = []
    logits: list[Logits | None] = []
    for index in range(draw(st.integers(0, 4))):
        length, padding = draw(st.integers(1, 14)), draw(st.integers(0, 3))
        token_map = draw(st.lists(st.integers(-1, 30), min_size=length, max_size=length).map(sorted))
        windows.append(Window(7, index, 1, [0] * length, np.array(token_map, np.int32)))
        rows = [draw(st.lists(floats, min_size=n, max_size=n)) for n in (length + padding, length + padding, 5)]
        has_result = draw(st.integers(0, 3)) > 0
        logits.append(Logits(*(np.array(row, np.float32) for row in rows)) if has_result else None)
    return PageWindows(7, [(0, 8), (5, 20), (20, 26)], windows), logits


@given(pages(), st.integers(1, 11), st.integers(1, 9))
def test_decode_is_the_slow_rule(drawn: tuple[PageWindows, list[Logits | None]], top: int, longest: int) -> None:
    page, logits = drawn
    expected = slow_best(page, logits, 4, top, longest)
    prediction = decode(page, logits, n_best=4, top=top, max_answer=longest)
    assert isinstance(prediction.n_best, list)
    assert [((a["start_token"], a["end_token"]), a["score"]) for a in prediction.n_best] == expected
    (start, end), score = expected[0] if expected else ((-1, -1), -10000.0)
    assert prediction.short_answers == [NqSpan(start, end)]
    assert prediction.short_answers_score == prediction.long_answer_score == score
    assert prediction.yes_no_answer == "NONE"
    holders = [c for c in page.candidates if c[0] <= start and end <= c[1]]
    assert prediction.long_answer == (NqSpan(*holders[0]) if holders else NqSpan())


@given(pages(), st.integers(1, 5))
def test_n_best_begins_with_the_best_and_only_adds(drawn: tuple[PageWindows, list[Logits | None]], n: int) -> None:
    page, logits = drawn
    alone, ranked = decode(page, logits), decode(page, logits, n_best=n)
    assert alone.n_best is msgspec.UNSET
    assert isinstance(ranked.n_best, list) and len(ranked.n_best) <= n
    scores = [answer["score"] for answer in ranked.n_best]
    assert scores == sorted(scores, reverse=True)
    ranked.n_best = msgspec.UNSET
    assert ranked == alone


@given(st.lists(pages(), max_size=5), st.integers(0, 3))
def test_pages_together_are_decoded_as_each_alone(drawn: list[tuple[PageWindows, list[Logits | None]]], n: int) -> None:
    alone = [decode(*page, n_best=n) for page in drawn]
    assert decode_pages([page for page, _ in drawn], [logits for _, logits in drawn], n_best=n) == alone


def test_more_windows_than_are_decoded_together(shared: Path) -> None:
    drawn = read_golden(shared, "ties_int").pages
    assert sum(len(page.windows) for page, _ in drawn) > TOGETHER
    alone = [decode(*page) for page in drawn]
    assert decode_pages([page for page, _ in drawn], [logits for _, logits in drawn]) == alone


@given(pages(), st.randoms(use_true_random=False))
def test_windows_count_by_index_not_by_arrival(drawn: tuple[PageWindows, list[Logits | None]], shuffler: Any) -> None:
    page, logits = drawn
    order = list(range(len(logits)))
    shuffler.shuffle(order)
    shuffled = page._replace(windows=[page.windows[i] for i in order])
    assert decode(shuffled, [logits[i] for i in order]) == decode(page, logits)


@given(pages(), st.integers(-8, 8))
def test_adding_a_constant_to_all_logits_changes_nothing(
    drawn: tuple[PageWindows, list[Logits | None]], constant: int
) -> None:
    """Scores are measured against [CLS], which moves too; of halves, all sums are exact."""
    page, logits = drawn
    halves = [scores and Logits(*(np.round(2 * part) / np.float32(2) for part in scores)) for scores in logits]
    moved = [s and Logits(s.start + np.float32(constant), s.end + np.float32(constant), s.answer_type) for s in halves]
    before, after = decode(page, halves, n_best=100), decode(page, moved, n_best=100)
    assert before == after


# Long and short answers apart


SlowSpan = tuple[float, tuple[int, int], list[float]]


def slow_agreed(page: PageWindows, logits: list[Logits | None], spans: list[SlowSpan]) -> Iterator[SlowSpan]:
    """The distinct spans, with the mean score in all windows that show both of their ends."""
    for _, span, types in spans:
        said = []
        for shown, scores in zip(page.windows, logits, strict=True):
            tokens = list(shown.token_map)
            if scores is not None and span[0] in tokens and span[1] - 1 in tokens:
                start = max(float(scores.start[i]) for i, token in enumerate(tokens) if token == span[0])
                end = max(float(scores.end[i]) for i, token in enumerate(tokens) if token == span[1] - 1)
                said.append(start + end - float(scores.start[0]) - float(scores.end[0]))
        yield sum(said) / len(said), span, types


def slow_weighed(page: PageWindows, logits: list[Logits | None], rule: Decoding) -> list[SlowSpan]:
    """The spans with the logarithms of odds or probabilities, by a rule."""
    spans = [(score, span, types) for (score, _, _, types), span in slow_spans(page, logits, 10, 30)]
    best: dict[tuple[int, int], SlowSpan] = {}
    for each in spans:
        if each[1] not in best or each[0] > best[each[1]][0]:
            best[each[1]] = each
    spans = [each for _, each in sorted(best.items())]
    if rule.windows == "mean":
        spans = list(slow_agreed(page, logits, spans))
    if rule.against == "null":
        return spans
    whole = 1 + sum(exp(score / 2) for score, _, _ in spans)
    return [(log(exp(score / 2) / whole), span, types) for score, span, types in spans]


def slow_score(weight: float, rule: Decoding) -> float:
    below = min(weight, -(2.0**-52))
    return weight if rule.against == "null" else below - log(-expm1(below))


def near(score: float) -> Any:
    """What a score may be: what is next to certain leaves little for the rest, and rounding has its part of that."""
    return pytest.approx(score, abs=1e-9 + 1e-13 * exp(min(score, 40)))


def slow_apart(page: PageWindows, logits: list[Logits | None], rule: Decoding) -> Prediction | None:
    """The rule for candidates that do not overlap, slowly; None without a span."""
    holding: dict[tuple[int, int], list[SlowSpan]] = {}
    spans = slow_weighed(page, logits, rule)
    for score, span, types in spans:
        for candidate in page.candidates:
            if candidate[0] <= span[0] and span[1] <= candidate[1]:
                holding.setdefault(candidate, []).append((score, span, types))
    if not spans:
        return None
    if not holding:
        score = max(each for each, _, _ in spans)
        best_span = min(span for each, span, _ in spans if each == score)
        score = slow_score(score, rule)
        return Prediction(page.example_id, NqSpan(), score, [NqSpan(*best_span)], score)

    def odds(candidate: tuple[int, int]) -> float:
        each = [exp(score) for score, _, _ in holding[candidate]]
        return sum(each) if rule.long == "all-spans" else max(each)

    best = max(page.candidates, key=lambda candidate: odds(candidate) if candidate in holding else -1)
    score, span, (_, yes, no, short, long) = max(holding[best], key=lambda each: each[0])
    sure = rule.yes_no is not None and log(exp(yes) + exp(no)) - max(short, long) >= rule.yes_no
    answer, score, long_score = "NONE", slow_score(score, rule), slow_score(log(odds(best)), rule)
    if sure:
        answer, span, score = "YES" if yes >= no else "NO", (-1, -1), long_score
    return Prediction(page.example_id, NqSpan(*best), long_score, [NqSpan(*span)], score, answer)


@given(
    pages(),
    st.sampled_from(["best-span", "all-spans"]),
    st.sampled_from(["best", "mean"]),
    st.sampled_from(["null", "all"]),
    st.sampled_from([None, -1.0, 0.5]),
)
def test_apart_is_the_slow_rule(
    drawn: tuple[PageWindows, list[Logits | None]], long: Any, windows: Any, against: Any, yes_no: float | None
) -> None:
    page, logits = drawn
    page = page._replace(candidates=[(0, 8), (9, 20), (20, 26)])
    rule = Decoding(long=long, windows=windows, against=against, yes_no=yes_no)
    made = decode(page, logits, rule=rule)
    expected = slow_apart(page, logits, rule) if rule != Decoding() else None
    if expected is None:
        assert made == decode(page, logits)
        return
    for name in ("long_answer_score", "short_answers_score"):
        assert getattr(made, name) == near(getattr(expected, name))
        setattr(made, name, getattr(expected, name))
    assert made == expected


@given(pages(), st.integers(1, 6), st.sampled_from(["best", "mean"]), st.sampled_from(["null", "all"]))
def test_n_best_has_the_scores_of_the_rule_and_only_adds(
    drawn: tuple[PageWindows, list[Logits | None]], n: int, windows: Any, against: Any
) -> None:
    page, logits = drawn
    rule = Decoding(long="all-spans", windows=windows, against=against)
    of_span: dict[tuple[int, int], float] = {}
    for score, span, _ in slow_weighed(page, logits, rule):
        of_span[span] = slow_score(score, rule)
    made = decode(page, logits, rule=rule, n_best=n)
    assert isinstance(made.n_best, list)
    found = {(each["start_token"], each["end_token"]): each["score"] for each in made.n_best}
    assert len(found) == len(made.n_best) == min(n, len(of_span))
    assert all(score == near(of_span[span]) for span, score in found.items())
    for score, expected in zip(found.values(), sorted(of_span.values(), reverse=True), strict=False):
        assert score == near(expected)
    made.n_best = msgspec.UNSET
    assert made == decode(page, logits, rule=rule)


@given(st.lists(pages(), max_size=5))
def test_pages_together_are_decoded_apart_as_each_alone(drawn: list[tuple[PageWindows, list[Logits | None]]]) -> None:
    rule = replace(DECODINGS["tinynq"], windows="mean")
    alone = [decode(*page, rule=rule, n_best=2) for page in drawn]
    together = decode_pages([page for page, _ in drawn], [logits for _, logits in drawn], rule=rule, n_best=2)
    assert together == alone


def test_a_paragraph_of_several_good_spans_beats_the_best_span() -> None:
    page = PageWindows(1, [(0, 4), (4, 8)], [window([-1, *range(8)])])
    scores = logits_of([0, 0, 5, 0, 0, 4.9, 4.9, 4.9, 0], [0, 0, 5, 0, 0, 4.9, 4.9, 4.9, 0])
    joint, apart = decode(page, [scores]), decode(page, [scores], rule=Decoding(long="all-spans"))
    assert (joint.long_answer, joint.short_answers) == (NqSpan(0, 4), [NqSpan(1, 2)])
    assert (apart.long_answer, apart.short_answers) == (NqSpan(4, 8), [NqSpan(4, 5)])
    assert apart.long_answer_score > joint.long_answer_score > apart.short_answers_score == pytest.approx(9.8)


@pytest.mark.parametrize("candidates", [[], [(5, 9)], [(0, 2), (5, 9)]])
def test_where_no_candidate_holds_a_span_there_is_a_short_answer_alone(candidates: list[tuple[int, int]]) -> None:
    """Also beside a page whose candidate holds one."""
    page = PageWindows(1, candidates, [window([-1, 3])])
    other = PageWindows(2, [(3, 4)], [window([-1, 3])])
    scores = [logits_of([0, 2], [0, 2])]
    made = decode_pages([other, page, other], [scores] * 3, rule=DECODINGS["tinynq"])
    assert (made[1].short_answers, made[1].long_answer) == ([NqSpan(3, 4)], NqSpan())
    assert made[1].short_answers_score == pytest.approx(2)  # half of 4: nothing else may be an answer
    assert [each.long_answer for each in made[::2]] == [NqSpan(3, 4)] * 2


def test_a_span_that_one_window_finds_and_another_does_not_counts_less() -> None:
    page = PageWindows(1, [(0, 9)], [window([-1, 3, 4]), window([-1, 4, 5], index=1)])
    logits: list[Logits | None] = [logits_of([0, 1, 5], [0, 1, 5]), logits_of([0, 0, 3.5], [0, 0, 3.5])]
    best, mean = (decode(page, logits, rule=Decoding(long="all-spans", windows=each)) for each in ("best", "mean"))
    assert (best.short_answers, best.short_answers_score) == ([NqSpan(4, 5)], 10.0)
    assert (mean.short_answers, mean.short_answers_score) == ([NqSpan(5, 6)], 7.0)


def test_yes_and_no_come_from_the_window_of_the_best_span() -> None:
    page = PageWindows(1, [(0, 9)], [window([-1, 3]), window([-1, 4], index=1)])
    logits: list[Logits | None] = [
        logits_of([0, 2], [0, 2], (0, 0, 3, 1, 1)),
        logits_of([0, 1], [0, 1], (0, 9, 0, 0, 0)),
    ]
    assert decode(page, logits).yes_no_answer == "NONE"
    made = decode(page, logits, rule=Decoding(yes_no=1.9))
    assert (made.yes_no_answer, made.short_answers, made.short_answers_score) == ("NO", [NqSpan()], 4.0)
    assert decode(page, logits, rule=Decoding(yes_no=2.1)).yes_no_answer == "NONE"


# One by one


def window(token_map: list[int], index: int = 0, example_id: int = 1) -> Window:
    return Window(example_id, index, 0, [0] * len(token_map), token_map)


def logits_of(start: list[float], end: list[float], answer_type: tuple[float, ...] = (0, 0, 0, 0, 0)) -> Logits:
    return Logits(*(np.array(part, np.float32) for part in (start, end, answer_type)))


def test_no_pair_is_a_null_prediction() -> None:
    page = PageWindows(1, [(0, 9)], [window([-1, -1, -1])])
    null = Prediction(1, NqSpan(), -10000.0, [NqSpan()], -10000.0)
    assert decode(page, [logits_of([0, 1, 2], [0, 1, 2])]) == null
    assert decode(page, [None]) == null
    assert decode(PageWindows(1, [], []), []) == null


def test_padding_takes_places_among_the_best() -> None:
    page = PageWindows(1, [(0, 9)], [window([-1, 3])])
    scores = logits_of([0, 1, 5], [0, 1, 5])
    assert decode(page, [scores]).short_answers == [NqSpan(3, 4)]
    assert decode(page, [scores], top=1).short_answers == [NqSpan()]


def test_ids_equal_modulo_2_to_the_32_do_not_meet() -> None:
    """The reference keys windows by int32 ids, and such pages steal each other's windows."""
    scores = [logits_of([0, 1], [0, 1])], [logits_of([0, 2], [0, 2])]
    pages = [PageWindows(n, [(0, 9)], [window([-1, n % 5], example_id=n)]) for n in (1, 1 + 2**32)]
    assert [decode(page, s).long_answer_score for page, s in zip(pages, scores, strict=True)] == [2.0, 4.0]


def test_equal_scores_go_to_the_larger_logits_then_answer_types() -> None:
    page = PageWindows(1, [], [window([-1, i], index=i) for i in range(3)])
    low, high = logits_of([0, 1], [0, 1]), logits_of([1, 2], [0, 1])
    typed = logits_of([1, 2], [0, 1], (0, 0, 0, 1, -9))
    assert decode(page, [low, high, low]).short_answers == [NqSpan(1, 2)]
    assert decode(page, [low, high, typed]).short_answers == [NqSpan(2, 3)]
    assert decode(page, [high, low, high]).short_answers == [NqSpan(0, 1)]
    reversed_page = page._replace(windows=page.windows[::-1])
    assert decode(reversed_page, [high, high, high]).short_answers == [NqSpan(0, 1)]


def test_where_the_score_is_rounded_the_larger_cls_wins() -> None:
    page = PageWindows(1, [], [window([-1, i], index=i) for i in range(2)])
    scores = [logits_of([cls, 2.0**60], [0, 0]) for cls in (0, 1)]
    assert decode(page, scores).short_answers == [NqSpan(1, 2)]


def test_answers_below_their_threshold_are_withheld() -> None:
    described: list[dict[str, Any]] = [{"start_token": 3, "score": 2.0}]
    answered = Prediction(7, NqSpan(1, 9), 2.0, [NqSpan(3, 4)], 1.0, "YES", described)
    withheld = Prediction(7, NqSpan(), 2.0, [NqSpan()], 1.0, "NONE", described)
    assert withhold(answered, Thresholds()) == answered
    assert withhold(answered, Thresholds(2.0, 1.0)) == answered  # as in the official evaluation
    assert withhold(answered, Thresholds(2.1, 1.0)) == msgspec.structs.replace(answered, long_answer=NqSpan())
    assert withhold(answered, Thresholds(2.1, 1.1)) == withheld
    assert answered.yes_no_answer == "YES"
    no_span = Prediction(7, NqSpan(), -10000.0, [NqSpan()], -10000.0)
    assert withhold(no_span, Thresholds(0.0, 0.0)) == no_span
