"""How fast logits become predictions, against the reference's way of decoding.

    python benchmarks/decoding.py

The peer decodes as the reference does, one window after the other in plain Python: the positions sorted by
logit, the ten best starts paired with the ten best ends in two loops, and the best pair of the page kept. Both
decode the same pages of random logits, and must agree on all of them. The other two columns are of the rule `tinynq`,
which the peer has not: of the best window's score, and of the mean over windows, as the bundled `mini` has it.
"""

import platform
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from tinynq.config import DECODINGS, Decoding
from tinynq.decode import JOINT, decode_pages
from tinynq.inference import chunks
from tinynq.types import Float32s, Logits, NqSpan, PageWindows, Prediction, Window

WINDOWS = 1280
ROUNDS = 5
TOP, LONGEST = 10, 30
RULES = (JOINT, DECODINGS["tinynq"], replace(DECODINGS["tinynq"], windows="mean"))


def main() -> None:
    """Print the table."""
    print(f"{platform.machine()}, one thread, Python {platform.python_version()}, numpy {np.__version__}")
    print("milliseconds of CPU per 1,000 windows, median of 5\n")
    print("| window | windows a page | bert-joint | reference's way | ratio | tinynq | tinynq, windows' mean |")
    print("|---|---|---|---|---|---|---|")
    for length in (384, 192):
        for windows in (40, 10, 1):
            pages = make_pages(WINDOWS // windows, windows=windows, length=length)
            seconds: dict[Decoding | None, list[float]] = {rule: [] for rule in (*RULES, None)}
            for _ in range(ROUNDS):
                answers = {}
                for rule, spent in seconds.items():
                    start = time.process_time()
                    answers[rule] = decode_fast(pages, rule) if rule else [decode_slowly(*page) for page in pages]
                    spent.append(time.process_time() - start)
                if answers[JOINT] != answers[None]:
                    sys.exit("error: the two do not agree")
            joint, *others, peer = (statistics.median(spent) / WINDOWS * 1e6 for spent in seconds.values())
            row = (length, windows, f"{joint:.1f}", f"{peer:.0f}", f"{peer / joint:.1f}", *(f"{x:.1f}" for x in others))
            print("|", " | ".join(map(str, row)), "|", flush=True)


def make_pages(count: int, *, windows: int, length: int) -> list[tuple[PageWindows, list[Logits]]]:
    """Pages of windows of ``length`` pieces, a question of 14, and a page token for two of three pieces."""
    random = np.random.default_rng(0)
    pages = []
    for example_id in range(count):
        tokens = windows * 128 + length
        candidates = [(start, start + 60) for start in range(0, tokens, 60)]
        made, logits = [], []
        for index in range(windows):
            token_map = np.full(length, -1, np.int32)
            token_map[14:-1] = index * 80 + np.arange(length - 15) * 2 // 3
            token_map[14:-1:57] = -1
            made.append(Window(example_id, index, 14, np.zeros(length, np.int32), token_map))
            rows = (random.normal(0, 2, n).astype(np.float32) for n in (length, length, 5))
            logits.append(Logits(*rows))
        pages.append((PageWindows(example_id, candidates, made), logits))
    return pages


def decode_fast(pages: Sequence[tuple[PageWindows, list[Logits]]], rule: Decoding) -> list[Prediction]:
    """The predictions of pages, some at a time as `tinynq predict` makes them."""
    rest = iter([logits for _, logits in pages])
    made: list[Prediction] = []
    for some in chunks(page for page, _ in pages):
        made += decode_pages(some, list(islice(rest, len(some))), rule=rule)
    return made


def decode_slowly(page: PageWindows, logits: Sequence[Logits]) -> Prediction:
    """The prediction of a page, one window and one pair after the other."""
    best, span = None, NqSpan()
    for window, scores in zip(page.windows, logits, strict=True):
        start, end, types = (part.tolist() for part in scores)
        cls = start[0] + end[0]
        for s in top(scores.start):
            for e in top(scores.end):
                if e < s or e - s + 1 > LONGEST or window.token_map[s] < 0 or window.token_map[e] < 0:
                    continue
                key = (start[s] + end[e] - cls, start[s] + end[e], cls, types)
                if best is None or key > best:
                    best, span = key, NqSpan(int(window.token_map[s]), int(window.token_map[e]) + 1)
    score = best[0] if best else -10000.0
    holder = NqSpan()
    for first, last in page.candidates:
        if best and first <= span.start_token and span.end_token <= last:
            holder = NqSpan(first, last)
            break
    return Prediction(page.example_id, holder, score, [span], score)


def top(logits: Float32s) -> list[int]:
    """The positions of the ten best logits but the first, best first."""
    ranked = sorted(enumerate(logits.tolist()[1:], 1), key=lambda pair: pair[1], reverse=True)
    return [position for position, _ in ranked[:TOP]]


if __name__ == "__main__":
    main()
