"""That memory is kept, as the system sees it, and handed back."""

import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from tinynq.memory import EVERY, kept_memory

MEGABYTES = 64
linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="where the system says what is resident")


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def resident() -> float:
    """Megabytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 2**20


def use() -> None:
    np.ones(MEGABYTES << 20, np.uint8)


@linux
@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_freed_memory_is_used_again_and_then_handed_back() -> None:
    with kept_memory() as hand_back:
        hand_back(EVERY)  # what tests before have left free
        before = resident()
        use()
        first = faults()
        for _ in range(5):
            use()
        assert faults() - first < MEGABYTES * 256 / 2  # of 5 * 64 MB in pages of 4 KB
        assert resident() > before + MEGABYTES / 2
        hand_back(EVERY - 1)
        assert resident() > before + MEGABYTES / 2
        hand_back(EVERY)
        assert resident() < before + MEGABYTES / 2
        use()
    assert resident() < before + MEGABYTES / 2


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    with kept_memory() as hand_back:
        use()
        hand_back(EVERY)
