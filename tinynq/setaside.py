"""Bad pages that do not stop the rest: each is one line of a text file, its error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

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
    """The file that all bad pages are listed in; without a path, none is made."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._lines: list[str] = []

    def add(self, lines: list[str]) -> None:
        """Take up some bad pages."""
        self._lines += lines

    def __len__(self) -> int:
        return len(self._lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path and kind is None:
            with atomic_write(self._path) as file:
                file.writelines(f"{line}\n".encode() for line in self._lines)
