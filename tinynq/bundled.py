"""Where the name of a run leads: to a reader that ships with the package, or to a folder."""

import os
import re
from pathlib import Path

from tinynq import tf1
from tinynq.errors import RunError

CONFIG = "config.json"  # makes a folder a run
READERS = Path(__file__).parent / "data" / "readers"
NAME = re.compile(r"[\w-]+")


def is_run(path: str | Path) -> bool:
    """Whether it names a bundled reader, or looks like a run or a TF1 checkpoint; what is wrong is for load_run."""
    return path in bundled_readers() or _is_run_here(path)


def _is_run_here(path: str | Path) -> bool:
    return (Path(path) / CONFIG).is_file() or (Path(path) / "checkpoints").is_dir() or tf1.find(path) is not None


def bundled_readers() -> dict[str, Path]:
    """The readers that ship with the package: their folders by name."""
    return {path.parent.name: path.parent for path in sorted(READERS.glob(f"*/{CONFIG}"))}


def find_run(run: str | os.PathLike[str]) -> str:
    """The folder of a bundled reader, by name; else the path as it is, so that ``./mini`` is never a name.

    Raises RunError for a name that is neither a reader's nor a path, and for one that is both.
    """
    path = os.fspath(run)
    if not NAME.fullmatch(path):
        return path
    if not isinstance(run, str):
        return f"./{path}"
    if folder := bundled_path(run):
        return str(folder)
    if not _is_run_here(run) and not os.path.exists(run):
        which = f"there are {', '.join(found)}" if (found := bundled_readers()) else "there is none"
        raise RunError(f"no reader named {run} ships with this package; {which}: name one, or the folder of a run")
    return path


def bundled_path(name: str) -> Path | None:
    """The folder of the bundled reader of that name, if there is one; RunError where another run may be meant."""
    folder = bundled_readers().get(name)
    if folder and _is_run_here(name):
        raise RunError(f"{name}: a reader that ships with this package, and a run here; write ./{name} for the run")
    return folder
