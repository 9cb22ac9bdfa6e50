"""files: what sources name, lines out of any of them, and writing that is whole or not at all."""

import errno
import gzip
import io
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from tinynq.errors import InputError, UsageError
from tinynq.files import LineReader, atomic_folder, atomic_write, expand, open_input, read_lines, remove

LINES = [b'{"a": %d}' % i for i in range(1000)]
TEXT = b"\n".join(LINES) + b"\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of pages, in an order that is not that of their making, and things to pass over."""
    (tmp_path / "b.jsonl").write_bytes(TEXT)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(TEXT))
    (tmp_path / "notes.txt").write_text("no pages")
    (tmp_path / ".c.jsonl").write_text("half written")
    (tmp_path / "d.jsonl").mkdir()
    return tmp_path


def lines_of(path: str | Path) -> list[bytes]:
    return [line for _, line in read_lines(path)]


def stdin_of(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


# What sources name


def test_sources_keep_their_order(folder: Path) -> None:
    a, b = str(folder / "a.jsonl.gz"), str(folder / "b.jsonl")
    assert expand([b, "-", folder / "a.jsonl.gz"]) == [b, "-", a]
    assert expand(b) == expand(Path(b)) == expand(f"file://{b}") == [b]


def test_a_folder_is_its_files_by_name(folder: Path) -> None:
    assert expand(folder) == [str(folder / "a.jsonl.gz"), str(folder / "b.jsonl")]
    assert expand(f"file://{folder}", suffixes=(".txt",)) == [str(folder / "notes.txt")]


def test_a_glob_is_its_matches_by_name(folder: Path) -> None:
    assert expand(f"{folder}/*.jsonl*") == [str(folder / "a.jsonl.gz"), str(folder / "b.jsonl")]
    assert expand(f"{folder}/**/b.jsonl") == [str(folder / "b.jsonl")]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    name = tmp_path / "pages[1].jsonl"
    name.write_bytes(TEXT)
    assert expand(name) == [str(name)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("missing.jsonl", "no such file; name a file, a folder, a glob"),
        ("*.none", "no file matches"),
        ("empty", "a folder without .jsonl or .jsonl.gz files"),
        ("nosuch://x/y", "not a URL that can be opened: Protocol not known: nosuch"),
    ],
)
def test_a_source_without_files_is_one_line(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    name = source if "://" in source else str(tmp_path / source)
    with pytest.raises(InputError) as caught:
        expand(name)
    assert str(caught.value).startswith(f"{name}: {message}")
    assert "\n" not in str(caught.value)


# Lines


@pytest.mark.parametrize("name", ["a.jsonl.gz", "b.jsonl"])
def test_lines_come_with_their_numbers(folder: Path, name: str) -> None:
    assert list(read_lines(folder / name)) == list(enumerate(LINES, 1))


def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "plain.gz").write_bytes(TEXT)
    (tmp_path / "gzip.jsonl").write_bytes(gzip.compress(TEXT))
    assert lines_of(tmp_path / "plain.gz") == lines_of(tmp_path / "gzip.jsonl") == LINES


def test_several_gzip_members_are_one_text(tmp_path: Path) -> None:
    path = tmp_path / "members.gz"
    path.write_bytes(b"".join(gzip.compress(TEXT[i : i + 777]) for i in range(0, len(TEXT), 777)) + b"\0" * 512)
    assert lines_of(path) == LINES


def test_blank_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "blank.jsonl"
    path.write_bytes(b"\n  \none\r\n\t\n\ntwo")
    assert list(read_lines(path)) == [(3, b"one"), (6, b"two")]


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    for name, data in (("empty", b""), ("empty.gz", gzip.compress(b""))):
        (tmp_path / name).write_bytes(data)
        assert lines_of(tmp_path / name) == []


def test_lines_longer_than_the_buffer(tmp_path: Path) -> None:
    line = os.urandom(3 << 20).replace(b"\n", b" ").replace(b"\r", b" ")
    path = tmp_path / "long.gz"
    path.write_bytes(gzip.compress(line + b"\n" + line, 1))
    assert lines_of(path) == [line, line]


def test_memory_does_not_depend_on_the_size(tmp_path: Path) -> None:
    path = tmp_path / "big.gz"
    path.write_bytes(gzip.compress((b"x" * 9999 + b"\n") * 100, 1) * 50)
    tracemalloc.start()
    total = sum(len(line) for _, line in read_lines(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 50 * 100 * 9999
    assert peak < 20_000_000  # of 50 MB; the thread that unzips has some 12


@pytest.mark.parametrize("data", [TEXT, gzip.compress(TEXT)], ids=["plain", "gzip"])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    stdin_of(monkeypatch, data)
    assert lines_of("-") == LINES
    assert not sys.stdin.buffer.closed
    stdin_of(monkeypatch, data)
    assert next(iter(LineReader(["-"]))) == ("stdin:1", LINES[0])


COMPRESSED = gzip.compress(TEXT)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (COMPRESSED[:-9], "the gzip data is cut short"),
        (COMPRESSED[:3], "the gzip data is cut short"),
        (COMPRESSED[:10] + b"\xff" * 50 + COMPRESSED[60:], "the gzip data is damaged"),
        (COMPRESSED[:-8] + b"\x01\x02\x03\x04" + COMPRESSED[-4:], "the gzip data is damaged"),
    ],
    ids=["cut", "header only", "garbled", "checksum"],
)
def test_damaged_gzip_names_file_and_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"bad\.jsonl\.gz:1: {message}"):
        lines_of(path)


def test_damage_far_inside_names_the_line_that_was_reached(tmp_path: Path) -> None:
    text = b"\n".join(b"%d " % i * 1000 for i in range(2000))
    path = tmp_path / "bad.gz"
    path.write_bytes(gzip.compress(text)[:-20])
    seen = 0
    with pytest.raises(InputError) as caught:
        for number, _ in read_lines(path):
            seen = number
    assert seen > 1000
    assert str(caught.value).startswith(f"{path}:{seen + 1}: ")


def test_what_cannot_be_opened_is_one_line(folder: Path) -> None:
    for path in (folder / "missing.jsonl", folder, folder / "b.jsonl" / "below"):
        with pytest.raises(InputError, match="cannot be read"):
            lines_of(path)
        with pytest.raises(InputError, match="cannot be read"):
            open_input(path)


def test_errors_of_the_reader_of_lines_pass(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        for _ in read_lines(folder / "b.jsonl"):
            raise ZeroDivisionError


def test_a_line_reader_names_places_and_tells_its_share(folder: Path) -> None:
    paths = expand(folder)
    reader = LineReader(paths)
    assert reader.share == 0
    places: list[str] = []
    shares: list[float] = []
    for place, line in reader:
        assert line == LINES[len(places) % 1000]
        places.append(place)
        shares.append(reader.share)
    assert places[0] == f"{paths[0]}:1"
    assert places[-1] == f"{paths[1]}:1000"
    assert shares == sorted(shares)
    assert reader.share == 1
    # The compressed file is a tenth of the bytes or less, though it holds half of the lines.
    assert shares[999] < 0.5


def test_the_share_grows_inside_a_file(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl.gz"
    path.write_bytes(gzip.compress(os.urandom(32 << 20), 0))
    reader = LineReader([str(path)])
    shares = [reader.share for _ in reader]
    assert 0.2 < shares[len(shares) // 2] < 0.9


def test_the_share_of_a_file_that_grows_stays_below_one(tmp_path: Path) -> None:
    path = tmp_path / "growing.jsonl"
    path.write_bytes(TEXT)
    reader = LineReader([str(path)])
    path.write_bytes(TEXT * 2)
    assert max(reader.share for _ in reader) == 1


def test_the_share_of_a_pipe_is_unknown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin_of(monkeypatch, TEXT)
    reader = LineReader(["-"])
    assert {reader.share for _ in reader} == {0}
    os.mkfifo(folder / "pipe")
    threading.Thread(target=(folder / "pipe").write_bytes, args=(TEXT,), daemon=True).start()
    reader = LineReader([str(folder / "pipe"), str(folder / "b.jsonl")])
    assert len([reader.share for _ in reader]) == 2000


# Writing


def test_a_file_gets_its_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "out.json"
    with atomic_write(path) as file:
        file.write(b"one")
        assert not path.exists()
    assert path.read_bytes() == b"one"
    assert os.listdir(path.parent) == ["out.json"]
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_nothing_behind(tmp_path: Path, kind: type[BaseException]) -> None:
    path = tmp_path / "out.json"
    with pytest.raises(kind), atomic_write(path) as file:
        file.write(b"half")
        raise kind
    assert os.listdir(tmp_path) == []
    path.write_bytes(b"old")
    with pytest.raises(kind), atomic_write(path) as file:
        file.write(b"half")
        raise kind
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out.json"]


def test_file_urls_are_paths(tmp_path: Path) -> None:
    with atomic_write(f"file://{tmp_path}/out.jsonl") as file:
        file.write(TEXT)
    assert lines_of(f"file://{tmp_path}/out.jsonl") == LINES
    with open_input(f"file://{tmp_path}/out.jsonl") as opened:
        assert opened.read() == TEXT


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    thread = threading.Thread(target=lambda: read.append(path.read_bytes()), daemon=True)
    thread.start()
    with atomic_write(path) as file:
        file.write(b"through")
    thread.join(10)
    assert read == [b"through"]
    assert path.is_fifo()


def test_places_that_cannot_be_written_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path, message in (
        (tmp_path / "file" / "out", "file is a file, not a folder"),
        (tmp_path / "file" / "deeper" / "out", "Not a directory"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(UsageError, match=f"cannot be written: .*{message}"), atomic_write(path):
            pass
    with pytest.raises(UsageError, match="cannot be written"), atomic_folder(tmp_path / "file" / "out"):
        pass
    with pytest.raises(UsageError, match="Not a directory"), atomic_folder(tmp_path / "file"):
        pass


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(UsageError, match="out: cannot be written: No space left"), atomic_write(tmp_path / "out"):
        raise full
    with pytest.raises(UsageError, match="out: cannot be written: No space left"), atomic_folder(tmp_path / "out"):
        raise full
    assert os.listdir(tmp_path) == []


def test_what_a_killed_process_left_is_deleted(tmp_path: Path) -> None:
    code = (
        f"import os; from tinynq.files import *; os.chdir({str(tmp_path)!r})\n"
        "with atomic_write('out'), atomic_folder('folder'): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == 2 and all(name.endswith(".tmp") for name in left)
    (tmp_path / ".out.tmp").write_text("of somebody else")
    with atomic_write(tmp_path / "other"):
        pass
    assert left < {path.name for path in tmp_path.iterdir()}
    with atomic_write(tmp_path / "out"), atomic_write(tmp_path / "out"), atomic_folder(tmp_path / "folder"):
        pass  # of two that write at the same time, none deletes what the other has begun
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.tmp", "folder", "other", "out"]


def test_a_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "step-1"
    with atomic_folder(path) as made:
        (made / "a").write_text("first")
        assert not path.exists()
    assert (path / "a").read_text() == "first"
    with pytest.raises(ValueError), atomic_folder(path) as made:
        (made / "a").write_text("half")
        raise ValueError
    assert (path / "a").read_text() == "first"
    with atomic_folder(path) as made:
        (made / "b").write_text("second")
    assert os.listdir(path) == ["b"]
    assert os.listdir(path.parent) == ["step-1"]


# URLs


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    """A web server of the folder; like the standard library's, it knows no ranges."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def test_lines_from_a_web_server(server: str) -> None:
    for name in ("a.jsonl.gz", "b.jsonl"):
        url = f"{server}/{name}"
        assert expand(url) == [url]
        assert lines_of(url) == LINES
    reader = LineReader([f"{server}/b.jsonl"])
    assert [place for place, _ in reader][-1] == f"{server}/b.jsonl:1000"
    assert reader.share == 1


def test_a_large_file_comes_in_one_request(server: str, folder: Path) -> None:
    (folder / "large.jsonl").write_bytes(TEXT * 1000)  # more than a driver asks for at once
    assert sum(len(line) for line in lines_of(f"{server}/large.jsonl")) == 1000 * (len(TEXT) - len(LINES))


def test_a_web_server_that_lists_its_files(server: str) -> None:
    both = [f"{server}/a.jsonl.gz", f"{server}/b.jsonl"]
    assert expand(f"{server}/*.jsonl*") == both
    assert expand(f"{server}/") == both


def test_errors_of_a_web_server_are_one_line(server: str) -> None:
    with pytest.raises(InputError, match=r"missing\.jsonl: cannot be read: 404"):
        expand(f"{server}/missing.jsonl")
    with pytest.raises(InputError, match=r"missing\.jsonl: cannot be read"):
        lines_of(f"{server}/missing.jsonl")
    with pytest.raises(InputError, match="no file matches"):
        expand(f"{server}/*.none")
    with pytest.raises(UsageError, match="a web server takes no files"), atomic_write(f"{server}/out"):
        pass


def test_reading_and_writing_s3(bucket: str) -> None:
    for name, data in (("b.jsonl", TEXT), ("a.jsonl.gz", gzip.compress(TEXT)), ("notes.txt", b"")):
        with atomic_write(f"{bucket}/nq/{name}") as file:
            file.write(data)
    both = [f"{bucket}/nq/a.jsonl.gz", f"{bucket}/nq/b.jsonl"]
    assert expand(f"{bucket}/nq") == expand(f"{bucket}/nq/*.jsonl*") == both
    assert expand(both[1]) == both[1:]
    assert [line for _, line in LineReader(both)] == LINES * 2
    with open_input(both[1]) as opened:
        opened.seek(-10, os.SEEK_END)
        assert opened.read() == TEXT[-10:]


def test_an_exception_uploads_nothing(bucket: str) -> None:
    with pytest.raises(ValueError), atomic_write(f"{bucket}/half/out") as file:
        file.write(b"half")
        raise ValueError
    with pytest.raises(InputError, match="no file matches"):
        expand(f"{bucket}/half/*")


def test_errors_of_s3_are_one_line(bucket: str) -> None:
    with pytest.raises(InputError, match=r"s3://pages/missing: cannot be read"):
        expand(f"{bucket}/missing")
    with pytest.raises(UsageError, match=r"s3://nosuch/out: cannot be written"), atomic_write("s3://nosuch/out"):
        pass
    with pytest.raises(UsageError, match="a folder is written on this machine only"), atomic_folder(bucket):
        pass


def test_what_is_half_deleted_has_a_hidden_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a").write_text("a")

    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("tinynq.files.shutil.rmtree", interrupted)
        remove(tmp_path / "part")
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".part.") and left.suffix == ".tmp"
    remove(left)
    assert not list(tmp_path.iterdir())
