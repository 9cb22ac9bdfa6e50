"""Where bytes come from and go: paths, globs, folders, standard input, URLs; gzip; atomic writing."""

import glob
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from gzip import BadGzipFile
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from isal.igzip_lib import IsalError

from tinynq.errors import InputError, OnBad, TinynqError, UsageError, refuse
from tinynq.gunzip import BUFFER, unzipped
from tinynq.storage import STDIN, filesystem, hold, is_url, reason_of, size_of

PathLike: TypeAlias = str | os.PathLike[str]

SUFFIXES = (".jsonl", ".jsonl.gz")
LONGEST_LINE = 1 << 27  # bytes; a page has some hundreds of thousands


def expand(sources: PathLike | Sequence[PathLike], *, suffixes: tuple[str, ...] = SUFFIXES) -> list[str]:
    """The files that ``sources`` name, in that order.

    A source is a file, a glob, a folder (its files with one of ``suffixes``, by name), ``-`` for
    standard input, or a URL of one of these. Raises InputError for a source that names no file.
    """
    if isinstance(sources, str | os.PathLike):
        sources = [sources]
    files: list[str] = []
    for source in sources:
        name = _plain(source)
        if name == STDIN:
            files.append(STDIN)
        elif is_url(name):
            files += _expand_url(name, suffixes)
        else:
            files += _expand_local(name, suffixes)
    return files


def _expand_local(name: str, suffixes: tuple[str, ...]) -> list[str]:
    if os.path.isdir(name):
        with _reading(name):
            names = sorted(os.listdir(name))
        found = [os.path.join(name, n) for n in names if n.endswith(suffixes) and not _is_hidden(n)]
        return _not_empty([f for f in found if os.path.isfile(f)], name, f"a folder without {_either(suffixes)} files")
    if os.path.exists(name):
        return [name]
    if glob.has_magic(name):
        matches = sorted(glob.glob(name, recursive=True))
        return _not_empty([f for f in matches if not os.path.isdir(f)], name, "no file matches")
    raise InputError(f"{name}: no such file; name a file, a folder, a glob in quotes, a URL, or - for standard input")


def _expand_url(url: str, suffixes: tuple[str, ...]) -> list[str]:
    fs, path = filesystem(url)
    # A question mark is part of many web addresses, and never a pattern there.
    is_pattern = any(c in path for c in ("*[" if url.startswith("http") else "*?["))
    with _reading(url):
        if is_pattern:
            entries = [(n, info["type"]) for n, info in fs.glob(path, detail=True).items()]
            fault = "no file matches"
        elif url.endswith("/") or fs.info(path)["type"] == "directory":
            entries = [(e["name"], e["type"]) for e in fs.ls(path, detail=True) if e["name"].endswith(suffixes)]
            fault = f"a folder without {_either(suffixes)} files"
        else:
            return [url]
        found = [fs.unstrip_protocol(n) for n, kind in entries if kind == "file" and not _is_hidden(n)]
        return _not_empty(sorted(found), url, fault)


def _is_hidden(name: str) -> bool:
    # A leading dot marks files that are half written, here and in other tools.
    return name.rsplit("/", 1)[-1].startswith(".")


def _not_empty(files: list[str], source: str, fault: str) -> list[str]:
    if not files:
        raise InputError(f"{source}: {fault}")
    return files


def _either(suffixes: tuple[str, ...]) -> str:
    return " or ".join(suffixes)


class LineReader:
    """The lines of files, one file after the other: iterating gives ("file:line", line).

    ``share`` says at any time how much of all bytes is read, from 0 to 1, and stays 0 where no size
    is known (standard input, pipes). An InputError, as read_lines raises it, is for ``on_bad``;
    where that goes on, so does the next file.
    """

    def __init__(self, paths: Sequence[str], *, on_bad: OnBad = refuse) -> None:
        self._paths = paths
        self._on_bad = on_bad
        self._sizes = [size_of(path) for path in paths]
        self._done = 0
        self._file: BufferedReader | None = None

    @property
    def share(self) -> float:
        """The part of all bytes, as they are stored, that is read."""
        total = sum(self._sizes)
        read = self._done + (_position(self._file) if self._file else 0)
        return min(1.0, read / total) if total else 0.0

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        self._done = 0
        for path, size in zip(self._paths, self._sizes, strict=True):
            name = _name(path)
            try:
                with _open_stream(path) as self._file:
                    for number, line in _lines(self._file, name):
                        yield f"{name}:{number}", line
            except InputError as error:
                self._on_bad(error)
            self._done += size
            self._file = None


def read_lines(path: PathLike) -> Iterator[tuple[int, bytes]]:
    """The lines of one file, without line ends, and their numbers from 1; blank ones are counted and left out.

    Gzip is recognised by its first bytes, not by the name; memory does not depend on the size of the file.
    Raises InputError, with file and line, for a file that is missing, unreadable, damaged or cut short, and
    for a line of more than LONGEST_LINE bytes.
    """
    path = _plain(path)
    with _open_stream(path) as file:
        yield from _lines(file, _name(path))


def _lines(file: BufferedReader, name: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    # Drivers and decompressors raise exceptions of their own making. Those of whoever takes the
    # lines do not come by here.
    try:
        with unzipped(file) as stream:
            for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE + 1), b""), 1):
                if len(line) > LONGEST_LINE:
                    raise InputError(
                        f"{name}:{number}: longer than {LONGEST_LINE:,} bytes; expected a page or a prediction a line"
                    )
                if not line.isspace():
                    yield number, line.rstrip(b"\r\n")
    except TinynqError:
        raise
    except Exception as error:
        raise unreadable(f"{name}:{number + 1}", error) from error


@contextmanager
def open_stream(path: PathLike) -> Iterator[BufferedReader]:
    """The bytes of a file, URL or ``-``, from the first on; unzipped where they are gzip by content.

    Raises InputError when it cannot be opened; what goes wrong later is for ``unreadable``.
    """
    name = _plain(path)
    with _open_stream(name) as file, ExitStack() as stack:
        with _reading(name):
            stream = stack.enter_context(unzipped(file))
        yield stream


def unreadable(where: str, error: Exception) -> InputError:
    """The error for a person that an exception comes to which was raised while bytes were read."""
    if isinstance(error, EOFError):
        return InputError(f"{where}: the gzip data is cut short; copy the file again")
    if isinstance(error, IsalError | BadGzipFile):
        return InputError(f"{where}: the gzip data is damaged ({error}); copy the file again")
    return InputError(f"{where}: cannot be read: {reason_of(error)}")


def open_input(path: PathLike) -> BinaryIO:
    """A file or URL, opened to read bytes at any place (a Parquet file is read from its end).

    Raises InputError when it cannot be opened.
    """
    name = _plain(path)
    if is_url(name):
        fs, remote = filesystem(name)
        with _reading(name):
            return cast(BinaryIO, fs.open(remote, "rb"))
    with _reading(name):
        return open(name, "rb")


@contextmanager
def _open_stream(path: str) -> Iterator[BufferedReader]:
    """A file to read from its beginning, behind a large buffer."""
    if path == STDIN:
        file = BufferedReader(cast(Any, sys.stdin.buffer), BUFFER)
        try:
            yield file
        finally:
            file.detach()  # standard input is not ours to close
        return
    if is_url(path):
        fs, remote = filesystem(path)
        # Block size 0 makes one request of a whole web page; not every server gives parts of it.
        options = {"block_size": 0} if path.startswith("http") else {}
        with _reading(path):
            file = BufferedReader(fs.open(remote, "rb", **options), BUFFER)
    else:
        with _reading(path):
            file = BufferedReader(FileIO(path), BUFFER)
    with file:
        yield file


@contextmanager
def atomic_write(path: PathLike) -> Iterator[BinaryIO]:
    """A new file to write bytes to; it gets its name when the block ends, and never on an exception.

    Missing folders are made. A URL is written to a local temporary file, and uploaded at the end.
    Raises UsageError when the place cannot be written to or is full.
    """
    name = _plain(path)
    with writing(name):
        if is_url(name):
            with _upload(name) as file:
                yield file
            return
        target = Path(os.path.realpath(name))  # a link stays a link
        if target.exists() and not target.is_file():
            # A pipe or a device (/dev/null) is written to; renaming would replace it.
            with open(target, "wb") as file:
                yield file
            return
        with _beside(target, Path.touch) as temporary:
            with open(temporary, "wb") as file:
                yield file
            temporary.replace(target)


@contextmanager
def atomic_folder(path: PathLike) -> Iterator[Path]:
    """A new local folder to fill; it gets its name when the block ends, and never on an exception.

    A folder that has the name already is replaced as a whole. Raises UsageError when the place
    cannot be written to or is full.
    """
    name = _plain(path)
    if is_url(name):
        raise UsageError(f"{name}: a folder is written on this machine only; give a local path")
    target = Path(os.path.realpath(name))
    with writing(name), _beside(target, Path.mkdir) as temporary:
        yield temporary
        if target.is_dir():
            # A folder cannot be renamed over a full one; between the two lines there is none.
            old = temporary.with_suffix(".old")
            target.replace(old)
            temporary.replace(target)
            shutil.rmtree(old)
        else:
            temporary.replace(target)


@contextmanager
def _upload(url: str) -> Iterator[BinaryIO]:
    if url.startswith("http"):
        raise UsageError(f"{url}: a web server takes no files; give a path, or a URL of a storage such as s3://")
    fs, path = filesystem(url)  # before the work, which may be long
    with tempfile.NamedTemporaryFile() as file:
        yield cast(BinaryIO, file)
        file.flush()
        try:
            fs.put_file(file.name, path)
        except Exception as error:
            raise UsageError(f"{url}: cannot be written: {reason_of(error)}") from error


@contextmanager
def _beside(target: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    """A hidden file or folder beside ``target``, on the same disk; if it has its name still at the end, it is deleted.

    So is what a process left there that was killed.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{target}: cannot be written: {target.parent} is a file, not a folder") from error
    for stray in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * 8}.*"):
        with suppress(OSError):  # another process is writing the same, or has deleted it
            if stray.suffix in (".tmp", ".old"):
                held = hold(stray)
                remove(stray)
                os.close(held)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    make(temporary)
    with ExitStack() as stack:
        stack.callback(remove, temporary)
        with suppress(OSError):  # a file system without locks
            stack.callback(os.close, hold(temporary))
        yield temporary


def remove(path: Path) -> None:
    """Delete a file, or a folder with all that is in it, if it is there; half of it is never left under its name."""
    if path.is_dir():
        if not _is_hidden(path.name):
            path = path.rename(path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp"))
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """What goes wrong in the block, as one line that names the file; drivers raise exceptions of their own."""
    try:
        yield
    except TinynqError:
        raise
    except Exception as error:
        raise InputError(f"{name}: cannot be read: {reason_of(error)}") from error


@contextmanager
def writing(name: str) -> Iterator[None]:
    """What the system refuses in the block, as a UsageError that names the file that is being written."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{name}: cannot be written: {reason_of(error)}") from error


def _position(file: BufferedReader) -> int:
    try:
        return file.tell()
    except (OSError, ValueError):  # a pipe has none, nor has a closed file
        return 0


def _plain(path: PathLike) -> str:
    return os.fspath(path).removeprefix("file://")


def _name(path: str) -> str:
    return "stdin" if path == STDIN else path
