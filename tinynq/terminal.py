"""The terminal: where results, notes, progress and errors go, and flags made from the fields of options."""

import atexit
import inspect
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from types import FrameType
from typing import Annotated, Any, NoReturn, get_type_hints

import typer

from tinynq.errors import TinynqError, printable
from tinynq.types import Progress, no_progress

AROUND = 600  # characters of a passage before and behind what is marked
KEPT = "stopped; what was finished is kept"
SLOW = 2.0  # seconds that a stage may take before it shows a bar
STOPPED = 130  # the exit status after Ctrl-C, and after SIGTERM


@dataclass
class Screen:
    """Where messages go: results to stdout, the rest to stderr, which is silent when quiet."""

    quiet: bool = False

    def result(self, text: str) -> None:
        print(text)

    def marked(self, text: str, mark: tuple[int, int] | None) -> None:
        """A passage, the part at ``mark`` bold on a terminal; of a long one, what is around it."""
        from rich.console import Console
        from rich.text import Text

        start, end = mark or (0, 0)
        first, last = max(0, start - AROUND), max(end, start + AROUND)
        before, after = "... " * (first > 0), " ..." * (last < len(text))
        shown = Text(before + printable(text[first:last]) + after)
        if mark:
            shown.stylize("bold reverse", len(before) + start - first, len(before) + end - first)
        console = Console(highlight=False)
        console.print(shown, soft_wrap=not console.is_terminal)

    def note(self, text: str) -> None:
        if not self.quiet:
            print(printable(text), file=sys.stderr)

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Progress]:
        """A progress bar with rate and time left, once the stage is slow and where a person can see it."""
        if self.quiet or not sys.stderr.isatty():
            yield no_progress
            return
        # A tenth of a second to import, for nothing where no bar is shown.
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = ("[progress.description]{task.description}", "{task.fields[info]}")
        bar = Bar(
            TextColumn(columns[0]), BarColumn(20), TaskProgressColumn(), TextColumn(columns[1]), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        task = bar.add_task(name, total=None, info="")
        begun = shown = time.monotonic()

        def progress(count: int, share: float, /) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - begun > SLOW and now - shown > 0.1:
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
    app: typer.Typer, name: str, *, options: type | Sequence[type] = (), unset: bool = False
) -> Callable[[Callable[..., None]], None]:
    """Register a command of ``app`` with one flag a field of ``options``; those that were given arrive as a dict.

    ``options`` are one class or several. With ``unset`` the defaults play no part: a recipe gives what is not named.
    """

    kinds = [options] if isinstance(options, type) else options

    def register(function: Callable[..., None]) -> None:
        parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "options"]
        known = [(field, get_type_hints(kind)[field.name]) for kind in kinds for field in fields(kind)]
        for field, hint in known:
            value = None if unset else field.default
            flag = typer.Option(help=field.metadata["help"])
            parameters.append(_keyword(field.name, Annotated[hint if value is not None else hint | None, flag], value))
        parameters.append(_keyword("quiet", Annotated[bool, typer.Option("--quiet", help="No progress.")], False))

        @wraps(function)
        def run(**arguments: Any) -> None:
            screen.quiet |= arguments.pop("quiet")
            given = {field.name: value for field, _ in known if (value := arguments.pop(field.name)) is not None}
            function(**arguments, **({"options": given} if kinds else {}))

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
    atexit.register(_ignore_signals)
    try:
        status = app(standalone_mode=False) or 0
        if status == STOPPED:  # all that some versions of typer leave of a KeyboardInterrupt
            raise KeyboardInterrupt
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


def _ignore_signals() -> None:
    # All is done, and its status is to be told; Python would let a signal kill it while it clears up.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _fail(message: str, status: int = 2) -> int:
    print("tinynq:", printable(" ".join(message.split())), file=sys.stderr)
    return status


def _help(app: typer.Typer) -> str:
    names = {info.name for info in app.registered_commands}
    known = next((argument for argument in sys.argv[1:] if argument in names), None)
    return f"tinynq {known} --help" if known else "tinynq --help"
