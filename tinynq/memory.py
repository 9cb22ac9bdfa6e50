"""What becomes of memory that is freed."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # from glibc's malloc.h
DEFAULTS = {M_TRIM_THRESHOLD: 128 * 1024, M_MMAP_MAX: 65_536}


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep what is freed for the next tensor, where the C library is glibc, which else hands it back to the system.

    Tensors of tens of megabytes come and go with every update, and each time the system would clear their pages
    anew: a quarter of the time of MiniLM-L6. In the end what is free is handed back.
    """
    library = ctypes.CDLL(None)
    if not (hasattr(library, "mallopt") and hasattr(library, "malloc_trim")):
        yield
        return
    library.mallopt(M_MMAP_MAX, 0)
    library.mallopt(M_TRIM_THRESHOLD, -1)
    try:
        yield
    finally:
        for name, value in DEFAULTS.items():
            library.mallopt(name, value)
        library.malloc_trim(0)
