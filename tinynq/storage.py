"""Where a name leads: to a file of this machine, or by a URL to a storage elsewhere."""

import fcntl
import os
import stat
from pathlib import Path
from typing import Any

from tinynq.errors import InputError

STDIN = "-"
DRIVERS = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "http": "aiohttp",
    "https": "aiohttp",
    "hf": "huggingface_hub",
    "az": "adlfs",
    "abfs": "adlfs",
}


def is_url(name: str) -> bool:
    """Whether a name is a URL of a storage."""
    return "://" in name


def filesystem(url: str) -> tuple[Any, str]:
    """The storage that a URL leads to, and the path there; raises InputError where there is none, or no driver."""
    from fsspec.core import url_to_fs  # takes a while to import, and most input is local

    scheme = url.partition("://")[0]
    try:
        fs, path = url_to_fs(url)
    except ImportError as error:
        remedy = f"pip install {DRIVERS[scheme]}" if scheme in DRIVERS else reason_of(error)
        raise InputError(f"{url}: {scheme}:// needs a driver: {remedy}") from error
    except Exception as error:
        raise InputError(f"{url}: not a URL that can be opened: {reason_of(error)}") from error
    return fs, path


def size_of(path: str) -> int:
    """Bytes as stored; 0 where that is unknown. A missing file is reported when it is opened."""
    return int(next(iter(facts_of(path)), 0))


def facts_of(path: str) -> list[int | str]:
    """The size of a file or URL in bytes, and what else tells that it has changed; nothing where that is unknown."""
    if path == STDIN:
        return []
    try:
        if is_url(path):
            fs, remote = filesystem(path)
            about = fs.info(remote)
            return [
                about["size"],
                *(str(about[key]) for key in ("ETag", "etag", "LastModified", "mtime") if key in about),
            ]
        status = os.stat(path)
        return [status.st_size, status.st_mtime_ns] if stat.S_ISREG(status.st_mode) else []
    except Exception:
        return []


def hold(path: Path) -> int:
    """Keep a file or folder for this process, until the descriptor that is returned is closed or the process ends.

    Raises BlockingIOError where another process has it, and any other OSError where nobody can have it (on a file
    system without locks) or it is not there.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def cache_folder() -> Path:
    """The folder for what is kept to save time: in the one that XDG_CACHE_HOME names, else in ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "tinynq"


def reason_of(error: BaseException) -> str:
    """Why a file or a storage failed, in one line."""
    # Web drivers raise FileNotFoundError for whatever failed, and keep the reason as the cause.
    error = error.__cause__ or error
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(text.split())
