"""The default number of threads, from what the system says of its cores."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tinynq import threads
from tinynq.threads import choose_threads, set_threads

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
