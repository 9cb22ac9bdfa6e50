"""What the tests share."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from nq_lines import SmallRun, annotated, answer, null, original, write

from tinynq.preparation import prepare
from tinynq.training import train

# A busy machine is no fault of the code; and the same examples every time.
settings.register_profile("tinynq", deadline=None, derandomize=True)
settings.load_profile("tinynq")

# A shell has what it runs in the background ignore Ctrl-C, and all that this starts: the tests send some.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cache: never the user's own, and empty for each test."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "tinynq"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data and golden outputs that is not in the repository; without it the test is skipped."""
    path = Path(os.environ.get("TINYNQ_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    if not path.is_dir():
        pytest.skip("../shared is not there")
    return path


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    """A run to predict with: BERT-Tiny after two updates on 40 made-up pages."""
    folder = tmp_path_factory.mktemp("small")
    vocabulary = ["when", "who", "where", "year", "king", "river", "city", "book", "wrote", "built", "of", "the", "in"]
    words = random.Random(0).choices(vocabulary, k=9000)
    lines = []
    for i in range(40):
        line = original(*(" ".join(words[k : k + 20 + 3 * i]) for k in range(200 * i, 200 * i + 5)), example_id=i - 20)
        lines.append(annotated(line, answer(line, i % 5, (1, 4)), null()))
    pages, record, run = (str(folder / name) for name in ("pages.jsonl", "train.parquet", "run"))
    write(Path(pages), *lines)
    prepare(pages, out=record, include_unknowns=1.0)
    train(record, out=run, init="bert-tiny", recipe="fast", steps=2, batch_size=4, threads=1)
    return SmallRun(run, pages, record)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of an S3 emulator on this machine."""
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "none")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("s3").create_bucket(Bucket="pages")
        yield "s3://pages"
    server.stop()
