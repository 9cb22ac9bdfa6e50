"""How fast pages are merged: `tinynq merge` by one and two workers, against the same work by other means.

    python benchmarks/merging.py PAGES... [--rounds N]

Megabytes of text that are read a second, each the median of some rounds in which all take turns. Every way reads gzip
and writes one gzip file: copied (`zcat FILES | gzip`, `zcat FILES | gzip -1`, tinynq), or simplified, one page after
the other (the standard library's json and gzip, tinynq). Below: what it costs that tinynq compresses each page by
itself, in the size of the file and in the time to read its lines and its pages, against one stream of the same igzip.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import isal
from isal import igzip

import tinynq
from tinynq.errors import TinynqError
from tinynq.files import LineReader, expand
from tinynq.pages import read_pages
from tinynq.segments import LEVEL


def shell(command: str, files: list[str], out: str) -> None:
    """A pipe of the shell; the files are its arguments, and OUT is set."""
    subprocess.run(["bash", "-c", command, "bash", *files], check=True, env=os.environ | {"OUT": out})


def simplified(page: dict[str, Any]) -> dict[str, Any]:
    """A page in the simplified format, by the rules of the NQ release."""
    spans = [*page["long_answer_candidates"]]
    for annotation in page["annotations"]:
        spans += [annotation["long_answer"], *annotation["short_answers"]]
    for span in spans:
        span.pop("start_byte", None)
        span.pop("end_byte", None)
    text = " ".join(token["token"].replace(" ", "_") for token in page["document_tokens"])
    return {
        "question_text": page["question_text"], "example_id": page["example_id"], "document_url": page["document_url"],
        "document_text": text, "long_answer_candidates": page["long_answer_candidates"],
        "annotations": page["annotations"],
    }  # fmt: skip


def standard(files: list[str], out: str) -> None:
    """Pages simplified with the standard library alone."""
    with gzip.open(out, "wb", compresslevel=6) as target:
        for path in files:
            with gzip.open(path) as source:
                for line in source:
                    page = json.loads(line)
                    if "document_tokens" in page:
                        line = json.dumps(simplified(page)).encode() + b"\n"
                    target.write(line)


def medians(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each way; they take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def speeds(files: list[str], folder: Path, rounds: int) -> None:
    """The first table."""
    size = sum(len(line) + 1 for _, line in LineReader(files))
    out = str(folder / "out.jsonl.gz")
    ours = {f"{n} worker{'s'[: n - 1]}": partial(tinynq.merge, files, out=out, workers=n) for n in (1, 2)}
    groups: list[dict[str, Callable[[], object]]] = [
        {
            "zcat | gzip": partial(shell, 'zcat "$@" | gzip > "$OUT"', files, out),
            "zcat | gzip -1": partial(shell, 'zcat "$@" | gzip -1 > "$OUT"', files, out),
            **{f"tinynq merge, {name}": way for name, way in ours.items()},
        },
        {
            "json, gzip of Python": partial(standard, files, out),
            **{f"tinynq merge --simplify, {name}": partial(way, simplify=True) for name, way in ours.items()},
        },
    ]
    print(f"{len(files)} files, {size / 1e6:,.0f} MB of text\n")
    for ways in groups:
        print(f"{'':36}{'seconds':>10}{'MB/s':>8}{'ratio':>8}")
        taken = medians(ways, rounds)
        first = next(iter(taken.values()))
        for name, seconds in taken.items():
            print(f"{name:36}{seconds:10.2f}{size / 1e6 / seconds:8.0f}{first / seconds:8.1f}")
        print()


def count(lines: Iterable[object]) -> int:
    """How many there are."""
    return sum(1 for _ in lines)


def count_pages(path: str) -> int:
    """How many pages a file holds, each of them made."""
    return count(read_pages([path]))


def costs(files: list[str], folder: Path, rounds: int) -> None:
    """The second table."""
    one, apart = str(folder / "one.jsonl.gz"), str(folder / "apart.jsonl.gz")
    with igzip.open(one, "wb", compresslevel=LEVEL) as target:  # type: ignore[no-untyped-call]
        pages = [target.write(line + b"\n") for _, line in LineReader(files)]
    tinynq.merge(files, out=apart)
    print(f"{sum(pages) / len(pages) / 1e3:,.0f} KB of text a page{'MB':>14}{'lines, s':>10}{'pages, s':>10}")
    sources = {"one stream": one, "each page by itself": apart}
    lines = medians({name: partial(count, LineReader([path])) for name, path in sources.items()}, rounds)
    read = medians({name: partial(count_pages, path) for name, path in sources.items()}, rounds)
    rows = [[Path(path).stat().st_size / 1e6, lines[name], read[name]] for name, path in sources.items()]
    for name, row in zip(sources, rows, strict=True):
        print(f"{name:25}{row[0]:14.2f}{row[1]:10.3f}{row[2]:10.3f}")
    ratios = [b / a for a, b in zip(*rows, strict=True)]
    print(f"{'ratio':25}{ratios[0]:14.3f}{ratios[1]:10.3f}{ratios[2]:10.3f}")


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", help="NQ files, globs or folders, gzipped, without an id that stands twice")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    names = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    print(f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"isal {isal.__version__}, {arguments.rounds} rounds")  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        try:
            files = expand(arguments.pages)
            speeds(files, Path(temporary), arguments.rounds)
            costs(files, Path(temporary), arguments.rounds)
        except TinynqError as error:
            sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
