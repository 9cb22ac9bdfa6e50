"""Jobs: what comes of one, and how far all of them are."""

from pathlib import Path

import pytest

from tinynq.errors import InputError
from tinynq.jobs import Gauge, Job, attempt
from tinynq.types import Progress, no_progress


def test_progress_is_weighed_by_size(tmp_path: Path) -> None:
    for name, size in (("a", 100), ("b", 300), ("c", 0)):
        (tmp_path / name).write_bytes(bytes(size))
    told: list[tuple[int, float]] = []
    shards = [str(tmp_path / name) for name in "abc"]
    gauge = Gauge(shards, [0, 1, 2], lambda count, share: told.append((count, share)))
    gauge.of(0)(3, 0.5)
    gauge.of(1)(5, 1.0)
    gauge.of(2)(0, 1.0)
    gauge.of(0)(7, 1.0)
    assert told == [(3, 0.125), (8, 0.875), (8, 0.875), (12, 1.0)]
    told.clear()
    Gauge(shards, [1], lambda count, share: told.append((count, share))).of(1)(1, 0.0)
    assert told == [(1, 0.25)]  # the first had been there
    told.clear()
    Gauge(["-", *shards], [0, 1], lambda count, share: told.append((count, share))).of(1)(4, 1.0)
    assert told == [(4, 0.0)]  # nobody knows how much standard input holds


def test_an_attempt_ends_in_a_part_or_in_its_error(tmp_path: Path) -> None:
    def work(shard: str, part: Path, progress: Progress) -> None:
        progress(1, 1.0)
        if shard == "bad":
            raise InputError("bad:1: no page")
        if shard == "fault":
            raise ZeroDivisionError
        part.write_text(shard)

    assert attempt(work, Job("good", tmp_path / "part"), no_progress) is None
    assert (tmp_path / "part").read_text() == "good"
    assert str(attempt(work, Job("bad", tmp_path / "other"), no_progress)) == "bad:1: no page"
    with pytest.raises(ZeroDivisionError):  # a fault of ours is no result
        attempt(work, Job("fault", tmp_path / "other"), no_progress)
    assert not (tmp_path / "other").exists()
