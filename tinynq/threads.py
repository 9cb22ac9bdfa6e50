"""How many CPU threads torch computes with, and how they share the work.

An update of training is one after the other of operations that all threads share: by default as many as there are idle
cores. Of a prediction each thread computes windows of its own, which no other waits for: by default one a core.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import torch

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST = torch.get_num_threads()  # torch's choice, before it is told another
STAT = Path("/proc/stat")
GLANCE = 0.3  # seconds; the system counts in hundredths
IDLE, IOWAIT = 3, 4  # fields of a core's line


def set_threads(threads: int) -> int:
    """Use that many CPU threads, or for 0 as many as choose_threads says; returns how many."""
    torch.set_num_threads(threads or choose_threads())
    return torch.get_num_threads()


def set_threads_apart(threads: int) -> None:
    """Use that many CPU threads, or for 0 one a core: for what is computed side_by_side, where none waits."""
    torch.set_num_threads(threads or MOST)


def side_by_side(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """What ``work`` makes of each part, in their order; the parts are computed at once, torch's threads shared out."""
    threads = torch.get_num_threads()
    at_once = min(threads, len(parts))
    if at_once < 2:
        return [work(part) for part in parts]
    share = threads // at_once
    try:
        with ThreadPoolExecutor(at_once, initializer=torch.set_num_threads, initargs=(share,)) as pool:
            return list(pool.map(work, parts))
    finally:
        torch.set_num_threads(threads)  # what a thread sets, later ones begin with


def choose_threads() -> int:
    """As many threads as cores are idle now, at least one; torch's choice under OMP_NUM_THREADS, or where none can see.

    The threads of an operation wait for the last: with more than there are free cores, all are slower than one alone.
    """
    if MOST == 1 or "OMP_NUM_THREADS" in os.environ or not STAT.exists():
        return MOST
    before = idle_seconds()
    time.sleep(GLANCE)
    gained = [after - before.get(core, after) for core, after in idle_seconds().items()]
    return max(1, min(MOST, sum(seconds > GLANCE / 2 for seconds in gained)))


def idle_seconds() -> dict[str, float]:
    """How long each core that this process may use has been idle since the system started, from /proc/stat."""
    usable = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    tick = os.sysconf("SC_CLK_TCK")
    lines = (line.split() for line in STAT.read_text("ascii").splitlines())
    return {name: (int(t[IDLE]) + int(t[IOWAIT])) / tick for name, *t in lines if name in usable}
