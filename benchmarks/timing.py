"""What the benchmarks share: commands timed in turn as whole processes, and a table of their medians.

The yardstick Y is one process that reads the same files with the standard library alone: ``gzip``, then ``json.loads``
a line. Everything runs once before it is timed, so that the files are in the page cache.
"""

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

STANDARD_LIBRARY = """
import gzip, json, sys
for path in sys.argv[1:]:
    with gzip.open(path, "rb") as file:
        for line in file:
            json.loads(line)
"""
TINYNQ = (sys.executable, "-m", "tinynq")


def yardstick(files: Sequence[str]) -> list[str]:
    """The command that takes Y."""
    return [sys.executable, "-c", STANDARD_LIBRARY, *files]


def parser(text: str) -> argparse.ArgumentParser:
    """A parser with the option that all of them have."""
    made = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--repeat", type=int, default=3, help="rounds; medians of them are printed")
    return made


def seconds(command: Sequence[str]) -> float:
    """How long a command takes as a process, its start included."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def peak_megabytes() -> float:
    """The most memory that this process has had; ru_maxrss would count what its parent had when it began."""
    return float(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))[0]) / 1024


def compare(commands: dict[str, list[str]], *, repeat: int, must: dict[str, float]) -> None:
    """Time commands in turn, ``repeat`` times, and print a row each; the first is Y, that the others are a share of."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(repeat + 1):
        for name, command in commands.items():
            took = seconds(command)
            if turn:
                times[name].append(took)
    unit = statistics.median(next(iter(times.values())))
    print("| | seconds | of Y | at most |\n|---|---|---|---|")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"| {name} | {median:.2f} | {median / unit:.2f} | {must.get(name, '')} |")


def machine() -> str:
    """Processor, cores, versions."""
    with open("/proc/cpuinfo", encoding="utf8") as file:
        model = next((line.partition(": ")[2].strip() for line in file if line.startswith("model name")), "?")
    packages = ", ".join(f"{name} {version(name)}" for name in ("msgspec", "isal", "pyarrow", "tokenizers"))
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"
