"""The scores that need no model: what a reader has to beat.

    python benchmarks/baselines.py PAGES... [--out FOLDER]

The rows: predict nothing, the first top-level candidate of every page, and the top-level candidate
that BM25 ranks first (Robertson and Zaragoza 2009, k1 1.2, b 0.75), with document frequencies over the
candidates of that page alone or of all pages given. --out keeps their prediction files.
"""

import argparse
import math
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from tinynq.errors import TinynqError
from tinynq.files import atomic_write
from tinynq.metrics import evaluate
from tinynq.pages import read_pages
from tinynq.predictions import first_candidate
from tinynq.types import NqSpan, Page, Prediction

WORD = re.compile(r"\w+")
K1, B = 1.2, 0.75


def nothing(page: Page) -> Prediction:
    """The null prediction."""
    return Prediction(page.example_id, NqSpan(), 0.0, [], 0.0)


def bm25(pages: Iterable[Page]) -> Callable[[Page], Prediction]:
    """The answerer whose long answer is the top-level candidate with the highest BM25 score."""
    frequency: Counter[str] = Counter()
    documents = words = 0
    for page in pages:
        for counts in candidates(page).values():
            documents += 1
            words += counts.total()
            frequency.update(counts.keys())
    mean = words / max(1, documents)

    def weight(word: str, counts: Counter[str]) -> float:
        n = frequency[word]
        norm = K1 * (1 - B + B * counts.total() / mean)
        return math.log(1 + (documents - n + 0.5) / (n + 0.5)) * counts[word] * (K1 + 1) / (counts[word] + norm)

    def answer(page: Page) -> Prediction:
        question = WORD.findall(page.question.lower())
        ranked = {span: sum(weight(word, counts) for word in question) for span, counts in candidates(page).items()}
        best = max(ranked, key=lambda span: ranked[span], default=NqSpan())
        score = ranked.get(best, 0.0)
        return Prediction(page.example_id, best, score, [], score)

    return answer


def candidates(page: Page) -> dict[NqSpan, Counter[str]]:
    """The words of each top-level candidate that has any, in lower case."""
    found = {}
    for candidate in page.candidates:
        if candidate.top_level:
            start, end = candidate.start_token, candidate.end_token
            tokens = (page.tokens[i].lower() for i in range(start, end) if not page.is_html[i])
            counts = Counter(word for token in tokens for word in WORD.findall(token))
            if counts:
                found[NqSpan(start, end)] = counts
    return found


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", help="NQ files, globs or folders, with annotations")
    parser.add_argument("--out", type=Path, help="folder to keep the prediction files in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            table(arguments.pages, folder)
        except TinynqError as error:
            sys.exit(f"error: {error}")


def table(sources: list[str], folder: Path) -> None:
    """Print one row a baseline; its predictions stay in ``folder``."""
    print(f"{'row':<20}{'long F1':>9}{'P':>9}{'R':>9}{'threshold':>11}{'short F1':>10}{'seconds':>9}")
    rows: list[tuple[str, Callable[[], Callable[[Page], Prediction]]]] = [
        ("nothing", lambda: nothing),
        ("first candidate", lambda: first_candidate),
        ("BM25 of the page", lambda: lambda page: bm25([page])(page)),
        ("BM25 of all pages", lambda: bm25(read_pages(sources))),
    ]
    for name, make in rows:
        start = time.perf_counter()
        answer = make()
        predictions = [answer(page) for page in read_pages(sources)]
        seconds = time.perf_counter() - start
        path = folder / f"{name.replace(' ', '-').lower()}.json"
        with atomic_write(path) as file:
            file.write(msgspec.json.encode({"predictions": predictions}))
        report = evaluate(sources, predictions=path)
        long = report.long.best
        print(
            f"{name:<20}{long.f1:9.2%}{long.precision:9.2%}{long.recall:9.2%}{long.threshold:11.4g}"
            f"{report.short.best.f1:10.2%}{seconds:9.1f}"
        )


if __name__ == "__main__":
    main()
