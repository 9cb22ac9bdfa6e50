"""The same work on many shards: in this process, in several, or on a Ray cluster; what is finished is kept.

A shard is an input file, and a part is the file or folder of what it came to. Parts are made in any
order, in any process, and taken in the order of the shards, so that the output does not depend on
who made them. They lie beside the output until that is finished: a job that broke off goes on from them.
"""

import errno
import os
import signal
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from secrets import token_hex
from typing import cast

import tinynq
from tinynq.config import ClusterOptions, WorkerOptions
from tinynq.errors import TinynqError, UsageError, WorkerError
from tinynq.files import remove, writing
from tinynq.fingerprints import fingerprint, short_hash
from tinynq.interrupts import signals_wait
from tinynq.jobs import Engine, Gauge, Job, Made, Work, attempt
from tinynq.storage import STDIN, cache_folder, facts_of, hold, is_url
from tinynq.types import Progress

BLAS_THREADS = "OPENBLAS_NUM_THREADS"


@contextmanager
def part_folder(out: str) -> Iterator[Path]:
    """The folder for the parts of ``out``: hidden, beside it, and removed when the block ends well.

    After an exception the finished parts stay, for the next start. Those of a URL are in the cache; those of a pipe
    or a device are temporary. Raises UsageError where the place cannot be written to, or another process has it.
    """
    path = out.removeprefix("file://")
    target = Path(os.path.realpath(path))
    if not is_url(path) and target.exists() and not (target.is_file() or target.is_dir()):
        with tempfile.TemporaryDirectory() as temporary:
            yield Path(temporary)
        return
    folder = cache_folder() / "parts" / short_hash(out) if is_url(path) else target.with_name(f".{target.name}.parts")
    with ExitStack() as stack:
        with writing(out):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                stack.callback(os.close, hold(folder))
            except BlockingIOError:
                raise UsageError(
                    f"{out}: is being written by another process; wait for its end, or choose another --out"
                ) from None
            except OSError as error:
                if error.errno not in (errno.EBADF, errno.ENOLCK, errno.ENOTSUP):  # a file system without locks
                    raise
        _delete_begun(folder)
        try:
            yield folder
        except BaseException:
            _delete_begun(folder)
            if not any(folder.iterdir()):
                folder.rmdir()
            raise
        with suppress(OSError):  # whatever stays, the output is there
            for part in folder.iterdir():
                remove(part)
            folder.rmdir()


def _delete_begun(folder: Path) -> None:
    # Parts get their names at once. What has a hidden one was begun by a process that was ended.
    for path in folder.glob(".*"):
        remove(path)


def run_shards(
    work: Work,
    shards: Sequence[str],
    *,
    folder: Path,
    options: WorkerOptions,
    progress: Progress,
    ahead: int | None = None,
    tidy: bool = True,
) -> Generator[Path, None, None]:
    """The parts of all shards, in the order of these, each as soon as it is made.

    Parts in ``folder`` that an earlier call made from the same shards by the same work are taken as they are;
    to be ``tidy`` is to delete others, where the folder is this call's alone. ``ahead`` bounds how many jobs are
    begun before their turn. The error of a shard is raised when its turn comes. Raises WorkerError where a
    process or a node ends by itself.
    """
    jobs = [Job(shard, folder / f"{i:05}-{_key(work, shard)}") for i, shard in enumerate(shards)]
    if tidy:
        _keep_only(folder, jobs)
    todo = [i for i, job in enumerate(jobs) if not job.part.exists()]
    gauge = Gauge(shards, todo, progress)
    engine = _engine(work, jobs, todo, gauge, options, ahead or len(jobs))
    errors: dict[int, TinynqError | None] = {i: None for i in range(len(jobs)) if i not in todo}
    try:
        for i, job in enumerate(jobs):
            while i not in errors:
                at, error = engine.wait(i)
                errors[at] = error
            if error := errors[i]:
                raise error
            yield job.part
    finally:
        engine.close()


def _engine(
    work: Work, jobs: Sequence[Job], todo: Sequence[int], gauge: Gauge, options: WorkerOptions, ahead: int
) -> Engine:
    if todo and isinstance(options, ClusterOptions) and options.engine == "ray":
        from tinynq.cluster import OnRay  # its package is an extra

        return OnRay(work, jobs, todo, gauge, address=options.address, workers=options.workers, ahead=ahead)
    # Standard input belongs to this process.
    workers = min(options.workers or _cores(), len(todo))
    if workers < 2 or any(jobs[i].shard == STDIN for i in todo):
        return _Here(work, jobs, gauge)
    return _Processes(work, jobs, todo, gauge, workers=workers, ahead=ahead)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Here:
    """This process: a job is done when its turn comes."""

    def __init__(self, work: Work, jobs: Sequence[Job], gauge: Gauge) -> None:
        self._work, self._jobs, self._gauge = work, jobs, gauge

    def wait(self, turn: int) -> Made:
        return Made(turn, attempt(self._work, self._jobs[turn], self._gauge.of(turn)))

    def close(self) -> None:
        pass


class _Processes:
    """Some processes, each of which asks for the next job when it has done one."""

    def __init__(
        self, work: Work, jobs: Sequence[Job], todo: Sequence[int], gauge: Gauge, *, workers: int, ahead: int
    ) -> None:
        self._jobs, self._todo, self._gauge, self._ahead = jobs, list(todo), gauge, ahead
        context = get_context("spawn")  # a fork would inherit threads, torch's among them, in the midst of something
        self._idle: list[Connection] = []
        self._busy: dict[Connection, int] = {}
        self._processes: list[SpawnProcess] = []
        try:
            with _undisturbed(), _single_threaded():
                for _ in range(workers):
                    ours, theirs = context.Pipe()
                    self._idle.append(ours)
                    with theirs:
                        process = context.Process(target=_serve, args=(work, theirs), daemon=True)
                        process.start()
                    self._processes.append(process)
        except BaseException:
            self.close()
            raise

    def wait(self, turn: int) -> Made:
        while True:
            while self._idle and self._todo and self._todo[0] < turn + self._ahead:
                worker, at = self._idle.pop(), self._todo.pop(0)
                self._busy[worker] = at
                with self._alive(at):
                    worker.send((at, self._jobs[at]))
            for ready in wait(list(self._busy)):
                worker = cast(Connection, ready)
                at = self._busy[worker]
                with self._alive(at):
                    message = worker.recv()
                if isinstance(message, Made):
                    del self._busy[worker]
                    self._idle.append(worker)
                    return message
                self._gauge.of(at)(*message)

    @contextmanager
    def _alive(self, at: int) -> Iterator[None]:
        try:
            yield
        except (EOFError, ConnectionError):
            raise WorkerError(
                f"{self._jobs[at].shard}: a worker ended in the midst of it (killed, or out of memory); "
                "start again: what is finished is kept, and fewer --workers need less memory"
            ) from None

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for worker in (*self._idle, *self._busy):
            worker.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals wait while processes are started, and let these never see a Ctrl-C.

    A process whose parent was interrupted before it had told all would complain. Ctrl-C reaches all processes of a
    terminal; it is for the parent, which ends the others.
    """
    with signals_wait():
        resource_tracker.ensure_running()  # it would be started on the way, and put an end to the mask
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # is inherited
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Let the processes that are started have no threads of numpy's, which would only spin."""
    before = os.environ.get(BLAS_THREADS)
    os.environ.setdefault(BLAS_THREADS, "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ[BLAS_THREADS]


def _serve(work: Work, parent: Connection) -> None:
    """The life of a worker: do what is sent, until the parent is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    told, latest = 0.0, (0, 0.0)

    def progress(count: int, share: float, /) -> None:
        nonlocal told, latest
        latest = count, share
        if time.monotonic() - told > 0.1:
            told = time.monotonic()
            parent.send(latest)

    while True:
        try:
            at, job = parent.recv()
        except EOFError:
            return
        latest = 0, 0.0
        error = attempt(work, job, progress)
        parent.send((latest[0], 1.0))
        parent.send(Made(at, error))


def _end_with_parent() -> None:
    # A parent that was killed cannot end its workers; it would be pointless, and a danger to the next start, to go on.
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _key(work: Work, shard: str) -> str:
    # What cannot be told from another, such as standard input, is never taken for what it was before.
    known = fingerprint([shard]) if facts_of(shard) else token_hex(8)
    return short_hash([tinynq.__version__, repr(work), shard, known])


def _keep_only(folder: Path, jobs: Sequence[Job]) -> None:
    names = {job.part.name for job in jobs}
    for path in folder.iterdir() if folder.is_dir() else ():
        # What a part is made from goes by its name: "00003-KEY.partial".
        if not path.name.startswith(".") and path.name.split(".")[0] not in names:
            remove(path)
