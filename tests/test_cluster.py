"""Shards on a Ray cluster: the same bytes as in this process, also when a node is lost; and errors of one line."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nq_lines import annotated, answer, null, original, write

from tinynq.preparation import prepare

ray = pytest.importorskip("ray")
from ray.cluster_utils import Cluster  # noqa: E402

MEMORY = 80 << 20  # bytes of a node's object store; Ray refuses less than 75 MB


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    """Three nodes of one CPU each, on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": MEMORY})
        for _ in range(2):
            made.add_node(num_cpus=1, object_store_memory=MEMORY)
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Five files of six made-up pages."""
    folder = tmp_path_factory.mktemp("shards")
    words = [
        "the",
        "king",
        "of",
        "the",
        "old",
        "city",
        "wrote",
        "a",
        "large",
        "book",
        "near",
        "a",
        "quick",
        "river",
        "in",
        "the",
        "happy",
        "year",
    ]
    files = []
    for i in range(5):
        lines = []
        for k in range(6):
            line = original(" ".join(words[k:]), " ".join(words[i : i + 8]), example_id=100 * i + k)
            lines.append(annotated(line, answer(line, k % 2, (1, 3)), null()))
        files.append(write(folder / f"{i}.jsonl", *lines))
    return files


def test_x(nodes: Cluster, shards: list[str], tmp_path: Path) -> None:
    prepare(shards, out=str(tmp_path / "a.parquet"), synonyms=0.3)
    t = time.time()
    prepare(shards, out=str(tmp_path / "b.parquet"), synonyms=0.3, engine="ray", address=nodes.address, workers=0)
    print(time.time() - t)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
