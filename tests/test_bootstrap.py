"""bootstrap: the statistics of the statistics, on pages whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq.bootstrap import BLOCK, Bools, Interval, PairedTest, paired_test, rate_intervals, rates, resample

SAMPLES = 300


def answers(right: Bools, given: Bools) -> Bools:
    """[2, pages, 1] of one run."""
    return np.array([right & given, given])[..., None]


def one_system(pages: int, random: np.random.Generator) -> tuple[Bools, Bools]:
    """Gold on half of the pages, 0.6 of it known, and 0.9 of all pages answered."""
    gold = random.random(pages) < 0.5
    return gold, answers(gold & (random.random(pages) < 0.6), random.random(pages) < 0.9)


def two_systems(pages: int, shift: float, random: np.random.Generator) -> tuple[Bools, Bools, Bools]:
    """All pages have gold and are answered, so that F1 is the share that is right: a half, and ``shift`` less."""
    ease = random.random(pages)
    noise = random.random((2, pages)) < 0.5  # of the answers, a half have nothing to do with its ease
    lucky = random.random((2, pages))
    right = [np.where(noise[i], lucky[i], ease) < share for i, share in enumerate((0.5, 0.5 - shift))]
    everywhere = np.ones(pages, bool)
    return everywhere, answers(right[0], everywhere), answers(right[1], everywhere)


# Rates


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_rates_are_those_of_the_official_formula(correct: int, wrong: int, missed: int) -> None:
    predicted, gold = correct + wrong, correct + missed
    precision = correct / predicted if predicted else 0.0
    recall = correct / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    found = rates(*(np.array([float(x)]) for x in (correct, predicted, gold)))
    assert (found.precision[0], found.recall[0], found.f1[0]) == (precision, recall, f1)


# Drawing pages


def test_a_multinomial_draw_is_drawing_pages() -> None:
    counts, outcomes = np.array([30, 50, 20]), np.array([[1, 1], [0, 1], [0, 0]])
    drawn = resample(counts, outcomes, samples=20_000, random=np.random.default_rng(0))
    pages = np.repeat(np.arange(3), counts)
    picked = pages[np.random.default_rng(1).integers(0, 100, (20_000, 100))]
    explicit = outcomes[picked].sum(axis=1)
    assert drawn.mean(axis=0) == pytest.approx(explicit.mean(axis=0), abs=0.2)
    assert np.cov(drawn.T) == pytest.approx(np.cov(explicit.T), abs=0.8)


def test_every_sample_has_all_the_pages() -> None:
    for samples in (1, BLOCK, BLOCK + 1):
        drawn = resample([3, 4], [[1], [1]], samples=samples, random=np.random.default_rng(0))
        assert drawn.shape == (samples, 1)
        assert (drawn == 7).all()


# Intervals of one system


def test_intervals_hold_the_truth_about_95_times_of_100() -> None:
    random = np.random.default_rng(0)
    # Of all pages 0.5 x 0.6 x 0.9 are right, 0.9 answered, 0.5 have gold.
    truth = {"precision": 0.3, "recall": 0.54, "f1": 2 * 0.27 / 1.4}
    held = dict.fromkeys(truth, 0)
    for _ in range(300):
        gold, system = one_system(300, random)
        patterns, counts = np.unique(np.column_stack([gold, system[0], system[1]]), axis=0, return_counts=True)
        found = rate_intervals(counts, patterns, samples=SAMPLES, seed=0)
        for name, value in truth.items():
            held[name] += found[name].low <= value <= found[name].high
    assert all(0.91 <= count / 300 <= 0.985 for count in held.values()), held


def test_an_interval_of_certainty_is_a_point_and_of_nothing_is_zero() -> None:
    perfect = rate_intervals([10, 5], [[1, 1, 1], [0, 0, 0]], samples=SAMPLES, seed=0)
    assert set(perfect.values()) == {Interval(1.0, 1.0)}
    nothing = rate_intervals([10, 5], [[1, 0, 0], [0, 0, 1]], samples=SAMPLES, seed=0)
    assert set(nothing.values()) == {Interval(0.0, 0.0)}


# Two systems


def test_the_interval_of_a_known_difference_holds_it() -> None:
    random, held = np.random.default_rng(0), 0
    for _ in range(300):
        test = paired_test(*two_systems(200, 0.1, random), samples=SAMPLES, seed=0)
        held += test.interval.low <= 0.1 <= test.interval.high
    assert 0.91 <= held / 300 <= 0.985


def test_p_values_of_equal_systems_are_uniform() -> None:
    random = np.random.default_rng(0)  # many pages: with few, differences and so p-values are few as well
    tests = [paired_test(*two_systems(2000, 0.0, random), samples=SAMPLES, seed=0) for _ in range(300)]
    for p_values in ([test.p_bootstrap for test in tests], [test.p_randomization or 0.0 for test in tests]):
        assert np.mean(np.array(p_values) < 0.05) <= 0.09
        for p in (0.25, 0.5, 0.75):
            assert np.mean(np.array(p_values) < p) == pytest.approx(p, abs=0.08)


def test_p_values_of_different_systems_are_small_and_never_0() -> None:
    test = paired_test(*two_systems(1000, 0.2, np.random.default_rng(0)), samples=SAMPLES, seed=0)
    assert test.p_bootstrap == test.p_randomization == 1 / (SAMPLES + 1)
    assert test.interval.low > 0.1


def test_a_system_against_itself() -> None:
    gold, system = one_system(50, np.random.default_rng(0))
    test = paired_test(gold, system, system, samples=SAMPLES, seed=0)
    assert test.f1[0] == test.f1[1] > 0
    assert test[1:] == (0.0, Interval(0.0, 0.0), 1.0, 1.0)


def test_without_a_right_answer_there_is_no_difference() -> None:
    gold, never = np.ones(5, bool), np.zeros((2, 5, 1), bool)
    assert paired_test(gold, never, never, samples=SAMPLES, seed=0).p_bootstrap == 1.0


@given(st.lists(st.tuples(*[st.booleans()] * 5), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_pages_does_not_matter(pages: list[tuple[bool, ...]], shuffler: object) -> None:
    def tested(rows: list[tuple[bool, ...]]) -> PairedTest:
        gold, right_a, given_a, right_b, given_b = np.array(rows).T
        return paired_test(
            gold, answers(right_a & gold, given_a), answers(right_b & gold, given_b), samples=100, seed=3
        )

    first = tested(pages)
    shuffler.shuffle(pages)  # type: ignore[attr-defined]
    assert tested(pages) == first


def test_the_seed_decides_and_nothing_else() -> None:
    pages = two_systems(100, 0.05, np.random.default_rng(0))
    first, again, other = (paired_test(*pages, samples=SAMPLES, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.difference == other.difference
    assert first.interval != other.interval


def test_swapped_is_the_mirror_image() -> None:
    test = PairedTest((0.5, 0.4), 0.1, Interval(-0.1, 0.3), 0.2, None)
    assert test.swapped() == PairedTest((0.4, 0.5), -0.1, Interval(-0.3, 0.1), 0.2, None)
    assert str(PairedTest((0.0, 0.0), 0.0, Interval(0.0, 0.0), 1.0, 1.0).swapped().difference) == "0.0"


# Several runs


def many_runs(runs: int, spread: float, random: np.random.Generator) -> tuple[Bools, Bools, Bools]:
    """Two systems whose runs are right on half of the pages, give or take ``spread``."""
    skill = 0.5 + spread * random.normal(size=2 * runs)
    right = random.random((400, 2 * runs)) < skill
    both = np.array([right, np.ones_like(right)])
    return np.ones(400, bool), both[..., :runs], both[..., runs:]


def test_runs_of_one_kind_are_averaged() -> None:
    gold, a, b = many_runs(3, 0.1, np.random.default_rng(0))
    test = paired_test(gold, a, b, samples=SAMPLES, seed=0)
    f1 = [2 * run.mean() / 2 for run in (a[0].T, b[0].T)]
    assert test.f1 == pytest.approx(f1)
    assert test.difference == pytest.approx(f1[0] - f1[1])
    assert test.p_randomization is None


def test_systems_need_not_have_as_many_runs() -> None:
    gold, a, b = many_runs(3, 0.1, np.random.default_rng(0))
    assert paired_test(gold, a, b[..., :1], samples=SAMPLES, seed=0).f1[0] == pytest.approx(a[0].mean())


def test_runs_that_differ_widen_the_interval_as_they_should() -> None:
    random = np.random.default_rng(0)
    held = {1: 0, 3: 0}
    for _ in range(200):
        gold, a, b = many_runs(3, 0.08, random)
        for runs in held:
            test = paired_test(gold, a[..., :runs], b[..., :runs], samples=SAMPLES, seed=0)
            held[runs] += test.interval.low <= 0 <= test.interval.high
    # One run says nothing of how runs differ, and two systems of the same quality look different too often.
    assert held[1] / 200 < 0.75
    # Three say too little of it for the 95 % to be full.
    assert 0.86 <= held[3] / 200 <= 0.98
