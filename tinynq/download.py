"""The NQ release, fetched: what is there is skipped, what broke off goes on, what is damaged is thrown away.

HTTP is the standard library's: whole files and ranges of them need no more, and web drivers of fsspec would be one
more thing to install. Any other place (a folder, file://, s3://, gs://) is opened as all input is.
"""

import http.client
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import tinynq
from tinynq.config import FetchOptions, Split, make
from tinynq.errors import InputError, UsageError
from tinynq.files import open_input, read_lines
from tinynq.gunzip import GZIP_MAGIC
from tinynq.types import Progress, no_progress

Format = Literal["original", "simplified"]
Result = TypeVar("Result")

CHUNK = 1 << 18
LONGEST_WAIT = 30.0  # seconds between two tries; the first is one second, then twice as long each time

# The release as its bucket lays it out. There is no simplified dev set: its one file is in the original format.
RELEASE: dict[tuple[Split, Format], list[str]] = {
    ("train", "original"): [f"v1.0/train/nq-train-{i:02}.jsonl.gz" for i in range(50)],
    ("dev", "original"): [f"v1.0/dev/nq-dev-{i:02}.jsonl.gz" for i in range(5)],
    ("sample", "original"): [f"v1.0/sample/nq-{split}-sample.jsonl.gz" for split in ("train", "dev")],
    ("train", "simplified"): ["v1.0-simplified/simplified-nq-train.jsonl.gz"],
    ("dev", "simplified"): ["v1.0-simplified/nq-dev-all.jsonl.gz"],
}
SHARDED = {("train", "original"), ("dev", "original")}


@dataclass(frozen=True)
class FetchPlan:
    """What is about to be fetched: files and bytes still to come, files that are there, free bytes of the disk."""

    files: int
    bytes: int
    present: int
    free: int


@dataclass(frozen=True)
class FetchSummary:
    """All files of the request, in order; how many of them were fetched, and the bytes that came over."""

    paths: list[str]
    fetched: int
    bytes: int


class _Version(NamedTuple):
    """A file as its server describes it: bytes, and what changes when the file does."""

    size: int
    tag: str


class _Broken(Exception):
    """A failure that may pass: a connection that broke, a server that is busy, a file that was replaced."""


def fetch(
    split: Split,
    *,
    to: str,
    progress: Progress = no_progress,
    confirm: Callable[[FetchPlan], None] = lambda plan: None,
    **options: Any,
) -> FetchSummary:
    """Fetch the files of a split of the NQ release into a folder.

    The keywords are the fields of FetchOptions. ``confirm`` is told the plan before anything is written, and may
    raise to stop; ``progress`` counts bytes. A file gets its name once its size is right and its gzip
    checksum holds; one that has its name and size is not fetched again. Until then it is ``NAME.TAG.part``,
    TAG standing for the server's ETag and size: what broke off goes on where it stopped, by a range, if the
    file is still the same.
    Raises UsageError for a request that the release does not have and for a full disk, InputError
    for what cannot be fetched or is damaged.
    """
    chosen = make(FetchOptions, options)
    folder = Path(to.removeprefix("file://"))
    if "://" in str(to).removeprefix("file://"):
        raise UsageError(f"{to}: files are fetched to this machine only; give a local folder")
    urls = [f"{chosen.base_url.rstrip('/')}/{name}" for name in _names(split, chosen)]
    targets = [folder / url.rpartition("/")[2] for url in urls]
    wanted, plan = _plan(folder, urls, targets, chosen)
    if wanted:
        confirm(plan)
    total, done, came = sum(version.size for _, _, version in wanted), 0, 0

    def received(count: int, position: int) -> None:
        nonlocal came
        came += count
        progress(came, min(1.0, (done + position) / total))

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for url, target, version in wanted:
            _fetch_file(url, target, chosen, received)
            done += version.size
    except OSError as error:  # all that a server does is no OSError any more
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return FetchSummary([str(target) for target in targets], len(wanted), came)


def _names(split: Split, options: FetchOptions) -> list[str]:
    """The files of a split, or the slice of them that --shards names."""
    names = RELEASE.get((split, options.format))
    if names is None:
        known = ", ".join(f"{name} {kind}" for name, kind in RELEASE)
        raise UsageError(f"the release has no {split} in the {options.format} format; it has {known}")
    if options.shards is None:
        return names
    if (split, options.format) not in SHARDED:
        files = ", ".join(name.rpartition("/")[2] for name in names)
        raise UsageError(f"--shards: {split} ({options.format}) is not in shards but {files}; leave --shards out")
    first, colon, last = options.shards.partition(":")
    if not colon or not all(not part or part.isascii() and part.isdigit() for part in (first, last)):
        raise UsageError(f"--shards is {options.shards}; expected a half-open slice, as 0:{len(names)}")
    start, stop = int(first or 0), int(last or len(names))
    if not start < stop <= len(names):
        raise UsageError(
            f"--shards is {options.shards}; {split} has shards 0 to {len(names) - 1}: "
            f"expected A:B with 0 <= A < B <= {len(names)}"
        )
    return names[start:stop]


def _plan(
    folder: Path, urls: list[str], targets: list[Path], options: FetchOptions
) -> tuple[list[tuple[str, Path, _Version]], FetchPlan]:
    """The files to fetch; raises UsageError where they do not fit on the disk."""
    wanted, needed = [], 0
    for url, target in zip(urls, targets, strict=True):
        # Nothing has come yet that patience could save.
        version = _persist(partial(_look, url, options.timeout), min(options.retries, 2))
        if _length(target) != version.size:
            wanted.append((url, target, version))
            needed += max(0, version.size - _length(_part(target, version)))
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise UsageError(
            f"{folder}: {needed / 1e9:,.1f} GB are to come, and {free / 1e9:,.1f} GB are free; "
            "choose another --to, or fewer --shards"
        )
    return wanted, FetchPlan(len(wanted), needed, len(urls) - len(wanted), free)


def _fetch_file(url: str, target: Path, options: FetchOptions, received: Callable[[int, int], None]) -> None:
    """One file under its name, whole and checked; damage is given a second chance."""
    for last in (False, True):
        part = _persist(
            partial(_transfer, url, target, options.timeout, received),
            options.retries,
            gained=lambda: max(map(_length, _parts(target)), default=0),
        )
        try:
            for _ in read_lines(part):
                pass
        except InputError as error:
            part.unlink()
            if last:
                raise InputError(
                    f"{url}: came twice with damaged gzip data, and was deleted; try another --base-url, or later"
                ) from error
        else:
            part.replace(target)
            return


def _transfer(url: str, target: Path, timeout: float, received: Callable[[int, int], None]) -> Path:
    """The whole of a file beside its target, from where an earlier try broke off; raises _Broken when this one does."""
    version = _look(url, timeout)  # each time anew: what has changed in the meantime begins anew as well
    part = _part(target, version)
    for other in _parts(target):
        if other != part:
            other.unlink()
    if _length(part) > version.size:
        part.unlink()
    try:
        with open(part, "ab") as file:
            # Of a part that is whole nothing is left to ask for.
            missing = _chunks(url, version, file.tell(), timeout) if file.tell() < version.size else ()
            for position, chunk in missing:
                if position == 0 and not chunk.startswith(GZIP_MAGIC):
                    raise InputError(
                        f"{url}: no gzip file, but {chunk[:40]!r}; if that is the page of a proxy or a login, "
                        "open the URL in a browser, else look at --base-url"
                    )
                if position < file.tell():
                    file.truncate(position)
                file.write(chunk)
                received(len(chunk), position + len(chunk))
    finally:
        if not _length(part):
            part.unlink()
    if _length(part) < version.size:
        raise _Broken(f"{url}: broke off after {_length(part):,} of {version.size:,} bytes")
    return part


def _look(url: str, timeout: float) -> _Version:
    """Size and tag of a file, without its content; raises InputError where there is none."""
    if _is_http(url):
        with closing(_request(url, timeout, method="HEAD")) as response:
            version = _version(response, response.headers["Content-Length"])
    else:
        with open_input(url) as file:
            version = _Version(file.seek(0, os.SEEK_END), "")
    if not version.size:
        raise InputError(f"{url}: is empty; look at --base-url")
    return version


def _chunks(url: str, version: _Version, start: int, timeout: float) -> Iterator[tuple[int, bytes]]:
    """(position, bytes) of a file from ``start`` on, or from 0 where the server knows no ranges."""
    if not _is_http(url):
        with open_input(url) as file:
            file.seek(start)
            while chunk := _read(url, file.read):
                yield start, chunk
                start += len(chunk)
        return
    with closing(_request(url, timeout, headers={"Range": f"bytes={start}-"} if start else {})) as response:
        size = response.headers["Content-Length"]
        if response.status == 206:
            given, _, size = (response.headers["Content-Range"] or "").removeprefix("bytes ").partition("/")
            if given != f"{start}-{version.size - 1}":
                raise _Broken(f"{url}: asked for bytes {start} to the end, the server sent {given or 'others'}")
        else:
            start = 0
        if _version(response, size) != version:
            raise _Broken(f"{url}: is not the file that it was a moment ago")
        while chunk := _read(url, response.read):
            yield start, chunk
            start += len(chunk)


def _read(url: str, read: Callable[[int], bytes]) -> bytes:
    try:
        return read(CHUNK)
    except Exception as error:  # storages' drivers have exceptions of their own
        raise _Broken(f"{url}: broke off ({_reason(error)})") from error


def _request(url: str, timeout: float, **request: Any) -> Any:
    """The answer to a request, with status 200 or 206; raises InputError where trying again would not help."""
    # Without "gzip", a storage that holds a file as gzip-encoded text would send it decompressed.
    headers = {"User-Agent": f"tinynq/{tinynq.__version__}", "Accept-Encoding": "gzip", **request.pop("headers", {})}
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers, **request), timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        fault = f"{url}: the server answered {error.code} ({error.reason})"
        if error.code >= 500 or error.code in (408, 416, 429):  # 416: it has become shorter
            raise _Broken(fault) from error
        remedies = {
            403: "access is refused: fetch it by hand, or name a copy with --base-url",
            404: "there is no such file: look at --base-url, or whether the release has moved",
        }
        raise InputError(f"{fault}; {remedies.get(error.code, 'look at --base-url')}") from error
    except (ValueError, http.client.InvalidURL) as error:
        raise InputError(f"{url}: no URL ({error}); look at --base-url") from error
    except (OSError, http.client.HTTPException) as error:
        raise _Broken(f"{url}: no answer ({_reason(error)})") from error


def _version(response: Any, size: str | None) -> _Version:
    if not (size or "").isdigit():
        raise InputError(f"{response.url}: the server does not say how large the file is; name a copy with --base-url")
    return _Version(int(size or 0), response.headers["ETag"] or response.headers["Last-Modified"] or "")


def _persist(work: Callable[[], Result], retries: int, *, gained: Callable[[], int] = lambda: 0) -> Result:
    """The result of ``work``, which is tried again when it breaks; what it has gained gives it new tries."""
    failures, best = 0, gained()
    while True:
        try:
            return work()
        except _Broken as broken:
            failures, best = (1, gained()) if gained() > best else (failures + 1, best)
            if failures > retries:
                tries = f"{failures} tries" if failures > 1 else "one try"
                raise InputError(f"{broken}; given up after {tries}, run it again: what has come is kept") from broken
        time.sleep(min(2.0 ** (failures - 1), LONGEST_WAIT))


def _part(target: Path, version: _Version) -> Path:
    tag = blake2b(f"{version.tag}|{version.size}".encode(), digest_size=4).hexdigest()
    return target.with_name(f"{target.name}.{tag}.part")


def _parts(target: Path) -> list[Path]:
    return list(target.parent.glob(f"{target.name}.*.part"))


def _length(path: Path) -> int:
    """The bytes of a file, 0 where there is none."""
    return path.stat().st_size if path.is_file() else 0


def _is_http(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__
