"""Shards on a Ray cluster: the same bytes as in this process, also when a node is lost; and errors of one line."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nq_lines import SmallRun, annotated, answer, null, original, write

import tinynq
from tinynq.config import ClusterOptions
from tinynq.errors import InputError, TinynqError, UsageError, WorkerError
from tinynq.files import atomic_write, open_input, read_lines
from tinynq.inference import predict
from tinynq.preparation import prepare
from tinynq.types import Progress, no_progress
from tinynq.workers import run_shards

ray = pytest.importorskip("ray")
from ray.cluster_utils import Cluster  # noqa: E402

from tinynq import cluster  # noqa: E402

MEMORY = 80 << 20  # bytes of a node's object store; Ray refuses less than 75 MB


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    """Three nodes of one CPU each, on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # the work of this file, too, is imported there
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": MEMORY})
        for _ in range(2):
            made.add_node(num_cpus=1, object_store_memory=MEMORY)
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Five files of six made-up pages."""
    folder = tmp_path_factory.mktemp("shards")
    words = ["the", "king", "of", "the", "old", "city", "wrote", "a", "large", "book", "near", "a", "quick", "river"]
    files = []
    for i in range(5):
        lines = []
        for k in range(6):
            line = original(" ".join(words[k:]), " ".join(words[i : i + 8]), example_id=100 * i + k)
            lines.append(annotated(line, answer(line, k % 2, (1, 3)), null()))
        files.append(write(folder / f"{i}.jsonl", *lines))
    return files


@dataclass(frozen=True)
class Slow:
    """Work of some seconds: a folder of files, empty, nested and large."""

    seconds: float
    single: bool = False

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        for i in range(10):
            time.sleep(self.seconds / 10)
            progress(i + 1, (i + 1) / 10)
        if self.single:
            part.write_text(shard)
            return
        (part / "in").mkdir(parents=True)
        (part / "empty").touch()
        (part / "in" / "name").write_text(shard)
        (part / "large").write_bytes(b"x" * 1_000_000)


def on(nodes: Cluster) -> dict[str, Any]:
    return {"engine": "ray", "address": nodes.address, "workers": 0}


@pytest.mark.slow
def test_a_cluster_that_is_started_here(shards: list[str], tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    before = signal.getsignal(signal.SIGTERM)
    prepare(shards, out=str(tmp_path / "a.parquet"), synonyms=0.3)
    prepare(
        shards, out=str(tmp_path / "b.parquet"), synonyms=0.3, engine="ray", workers=2,
        progress=lambda count, share: told.append((count, share)),
    )  # fmt: skip
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert told[-1] == (30, 1.0)
    assert not ray.is_initialized()
    assert signal.getsignal(signal.SIGTERM) is before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


@pytest.mark.slow
def test_predictions_of_nodes_are_those_of_this_process(
    nodes: Cluster, shards: list[str], small_run: SmallRun, tmp_path: Path
) -> None:
    one = predict(small_run.folder, shards, out=str(tmp_path / "a.json"), threads=1, n_best=2)
    other = predict(small_run.folder, shards, out=str(tmp_path / "b.json"), threads=1, n_best=2, **on(nodes))
    assert one == other
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.slow
def test_records_for_prediction_and_bad_pages(nodes: Cluster, shards: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(Path(shards[0]).read_text("utf-8") + "no page\n", "utf-8")
    lines = []
    for name, options in (("a", {}), ("b", on(nodes))):
        with pytest.raises(InputError) as caught:
            prepare([*shards[1:], str(bad)], out=str(tmp_path / f"{name}.parquet"), for_="predict", **options)
        lines.append(str(caught.value))
        skipped = str(tmp_path / f"{name}.txt")
        info = prepare(
            [*shards[1:], str(bad)], out=str(tmp_path / f"{name}.parquet"), for_="predict", skip_bad=skipped, **options
        )
        assert info.counts["bad"] == 1
    assert lines[0] == lines[1]
    assert "bad.jsonl:7" in lines[0]
    for suffix in (".parquet", ".txt"):
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.slow
def test_relative_paths_begin_where_the_command_was_called(
    nodes: Cluster, shards: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("p.jsonl"), *(json.loads(line) for _, line in read_lines(shards[0])))
    assert prepare("p.jsonl", out="p.parquet", **on(nodes)).counts["pages"] == 6


@pytest.mark.slow
@pytest.mark.parametrize("single", [False, True])
def test_a_node_is_lost_in_the_midst(
    nodes: Cluster, shards: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str], single: bool
) -> None:
    lost = nodes.add_node(num_cpus=1, object_store_memory=MEMORY)
    told: list[float] = []

    def progress(count: int, share: float, /) -> None:
        told.append(share)
        if lost in nodes.worker_nodes and max(told) > 0.2:  # all are at work
            nodes.remove_node(lost, allow_graceful=False)

    parts = run_shards(
        Slow(4.0, single), shards, folder=tmp_path, options=ClusterOptions(**on(nodes)), progress=progress
    )
    for part, shard in zip(parts, shards, strict=True):
        if single:
            assert part.read_text() == shard
            continue
        assert (part / "in" / "name").read_text() == shard
        assert (part / "empty").read_bytes() == b""
        assert (part / "large").stat().st_size == 1_000_000
    assert lost not in nodes.worker_nodes
    assert any(0 < share < 1 for share in told)  # from within the tasks
    assert told[-1] == 1.0
    assert len(list(tmp_path.iterdir())) == len(shards)
    assert "raylet" not in "".join(capfd.readouterr())


@pytest.mark.slow
def test_no_node_is_left(nodes: Cluster, shards: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    nodes_then = ray.nodes
    monkeypatch.setattr(ray, "nodes", lambda: [node | {"Alive": False} for node in nodes_then()])
    options = ClusterOptions(**on(nodes))
    with pytest.raises(WorkerError, match="no node of the Ray cluster has a CPU, for 2 s; .* what is finished is kept"):
        list(run_shards(Slow(20.0), shards, folder=tmp_path, options=options, progress=no_progress))
    assert not ray.is_initialized()


@pytest.mark.slow
def test_storages(bucket: str, shards: list[str], tmp_path: Path) -> None:
    for i, shard in enumerate(shards[:2]):
        with atomic_write(f"{bucket}/in/{i}.jsonl") as file:
            file.write(Path(shard).read_bytes())
    prepare(shards[:2], out=str(tmp_path / "a.parquet"))
    # Nodes that are started here have the keys in their environment.
    prepare([f"file://{shard}" for shard in shards[:2]], out=f"file://{tmp_path}/b.parquet", engine="ray", workers=2)
    prepare(f"{bucket}/in", out=f"{bucket}/out/c.parquet", engine="ray", workers=2)
    with open_input(f"{bucket}/out/c.parquet") as file:
        assert file.read() == (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def fails(pages: str | list[str], tmp_path: Path, **options: Any) -> TinynqError:
    with pytest.raises(TinynqError) as caught:
        prepare(pages, out=str(tmp_path / "out.parquet"), engine="ray", **options)
    assert list(tmp_path.iterdir()) == []
    return caught.value


def test_addresses_where_there_is_no_cluster(shards: list[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = fails(shards, tmp_path, address=f"127.0.0.1:{port}")
    assert isinstance(error, WorkerError)
    assert str(error) == (
        f"127.0.0.1:{port}: no Ray cluster answers there (Connection refused); `ray start --head` starts one, and "
        "says where"
    )
    for address in ("nonsense", "ray://127.0.0.1:10001", "127.0.0.1", ""):
        error = fails(shards, tmp_path, address=address)
        assert isinstance(error, UsageError)
        assert str(error).startswith(f"{address}: no address of a Ray cluster; expected HOST:PORT")
    assert isinstance(fails(shards, tmp_path, address="127.0.0.1:99999"), WorkerError)


def test_standard_input_stays_here(tmp_path: Path) -> None:
    assert "standard input cannot be sent to a cluster" in str(fails("-", tmp_path))


def test_without_the_package(shards: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tinynq.cluster")
    monkeypatch.setitem(sys.modules, "ray", None)
    error = fails(shards, tmp_path)
    assert isinstance(error, UsageError)
    assert str(error) == "the engine ray needs ray: pip install 'tinynq[ray]'"


class Board:
    """A board without a cluster."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, float]] = []
        self.tell = self

    def remote(self, at: int, count: int, share: float) -> None:
        self.told.append((at, count, share))


def test_a_task_on_its_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster, "INTERVAL", 0.05)
    board = Board()
    task = cluster._Task(Slow(1.0), 7, "some", str(tmp_path / "nowhere"), tinynq.__version__)
    done = cluster._run(task, board)
    assert done.progress == (10, 1.0)
    assert {at for at, _, _ in board.told} == {7}
    assert os.getcwd() == "/"  # what the command's folder holds is not found elsewhere
    assert not isinstance(done.made, TinynqError)
    assert list(done.made) == ["empty", "in/name", "large"]
    for made in ({}, done.made):
        cluster._unpack(made, tmp_path / f"{len(made)}")
    assert (tmp_path / "3" / "in" / "name").read_text() == "some"
    assert list((tmp_path / "0").iterdir()) == []


def test_a_node_with_another_version(tmp_path: Path) -> None:
    done = cluster._run(cluster._Task(Slow(0.0), 0, "some", str(tmp_path), "0.0.0"), Board())
    assert str(done.made) == f"a node has tinynq {tinynq.__version__}; expected 0.0.0, as here"


@dataclass(frozen=True)
class Faulty:
    """Work that ends its process, or has a bug."""

    dies: bool

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        if self.dies:
            os._exit(1)
        raise ZeroDivisionError("a bug\nin lines")


@pytest.mark.slow
@pytest.mark.parametrize(("dies", "reason"), [(False, "ZeroDivisionError: a bug"), (True, "WorkerCrashedError: .*")])
def test_tasks_that_fail(
    nodes: Cluster, shards: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: bool, reason: str
) -> None:
    monkeypatch.setattr(cluster, "RETRIES", 1)
    options = ClusterOptions(**on(nodes))
    with pytest.raises(WorkerError, match=rf"0.jsonl: its task on the Ray cluster failed \({reason}\); every node"):
        list(run_shards(Faulty(dies), shards[:1], folder=tmp_path, options=options, progress=no_progress))
    # A cluster that was joined goes on.
    assert len(list(run_shards(Slow(0.1), shards[:1], folder=tmp_path, options=options, progress=no_progress))) == 1
