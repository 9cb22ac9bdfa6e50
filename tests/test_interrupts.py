import os
import signal
import threading
from collections.abc import Iterator

import pytest

from tinynq.interrupts import signals_wait

BOTH = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture(autouse=True)
def interrupting() -> Iterator[None]:
    """SIGTERM raises what Ctrl-C raises, as on the command line."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("sent", BOTH)
def test_a_signal_comes_after_the_block(sent: signal.Signals) -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), signals_wait():
        os.kill(os.getpid(), sent)
        done.append("the rest")
    assert done


def test_without_a_signal_nothing_happens() -> None:
    handlers = [signal.getsignal(each) for each in BOTH]
    with signals_wait():
        assert [signal.getsignal(each) for each in BOTH] != handlers
    assert [signal.getsignal(each) for each in BOTH] == handlers


def test_handlers_are_put_back_after_a_signal_and_after_an_error() -> None:
    handlers = [signal.getsignal(each) for each in BOTH]
    with pytest.raises(KeyboardInterrupt), signals_wait():
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(ValueError, match="of the block"), signals_wait():
        raise ValueError("of the block")
    assert [signal.getsignal(each) for each in BOTH] == handlers


def test_of_blocks_within_blocks_the_outermost_counts() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), signals_wait():
        with signals_wait():
            os.kill(os.getpid(), signal.SIGINT)
        done.append("after the inner")
    assert done


def test_threads_may_use_it() -> None:
    done = []

    def work() -> None:
        with signals_wait():
            done.append("in a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
