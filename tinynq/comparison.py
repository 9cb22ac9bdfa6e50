"""Two systems on the same pages: by how much their F1s differ, whether chance gives as much, and on which pages.

A system is one predictions file, or several of one kind, say of runs that differ in their seed.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import tinynq
from tinynq.bootstrap import Bools, Floats, PairedTest, paired_test
from tinynq.config import CompareOptions, GoldOptions, make_both
from tinynq.errors import InputError, printable
from tinynq.files import PathLike, expand
from tinynq.gold import load_gold
from tinynq.metrics import Judged, Outcome, Score, answer_report, by_score, judge, operating_points
from tinynq.predictions import read_predictions
from tinynq.signature import digest, signature
from tinynq.types import ExampleId, Progress, no_progress

System: TypeAlias = PathLike | Sequence[PathLike]  # a file, a glob, a folder, or several of them

Thresholds: TypeAlias = tuple[Score, ...]  # one a run
Outcomes: TypeAlias = Sequence[Outcome]  # of one run and one kind of answer, in the order of pages

SUFFIXES = (".json", ".json.gz")


class Contrast(NamedTuple):
    """Systems A and B at ``thresholds``: the test of A - B, and the pages won (A right, B wrong) and lost.

    A system is right on a page when it gives a right answer, or none where gold has none. With several runs
    a page is won by the system of which the larger share is right.
    """

    thresholds: tuple[Thresholds, Thresholds]
    test: PairedTest
    won: list[ExampleId]
    lost: list[ExampleId]

    def swapped(self) -> "Contrast":
        """The same of B and A."""
        return Contrast(self.thresholds[::-1], self.test.swapped(), self.lost, self.won)

    def as_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {**self.test._asdict(), "thresholds": self.thresholds, "won": self.won, "lost": self.lost}


class AnswerComparison(NamedTuple):
    """One kind of answer: with each run at its own best threshold, and with all of them at a common one.

    The common threshold is that of the highest mean of the two systems' F1s.
    """

    own: Contrast
    common: Contrast


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two systems, A and B, on the same ``pages``; ``files`` are the predictions of each.

    ``bad_pages`` were compared on neither side.
    """

    long: AnswerComparison
    short: AnswerComparison
    files: tuple[list[str], list[str]]
    pages: int
    pages_left_out: int
    options: CompareOptions
    signature: str
    bad_pages: int = 0

    def contrasts(self) -> Iterator[tuple[str, str, Contrast]]:
        """Kind of answer, choice of thresholds, and what came of it."""
        for kind, part in (("long", self.long), ("short", self.short)):
            yield kind, "own", part.own
            yield kind, "common", part.common

    def as_dict(self) -> dict[str, Any]:
        """All that is known, ready for JSON."""
        return {
            "a": self.files[0],
            "b": self.files[1],
            "long": {"own": self.long.own.as_dict(), "common": self.long.common.as_dict()},
            "short": {"own": self.short.own.as_dict(), "common": self.short.common.as_dict()},
            "pages": self.pages,
            "pages_left_out": self.pages_left_out,
            "bad_pages": self.bad_pages,
            "options": asdict(self.options),
            "version": tinynq.__version__,
            "signature": self.signature,
        }

    def lines(self) -> Iterator[str]:
        """The comparison for people, in lines of at most 80 columns (but for the names of files)."""
        for name, files in zip("AB", self.files, strict=True):
            yield f"{name}  {files[0]}" + (f" and {len(files) - 1} more" if len(files) > 1 else "")
        annotators = (self.options.long_non_null_threshold, self.options.short_non_null_threshold)
        yield f"{self.pages} pages; an answer counts from {annotators[0]} (long), {annotators[1]} (short) annotators"
        if self.options.partial:
            yield f"partial: {self.pages_left_out} pages that not all files have left out"
        yield ""
        yield f"{'F1':14}{'A':>8}{'B':>8}{'A - B':>9}{'95 % interval':>22}{'won':>6}{'lost':>6}"
        for kind, choice, contrast in self.contrasts():
            test = contrast.test
            interval = f"{test.interval.low:+.2%} to {test.interval.high:+.2%}"
            yield (
                f"{kind if choice == 'own' else '':<6} {choice:<7}{test.f1[0]:8.2%}{test.f1[1]:8.2%}"
                f"{test.difference:+9.2%}{interval:>22}{len(contrast.won):6}{len(contrast.lost):6}"
            )
        yield ""
        yield f"{'':14}{'p bootstrap':>16}{'p randomization':>18}{'threshold A':>14}{'threshold B':>14}"
        for kind, choice, contrast in self.contrasts():
            chance = contrast.test.p_randomization
            yield (
                f"{kind if choice == 'own' else '':<6} {choice:<7}{contrast.test.p_bootstrap:16.4f}"
                f"{'-' if chance is None else format(chance, '.4f'):>18}"
                f"{_threshold(contrast.thresholds[0]):>14}{_threshold(contrast.thresholds[1]):>14}"
            )
        yield ""
        yield "own: each at its own best threshold. common: all at the one of the best mean"
        yield "F1, which means something only where the scores are on one scale."
        yield from self._examples()
        yield ""
        yield self.signature

    def _examples(self) -> Iterator[str]:
        for kind, choice, contrast in self.contrasts() if self.options.examples else ():
            for text, ids in (("A right, B wrong", contrast.won), ("A wrong, B right", contrast.lost)):
                yield f"{kind}, {choice}: {text}"
                listed = printable(" ".join(map(str, islice(ids, self.options.examples)))) or "none"
                yield from textwrap.wrap(listed, 78, initial_indent="  ", subsequent_indent="  ")


def compare(
    pages: str | Sequence[str],
    *,
    predictions: tuple[System, System],
    skip_bad: str | None = None,
    progress: Progress = no_progress,
    **options: Any,
) -> Comparison:
    """Compares two systems, A and B, by their predictions for the same NQ pages.

    ``pages`` are NQ files, globs, folders, URLs or ``-``; each of ``predictions`` is a file, or a glob, a folder or a
    list of the files of one system's runs. ``options`` are the fields of CompareOptions and of GoldOptions; with
    ``partial``, the pages that all files have are compared. Bad pages are listed in the file ``skip_bad``
    and compared on neither side. Raises InputError for what cannot be read or does not
    fit together, UsageError for an unknown option.
    """
    checked, reading = make_both(CompareOptions, GoldOptions, options)
    a, b = (expand(source, suffixes=SUFFIXES) for source in predictions)
    found = {path: read_predictions(path) for path in [*a, *b]}
    gold = load_gold(pages, options=reading, skip_bad=skip_bad, progress=progress)
    judged = {path: judge(gold, gold.answerable(found[path]), options=checked, name=f"{path}: ") for path in found}
    runs = ([judged[path] for path in system] for system in (a, b))
    return replace(compare_judged(*runs, files=(a, b), options=checked), bad_pages=gold.bad)


def compare_judged(
    a: Sequence[Judged], b: Sequence[Judged], *, files: tuple[list[str], list[str]], options: CompareOptions
) -> Comparison:
    """Compares the runs of two systems, all judged by the same gold; pages that not all have are left out.

    Raises InputError where that leaves none.
    """
    first, *others = [*a, *b]
    ids = [example_id for example_id in first.pages if all(example_id in run.pages for run in others)]
    if not ids:
        raise InputError(f"{', '.join([*files[0], *files[1]])}: no page has a prediction in all of them")
    digests = [_digest_of_runs(system) for system in (a, b)]
    # Whichever is called A, the same numbers are drawn, so that all that is said of B - A mirrors what is of A - B.
    swap = digests[0] > digests[1]
    long, short = (
        _compare_answers(ids, _outcomes(a, kind, ids), _outcomes(b, kind, ids), swap=swap, options=options)
        for kind in (0, 1)
    )
    return Comparison(
        long=long,
        short=short,
        files=files,
        pages=len(ids),
        pages_left_out=first.pages_left_out + len(first.pages) - len(ids),
        options=options,
        signature=signature(pages=len(ids), gold=first.gold_digest, predictions=digests, options=options),
    )


def _digest_of_runs(system: Sequence[Judged]) -> str:
    digests = [run.predictions_digest for run in system]
    return digests[0] if len(digests) == 1 else digest(digests)


def _outcomes(system: Sequence[Judged], kind: int, ids: Sequence[ExampleId]) -> list[Outcomes]:
    return [[run.pages[example_id][kind] for example_id in ids] for run in system]


def common_threshold(a: Sequence[Outcomes], b: Sequence[Outcomes]) -> Score:
    """The threshold of the best mean of two systems' F1s, each a mean over its runs; of equal ones the highest."""
    ranked = sorted((o for outcomes in (*a, *b) for o in outcomes), key=by_score, reverse=True)
    mean: dict[Score, float] = dict.fromkeys((outcome.score for outcome in ranked), 0.0)
    for system in (a, b):
        for outcomes in system:
            points = operating_points(outcomes, sum(outcome.gold for outcome in outcomes))
            steps = {point.threshold: point.f1 for point in points}
            f1 = 0.0
            for threshold in mean:
                f1 = steps.get(threshold, f1)
                mean[threshold] += f1 / len(system)
    return max(mean, key=lambda threshold: mean[threshold])


def _compare_answers(
    ids: Sequence[ExampleId], a: Sequence[Outcomes], b: Sequence[Outcomes], *, swap: bool, options: CompareOptions
) -> AnswerComparison:
    if swap:
        own, common = _compare_answers(ids, b, a, swap=False, options=options)
        return AnswerComparison(own.swapped(), common.swapped())
    best = [tuple(answer_report(outcomes).best.threshold for outcomes in system) for system in (a, b)]
    threshold = common_threshold(a, b)
    return AnswerComparison(
        own=_contrast(ids, a, b, (best[0], best[1]), options),
        common=_contrast(ids, a, b, ((threshold,) * len(a), (threshold,) * len(b)), options),
    )


def _contrast(
    ids: Sequence[ExampleId],
    a: Sequence[Outcomes],
    b: Sequence[Outcomes],
    thresholds: tuple[Thresholds, Thresholds],
    options: CompareOptions,
) -> Contrast:
    gold = np.array([outcome.gold for outcome in a[0]])
    answers_a, answers_b = _answers(a, thresholds[0]), _answers(b, thresholds[1])
    test = paired_test(gold, answers_a, answers_b, samples=options.samples, seed=options.seed)
    more = _right(gold, answers_a) - _right(gold, answers_b)
    won, lost = (
        [example_id for example_id, is_so in zip(ids, pages, strict=True) if is_so] for pages in (more > 0, more < 0)
    )
    return Contrast(thresholds, test, won, lost)


def _answers(system: Sequence[Outcomes], thresholds: Thresholds) -> Bools:
    """[2, pages, runs]: whether a right answer, and whether an answer, is given."""
    runs = list(zip(system, thresholds, strict=True))
    correct = [[outcome.correct_from(threshold) for outcome in outcomes] for outcomes, threshold in runs]
    given = [[outcome.given_from(threshold) for outcome in outcomes] for outcomes, threshold in runs]
    return np.array([correct, given]).transpose(0, 2, 1)


def _right(gold: Bools, answers: Bools) -> Floats:
    """The share [pages] of runs that are right."""
    correct, given = answers
    right: Floats = np.where(given, correct, ~gold[:, None]).mean(axis=1)
    return right


def _threshold(thresholds: Thresholds) -> str:
    return format(thresholds[0], ".6g") if len(set(thresholds)) == 1 else "one a run"
