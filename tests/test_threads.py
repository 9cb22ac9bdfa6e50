"""The default number of threads, from what the system says of its cores, and how they share work."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, current_thread

import pytest
import torch

from tinynq import threads
from tinynq.threads import choose_threads, set_threads, set_threads_apart, side_by_side

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc/stat is Linux's")


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


def machine(monkeypatch: pytest.MonkeyPatch, path: Path, idle: list[float], cores: set[int]) -> None:
    """A /proc/stat whose cores are idle for these shares of the time, of which this process may use some."""
    tick = os.sysconf("SC_CLK_TCK")

    def write(seconds: float) -> None:
        lines = [f"cpu{i} 5 0 7 {100 + round(share * seconds * tick)} 3 0 0 0 0 0" for i, share in enumerate(idle)]
        path.write_text("\n".join(["cpu  9 9 9 9 9 9 9 9 9 9", *lines, "intr 1 2 3"]) + "\n", "ascii")

    write(0)
    monkeypatch.setattr(threads, "STAT", path)
    monkeypatch.setattr("time.sleep", write)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: cores)
    monkeypatch.setattr(threads, "MOST", len(cores))


@pytest.mark.parametrize(
    ("idle", "cores", "expected"),
    [
        ([1.0, 1.0], {0, 1}, 2),
        ([1.0, 0.0], {0, 1}, 1),
        ([0.9, 0.6], {0, 1}, 2),  # a core that does a little now and then is free
        ([0.1, 0.2], {0, 1}, 1),
        ([1.0, 1.0, 0.0, 1.0], {0, 1, 2}, 2),
    ],
)
def test_as_many_as_cores_are_idle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, idle: list[float], cores: set[int], expected: int
) -> None:
    machine(monkeypatch, tmp_path / "stat", idle, cores)
    assert choose_threads() == expected


def test_what_was_asked_for_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert set_threads(2) == torch.get_num_threads() == 2
    monkeypatch.setattr(threads, "choose_threads", lambda: 1)
    assert set_threads(0) == torch.get_num_threads() == 1


def test_torchs_choice_where_there_is_nothing_to_see(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path / "stat", [0.0, 0.0], {0, 1})
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert choose_threads() == 2
    monkeypatch.delenv("OMP_NUM_THREADS")
    (tmp_path / "stat").unlink()
    assert choose_threads() == 2


def test_the_cores_of_this_machine() -> None:
    seconds = threads.idle_seconds()
    assert set(seconds) == {f"cpu{core}" for core in os.sched_getaffinity(0)}
    assert all(value >= 0 for value in seconds.values())


def test_threads_that_do_not_wait_for_each_other_are_one_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST", 3)
    monkeypatch.setattr(threads, "choose_threads", lambda: 1)
    for given, expected in ((0, 3), (2, 2)):
        set_threads_apart(given)
        assert torch.get_num_threads() == expected


def test_parts_are_computed_at_once_each_by_its_share_of_the_threads() -> None:
    torch.set_num_threads(4)
    both = Barrier(2, timeout=30)

    def work(part: int) -> tuple[int, int]:
        both.wait()  # passes where two are at work
        return part * part, torch.get_num_threads()

    assert side_by_side(work, [3, 5]) == [(9, 2), (25, 2)]
    assert torch.get_num_threads() == 4
    assert side_by_side(lambda part: (part, torch.get_num_threads()), range(9)) == [(part, 1) for part in range(9)]


def test_a_part_alone_and_a_thread_alone_stay_where_they_are() -> None:
    torch.set_num_threads(3)
    here = current_thread()
    assert side_by_side(lambda part: (part, current_thread() is here, torch.get_num_threads()), [7]) == [(7, True, 3)]
    assert side_by_side(lambda part: part, []) == []
    torch.set_num_threads(1)
    assert side_by_side(lambda part: (part, current_thread() is here), [7, 8]) == [(7, True), (8, True)]


def test_what_goes_wrong_in_a_part_is_raised_and_the_rest_is_left() -> None:
    torch.set_num_threads(2)
    done: list[int] = []

    def work(part: int) -> None:
        if part == 1:
            raise ValueError("part 1")
        done.append(part)
        time.sleep(0.05)

    with pytest.raises(ValueError, match="part 1"):
        side_by_side(work, range(50))
    assert len(done) < 25
    assert torch.get_num_threads() == 2
