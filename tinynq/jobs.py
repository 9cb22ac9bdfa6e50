"""What engines are given to do: one piece of work on a shard, the part that it makes, and how far all of it is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from tinynq.errors import TinynqError
from tinynq.storage import facts_of
from tinynq.types import Progress

# Makes the part of a shard, all at once, at a path where there is none. What it makes follows from its repr and
# the shard alone; it is sent to other processes.
Work: TypeAlias = Callable[[str, Path, Progress], None]


class Job(NamedTuple):
    """One shard, and where its part belongs."""

    shard: str
    part: Path


class Made(NamedTuple):
    """The job at a place has its part, or an error has come of it."""

    at: int
    error: TinynqError | None


class Engine(Protocol):
    """Who does the jobs."""

    def wait(self, turn: int) -> Made:
        """The next job that has ended; ``turn`` is the one that is waited for, before any other."""

    def close(self) -> None:
        """End what still runs."""


def attempt(work: Work, job: Job, progress: Progress) -> TinynqError | None:
    """Do a job, and return the error that came of it."""
    try:
        work(job.shard, job.part, progress)
    except TinynqError as error:
        return error
    return None


class Gauge:
    """The progress of all shards as one: counts are added up, and shares weighed by the shards' sizes."""

    def __init__(self, shards: Sequence[str], todo: Sequence[int], progress: Progress) -> None:
        facts = [facts_of(shard) for shard in shards]
        self._sizes = [int(next(iter(known), 0)) for known in facts]
        self._known = all(facts) and any(self._sizes)
        self._counts = [0] * len(shards)
        self._shares = [0.0 if i in set(todo) else 1.0 for i in range(len(shards))]
        self._progress = progress

    def of(self, at: int) -> Progress:
        """Where the shard at a place tells of its progress."""

        def progress(count: int, share: float, /) -> None:
            self._counts[at], self._shares[at] = count, share
            done = sum(size * share for size, share in zip(self._sizes, self._shares, strict=True))
            self._progress(sum(self._counts), done / sum(self._sizes) if self._known else 0.0)

        return progress
