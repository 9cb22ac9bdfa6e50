"""How long a question to a page of 7,000 tokens takes, and how much of that is the model.

    python benchmarks/asking.py [RUN ...] [--page FILE] [--threads N] [--cpu]

Without runs it is asked of the readers that ship with the package. Goals, on two free cores: to load in 1.5 s, and to
answer in 2 s (mini) and 0.5 s (tiny). The first answer is not counted. Then answers and bare forward passes over the
same windows take turns. Loading is timed in a process of its own, which has torch already.
"""

import argparse
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from tinynq.bundled import bundled_readers
from tinynq.documents import read_document
from tinynq.features import page_windows
from tinynq.inference import window_logits
from tinynq.reader import Reader

LOAD = """
import sys, time
import torch
begun = time.perf_counter()
from tinynq.reader import Reader
Reader.load(sys.argv[1], threads=int(sys.argv[2]))
print(time.perf_counter() - begun)
"""
QUESTION = "who wrote the book about the river and the king"


def made_up(paragraphs: int = 47, words: int = 146) -> str:
    """A page of 7,000 tokens, as HTML."""
    draw = random.Random(0)
    vocabulary = [f"{a}{b}" for a in ("riv", "kin", "tow", "pap", "sil") for b in ("er", "gs", "ns", "ton", "ver")]
    vocabulary += [*"abcdefgh.,.,", "the", "of", "and", "in", "was", "1887", "1902", "London", "river", "king"]
    return "".join(f"<p>{' '.join(draw.choices(vocabulary, k=words))}.</p>\n" for _ in range(paragraphs))


def load_seconds(run: str, threads: int, clock: str) -> float:
    """Seconds beyond the import of torch."""
    command = [sys.executable, "-c", LOAD.replace("perf_counter", clock), run, str(threads)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


class Measured(NamedTuple):
    """A run's row: medians are seconds of loading, of an answer, and of the forward passes alone."""

    tokens: int
    windows: int
    load: float
    answer: float
    forward: float


def measure(run: str, page: str, *, threads: int, rounds: int, clock: Callable[[], float]) -> Measured:
    """The row of one run."""
    loads = [load_seconds(run, threads, clock.__name__) for _ in range(rounds)]
    reader = Reader.load(run, threads=threads)
    document = read_document(page)
    document.page.question = QUESTION
    windows = page_windows(document.page, vocab=reader.vocab, options=reader.features).windows
    reader.answer(QUESTION, page)
    answers, forwards = [], []
    for _ in range(rounds):
        begun = clock()
        reader.answer(QUESTION, page)
        answers.append(clock() - begun)
        begun = clock()
        window_logits(reader.model, windows, pad_id=reader.vocab.pad, options=reader.options)
        forwards.append(clock() - begun)
    medians = (statistics.median(each) for each in (loads, answers, forwards))
    return Measured(len(document.spans), len(windows), *medians)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", default=list(bundled_readers()), help="runs, or names of bundled readers")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", action="store_true", help="CPU seconds, for a machine that is busy")
    chosen = parser.parse_args()
    if not chosen.runs:
        parser.error("no reader ships with this checkout; name a run")
    clock = time.process_time if chosen.cpu else time.perf_counter
    page = chosen.page.read_text("utf-8") if chosen.page else made_up()
    heads = ("tokens", "windows", "load s", "answer s", "windows/s", "forward/s", "of forward")
    print(f"{'run':<16}" + "".join(f"{head:>11}" for head in heads))
    for run in chosen.runs:
        row = measure(run, page, threads=chosen.threads, rounds=chosen.rounds, clock=clock)
        print(
            f"{Path(run).name:<16}{row.tokens:11,}{row.windows:11}{row.load:11.2f}{row.answer:11.2f}"
            f"{row.windows / row.answer:11.1f}{row.windows / row.forward:11.1f}{row.forward / row.answer:11.0%}"
        )
    print(f"\n{chosen.rounds} rounds, medians of {'CPU' if chosen.cpu else 'wall'} seconds; {chosen.threads} threads,")
    print(
        f"{platform.processor() or platform.machine()}, torch {torch.__version__}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
