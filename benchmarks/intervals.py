"""Whether the intervals and p-values of `eval` and `compare` are what they say, on made-up pages whose truth is known.

    python benchmarks/intervals.py [--trials N]

Systems answer pages of one difficulty, so that they are right and wrong together. The truth is the best F1 on
half a million pages. The first table holds the best threshold fixed, as tinynq does, or searches it anew in every
bootstrap sample; the second compares systems of several runs, whose quality differs from run to run.
"""

import argparse
import time

import numpy as np

from tinynq.bootstrap import Bools, Floats, paired_test, rates

SAMPLES = 500


def answers(
    pages: int, runs: int, spread: float, random: np.random.Generator
) -> tuple[Bools, list[tuple[Bools, Floats]]]:
    """Which pages have gold, and for each run which of its answers are right, and their scores."""
    gold = random.random(pages) < 0.5
    ease = random.normal(size=pages)
    made = []
    for _ in range(runs):
        skill = spread * random.normal()
        right = gold & (0.8 * ease + 0.6 * random.normal(size=pages) + skill > 0)
        made.append((right, 0.7 * right + 0.3 * ease * gold + 0.9 * random.normal(size=pages)))
    return gold, made


def best(gold: Bools, right: Bools, score: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The best F1 and its threshold, for each row of page weights."""
    order = np.argsort(-score)
    correct = np.cumsum(weights[:, order] * right[order], axis=1)
    f1 = rates(correct, np.cumsum(weights[:, order], axis=1), (weights @ gold)[:, None]).f1
    place = f1.argmax(axis=1)
    return f1.max(axis=1), score[order][place]


def thresholds(trials: int) -> None:
    """One system, and two of the same quality, with thresholds held fixed and searched anew."""
    random = np.random.default_rng(1)
    gold, [(right, score)] = answers(500_000, 1, 0.0, random)
    truth = best(gold, right, score, np.ones((1, len(gold))))[0][0]
    print(f"truth {truth:.4f}; coverage of 95 % intervals of F1 and of A - B; share of p < 0.05 when A = B")
    heads = ("bias", "F1 fixed", "F1 anew", "A-B fixed", "A-B anew", "bootstrap", "randomiz.")
    print(f"{'pages':>6}" + "".join(f"{head:>10}" for head in heads))
    for pages in (100, 300, 1000):
        rows = []
        for _ in range(trials):
            gold, systems = answers(pages, 2, 0.0, random)
            weights = random.multinomial(pages, np.full(pages, 1 / pages), SAMPLES).astype(float)
            ones = np.ones((1, pages))
            points = [best(gold, right, score, ones) for right, score in systems]
            kept = [score >= point[1][0] for (_, score), point in zip(systems, points, strict=True)]
            fixed = [
                rates(weights @ (right & keep), weights @ keep, weights @ gold).f1
                for (right, _), keep in zip(systems, kept, strict=True)
            ]
            anew = [best(gold, right, score, weights)[0] for right, score in systems]
            a, b = (np.array([right & keep, keep])[..., None] for (right, _), keep in zip(systems, kept, strict=True))
            test = paired_test(gold, a, b, samples=SAMPLES, seed=0)
            covers = [holds(fixed[0], truth), holds(anew[0], truth)]
            covers += [holds(fixed[0] - fixed[1], 0.0), holds(anew[0] - anew[1], 0.0)]
            p_values = [test.p_bootstrap < 0.05, (test.p_randomization or 0) < 0.05]
            rows.append([points[0][0][0] - truth, *covers, *p_values])
        bias, *shares = np.mean(rows, axis=0)
        print(f"{pages:6}{bias:+10.4f}" + "".join(f"{share:10.1%}" for share in shares))


def groups(trials: int) -> None:
    """Systems of several runs, all of the same quality in the mean; every answer is given."""
    random = np.random.default_rng(2)
    print("\nseveral runs a system, 1,000 pages: coverage of the 95 % interval of A - B, share of p < 0.05")
    for spread, name in ((0.0, "runs of one quality"), (0.1, "runs that differ in quality")):
        for runs in (1, 2, 3, 5):
            rows = []
            for _ in range(trials):
                gold, made = answers(1000, 2 * runs, spread, random)
                right = np.array([right for right, _ in made]).T
                table = np.array([right, np.ones_like(right)])
                test = paired_test(gold, table[..., :runs], table[..., runs:], samples=SAMPLES, seed=0)
                rows.append([test.interval.low <= 0 <= test.interval.high, test.p_bootstrap < 0.05])
            covered, significant = np.mean(rows, axis=0)
            print(f"{name:<30}{runs} and {runs} runs{covered:9.1%}{significant:9.1%}")


def holds(values: Floats, truth: float) -> bool:
    """Whether the percentile interval of values holds the truth."""
    low, high = np.quantile(values, [0.025, 0.975])
    return bool(low <= truth <= high)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    trials = parser.parse_args().trials
    begun = time.monotonic()
    thresholds(trials)
    groups(trials)
    print(f"\n{trials:,} trials a row, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
