"""The terminal: where results, notes, progress and errors go, and flags made from the fields of options."""

import inspect
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from types import FrameType
from typing import Annotated, Any, NoReturn, get_type_hints

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tinynq.errors import TinynqError, printable
from tinynq.types import Progress

STOPPED, KEPT = 130, "stopped; what was finished is kept"
SLOW = 2.0  # seconds that a stage may take before it shows a bar


@dataclass
class Screen:
    """Where messages go: results to stdout, the rest to stderr, which is silent when quiet."""

    quiet: bool = False

    def result(self, text: str) -> None:
        print(text)

    def note(self, text: str) -> None:
        if not self.quiet:
            print(printable(text), file=sys.stderr)

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Progress]:
        """A progress bar with rate and time left, once the stage is slow and where a person can see it."""
        console = Console(stderr=True)
        show = console.is_terminal and not self.quiet
        columns = ("[progress.description]{task.description}", "{task.fields[info]}")
        bar = Bar(
            TextColumn(columns[0]), BarColumn(20), TaskProgressColumn(), TextColumn(columns[1]), TimeRemainingColumn(),
            console=console, transient=True,
        )  # fmt: skip
        task = bar.add_task(name, total=None, info="")
        begun = shown = time.monotonic()

        def progress(count: int, share: float, /) -> None:
            nonlocal shown
            now = time.monotonic()
            if show and now - begun > SLOW and now - shown > 0.1:
                shown = now
                bar.start()
                info = f"{count:,} {unit}, {count / (now - begun):,.1f}/s"
                bar.update(task, completed=share, total=1.0 if share else None, info=info)

        try:
            yield progress
        finally:
            if bar.live.is_started:
                bar.stop()


screen = Screen()


def command(
    app: typer.Typer, name: str, *, options: type | None = None, unset: bool = False
) -> Callable[[Callable[..., None]], None]:
    """Register a command of ``app`` with one flag a field of ``options``; those that were given arrive as a dict.

    With ``unset`` the fields' defaults play no part: a recipe gives what is not named.
    """

    def register(function: Callable[..., None]) -> None:
        parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "options"]
        names = [field.name for field in fields(options)] if options else []
        hints = get_type_hints(options) if options else {}
        for field in fields(options) if options else ():
            hint, value = hints[field.name], None if unset else field.default
            flag = typer.Option(help=field.metadata["help"])
            parameters.append(_keyword(field.name, Annotated[hint if value is not None else hint | None, flag], value))
        parameters.append(_keyword("quiet", Annotated[bool, typer.Option("--quiet", help="No progress.")], False))

        @wraps(function)
        def run(**arguments: Any) -> None:
            screen.quiet |= arguments.pop("quiet")
            given = {key: value for key in names if (value := arguments.pop(key)) is not None}
            function(**arguments, **({"options": given} if options else {}))

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        app.command(name)(run)

    return register


def _keyword(name: str, annotation: Any, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


@contextmanager
def timed(name: str, unit: str) -> Iterator[tuple[Progress, Callable[[], float]]]:
    """A stage, and how many seconds it has taken."""
    begun = time.monotonic()
    with screen.stage(name, unit) as progress:
        yield progress, lambda: time.monotonic() - begun


def run_app(app: typer.Typer) -> NoReturn:
    """Run a command line; whatever goes wrong on purpose is one line and exit status 2."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = app(standalone_mode=False) or 0
        if status == STOPPED:  # what typer makes of KeyboardInterrupt
            _fail(KEPT, STOPPED)
    except typer.TyperException as error:
        if os.environ.get("LOCAL_RANK", "0") != "0":
            sys.exit(2)  # the first process that torchrun started on this machine says it
        status = _fail(f"{error.format_message().rstrip('.')}; `{_help(app)}` lists what there is")
    except TinynqError as error:
        status = _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        status = _fail(KEPT, STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, and wants no more of it
        status = 141
    sys.exit(status)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # half-written files are thrown away on the way out


def _fail(message: str, status: int = 2) -> int:
    print("tinynq:", printable(" ".join(message.split())), file=sys.stderr)
    return status


def _help(app: typer.Typer) -> str:
    names = {info.name for info in app.registered_commands}
    known = next((argument for argument in sys.argv[1:] if argument in names), None)
    return f"tinynq {known} --help" if known else "tinynq --help"
