"""Signals that wait for the end of what an exception in its midst would leave locked or half told."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def signals_wait() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM come after the block, which ought to be short.

    Python raises the exception of a signal between any two instructions. One that falls just after a queue has taken
    its lock leaves it locked, and the next to come by waits for ever; so another thread's queue is used in here.
    """
    waiting: list[int] = []
    handlers = {}
    try:
        if threading.current_thread() is threading.main_thread():  # others are never interrupted
            for number in (signal.SIGINT, signal.SIGTERM):
                handlers[number] = signal.signal(number, lambda number, _: waiting.append(number))
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for each in waiting:
            signal.raise_signal(each)
