"""What ends a command from outside: SIGKILL at any moment, Ctrl-C and SIGTERM, a full disk, a folder that is read-only.

A command that was killed is started again, and its output is that of an unbroken run, with nothing else beside it.
"""

import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from nq_lines import SOME_WORDS, annotated, answer, null, original, write

import tinynq
from tinynq.checkpoint import save_run
from tinynq.config import FeatureOptions
from tinynq.layers import ModelConfig
from tinynq.model import new_reader
from tinynq.preparation import prepare
from tinynq.vocab import Vocab

WORDS = [*SOME_WORDS, "who", "wrote", "book", "title", "page"]
VOCAB = Vocab(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])
SIZES: dict[str, Any] = {"max_seq_length": 64, "stride": 32}


class Job(NamedTuple):
    """A command: its words, the files and folders that are its output, and what is said to go on with it."""

    words: str
    outputs: tuple[str, ...]
    again: str = ""


JOBS = {
    "prepare": Job("prepare {pages} --out {out}/r.parquet {sizes} --include-unknowns 1 --synonyms 0.3", ("r.parquet",)),
    "merge": Job("merge {pages} --simplify --out {out}/m.jsonl.gz", ("m.jsonl.gz",)),
    "predict": Job("predict {run} {pages} --out {out}/p.json --threads 1 --device cpu --precision fp32", ("p.json",)),
    "train": Job(
        "train {record} --init {run} --out {out}/run --recipe fast --steps 90 --batch-size 8 --save-every 7 "
        "--threads 1 --device cpu --precision fp32",
        ("run",),
        "--resume",
    ),
    "eval": Job("eval {pages} --predictions {answers} --report {out}/e.html --partial", ("e.html",)),
}
RESUMED = ["prepare", "merge", "predict", "train"]
PARALLEL = ["prepare", "predict"]  # those that take --workers


class Data(NamedTuple):
    """What the commands read."""

    fields: dict[str, str]

    def command(self, name: str, out: Path, *more: str) -> list[str]:
        words = JOBS[name].words.split()
        filled = [word.format(out=out, **self.fields) for word in words]
        split = [part for word in filled for part in (word.split("|") if "|" in word else [word])]
        return [sys.executable, "-c", "from tinynq.cli import main; main()", *split, *more]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Four files of pages, a model of few weights, and a record for it: some two seconds of work for each command."""
    folder, draw = tmp_path_factory.mktemp("data"), random.Random(0)
    (folder / "vocab.txt").write_text(VOCAB.text)
    files = []
    for number in range(4):
        lines = []
        for i in range(70):
            line = original(*(" ".join(draw.choices(WORDS, k=60)) for _ in range(12)), example_id=100 * number + i)
            lines.append(annotated(line, answer(line, i % 12, (1, 4)), null()))
        files.append(write(folder / f"{number}.jsonl", *lines))
    config = ModelConfig(
        vocab_size=len(VOCAB.tokens), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    about = {"version": tinynq.__version__, "features": vars(FeatureOptions(**SIZES))}
    save_run(folder / "run", new_reader(config, seed=0), VOCAB, about)
    vocabulary = str(folder / "vocab.txt")
    prepare(files[0], out=str(folder / "train.parquet"), vocab=vocabulary, include_unknowns=0.5, **SIZES)
    answers = [{"example_id": 0, "long_answer_score": 0, "short_answers_score": 0}]
    (folder / "answers.json").write_text(json.dumps({"predictions": answers}))
    return Data(
        {
            "pages": "|".join(files),
            "run": str(folder / "run"),
            "record": str(folder / "train.parquet"),
            "answers": str(folder / "answers.json"),
            "sizes": f"--max-seq-length|64|--stride|32|--vocab|{vocabulary}",
        }
    )


def start(words: list[str], **options: Any) -> subprocess.Popen[str]:
    """A command in a session of its own, so that all its processes can be found."""
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options
    )


def finish(words: list[str]) -> float:
    """Run a command to its end; the seconds that it took."""
    began = time.monotonic()
    done = start(words)
    assert (done.communicate(timeout=600)[1].count("Traceback"), done.returncode) == (0, 0)
    return time.monotonic() - began


def left(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = path.read_text().rpartition(") ")[2].split()[:4]
        except OSError:
            continue
        if int(of) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def gone(session: int) -> bool:
    """Whether all processes of a session end soon."""
    until = time.monotonic() + 30
    while left(session) and time.monotonic() < until:
        time.sleep(0.05)
    return not left(session)


def hash_of(out: Path, name: str) -> str:
    """A hash of a command's output: of a run, its weights."""
    paths = [out / output for output in JOBS[name].outputs]
    paths = [path / "model.safetensors" if path.is_dir() else path for path in paths]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def listing(out: Path) -> list[str]:
    """All that is there, but for the files that TensorBoard names by time."""
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if "events.out" not in path.name)


class Unbroken(NamedTuple):
    hash: str
    listing: list[str]
    seconds: float


@pytest.fixture(scope="module")
def unbroken(data: Data, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Unbroken]:
    """What comes of each command when nothing happens to it."""
    found = {}
    for name in RESUMED:
        out = tmp_path_factory.mktemp(name)
        seconds = finish(data.command(name, out))
        found[name] = Unbroken(hash_of(out, name), listing(out), seconds)
    return found


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", RESUMED)
def test_a_command_that_was_killed_goes_on_to_the_same_end(
    data: Data, unbroken: dict[str, Unbroken], tmp_path: Path, name: str, kills: int
) -> None:
    draw, killed = random.Random(f"{name} {kills}"), 0
    for number in range(kills):
        out = tmp_path / str(number)
        out.mkdir()
        workers = ["--workers", "2"] if name in PARALLEL and number % 2 else []
        running = start(data.command(name, out, *workers))
        try:
            running.communicate(timeout=draw.uniform(0.3, 1) * unbroken[name].seconds)
        except subprocess.TimeoutExpired:
            killed += 1
        running.kill()
        running.communicate()
        finish(data.command(name, out, *workers, *JOBS[name].again.split()))
        assert gone(running.pid)
        assert hash_of(out, name) == unbroken[name].hash
        assert listing(out) == unbroken[name].listing
    assert killed


# --- signals


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("name", "workers"), [(name, 1) for name in JOBS] + [(name, 2) for name in PARALLEL])
def test_a_signal_ends_all_processes_with_one_line(
    data: Data, unbroken: dict[str, Unbroken], tmp_path: Path, name: str, workers: int, sent: signal.Signals
) -> None:
    more = ["--workers", "2"] if workers > 1 else []
    moment = random.Random(f"{name} {workers} {sent}").uniform(0, 1)
    for number in range(8):  # where it had finished by then, again, and sooner
        out = tmp_path / str(number)
        out.mkdir()
        running = start(data.command(name, out, *more))
        begun = out / ("run/log.jsonl" if name == "train" else ".")
        until = time.monotonic() + 60
        while not (begun.exists() and any(out.iterdir())) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(moment / 2**number)
        # Ctrl-C goes to all processes of a terminal, SIGTERM to the one that is named.
        (os.killpg if sent == signal.SIGINT else os.kill)(running.pid, sent)
        said = running.communicate(timeout=60)[1]
        if running.returncode and not (out / JOBS[name].outputs[0]).is_file():  # it may come as the last is done
            break
    assert (running.returncode, said) == (130, "tinynq: stopped; what was finished is kept\n")
    assert gone(running.pid)
    assert not (out / JOBS[name].outputs[0]).is_file()
    # An old checkpoint that is being deleted is hidden, until it is gone with the next start.
    assert not [path for path in listing(out) if path.endswith(".tmp") and "checkpoints" not in path]
    if name in unbroken:
        finish(data.command(name, out, *more, *JOBS[name].again.split()))
        assert hash_of(out, name) == unbroken[name].hash
        assert listing(out) == unbroken[name].listing


class Slow(BaseHTTPRequestHandler):
    """A server that sends a megabyte, and then nothing."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**7))
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(b"\x1f\x8b" + bytes(10**6))
        self.server.stop.wait(60)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def slow_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.stop = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_fetch_that_is_stopped_keeps_what_has_come(tmp_path: Path, sent: signal.Signals) -> None:
    with slow_server() as url:
        words = ["fetch", "dev", "--shards", "0:1", "--base-url", url, "--to", str(tmp_path), "--quiet"]
        running = start([sys.executable, "-c", "from tinynq.cli import main; main()", *words])
        until = time.monotonic() + 60
        while not any(path.stat().st_size > 500_000 for path in tmp_path.iterdir()) and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(running.pid, sent)
        said = running.communicate(timeout=60)[1]
    assert (running.returncode, said) == (130, "tinynq: stopped; what was finished is kept\n")
    (part,) = tmp_path.iterdir()
    assert part.name.endswith(".part") and part.stat().st_size > 500_000


# --- disks


class Disk(NamedTuple):
    """A folder on a disk of 64 KB, or the same by a limit on the size of files, for those who may not mount one."""

    folder: Path
    limit: bool

    def start(self, words: list[str]) -> subprocess.Popen[str]:
        return start(words, preexec_fn=limited if self.limit else None)


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[bool]:
    """A disk in memory at a folder; False where it cannot be had."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    has = shutil.which("mount") is not None and not subprocess.run(words, capture_output=True, check=False).returncode
    try:
        yield has
    finally:
        if has:
            subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", "size=64k") as has:
        yield Disk(tmp_path / "disk", limit=not has)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder that nothing can be written to."""
    with mounted(tmp_path / "disk", "ro") as has:
        if not has:
            if os.geteuid() == 0:
                pytest.skip("root, and no disk can be mounted read-only")
            (tmp_path / "disk").chmod(0o500)
        yield tmp_path / "disk"


def complaint_of(running: subprocess.Popen[str]) -> str:
    """What a command says that ends with one line and exit status 2."""
    said = running.communicate(timeout=600)[1]
    assert (running.returncode, said.count("\n")) == (2, 1), said
    assert gone(running.pid)
    return said


CASES = [(name, 1) for name in JOBS] + [(name, 2) for name in PARALLEL]


@pytest.mark.parametrize(("name", "workers"), CASES)
def test_a_full_disk_is_one_line_that_names_the_place(data: Data, disk: Disk, name: str, workers: int) -> None:
    more = ["--workers", "2"] if workers > 1 else []
    said = complaint_of(disk.start(data.command(name, disk.folder, *more)))
    assert said.startswith(f"tinynq: {disk.folder}/")
    assert re.search(r"cannot be written: .*(No space left on device|File too large)", said)
    assert not [path for path in listing(disk.folder) if path.endswith(".tmp")]
    assert not any((disk.folder / path).exists() for path in (*JOBS[name].outputs, "run/config.json") if path != "run")


@pytest.mark.parametrize(("name", "workers"), CASES)
def test_a_folder_that_is_read_only_is_one_line_that_names_the_place(
    data: Data, read_only: Path, name: str, workers: int
) -> None:
    more = ["--workers", "2"] if workers > 1 else []
    said = complaint_of(start(data.command(name, read_only, *more)))
    assert said.startswith(f"tinynq: {read_only}/")
    assert re.search(r"cannot be written: .*(Read-only file system|Permission denied)", said)
    assert listing(read_only) == []


def test_a_fetch_to_a_full_disk_or_a_read_only_folder(disk: Disk, tmp_path: Path) -> None:
    with slow_server() as url:
        words = [sys.executable, "-c", "from tinynq.cli import main; main()", "fetch", "dev", "--shards", "0:1"]
        words += ["--base-url", url, "--quiet", "--to"]
        said = complaint_of(disk.start([*words, str(disk.folder)]))
        assert re.search(r"/disk: (0.0 GB are to come, and 0.0 GB are free|cannot be written: File too large)", said)
        with mounted(tmp_path / "fixed", "ro") as has:
            if has:
                said = complaint_of(start([*words, str(tmp_path / "fixed")]))
                assert re.search(r"/fixed: (cannot be written: Read-only|.* GB are free)", said)
