"""comparison: two systems on the same pages, from files to words."""

import gzip
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinynq
from tinynq.comparison import Comparison, Outcomes, common_threshold, compare, compare_judged
from tinynq.config import CompareOptions, EvalOptions
from tinynq.errors import InputError, UsageError
from tinynq.metrics import Judged, Outcome, evaluate, judge
from tinynq.types import Annotation, ExampleId, LongAnswer, NqSpan, Prediction

RIGHT, WRONG, NULL = NqSpan(10, 20), NqSpan(30, 40), NqSpan()
OPTIONS = CompareOptions(samples=100)

Gold = list[tuple[ExampleId, list[Annotation], str]]
Row = tuple[ExampleId, NqSpan, float]  # id, answer, score; the short answer is the long one


def gold_of(*answered: bool) -> Gold:
    answer = Annotation(LongAnswer(10, 20, candidate_index=0), [RIGHT])
    return [(i, [answer if has else Annotation(LongAnswer())] * 2, "") for i, has in enumerate(answered)]


def predictions_of(rows: Iterable[Row]) -> list[Prediction]:
    return [Prediction(i, span, score, [span], score) for i, span, score in rows]


def compared(
    gold: Gold, a: Sequence[Sequence[Row]], b: Sequence[Sequence[Row]], options: CompareOptions = OPTIONS
) -> Comparison:
    systems = [[judge(gold, predictions_of(rows), options=options) for rows in system] for system in (a, b)]
    return compare_judged(systems[0], systems[1], files=(["a.json"] * len(a), ["b.json"] * len(b)), options=options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Gold of 60 pages, two thirds with an answer, and runs of a good and of a bad system."""
    gold = gold_of(*(i % 3 > 0 for i in range(60)))
    lines = [{"example_id": i, "annotations": annotations} for i, annotations, _ in gold]
    (tmp_path / "gold.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    for name, share in (("good", 0.9), ("bad", 0.5)):
        for seed in range(3):
            draw = random.Random(f"{name} {seed}")
            rows = [(i, RIGHT if draw.random() < share else WRONG, draw.random() + (i % 3 > 0)) for i in range(60)]
            content = msgspec.json.encode({"predictions": predictions_of(rows)})
            (tmp_path / f"{name}-{seed}.json").write_bytes(content)
    return tmp_path


# What is said


def test_f1s_are_those_of_eval_and_thresholds_too(folder: Path) -> None:
    gold = str(folder / "gold.jsonl")
    a, b = folder / "good-0.json", folder / "bad-0.json"
    comparison = tinynq.compare(gold, predictions=(a, b), samples=200)
    reports = [evaluate([gold], predictions=path) for path in (a, b)]
    for kind in ("long", "short"):
        own = getattr(comparison, kind).own
        points = [getattr(report, kind).best for report in reports]
        assert own.test.f1 == tuple(point.f1 for point in points)
        assert own.test.difference == points[0].f1 - points[1].f1
        assert own.thresholds == tuple((point.threshold,) for point in points)
    digests = [report.predictions_digest[:8] for report in reports]
    assert f"|pred:{','.join(digests)}|" in comparison.signature
    assert comparison.long.own.test.interval.low > 0
    assert comparison.long.own.test.p_bootstrap < 0.05
    assert (comparison.pages, comparison.pages_left_out) == (60, 0)


def test_pages_are_won_and_lost_as_they_are_answered() -> None:
    gold = gold_of(True, True, True, True, False, False)
    a: list[Row] = [(0, RIGHT, 9), (1, RIGHT, 9), (2, WRONG, 9), (3, RIGHT, 9), (4, WRONG, 0), (5, WRONG, 8)]
    b: list[Row] = [(0, RIGHT, 9), (1, WRONG, 9), (2, RIGHT, 7), (3, NULL, 9), (4, WRONG, 8), (5, NULL, 9)]
    comparison = compared(gold, [a], [b])
    own = comparison.long.own
    assert own.thresholds == ((9,), (7,))
    assert (own.won, own.lost) == ([1, 3, 4], [2])  # on page 5 A withholds its answer
    assert comparison.long.common.thresholds == ((7,), (7,))
    assert (comparison.long.common.won, comparison.long.common.lost) == ([1, 3, 4], [2, 5])


def test_with_several_runs_the_larger_share_wins_the_page() -> None:
    gold = gold_of(True, True)
    both: list[Row] = [(0, RIGHT, 1), (1, RIGHT, 1)]
    one: list[Row] = [(0, RIGHT, 1), (1, WRONG, 1)]
    comparison = compared(gold, [both, one], [both, one, one])
    assert (comparison.long.own.won, comparison.long.own.lost) == ([1], [])
    assert compared(gold, [both, one], [both, one] * 2).long.own.won == []
    assert comparison.long.own.test.f1 == pytest.approx((0.75, 2 / 3))


def test_a_system_against_itself_does_not_differ(folder: Path) -> None:
    path = str(folder / "good-0.json")
    comparison = compare(str(folder / "gold.jsonl"), predictions=(path, path), samples=200)
    for _, _, contrast in comparison.contrasts():
        assert (contrast.test.difference, *contrast.test.interval) == (0, 0, 0)
        assert contrast.test.p_bootstrap == contrast.test.p_randomization == 1
        assert contrast.won == contrast.lost == []


rows = st.lists(
    st.tuples(
        st.booleans(),
        *[st.tuples(st.sampled_from([RIGHT, WRONG, NULL]), st.sampled_from([0, 1, 1.0, 2.5, -1]))] * 3,
    ),
    min_size=1,
    max_size=10,
)


def systems_of(pages: Any) -> tuple[Gold, list[list[Row]]]:
    gold = gold_of(*(page[0] for page in pages))
    return gold, [[(i, *page[run]) for i, page in enumerate(pages)] for run in (1, 2, 3)]


@given(rows)
def test_swapping_the_systems_mirrors_the_result(pages: Any) -> None:
    gold, (a, b, c) = systems_of(pages)
    for first, second in (([a], [b]), ([a, c], [b])):
        one, other = compared(gold, first, second), compared(gold, second, first)
        for (_, _, x), (_, _, y) in zip(one.contrasts(), other.contrasts(), strict=True):
            assert x.swapped() == y


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_pages_does_not_matter(pages: Any, shuffler: random.Random) -> None:
    gold, (a, b, _) = systems_of(pages)
    first = compared(gold, [a], [b])
    for part in (gold, a, b):
        shuffler.shuffle(part)
    again = compared(gold, [a], [b])
    assert again.signature == first.signature
    for (_, _, x), (_, _, y) in zip(first.contrasts(), again.contrasts(), strict=True):
        assert (x.test, str(x.thresholds)) == (y.test, str(y.thresholds))
        assert (set(x.won), set(x.lost)) == (set(y.won), set(y.lost))


# The common threshold


def f1_from(threshold: float, outcomes: Outcomes) -> float:
    correct = sum(outcome.correct and outcome.score >= threshold for outcome in outcomes)
    predicted = sum(outcome.predicted and outcome.score >= threshold for outcome in outcomes)
    return 2 * correct / max(1, predicted + sum(outcome.gold for outcome in outcomes))


@given(rows)
def test_no_threshold_is_better_than_the_common_one(pages: Any) -> None:
    gold, runs = systems_of(pages)
    judged = [judge(gold, predictions_of(run), options=EvalOptions()) for run in runs]
    a, b, c = ([long for long, _ in run.pages.values()] for run in judged)

    def mean(threshold: float) -> float:
        return f1_from(threshold, a) + (f1_from(threshold, b) + f1_from(threshold, c)) / 2

    chosen = common_threshold([a], [b, c])
    assert mean(chosen) == pytest.approx(max(map(mean, (-1, 0, 1, 2.5))))


def test_of_equal_common_thresholds_the_highest_is_taken() -> None:
    outcomes = [Outcome(True, True, True, 5), Outcome(True, False, False, 3)]
    assert common_threshold([outcomes], [outcomes]) == 5


# Files


def test_a_system_may_be_several_runs(folder: Path) -> None:
    pages = [str(folder / "gold.jsonl")]
    by_glob = compare(pages, predictions=(str(folder / "good-*.json"), str(folder / "bad-?.json")), samples=200)
    by_list = compare(
        pages,
        predictions=([folder / f"good-{i}.json" for i in range(3)], [folder / f"bad-{i}.json" for i in range(3)]),
        samples=200,
    )
    assert by_glob == by_list
    assert [len(files) for files in by_glob.files] == [3, 3]
    assert by_glob.long.own.test.p_randomization is None
    text = "\n".join(by_glob.lines())
    assert "good-0.json and 2 more" in text
    assert "one a run" in text


def test_compressed_predictions_are_the_same_predictions(folder: Path) -> None:
    packed = folder / "packed.json.gz"
    packed.write_bytes(gzip.compress((folder / "good-0.json").read_bytes()))
    comparison = compare(str(folder / "gold.jsonl"), predictions=(folder / "good-0.json", packed), samples=200)
    left, right = comparison.signature.split("|")[2].removeprefix("pred:").split(",")
    assert left == right


def test_partial_compares_the_pages_that_all_have() -> None:
    gold = gold_of(*[True] * 4)
    a: list[Row] = [(i, RIGHT, 1) for i in (0, 1, 2)]
    b: list[Row] = [(i, WRONG, 1) for i in (1, 2, 3)]
    options = CompareOptions(partial=True, samples=200)
    comparison = compared(gold, [a], [b], options)
    assert (comparison.pages, comparison.pages_left_out) == (2, 2)
    assert comparison.long.own.won == [1, 2]
    assert "partial: 2 pages that not all files have left out" in comparison.lines()
    with pytest.raises(InputError, match="a.json, b.json: no page has a prediction in all of them"):
        compared(gold, [a[:1]], [b], options)


def test_the_file_at_fault_is_named(folder: Path) -> None:
    pages, good = str(folder / "gold.jsonl"), str(folder / "good-0.json")
    (folder / "few.json").write_bytes(msgspec.json.encode({"predictions": predictions_of([(7, RIGHT, 1.0)])}))
    with pytest.raises(InputError, match=r"few\.json: 59 gold pages without prediction: 0, 1, .*partial$"):
        compare(pages, predictions=(good, str(folder / "few.json")))
    (folder / "other.json").write_bytes(msgspec.json.encode({"predictions": predictions_of([(700, RIGHT, 1.0)])}))
    with pytest.raises(InputError, match=r"other\.json: nothing to score"):
        compare(pages, predictions=(good, str(folder / "other.json")), partial=True)
    with pytest.raises(InputError, match=r"none-\*\.json: no file matches"):
        compare(pages, predictions=(good, str(folder / "none-*.json")))
    with pytest.raises(UsageError, match="did you mean samples"):
        compare(pages, predictions=(good, good), sample=3)
    with pytest.raises(UsageError, match="samples is 3; expected 100 to 1000000"):
        compare(pages, predictions=(good, good), samples=3)


# Words


def test_the_printed_form_fits_a_terminal(folder: Path) -> None:
    predictions = (str(folder / "good-0.json"), str(folder / "bad-0.json"))
    comparison = compare(str(folder / "gold.jsonl"), predictions=predictions, samples=200, examples=40)
    lines = list(comparison.lines())[2:]  # after the names of the files
    assert max(map(len, lines)) <= 80
    assert not any(line != line.rstrip() for line in lines)
    assert lines[-1] == comparison.signature
    listed = lines[lines.index("long, own: A right, B wrong") + 1]
    assert listed.split() == list(map(str, comparison.long.own.won))
    assert "A right" not in "\n".join(compare(str(folder / "gold.jsonl"), predictions=predictions, samples=200).lines())


def test_the_widest_numbers_stand_apart() -> None:
    gold = gold_of(True, True)
    comparison = compared(gold, [[(0, RIGHT, -1.23456789e-10), (1, RIGHT, 1e10)]], [[(0, RIGHT, 1), (1, WRONG, 1)]])
    table = [line.split() for line in comparison.lines()]
    assert ["long", "own", "100.00%", "50.00%", "+50.00%", "+0.00%", "to", "+100.00%", "1", "0"] in table
    assert max(map(len, comparison.lines())) <= 80


def test_as_dict_is_json_with_all_there_is(folder: Path) -> None:
    predictions = (str(folder / "good-0.json"), str(folder / "bad-0.json"))
    comparison = compare(str(folder / "gold.jsonl"), predictions=predictions, samples=200, seed=5)
    content = json.loads(json.dumps(comparison.as_dict()))
    own = content["long"]["own"]
    assert own["won"] == comparison.long.own.won
    assert own["interval"] == list(comparison.long.own.test.interval)
    assert content["options"]["seed"] == 5
    assert content["signature"] == comparison.signature
    assert content["a"] == [predictions[0]]


def test_judged_without_digests_can_be_compared() -> None:
    page = Outcome(True, True, True, 1.0)
    judged = Judged({1: (page, page)}, 0, 0)
    assert compare_judged([judged], [judged], files=(["a"], ["b"]), options=OPTIONS).long.own.test.f1 == (1.0, 1.0)
