"""Shards as tasks of a Ray cluster: the same work on other machines, which send the parts back."""

import logging
import os
import re
import signal
import socket
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa

import tinynq
from tinynq.errors import TinynqError, UsageError, WorkerError
from tinynq.files import atomic_folder, atomic_write
from tinynq.jobs import Gauge, Job, Made, Work, attempt
from tinynq.storage import STDIN, reason_of

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
try:
    import ray
    from ray._private import worker as driver
    from ray.exceptions import RayError, RayTaskError
except ImportError as error:
    raise UsageError(f"the engine ray needs {error.name}: pip install 'tinynq[ray]'") from None

RETRIES = 5  # of a task whose node or process ended
PATIENCE = 30.0  # seconds without a node to work on before that is an error
ANSWER = 5.0  # seconds in which a cluster answers
INTERVAL = 0.5  # seconds between two looks at how far the tasks are

# The bytes of a part by the paths of its files within it; a part that is a file is ".". They are mapped into memory
# from the node's disk, and from Ray's store where they arrive: no process holds them in memory of its own.
Files: TypeAlias = Mapping[str, pa.Buffer]


class _Task(NamedTuple):
    """What a node needs to know of a task."""

    work: Work
    at: int
    shard: str
    folder: str  # that the command was called in, as relative paths begin there
    version: str


class _Done(NamedTuple):
    """What comes back from a node: how far it got at last, and the part or the error."""

    progress: tuple[int, float]
    made: Files | TinynqError


class OnRay:
    """Tasks on a Ray cluster, a CPU each: that at ``address``, or else one that is started here and ended by ``close``.

    As many run at a time as there are ``workers`` (0: as the cluster has CPUs at that time). A task whose node is
    lost goes to another. Raises UsageError for standard input and for an address that is none, WorkerError for a
    cluster that does not answer and, later, where no node is left.
    """

    def __init__(
        self, work: Work, jobs: Sequence[Job], todo: Sequence[int], gauge: Gauge, *, workers: int, ahead: int,
        address: str | None,
    ) -> None:  # fmt: skip
        if any(jobs[i].shard == STDIN for i in todo):
            raise UsageError("standard input cannot be sent to a cluster; name a file, or leave out --engine ray")
        self._work, self._jobs, self._todo, self._gauge = work, jobs, list(todo), gauge
        self._workers, self._ahead = workers, ahead
        _connect(address, workers)
        # What Ray has to say of lost nodes it prints to standard output, whatever log_to_driver is.
        self._print, driver.print_to_stdstream = driver.print_to_stdstream, lambda *_, **__: None
        self._head = ray.get_runtime_context().gcs_address
        self._run = ray.remote(num_cpus=1, max_retries=RETRIES, scheduling_strategy="SPREAD")(_run)
        self._board = ray.remote(num_cpus=0)(_Board).remote()
        self._running: dict[Any, int] = {}
        self._alive = time.monotonic()

    def wait(self, turn: int) -> Made:
        """The next job that has ended; the others go on."""
        while True:
            self._check()
            slots = self._workers or max(1, int(ray.cluster_resources().get("CPU", 0)))
            while self._todo and len(self._running) < slots and self._todo[0] < turn + self._ahead:
                at = self._todo.pop(0)
                task = _Task(self._work, at, self._jobs[at].shard, os.getcwd(), tinynq.__version__)
                self._running[self._run.remote(task, self._board)] = at
            ready, _ = ray.wait(list(self._running), timeout=INTERVAL)
            with suppress(RayError):  # the board is not there yet, or was lost; nothing depends on it
                for at, progress in ray.get(self._board.take.remote(), timeout=INTERVAL).items():
                    if at in self._running.values():
                        self._gauge.of(at)(*progress)
            if ready:
                return self._take(ready[0])

    def close(self) -> None:
        """End the tasks, and the cluster if it was started here."""
        if _fault(self._head) is None:
            for task in self._running:
                ray.cancel(task, force=True)
        ray.shutdown()
        driver.print_to_stdstream = self._print

    def _check(self) -> None:
        # Ray's own calls wait for a head that is lost, and after a minute end this process.
        while fault := _fault(self._head):
            self._lack(f"the head of the Ray cluster does not answer ({fault})")
            time.sleep(INTERVAL)
        if any(node["Alive"] and node["Resources"].get("CPU") for node in ray.nodes()):
            self._alive = time.monotonic()
        self._lack("no node of the Ray cluster has a CPU")

    def _lack(self, what: str) -> None:
        if time.monotonic() - self._alive > PATIENCE:
            raise WorkerError(f"{what}, for {PATIENCE:.0f} s; start nodes, then this again: what is finished is kept")

    def _take(self, task: Any) -> Made:
        at = self._running.pop(task)
        job = self._jobs[at]
        try:
            done: _Done = ray.get(task)
        except RayError as error:
            cause = error.cause if isinstance(error, RayTaskError) else error
            reason = str(cause).strip().partition("\n")[0]
            raise WorkerError(
                f"{job.shard}: its task on the Ray cluster failed ({type(cause).__name__}: {reason}); every node needs "
                "tinynq and what it reads; start again: what is finished is kept"
            ) from error
        self._gauge.of(at)(*done.progress)
        if isinstance(done.made, TinynqError):
            return Made(at, done.made)
        _unpack(done.made, job.part)
        return Made(at, None)


class _Board:
    """An actor: where tasks write how far they are, and the driver reads it."""

    def __init__(self) -> None:
        self._latest: dict[int, tuple[int, float]] = {}

    def tell(self, at: int, count: int, share: float) -> None:
        self._latest[at] = count, share

    def take(self) -> dict[int, tuple[int, float]]:
        latest, self._latest = self._latest, {}
        return latest


def _connect(address: str | None, workers: int) -> None:
    if address not in (None, "auto"):
        # Ray would try for minutes.
        if not re.fullmatch(r"[^/]+:\d+", address):
            raise UsageError(f"{address}: no address of a Ray cluster; expected HOST:PORT, or auto on one of its nodes")
        if fault := _fault(address):
            raise WorkerError(
                f"{address}: no Ray cluster answers there ({fault}); `ray start --head` starts one, and says where"
            )
    # "local": Ray takes None for a cluster that happens to run on this machine.
    here = {"num_cpus": workers or None, "include_dashboard": False} if address is None else {}
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address or "local", log_to_driver=False, logging_level=logging.CRITICAL, **here)
    except Exception as error:
        what = f"{address}: cannot join the Ray cluster" if address else "cannot start a Ray cluster"
        raise WorkerError(f"{what}: {reason_of(error)}") from error
    with suppress(ValueError):  # not the main thread, where Ray sets no handler either
        signal.signal(signal.SIGTERM, before)


def _fault(address: str) -> str | None:
    """Why nobody answers at an address; None where somebody does."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER).close()
    except (OSError, OverflowError) as error:
        return reason_of(error)
    return None


def _run(task: _Task, board: Any) -> _Done:
    """A task, on its node."""
    progress, told = (0, 0.0), time.monotonic()

    def note(count: int, share: float, /) -> None:
        nonlocal progress, told
        progress = count, share
        if time.monotonic() - told > INTERVAL:
            told = time.monotonic()
            board.tell.remote(task.at, count, share)

    if task.version != tinynq.__version__:
        return _Done(progress, WorkerError(f"a node has tinynq {tinynq.__version__}; expected {task.version}, as here"))
    try:
        os.chdir(task.folder)
    except OSError:
        os.chdir("/")  # the node lacks it; a relative path shall not lead to something else
    with tempfile.TemporaryDirectory() as folder:
        job = Job(task.shard, Path(folder) / "part")
        error = attempt(_known(task.work), job, note)
        return _Done(progress, error or _packed(job.part))


@lru_cache(maxsize=1)
def _known(work: Work) -> Work:
    """The equal work that this process did before, which has loaded its models."""
    return work


def _packed(part: Path) -> Files:
    files = [part] if part.is_file() else [path for path in sorted(part.rglob("*")) if path.is_file()]
    return {str(path.relative_to(part)): pa.memory_map(str(path)).read_buffer() for path in files}


def _unpack(files: Files, part: Path) -> None:
    if list(files) == ["."]:
        with atomic_write(part) as file:
            file.write(files["."])
        return
    with atomic_folder(part) as folder:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
