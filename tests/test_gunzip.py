"""gunzip: what a thread unzips comes whole, in little memory, and signals neither hang nor wait."""

import gzip
import os
import queue
import random
import signal
import threading
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any, cast

import pytest

from tinynq.files import read_lines
from tinynq.gunzip import BUFFER, unzipped


def opened(file: FileIO) -> BufferedReader:
    return BufferedReader(cast(Any, file), BUFFER)


def test_what_is_unzipped_is_what_was_zipped(tmp_path: Path) -> None:
    content = random.Random(0).randbytes(3 * BUFFER + 7)  # which is as large zipped: several steps
    (tmp_path / "zipped").write_bytes(gzip.compress(content))
    (tmp_path / "plain").write_bytes(content)
    for name in ("zipped", "plain"):
        with opened(FileIO(tmp_path / name)) as file, unzipped(file) as stream:
            assert stream.read() == content


def test_no_step_takes_more_than_the_buffer(tmp_path: Path) -> None:
    """There is room for eight times as many bytes, and a small file would take less memory than a large one."""
    (tmp_path / "zipped").write_bytes(gzip.compress(random.Random(0).randbytes(5 * BUFFER)))
    steps: list[int] = []

    class Noted(FileIO):
        def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
            steps.append(super().readinto(buffer))
            return steps[-1]

    with opened(Noted(tmp_path / "zipped")) as file, unzipped(file) as stream:
        assert len(stream.read()) == 5 * BUFFER
    assert len(steps) >= 5 and max(steps) <= BUFFER


def test_a_signal_waits_for_the_queue_of_the_thread_that_unzips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that comes when the queue has just taken its lock would have the file hang when it is closed."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"a\n" * 10))
    taken: list[object] = []
    get = queue.Queue.get

    def interrupted(self: "queue.Queue[object]", *arguments: object, **options: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        taken.append(get(self, *arguments, **options))  # type: ignore[arg-type]
        return taken[-1]

    monkeypatch.setattr(queue.Queue, "get", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(read_lines(path))
    assert taken


def test_a_signal_does_not_wait_for_a_sender(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", threading.Event()
    os.mkfifo(pipe)

    def send() -> None:
        with pipe.open("wb") as file:
            file.write(gzip.compress(b"a\n")[:-4])
            file.flush()
            read.wait(0.3)
            os.kill(os.getpid(), signal.SIGINT)
            read.wait(20)

    sender = threading.Thread(target=send)
    sender.start()
    with pytest.raises(KeyboardInterrupt):
        list(read_lines(pipe))
    assert sender.is_alive()
    read.set()
    sender.join()
