"""Peak memory of prepare, predict and eval, at two numbers of pages: it must not grow with them.

    python benchmarks/memory.py PAGES... [--pages 500 5000]

PAGES are NQ files in either format with annotations; they are taken again from the beginning, with other ids, where
they are too few. predict is BERT-Tiny from random weights, on windows without an overlap.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from timing import machine, parser

from tinynq.files import expand, read_lines
from tinynq.pages import read_pages
from tinynq.predictions import first_candidate, write_predictions

MUST = {"prepare --for train": 400, "prepare --for predict": 400, "eval": 300, "predict": 900}
MEASURED = (
    sys.executable,
    "-c",
    f"""
import sys
sys.path.append({str(Path(__file__).parent)!r})
from timing import peak_megabytes
from tinynq.__main__ import main
try:
    main()
finally:
    print(peak_megabytes())
""",
)
RUN = ("--init", "bert-tiny", "--steps", "1", "--batch-size", "2", "--recipe", "fast", "--threads", "1")


def peak(command: Sequence[str]) -> float:
    """The most memory that a command of tinynq has had, in MB."""
    process = subprocess.run([*MEASURED, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if process.returncode:
        raise SystemExit(f"failed: tinynq {' '.join(command)}")
    return float(process.stdout.split()[-1])


def some(files: list[str], count: int) -> Iterator[bytes]:
    """As many lines as asked for, each with an id of its own."""
    lines = (line for file in cycle(files) for _, line in read_lines(file))
    for number, line in enumerate(islice(lines, count)):
        yield json.dumps(json.loads(line) | {"example_id": number}).encode() + b"\n"


def main() -> None:
    """Read the command line and print the table."""
    options = parser(str(__doc__))
    options.add_argument("pages", nargs="+", help="NQ files")
    options.add_argument("--pages", dest="counts", nargs=2, type=int, default=(500, 5000))
    arguments = options.parse_args()
    print(machine())
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in arguments.counts:
            for name, command in commands(expand(arguments.pages), count, Path(folder)).items():
                took = peak(command)
                found.setdefault(name, []).append(took)
    few, many = arguments.counts
    print(f"| peak, MB | {few:,} pages | {many:,} pages | growth | at most |\n|---|---|---|---|---|")
    for name, (before, after) in found.items():
        print(f"| {name} | {before:.0f} | {after:.0f} | {after / before - 1:+.0%} | {MUST.get(name, '')} |")


def commands(files: list[str], count: int, out: Path) -> dict[str, list[str]]:
    """The commands to measure, each with the outputs of those before it."""
    pages, predictions = str(out / f"{count}.jsonl.gz"), str(out / f"{count}.json")
    with gzip.open(pages, "wb", compresslevel=1) as file:
        file.writelines(some(files, count))
    write_predictions(predictions, map(first_candidate, read_pages([pages], annotated=False)))
    options = ["--max-seq-length", "128", "--stride", "128", "--max-contexts", "4"]  # few windows
    train, dev, run = (str(out / f"{count}.{name}") for name in ("train.parquet", "dev.parquet", "run"))
    peak(["prepare", pages, "--out", train, *options])
    peak(["train", train, "--out", run, *RUN])
    return {
        "prepare --for train": ["prepare", pages, "--out", train],
        "prepare --for predict": ["prepare", pages, "--out", dev, "--for", "predict"],
        "eval": ["eval", pages, "--predictions", predictions],
        "predict": ["predict", run, pages, "--out", str(out / "p.json"), "--threads", "1"],
    }


if __name__ == "__main__":
    main()
