"""The command line: parse, call, print. What a command does is a function of the same name."""

import json
import signal
import sys
import tempfile
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

import tinynq
from tinynq.augment import summary
from tinynq.config import RECIPES, EvalOptions, PageOptions, PredictOptions, PrepareOptions, TrainOptions
from tinynq.errors import TinynqError
from tinynq.record import Purpose
from tinynq.terminal import command, screen, timed

app = typer.Typer(add_completion=False, rich_markup_mode=None)

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


@command(app, "prepare", options=PrepareOptions)
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
    with timed("prepare", "pages") as (progress, seconds):
        info = tinynq.prepare(pages, out=out, for_=for_, progress=progress, **options)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in info.counts.items() if kind not in ("pages", "windows"))
    screen.note(
        f"{out}: {info.counts['windows']:,} windows of {info.counts['pages']:,} pages"
        f"{f' ({kinds})' if kinds else ''} in {seconds():.1f} s"
    )
    for line in summary(info.synonyms) if info.synonyms else ():
        screen.note(line)


@command(app, "train", options=TrainOptions, unset=True)
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
    with timed("train", "windows") as (progress, seconds):
        summary = tinynq.train(
            records, out=out, init=init, recipe=recipe, dev=dev or None, resume=resume, progress=progress, **options
        )
    loss = f", last loss {summary.loss:.4f}," if summary.loss is not None else ""
    screen.note(f"{out}: {summary.steps:,} updates{loss} in {seconds():.1f} s")


@command(app, "predict", options=PredictOptions)
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
    with timed("predict", "pages") as (progress, seconds):
        summary = tinynq.predict(run, pages, out=out, progress=progress, **options)
    took = seconds()
    screen.note(
        f"{out}: {summary.pages:,} pages, {summary.windows:,} windows in {took:.1f} s "
        f"({summary.windows / took:,.0f} windows/s)"
    )


@command(app, "eval", options=EvalOptions)
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


@command(app, "show", options=PageOptions)
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


@command(app, "stats", options=PageOptions, unset=True)
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


@command(app, "demo")
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
