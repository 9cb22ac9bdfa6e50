"""download: a release on a web server of this machine, which fails in every way that servers do."""

import gzip
import os
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tinynq
from tinynq import download
from tinynq.config import FetchOptions, Split
from tinynq.download import RELEASE, FetchPlan, Format, fetch
from tinynq.errors import InputError, UsageError

FIRST = "v1.0/train/nq-train-00.jsonl.gz"


def pages(text: str = "page") -> bytes:
    """A gzip file that takes several chunks."""
    return gzip.compress(f'{{"{text}": "'.encode() + os.urandom(5000).hex().encode() + b'"}\n')


class Request(NamedTuple):
    method: str
    path: str
    range: str | None


class Site(ThreadingHTTPServer):
    """A release whose next answers to GET (``faults``) and HEAD (``head_faults``) go wrong as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: list[Any] = []
        self.head_faults: list[Any] = []
        self.ranges = True
        self.requests: list[Request] = []
        self.agents: set[str] = set()
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def gets(self) -> list[str | None]:
        """The range of every GET."""
        return [request.range for request in self.requests if request.method == "GET"]

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # who was cut off may complain


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_HEAD(self) -> None:
        self.answer(self.server.head_faults)

    def do_GET(self) -> None:
        self.answer(self.server.faults)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def answer(self, faults: list[Any]) -> None:
        site, asked = self.server, self.headers["Range"]
        site.requests.append(Request(self.command, self.path.lstrip("/"), asked))
        site.agents.add(self.headers["User-Agent"])
        fault = faults.pop(0) if faults else None
        if fault == "change":
            site.files[self.path.lstrip("/")] = pages("changed")
        data = site.files.get(self.path.lstrip("/"))
        if data is None or isinstance(fault, int):
            self.send_error(fault if isinstance(fault, int) else 404)
            return
        if fault == "drop":
            return
        tag, size, start = f'"{hash(data)}"', len(data), 0
        if fault == "garble":
            data = data[:-8] + b"????" + data[-4:]  # the checksum
        if asked and site.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start and start >= size:
            self.send_error(416)
            return
        self.send_response(206 if asked and site.ranges else 200)
        if fault != "no length":
            self.send_header("Content-Length", str(size - start + (10 if fault == "long" else 0)))
        if asked and site.ranges:
            shown = 0 if fault == "other range" else start
            self.send_header("Content-Range", f"bytes {shown}-{size - 1}/{size}")
        self.send_header("ETag", tag)
        self.end_headers()
        if self.command == "GET":
            rest = data[start:]
            self.wfile.write(rest[: len(rest) // 2] if fault in ("cut", "stall") else rest)
            if fault == "stall":
                site.stopped.wait(10)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A release of which the first two shards of train and the samples are there; nobody waits."""
    monkeypatch.setattr(download, "LONGEST_WAIT", 0.0)
    monkeypatch.setattr(download, "CHUNK", 1000)
    with Site() as server:
        for name in [*RELEASE["train", "original"][:2], *RELEASE["sample", "original"]]:
            server.files[name] = pages(name)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


def fetch_first(site: Site, folder: Path, **options: Any) -> Path:
    """The first train shard, fetched and compared with what the server has."""
    summary = fetch("train", to=str(folder), base_url=site.url, shards="0:1", **options)
    (path,) = map(Path, summary.paths)
    assert path.read_bytes() == site.files[FIRST]
    assert os.listdir(folder) == ["nq-train-00.jsonl.gz"]
    return path


def fault_of(site: Site, folder: Path, **options: Any) -> str:
    """The one line that fetching the first train shard ends with."""
    with pytest.raises(InputError) as caught:
        fetch_first(site, folder, **options)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{site.url}/{FIRST}: ")
    return str(caught.value).removeprefix(f"{site.url}/{FIRST}: ")


# What is fetched


def test_files_come_whole_in_order_and_once(site: Site, tmp_path: Path) -> None:
    plans: list[FetchPlan] = []
    told: list[tuple[int, float]] = []
    names = RELEASE["train", "original"][:2]
    sizes = [len(site.files[name]) for name in names]
    to = tmp_path / "new" / "folder"

    def again() -> download.FetchSummary:
        return fetch(
            "train", to=str(to), confirm=plans.append, progress=lambda *now: told.append(now),
            base_url=f"{site.url}/", shards="0:2",
        )  # fmt: skip

    summary = again()
    assert summary == download.FetchSummary([str(to / n.rpartition("/")[2]) for n in names], 2, sum(sizes))
    assert [Path(path).read_bytes() for path in summary.paths] == [site.files[name] for name in names]
    assert len(os.listdir(to)) == 2
    assert plans == [FetchPlan(2, sum(sizes), 0, plans[0].free)]
    assert told == sorted(told)
    assert told[-1] == (sum(sizes), 1.0)
    assert site.agents == {f"tinynq/{tinynq.__version__}"}

    site.requests.clear()
    assert again() == download.FetchSummary(summary.paths, 0, 0)
    assert site.gets() == []
    assert len(plans) == 1  # nothing to be asked about

    Path(summary.paths[1]).write_bytes(b"of another size")
    assert again().fetched == 1
    assert plans[1] == FetchPlan(1, sizes[1], 1, plans[1].free)
    assert Path(summary.paths[1]).read_bytes() == site.files[names[1]]


def test_the_samples_are_two_files(site: Site, tmp_path: Path) -> None:
    paths = fetch("sample", to=str(tmp_path), base_url=site.url).paths
    assert [Path(path).name for path in paths] == ["nq-train-sample.jsonl.gz", "nq-dev-sample.jsonl.gz"]


def test_the_release_has_the_layout_of_its_bucket() -> None:
    assert RELEASE["train", "original"][49] == "v1.0/train/nq-train-49.jsonl.gz"
    assert RELEASE["dev", "original"][4] == "v1.0/dev/nq-dev-04.jsonl.gz"
    assert [len(names) for names in RELEASE.values()] == [50, 5, 2, 1, 1]
    assert FetchOptions().base_url == "https://storage.googleapis.com/natural_questions"


@pytest.mark.parametrize(
    ("split", "options", "message"),
    [
        ("train", {"shards": "0:51"}, "--shards is 0:51; train has shards 0 to 49: expected A:B with 0 <= A < B <= 50"),
        ("dev", {"shards": "5:"}, "dev has shards 0 to 4"),
        ("dev", {"shards": "3:3"}, "dev has shards 0 to 4"),
        ("dev", {"shards": "2"}, "--shards is 2; expected a half-open slice, as 0:5"),
        ("dev", {"shards": "-2:"}, "expected a half-open slice"),
        ("sample", {"shards": "0:1"}, "is not in shards but nq-train-sample.jsonl.gz, nq-dev-sample.jsonl.gz; leave"),
        ("train", {"shards": "0:1", "format": "simplified"}, "is not in shards but simplified-nq-train.jsonl.gz"),
        ("sample", {"format": "simplified"}, "no sample in the simplified format; it has train original, dev original"),
        ("test", {}, "no test in the original format"),
        ("dev", {"retries": -1}, "retries is -1"),
    ],
)
def test_requests_that_the_release_does_not_have(
    tmp_path: Path, split: Split, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        fetch(split, to=str(tmp_path), base_url="http://127.0.0.1:9", **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(("shards", "count"), [("0:2", 2), (":2", 2), ("1:2", 1)])
def test_slices_are_half_open(site: Site, tmp_path: Path, shards: str, count: int) -> None:
    assert len(fetch("train", to=str(tmp_path), base_url=site.url, shards=shards).paths) == count


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_folder_is_as_good_as_a_server(tmp_path: Path, prefix: str) -> None:
    kinds: list[tuple[Split, Format, str]] = [
        ("dev", "simplified", "nq-dev-all.jsonl.gz"),
        ("train", "simplified", "simplified-nq-train.jsonl.gz"),
    ]
    (tmp_path / "mirror" / "v1.0-simplified").mkdir(parents=True)
    for split, kind, name in kinds:
        source = tmp_path / "mirror" / "v1.0-simplified" / name
        source.write_bytes(pages())
        to = f"{prefix}{tmp_path}/{split}"
        summary = fetch(split, to=to, base_url=f"{prefix}{tmp_path}/mirror", format=kind)
        assert summary.paths == [f"{tmp_path}/{split}/{name}"]
        assert Path(summary.paths[0]).read_bytes() == source.read_bytes()
        # What an earlier run left half done goes on where it stopped.
        whole = Path(summary.paths[0])
        part = download._part(whole, download._Version(whole.stat().st_size, ""))
        whole.rename(part)
        os.truncate(part, 1000)
        again = fetch(split, to=to, base_url=f"{prefix}{tmp_path}/mirror", format=kind)
        assert again.bytes == source.stat().st_size - 1000
        assert whole.read_bytes() == source.read_bytes()
    with pytest.raises(InputError, match=r"nq-dev-00\.jsonl\.gz: cannot be read: No such file"):
        fetch("dev", to=str(tmp_path / "dev"), base_url=f"{prefix}{tmp_path}/mirror")


# What breaks off


def test_a_transfer_that_breaks_off_goes_on(site: Site, tmp_path: Path) -> None:
    site.faults = ["cut", "cut", "drop", 503, "cut"]
    told: list[int] = []
    fetch_first(site, tmp_path, retries=3, progress=lambda count, share: told.append(count))
    size = len(site.files[FIRST])
    half, most = size // 2, size // 2 + (size - size // 2) // 2
    at = [None, f"bytes={half}-", f"bytes={most}-", f"bytes={most}-", f"bytes={most}-"]
    assert site.gets()[:5] == at
    assert len(site.gets()) == 6
    assert told[-1] == size  # no byte came twice


def test_a_server_that_falls_silent_has_broken_off(site: Site, tmp_path: Path) -> None:
    site.faults = ["stall"]
    fetch_first(site, tmp_path, timeout=0.3)
    first, second = site.gets()
    assert first is None
    assert second is not None
    site.faults = ["stall"]
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    assert "broke off (timed out)" in fault_of(site, tmp_path, timeout=0.3, retries=0)


def test_a_later_run_goes_on(site: Site, tmp_path: Path) -> None:
    site.faults = ["cut"]
    fault = fault_of(site, tmp_path, retries=0)
    size = len(site.files[FIRST])
    broken, told, rest = fault.partition("; ")
    assert broken == f"broke off after {size // 2:,} of {size:,} bytes"
    assert told + rest == "; given up after one try, run it again: what has come is kept"
    (part,) = tmp_path.iterdir()
    assert part.name.startswith("nq-train-00.jsonl.gz.")
    assert part.suffix == ".part"
    plans: list[FetchPlan] = []
    fetch_first(site, tmp_path, confirm=plans.append)
    assert site.gets() == [None, f"bytes={size // 2}-"]
    assert plans[0].bytes == size - size // 2


def test_a_part_that_is_whole_is_only_checked(site: Site, tmp_path: Path) -> None:
    path = fetch_first(site, tmp_path)
    version = download._look(f"{site.url}/{FIRST}", 10)
    path.rename(download._part(path, version))
    site.requests.clear()
    fetch_first(site, tmp_path)
    assert site.gets() == []
    with open(path, "ab") as file:
        file.write(b"too long")
    path.rename(download._part(path, version))
    fetch_first(site, tmp_path)
    assert site.gets() == [None]


def test_a_server_without_ranges_begins_again(site: Site, tmp_path: Path) -> None:
    site.ranges = False
    site.faults = ["cut", "cut"]
    fetch_first(site, tmp_path)
    assert len(site.gets()) == 3
    site.faults = ["cut"] * 9
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    assert "broke off" in fault_of(site, tmp_path, retries=2)  # the same half again is nothing gained
    assert len(site.faults) == 6


def test_another_range_than_was_asked_for_is_not_taken(site: Site, tmp_path: Path) -> None:
    site.faults = ["cut", "other range"]
    fetch_first(site, tmp_path)
    site.faults = ["cut", *["other range"] * 9]
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    assert "the server sent 0-" in fault_of(site, tmp_path, retries=1)


def test_a_file_that_changes_between_two_parts_begins_again(site: Site, tmp_path: Path) -> None:
    old = site.files[FIRST]
    site.faults = ["cut", "change"]
    fetch_first(site, tmp_path)
    assert site.files[FIRST] != old
    assert site.gets()[-1] is None
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    site.faults = ["change"] * 9
    assert "is not the file that it was a moment ago" in fault_of(site, tmp_path, retries=3)


def test_a_file_that_changes_between_two_runs_begins_again(site: Site, tmp_path: Path) -> None:
    site.faults = ["cut"]
    fault_of(site, tmp_path, retries=0)
    site.files[FIRST] = pages("changed")
    fetch_first(site, tmp_path)
    assert site.gets() == [None, None]


@pytest.mark.parametrize("status", [500, 429, "drop"])
def test_what_may_pass_is_tried_again_but_not_for_ever(site: Site, tmp_path: Path, status: int | str) -> None:
    site.head_faults, site.faults = [status, status], [status, status]
    fetch_first(site, tmp_path)
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    site.faults = [status] * 9
    fault = fault_of(site, tmp_path, retries=3)
    assert ("no answer" if status == "drop" else f"the server answered {status}") in fault
    assert "given up after 4 tries" in fault
    assert len(site.faults) == 5


def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)

    def work() -> None:
        raise download._Broken("busy")

    with pytest.raises(InputError, match="busy; given up after 9 tries"):
        download._persist(work, 8)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


# What cannot be had


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (
            403,
            "the server answered 403 (Forbidden); access is refused: fetch it by hand, or name a copy with --base-url",
        ),
        (404, "the server answered 404 (Not Found); there is no such file: look at --base-url"),
        (405, "the server answered 405 (Method Not Allowed); look at --base-url"),
    ],
)
def test_what_will_not_pass_is_an_error_at_once(site: Site, tmp_path: Path, status: int, message: str) -> None:
    site.head_faults = [status]
    assert fault_of(site, tmp_path / "new").startswith(message)
    assert len(site.requests) == 1
    site.faults = [status]
    assert fault_of(site, tmp_path / "new").startswith(message)
    assert os.listdir(tmp_path / "new") == []


def test_a_web_page_is_no_release(site: Site, tmp_path: Path) -> None:
    site.files[FIRST] = b"<!DOCTYPE html><title>Log in</title>"
    fault = fault_of(site, tmp_path)
    assert fault.startswith("no gzip file, but b'<!DOCTYPE html>")
    assert "a proxy or a login" in fault
    assert len(site.gets()) == 1
    assert os.listdir(tmp_path) == []


def test_an_empty_file_is_no_release(site: Site, tmp_path: Path) -> None:
    site.files[FIRST] = b""
    assert fault_of(site, tmp_path) == "is empty; look at --base-url"
    assert os.listdir(tmp_path) == []


def test_damage_is_deleted_and_fetched_once_more(site: Site, tmp_path: Path) -> None:
    site.faults = ["garble"]
    fetch_first(site, tmp_path)
    assert site.gets() == [None, None]
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    site.faults = ["garble"] * 9
    assert fault_of(site, tmp_path).startswith("came twice with damaged gzip data, and was deleted")
    assert len(site.faults) == 7
    assert os.listdir(tmp_path) == []
    site.faults = []
    site.files[FIRST] = site.files[FIRST][:-9]
    assert "damaged gzip data" in fault_of(site, tmp_path)


def test_lengths_that_are_wrong(site: Site, tmp_path: Path) -> None:
    site.head_faults = ["long"]
    fetch_first(site, tmp_path)  # asked again, it says the right one
    (tmp_path / "nq-train-00.jsonl.gz").unlink()
    site.head_faults = ["long"] * 9
    assert "is not the file that it was" in fault_of(site, tmp_path, retries=2)
    site.head_faults = ["long"] * 9
    site.faults = ["long"] * 9
    assert "the server answered 416" in fault_of(site, tmp_path, retries=2)  # for the bytes that are not there
    site.head_faults = ["no length"]
    assert "does not say how large the file is" in fault_of(site, tmp_path)


def test_addresses_that_are_none(site: Site, tmp_path: Path) -> None:
    url, port = site.url, site.server_port
    for base, message in (
        (url + ":x", "no URL (nonnumeric port"),
        (f"http://127.0.0.1:{port}/a b", "no URL (URL can't contain control characters"),
        ("http://127.0.0.1:9", "no answer (Connection refused); given up"),
    ):
        with pytest.raises(InputError) as caught:
            fetch("dev", to=str(tmp_path), base_url=base)
        assert f"{base}/v1.0/dev/nq-dev-00.jsonl.gz: {message}" in str(caught.value)


def test_what_does_not_fit_is_not_begun(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    size = len(site.files[FIRST])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(size - 1))
    with pytest.raises(UsageError, match=r"new: 0\.0 GB are to come, and 0\.0 GB are free; choose another --to"):
        fetch_first(site, tmp_path / "new")
    assert site.gets() == []
    assert not (tmp_path / "new").exists()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(size))
    fetch_first(site, tmp_path / "new")


def test_who_says_no_gets_nothing(site: Site, tmp_path: Path) -> None:
    def confirm(plan: FetchPlan) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_first(site, tmp_path / "new", confirm=confirm)
    assert not (tmp_path / "new").exists()


def test_places_that_cannot_be_written(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="file: cannot be written: File exists"):
        fetch_first(site, tmp_path / "file")
    with pytest.raises(UsageError, match="to this machine only"):
        fetch("dev", to="s3://pages", base_url=site.url)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_is_no_broken_connection(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    monkeypatch.setattr(download, "_part", lambda target, version: tmp_path / "full")
    with pytest.raises(UsageError, match="cannot be written: No space left"):
        fetch_first(site, tmp_path)
    assert len(site.gets()) == 1
