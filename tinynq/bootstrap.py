"""Resampling pages: how far a score, or the difference of two systems, would move on other pages.

A score depends on no more than how many pages show each pattern of outcomes, and these counts, over pages drawn
with replacement, are one multinomial draw. So this is the bootstrap of pages (Efron and Tibshirani 1993, "An
Introduction to the Bootstrap", chapters 6 and 13) itself, at a cost that does not grow with their number.

Thresholds are those of the pages that were scored, held fixed: decision 9 in docs/decisions says why.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95  # of every interval
BLOCK = 1000  # samples that are held at once
ROUNDING = 1e-12  # differences below this are none

Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]


class Interval(NamedTuple):
    """The 95 % percentile interval of a value."""

    low: float
    high: float


class Rates(NamedTuple):
    """Precision, recall and F1, from 0 to 1, of as many samples and systems as there are."""

    precision: Floats
    recall: Floats
    f1: Floats


class PairedTest(NamedTuple):
    """The difference A - B of two F1s on the same pages, where each is a mean over the system's runs.

    ``p_bootstrap`` and ``p_randomization`` are two-sided; the second is None unless both systems have one run.
    """

    f1: tuple[float, float]
    difference: float
    interval: Interval
    p_bootstrap: float
    p_randomization: float | None

    def swapped(self) -> "PairedTest":
        """The same test, of B and A."""
        mirrored = Interval(0.0 - self.interval.high, 0.0 - self.interval.low)  # 0.0 - 0.0 has no sign
        return self._replace(f1=self.f1[::-1], difference=0.0 - self.difference, interval=mirrored)


def rates(correct: Floats, predicted: Floats, gold: Floats) -> Rates:
    """The rates of counted pages; 0 where the official evaluation has 0, by its own formula."""
    precision, recall = _ratio(correct, predicted), _ratio(correct, gold)
    return Rates(precision, recall, _ratio(2 * precision * recall, precision + recall))


def rate_intervals(counts: ArrayLike, outcomes: ArrayLike, *, samples: int, seed: int) -> dict[str, Interval]:
    """The intervals of one system's rates, by name.

    ``counts`` [k] pages have the outcome ``outcomes`` [k, 3]: whether there is gold, a right answer, an answer.
    """
    drawn = resample(counts, outcomes, samples=samples, random=np.random.default_rng(seed))
    gold, correct, predicted = drawn.T
    return {name: _interval(values) for name, values in rates(correct, predicted, gold)._asdict().items()}


def paired_test(gold: Bools, a: Bools, b: Bools, *, samples: int, seed: int) -> PairedTest:
    """Compares two systems on the same pages: an interval of the difference, and how likely chance gives as much.

    ``gold`` [n] says which pages have an answer; ``a`` [2, n, runs] and ``b`` which of them each run of a system
    answers rightly, and answers at all. The interval and ``p_bootstrap`` draw pages, the same for all (Koehn 2004), and
    runs within each system (Owen 2007, "The pigeonhole bootstrap"): one fewer than it has, as their variance would
    come out too small otherwise (Rao and Wu 1988). ``p_bootstrap`` shifts the bootstrap to no difference
    (Berg-Kirkpatrick, Burkett and Klein 2012); ``p_randomization`` swaps the two systems' answers on pages at random
    (Noreen 1989). The order of pages does not matter.
    """
    runs_a, runs_b = a.shape[2], b.shape[2]
    random = np.random.default_rng(seed)
    table = np.concatenate([gold[:, None], a[0], b[0], a[1], b[1]], axis=1)
    patterns, counts = np.unique(table, axis=0, return_counts=True)
    patterns = patterns.astype(np.float64)
    f1 = _f1(counts @ patterns)
    means = f1[:runs_a].mean(), f1[runs_a:].mean()
    observed = float(means[0] - means[1])
    shares = np.hstack([_draw_runs(runs_a, samples, random), -_draw_runs(runs_b, samples, random)])
    drawn = (_f1(resample(counts, patterns, samples=samples, random=random)) * shares).sum(axis=1)
    return PairedTest(
        f1=(float(means[0]), float(means[1])),
        difference=observed,
        interval=_interval(drawn),
        p_bootstrap=_p_value(drawn - observed, observed),
        p_randomization=_randomization(counts, patterns, samples, random) if runs_a == runs_b == 1 else None,
    )


def resample(counts: ArrayLike, outcomes: ArrayLike, *, samples: int, random: np.random.Generator) -> Floats:
    """Sums of ``outcomes`` [k, columns] over as many pages as ``counts`` [k] has, drawn with replacement.

    Gives [samples, columns].
    """
    counts, outcomes = np.asarray(counts), np.asarray(outcomes, np.float64)
    pages = int(counts.sum())
    return np.concatenate([random.multinomial(pages, counts / pages, n) @ outcomes for n in _blocks(samples)])


def _randomization(counts: NDArray[np.int64], patterns: Floats, samples: int, random: np.random.Generator) -> float:
    """The p-value of approximate randomization; of a pattern's pages a binomial number has its answers swapped."""
    swap = patterns[:, [0, 2, 1, 4, 3]] - patterns
    swapped = [random.binomial(counts, 0.5, (n, len(counts))) @ swap for n in _blocks(samples)]
    differences = (_f1(counts @ patterns + np.concatenate(swapped)) * [1.0, -1.0]).sum(axis=-1)
    return _p_value(differences, float(np.subtract(*_f1(counts @ patterns))))


def _f1(sums: Floats) -> Floats:
    """F1 [..., runs] of sums [..., gold and, for each run, right answers and then all answers]."""
    gold, answers = sums[..., :1], sums[..., 1:]
    runs = answers.shape[-1] // 2
    return rates(answers[..., :runs], answers[..., runs:], gold).f1


def _draw_runs(runs: int, samples: int, random: np.random.Generator) -> Floats:
    draws = max(1, runs - 1)
    return random.multinomial(draws, np.full(runs, 1 / runs), samples) / draws


def _p_value(differences: Floats, observed: float) -> float:
    """How many differences are at least as large as the observed one, which is one of them: never 0."""
    extreme = np.count_nonzero(np.abs(differences) >= abs(observed) - ROUNDING)
    return (1 + extreme) / (1 + len(differences))


def _interval(values: Floats) -> Interval:
    # What np.quantile gives, which would import numpy's masked arrays for it.
    shares = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = np.interp(shares * (len(values) - 1), np.arange(len(values)), np.sort(values))
    return Interval(float(low), float(high))


def _blocks(samples: int) -> Iterator[int]:
    return (min(BLOCK, samples - first) for first in range(0, samples, BLOCK))


def _ratio(x: Floats, y: Floats) -> Floats:
    return np.divide(x, y, out=np.zeros(np.broadcast_shapes(x.shape, y.shape)), where=y != 0)
