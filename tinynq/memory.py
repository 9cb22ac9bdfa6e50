"""What becomes of memory that is freed."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # from glibc's malloc.h
EVERY = 50  # updates
DEFAULTS = {M_TRIM_THRESHOLD: 128 * 1024, M_MMAP_MAX: 65_536}


def hand_back() -> None:
    """Hand what is free back to the system, where the C library is glibc, which else keeps the gaps in what is used."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


@contextmanager
def kept_memory() -> Iterator[Callable[[int], None]]:
    """Keep what is freed for the next tensor, where the C library is glibc, which else hands it back to the system.

    Tensors of tens of megabytes come and go with every update, and each time the system would clear their pages
    anew: a quarter of the time of MiniLM-L6. But tensors of all lengths leave gaps that add up; so what is given,
    called with the number of each update, hands back what is free after every EVERY of them, as the end does.
    """
    library = ctypes.CDLL(None)
    known = hasattr(library, "mallopt")
    try:
        if known:
            library.mallopt(M_MMAP_MAX, 0)
            library.mallopt(M_TRIM_THRESHOLD, -1)
        yield lambda update: hand_back() if update % EVERY == 0 else None
    finally:
        if known:
            for name, value in DEFAULTS.items():
                library.mallopt(name, value)
        hand_back()
