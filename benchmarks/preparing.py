"""How long ``tinynq prepare`` takes, as a share of reading the same pages with the standard library.

    python benchmarks/preparing.py PAGES... [--repeat 3] [--law]

PAGES are files in the original format, with annotations. --law asks instead how the time grows: with the number of
pages, and with the length of one, which should make it grow no faster.
"""

import gzip
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from timing import TINYNQ, compare, machine, parser, seconds, yardstick

from tinynq.files import expand, read_lines

MUST = {"prepare --for train": 0.45, "prepare --for predict": 0.60}


def prepare(files: list[str], out: Path, *options: str) -> list[str]:
    """The command that makes a record of files."""
    return [*TINYNQ, "prepare", *files, "--out", str(out / "record.parquet"), *options]


def main() -> None:
    """Read the command line and print the table."""
    options = parser(str(__doc__))
    options.add_argument("pages", nargs="+", help="NQ files in the original format")
    options.add_argument("--law", action="store_true", help="time growing numbers of pages, and growing pages")
    arguments = options.parse_args()
    files = expand(arguments.pages)
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        if arguments.law:
            growth(files, out, arguments.repeat)
            return
        commands = {
            "Y: gzip and json.loads": yardstick(files),
            "prepare --for train": prepare(files, out),
            "prepare --for predict": prepare(files, out, "--for", "predict"),
        }
        if "--workers" in subprocess.run([*TINYNQ, "prepare", "--help"], capture_output=True, text=True).stdout:
            commands["prepare --for train --workers 2"] = prepare(files, out, "--workers", "2")
        compare(commands, repeat=arguments.repeat, must=MUST)


def growth(files: list[str], out: Path, repeat: int) -> None:
    """Time 500 and 2,000 pages, and 100 pages that are 1, 4 and 16 times as long, less the start of the command."""
    lines = [line for file in files for _, line in read_lines(file)]
    several = [lines[at % len(lines)] for at in range(2000)]
    cases = {f"{count:,} pages": several[:count] for count in (500, 2000)}
    cases |= {f"100 pages {times} times as long": [longer(line, times) for line in lines[:100]] for times in (1, 4, 16)}
    cases = {"start": []} | cases
    paths = {name: out / f"{at}.jsonl.gz" for at, name in enumerate(cases)}
    for name, chosen in cases.items():
        with gzip.open(paths[name], "wb", compresslevel=1) as file:
            file.writelines(line + b"\n" for line in chosen)
    print("| | MB | train, seconds | a MB, ms | predict, seconds | a MB, ms |\n|---|---|---|---|---|---|")
    start: dict[str, float] = {}
    for name, path in paths.items():
        size = sum(map(len, cases[name])) / 1e6
        row = [f"| {name} | {size:,.0f}"]
        for purpose in ("train", "predict"):
            command = prepare([str(path)], out, "--for", purpose)
            took = min(seconds(command) for _ in range(repeat))
            start.setdefault(purpose, took)
            row.append(f"{took:.2f}")
            row.append(f"{(took - start[purpose]) / size * 1000:.1f}" if size else "")
        print(" | ".join(row), "|")


def longer(line: bytes, times: int) -> bytes:
    """A page with its tokens and candidates several times; the answers stay in the first copy."""
    page: dict[str, Any] = json.loads(line)
    tokens, candidates = page["document_tokens"], page["long_answer_candidates"]
    page["document_tokens"] = tokens * times
    page["long_answer_candidates"] = [
        candidate | {key: candidate[key] + len(tokens) * at for key in ("start_token", "end_token")}
        for at in range(times)
        for candidate in candidates
    ]
    return json.dumps(page).encode()


if __name__ == "__main__":
    main()
