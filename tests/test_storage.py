"""storage: where names lead, what is known of a file, who holds it, and why it failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tinynq.errors import InputError
from tinynq.files import expand
from tinynq.storage import cache_folder, facts_of, filesystem, hold, is_url, reason_of, size_of


def test_urls_have_a_scheme() -> None:
    assert is_url("s3://a/b") and is_url("https://a/b?c")
    assert not is_url("a/b") and not is_url("-") and not is_url("C:/x")


def test_a_url_leads_to_a_storage_and_a_path_there() -> None:
    fs, path = filesystem("memory://folder/file")
    fs.pipe_file(path, b"content")
    assert size_of("memory://folder/file") == 7
    fs.rm(path)
    assert size_of("memory://folder/file") == 0


@pytest.mark.parametrize("url", ["nosuch://x/y", "s4://bucket"])
def test_a_url_that_leads_nowhere_is_one_line(url: str) -> None:
    with pytest.raises(InputError, match=f"{url}: not a URL that can be opened: Protocol not known"):
        filesystem(url)


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(InputError, match=r"gs://bucket/a\.jsonl: gs:// needs a driver: pip install gcsfs"):
        expand("gs://bucket/a.jsonl")


def test_facts_of_a_file_are_its_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"")
    os.utime(path, ns=(0, 5))
    assert facts_of(str(path)) == [0, 5] and size_of(str(path)) == 0
    path.write_bytes(b"abc")
    assert size_of(str(path)) == 3
    os.mkfifo(tmp_path / "pipe")
    for unknown in ("-", str(tmp_path), str(tmp_path / "pipe"), str(tmp_path / "none"), "nosuch://x"):
        assert facts_of(unknown) == [] and size_of(unknown) == 0


def test_what_is_held_is_held_until_its_process_ends(tmp_path: Path) -> None:
    code = f"from tinynq.storage import hold; from pathlib import Path; hold(Path({str(tmp_path)!r})); print(); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline()
        with pytest.raises(BlockingIOError):
            hold(tmp_path)
        other.kill()
    os.close(hold(tmp_path))
    with pytest.raises(FileNotFoundError):
        hold(tmp_path / "none")


def test_the_cache_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "tinynq"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "tinynq"


def test_reasons_are_one_line() -> None:
    assert reason_of(FileNotFoundError(2, "No such file", "x")) == "No such file"
    assert reason_of(ValueError("two\n lines")) == "two lines"
    assert reason_of(ValueError()) == "ValueError"
    outer = FileNotFoundError("https://x")
    outer.__cause__ = ValueError("404")
    assert reason_of(outer) == "404"
