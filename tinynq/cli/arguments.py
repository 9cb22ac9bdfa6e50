"""What several commands share: the application, arguments, and how a result is printed."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Protocol

import typer

from tinynq.terminal import screen

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Pages = Annotated[list[str], typer.Argument(help="NQ files, globs, folders, URLs, or - for standard input.")]
Records = Annotated[list[str], typer.Argument(help="Records that `tinynq prepare` made, or TFRecords of the original.")]
Run = Annotated[str, typer.Argument(help="A bundled reader, the folder of a run, or a TF1 checkpoint.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]
SkipBad = Annotated[
    str | None, typer.Option(help="Go on without bad pages, and list them, a line each with the reason, in this file.")
]


def note_bad(count: int, path: str | None) -> None:
    """Say how many pages were bad, where that did not end the command."""
    if path is not None:
        screen.note(f"{path}: {count:,} bad page{'' if count == 1 else 's'} left out")


class Printable(Protocol):
    """A result that can be shown as JSON or as lines."""

    def as_dict(self) -> dict[str, Any]: ...
    def lines(self) -> Iterator[str]: ...


def show_result(result: Printable, *, as_json: bool) -> None:
    """Print a result, as one line of JSON or for people."""
    for line in [json.dumps(result.as_dict())] if as_json else result.lines():
        screen.result(line)
