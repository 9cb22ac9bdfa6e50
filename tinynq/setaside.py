"""Bad pages that do not stop the rest: each is one line of a text file, its error."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tinynq.errors import InputError, OnBad, refuse
from tinynq.files import atomic_write

NAME = "bad.txt"  # within a part


@contextmanager
def bad_pages(part: Path, wanted: bool) -> Iterator[OnBad]:
    """What to do with the errors of a part's pages: write them into it where they are ``wanted``, else raise them."""
    if not wanted:
        yield refuse
        return
    with open(part / NAME, "w", encoding="utf-8") as file:

        def note(error: InputError) -> None:
            file.write(f"{error}\n")

        yield note


def bad_lines(part: Path) -> list[str]:
    """The bad pages that are noted in a part; none where they were not wanted."""
    return (part / NAME).read_text("utf-8").splitlines() if (part / NAME).exists() else []


class BadFile:
    """The list of all bad pages, and how many there are."""

    def __init__(self, file: BinaryIO | None) -> None:
        self.count = 0
        self._file = file

    def note(self, error: InputError) -> None:
        """List one bad page, by its error."""
        self.write([str(error)])

    def write(self, lines: Iterable[str]) -> None:
        """List some bad pages."""
        for line in lines:
            self.count += 1
            if self._file:
                self._file.write(f"{line}\n".encode())


@contextmanager
def bad_file(path: str | None) -> Iterator[BadFile]:
    """The file that all bad pages are listed in, written when the block ends well; without a path, none is made.

    Raises UsageError, before the work, where the file cannot be written.
    """
    if path is None:
        yield BadFile(None)
        return
    with atomic_write(path) as file:
        yield BadFile(file)
