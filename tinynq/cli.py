"""The command line: parse, call, print. What a command does is a function of the same name."""

import inspect
import json
import signal
import sys
import tempfile
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

import tinynq
from tinynq.config import RECIPES, EvalOptions, PageOptions, PredictOptions, PrepareOptions, TrainOptions
from tinynq.errors import TinynqError
from tinynq.record import Purpose
from tinynq.types import Progress

SLOW = 2.0  # seconds that a stage may take before it shows a bar

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass
class Screen:
    """Where messages go: results to stdout, the rest to stderr, which is silent when quiet."""

    quiet: bool = False

    def result(self, text: str) -> None:
        print(text)

    def note(self, text: str) -> None:
        if not self.quiet:
            print(text, file=sys.stderr)

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


def command(name: str, options: type | None = None, *, unset: bool = False) -> Callable[[Callable[..., None]], None]:
    """Register a command with one flag a field of ``options``; those that were given arrive as a dict.

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


Pages = Annotated[list[str], typer.Argument(help="NQ files, globs, folders, URLs, or - for standard input.")]
Records = Annotated[list[str], typer.Argument(help="Records that `tinynq prepare` made.")]
Run = Annotated[str, typer.Argument(help="The folder of a run.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no notes: results alone.")] = False,
) -> None:
    """Train, run and measure small BERT readers on Google's Natural Questions."""
    screen.quiet = quiet
    if version:
        screen.result(f"tinynq {tinynq.__version__}")
    elif context.invoked_subcommand is None:
        screen.result(context.get_help())


@command("prepare", PrepareOptions)
def prepare(
    pages: Pages,
    *,
    out: Annotated[str, typer.Option(help="The record to write, a Parquet file.")],
    for_: Annotated[Purpose, typer.Option("--for", help="What the record is for.")] = "train",
    options: dict[str, Any],
) -> None:
    """Make a record of windows from NQ pages.

    Example: tinynq prepare nq-train-*.jsonl.gz --out train.parquet
    """
    with _timed("prepare", "pages") as (progress, seconds):
        info = tinynq.prepare(pages, out=out, for_=for_, progress=progress, **options)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in info.counts.items() if kind not in ("pages", "windows"))
    screen.note(
        f"{out}: {info.counts['windows']:,} windows of {info.counts['pages']:,} pages"
        f"{f' ({kinds})' if kinds else ''} in {seconds():.1f} s"
    )


@command("train", TrainOptions, unset=True)
def train(
    records: Records,
    *,
    out: Annotated[str, typer.Option(help="The run's folder.")],
    init: Annotated[str, typer.Option(help="bert-tiny, -mini, -small, -medium, -base, a model folder or hub name.")],
    recipe: Annotated[str, typer.Option(help=f"Where unset options come from: {', '.join(RECIPES)}.")] = "bert-joint",
    dev: Annotated[list[str] | None, typer.Option(help="NQ pages to score during training; may be repeated.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in --out was broken off.")] = False,
    options: dict[str, Any],
) -> None:
    """Train a reader on records; the run's folder is also a Hugging Face model.

    Example: tinynq train train.parquet --init bert-tiny --out runs/tiny
    """
    with _timed("train", "windows") as (progress, seconds):
        summary = tinynq.train(
            records, out=out, init=init, recipe=recipe, dev=dev or None, resume=resume, progress=progress, **options
        )
    loss = f", last loss {summary.loss:.4f}," if summary.loss is not None else ""
    screen.note(f"{out}: {summary.steps:,} updates{loss} in {seconds():.1f} s")


@command("predict", PredictOptions)
def predict(
    run: Run,
    pages: Annotated[list[str], typer.Argument(help="NQ pages as for prepare, or one record made for prediction.")],
    *,
    out: Annotated[str, typer.Option(help="The predictions file to write, in the official format.")],
    options: dict[str, Any],
) -> None:
    """Answer the questions of NQ pages.

    Example: tinynq predict runs/tiny nq-dev-*.jsonl.gz --out predictions.json
    """
    with _timed("predict", "pages") as (progress, seconds):
        summary = tinynq.predict(run, pages, out=out, progress=progress, **options)
    took = seconds()
    screen.note(
        f"{out}: {summary.pages:,} pages, {summary.windows:,} windows in {took:.1f} s "
        f"({summary.windows / took:,.0f} windows/s)"
    )


@command("eval", EvalOptions)
def evaluate(
    pages: Pages,
    *,
    predictions: Annotated[str, typer.Option(help="The predictions file to score.")],
    json_: Annotated[bool, typer.Option("--json", help="Print exactly the official keys and values.")] = False,
    options: dict[str, Any],
) -> None:
    """Score predictions as the official evaluation does.

    Example: tinynq eval nq-dev-*.jsonl.gz --predictions predictions.json
    """
    with screen.stage("eval", "pages") as progress:
        report = tinynq.evaluate(pages, predictions=predictions, progress=progress, **options)
    if json_:
        screen.result(json.dumps(report.official()))
        return
    for line in report.lines():
        screen.result(line)


@command("show", PageOptions)
def show(
    pages: Pages,
    *,
    id_: Annotated[str, typer.Option("--id", help="The example id of the page.")],
    options: dict[str, Any],
) -> None:
    """Print a page, its annotations, and its windows with their labels.

    Example: tinynq show nq-dev-00.jsonl.gz --id 5225754983651766092
    """
    lines: list[str] = []
    try:
        with screen.stage("show", "pages") as progress:
            lines.extend(tinynq.show(pages, example_id=id_, progress=progress, **options))
    finally:  # where annotations contradict themselves, all else is shown
        for line in lines:
            screen.result(line)


@command("stats", PageOptions, unset=True)
def stats(
    sources: Annotated[list[str], typer.Argument(help="NQ pages as for prepare, or records.")],
    *,
    json_: Json = False,
    options: dict[str, Any],
) -> None:
    """Count answer types, windows a page, and answers that are cut off.

    Example: tinynq stats nq-train-*.jsonl.gz
    """
    with screen.stage("stats", "pages") as progress:
        counted = tinynq.stats(sources, progress=progress, **options)
    if json_:
        screen.result(json.dumps(counted.as_dict()))
        return
    for line in counted.lines():
        screen.result(line)


@command("demo")
def demo(
    *,
    out: Annotated[str | None, typer.Option(help="Keep what is made in this folder.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the weights, the order and the dropout.")] = 0,
) -> None:
    """Prepare, train, predict and score on the sample pages, in a few minutes.

    Example: tinynq demo
    """
    from tinynq.demo import demo as run_demo

    with tempfile.TemporaryDirectory() as folder:
        report = run_demo(out=out or folder, stage=screen.stage, seed=seed)
    for line in report.lines():
        screen.result(line)


@contextmanager
def _timed(name: str, unit: str) -> Iterator[tuple[Progress, Callable[[], float]]]:
    """A stage, and how many seconds it has taken."""
    begun = time.monotonic()
    with screen.stage(name, unit) as progress:
        yield progress, lambda: time.monotonic() - begun


def main() -> NoReturn:
    """Run the command line; whatever goes wrong on purpose is one line and exit status 2."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = app(standalone_mode=False) or 0
    except typer.TyperException as error:
        status = _fail(f"{error.format_message().rstrip('.')}; `{_help()}` lists what there is")
    except TinynqError as error:
        status = _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        status = _fail("stopped; what was finished is kept", 130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, and wants no more of it
        status = 141
    sys.exit(status)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # half-written files are thrown away on the way out


def _fail(message: str, status: int = 2) -> int:
    print("tinynq:", " ".join(message.split()), file=sys.stderr)
    return status


def _help() -> str:
    names = {info.name for info in app.registered_commands}
    known = next((argument for argument in sys.argv[1:] if argument in names), None)
    return f"tinynq {known} --help" if known else "tinynq --help"
