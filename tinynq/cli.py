"""The command line: parse, call, print. What a command does is a function of the same name."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from math import inf
from typing import Annotated, Any, NoReturn, Protocol

import typer

import tinynq
from tinynq.augment import summary
from tinynq.config import (
    RECIPES,
    CompareOptions,
    EvalOptions,
    Experiment,
    FetchOptions,
    MemberOptions,
    MergeOptions,
    PageOptions,
    PredictOptions,
    PrepareOptions,
    RunOptions,
    TrainOptions,
)
from tinynq.download import FetchPlan, Split
from tinynq.errors import UsageError
from tinynq.record import Purpose
from tinynq.terminal import command, run_app, screen, timed
from tinynq.types import Progress

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Pages = Annotated[list[str], typer.Argument(help="NQ files, globs, folders, URLs, or - for standard input.")]
Records = Annotated[list[str], typer.Argument(help="Records that `tinynq prepare` made, or TFRecords of the original.")]
Run = Annotated[str, typer.Argument(help="The folder of a run, or a TF1 checkpoint of the original.")]
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


@command(app, "fetch", options=FetchOptions)
def fetch(
    split: Annotated[Split, typer.Argument(help="Which part of the release.")],
    *,
    to: Annotated[str, typer.Option(help="The folder for the files.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a transfer begins.")] = False,
    options: dict[str, Any],
) -> None:
    """Fetch what is missing of the NQ release; what broke off goes on.

    Example: tinynq fetch train --shards 0:10 --to nq
    """

    def confirm(plan: FetchPlan) -> None:
        text = (
            f"{to}: {_files(plan.files)}, {plan.bytes / 1e6:,.1f} MB to fetch, {plan.present:,} there already; "
            f"{plan.free / 1e9:,.1f} GB free"
        )
        if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            screen.note(text)
        else:
            typer.confirm(f"{text}. Go on?", default=True, abort=True, err=True)

    with timed("fetch", "MB") as (progress, seconds):
        summary = tinynq.fetch(
            split, to=to, confirm=confirm, progress=lambda count, share: progress(count // 10**6, share), **options
        )
    present = len(summary.paths) - summary.fetched
    screen.note(
        f"{to}: {_files(summary.fetched)} fetched ({summary.bytes / 1e6:,.1f} MB in {seconds():.1f} s), "
        f"{present:,} there already"
    )
    if split == "dev" and options["format"] == "simplified":
        screen.note("nq-dev-all.jsonl.gz is in the original format, as the release has it; `tinynq merge --simplify`")


@command(app, "merge", options=MergeOptions)
def merge(
    pages: Pages,
    *,
    out: Annotated[str, typer.Option(help="A .jsonl or .jsonl.gz file to write; with --shards a folder.")],
    options: dict[str, Any],
) -> None:
    """Merge, choose, divide or simplify the pages of NQ files.

    Example: tinynq merge nq-train-*.jsonl.gz --simplify --out train.jsonl.gz
    """
    with timed("merge", "pages") as (progress, seconds):
        summary = tinynq.merge(pages, out=out, progress=progress, **options)
    took = seconds()
    left_out = "".join(f", {count:,} left out by --{name}" for name, count in summary.left_out.items())
    files = f" in {_files(len(summary.paths))}" if options.get("shards") else ""
    screen.note(
        f"{out}: {summary.written:,} of {summary.read:,} pages{files}{left_out}; {summary.bytes_written / 1e6:,.1f} MB "
        f"of text in {took:.1f} s (read at {summary.bytes_read / 1e6 / took:,.0f} MB/s)"
    )
    if summary.missing:
        first = ", ".join(summary.missing[:10]) + (", ..." if len(summary.missing) > 10 else "")
        screen.note(f"{options['ids']}: {len(summary.missing):,} ids not found: {first}")


@command(app, "prepare", options=PrepareOptions)
def prepare(
    pages: Pages,
    *,
    out: Annotated[str, typer.Option(help="The record to write, Parquet; the original's TFRecord if named .tfrecord.")],
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


@command(app, "convert", options=PageOptions, unset=True)
def convert(
    record: Annotated[str, typer.Argument(help="A record, or a TFRecord of the original for training.")],
    out: Annotated[str, typer.Argument(help="The other: named .parquet, .tfrecord or .tfrecord.gz.")],
    *,
    options: dict[str, Any],
) -> None:
    """Make a TFRecord of a record, or a record of a TFRecord.

    The options say what a TFRecord does not.

    Example: tinynq convert train_0-10_record train.parquet
    """
    with timed("convert", "windows") as (progress, seconds):
        info = tinynq.convert(record, out=out, progress=progress, **options)
    screen.note(f"{out}: {info.counts['windows']:,} windows in {seconds():.1f} s")


@command(app, "train", options=TrainOptions, unset=True)
def train(
    records: Records,
    *,
    out: Annotated[str, typer.Option(help="The run's folder.")],
    init: Annotated[
        str, typer.Option(help="bert-tiny, -mini, -small, -medium, -base, a model folder, TF1 checkpoint or hub name.")
    ],
    recipe: Annotated[str, typer.Option(help=f"Where unset options come from: {', '.join(RECIPES)}.")] = "bert-joint",
    dev: Annotated[list[str] | None, typer.Option(help="NQ pages to score during training; may be repeated.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in --out was broken off.")] = False,
    options: dict[str, Any],
) -> None:
    """Train a reader on records.

    The run's folder is also a Hugging Face model.

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
    pages: Annotated[
        list[str],
        typer.Argument(help="More runs, to predict as an ensemble; then NQ pages as for prepare, or one record."),
    ],
    *,
    out: Annotated[str, typer.Option(help="The predictions file to write.")],
    options: dict[str, Any],
) -> None:
    """Answer the questions of NQ pages.

    Example: tinynq predict runs/tiny nq-dev-*.jsonl.gz --out predictions.json
    """
    from tinynq.checkpoint import is_run

    runs = [run, *takewhile(is_run, pages)]
    pages = pages[len(runs) - 1 :]
    if not pages:
        raise UsageError(f"{', '.join(runs)}: all are runs; name the NQ pages, or a record, after them")
    with timed("predict", "pages") as (progress, seconds):
        summary = tinynq.predict(runs, pages, out=out, progress=progress, **options)
    took = seconds()
    screen.note(
        f"{out}: {summary.pages:,} pages, {summary.windows:,} windows in {took:.1f} s "
        f"({summary.windows / took:,.0f} windows/s)"
    )
    limits = summary.thresholds._asdict().items()
    if withheld := ", ".join(f"{kind} answers below {limit:.6g}" for kind, limit in limits if limit > -inf):
        screen.note(f"withheld: {withheld}")


@command(app, "average", options=MemberOptions)
def average(
    runs: Annotated[list[str], typer.Argument(help="The folders of runs.")],
    *,
    out: Annotated[str, typer.Option(help="The folder of the new run.")],
    options: dict[str, Any],
) -> None:
    """Make one run whose weights are the mean of those of several.

    Example: tinynq average runs/tiny --checkpoints last:3 --out runs/mean
    """
    members = tinynq.average(runs, out=out, **options)
    screen.note(f"{out}: the mean of {', '.join(members)}")


@command(app, "eval", options=EvalOptions)
def evaluate(
    pages: Pages,
    *,
    predictions: Annotated[str, typer.Option(help="The predictions file to score.")],
    json_: Annotated[bool, typer.Option("--json", help="Print exactly the official keys and values.")] = False,
    full_json: Annotated[bool, typer.Option("--full-json", help="Print all there is to know, as JSON.")] = False,
    page: Annotated[
        str | None, typer.Option("--report", help="Also write an HTML page with curves and examples.")
    ] = None,
    options: dict[str, Any],
) -> None:
    """Score predictions as the official evaluation does.

    Example: tinynq eval nq-dev-*.jsonl.gz --predictions predictions.json
    """
    with screen.stage("eval", "pages") as progress:
        if page is None:
            report = tinynq.evaluate(pages, predictions=predictions, progress=progress, **options)
        else:
            written = tinynq.write_report(pages, predictions=predictions, out=page, progress=progress, **options)
            report = written.report
    if page is not None:
        screen.note(f"written: {', '.join(written.files)}")
    if json_ or full_json:
        screen.result(json.dumps(report.as_dict() if full_json else report.official()))
        return
    for line in report.lines():
        screen.result(line)


@command(app, "compare", options=CompareOptions)
def compare(
    pages: Pages,
    *,
    predictions: Annotated[
        tuple[str, str],
        typer.Option(help="Two predictions files; or a quoted glob each, of the runs of one system.", metavar="A B"),
    ],
    json_: Json = False,
    options: dict[str, Any],
) -> None:
    """Compare two systems: differences, intervals, p-values, pages.

    Example: tinynq compare nq-dev-*.jsonl.gz --predictions a.json b.json
    """
    if predictions[1] == "--predictions":
        raise UsageError("--predictions takes both systems at once: --predictions a.json b.json")
    with screen.stage("compare", "pages") as progress:
        comparison = tinynq.compare(pages, predictions=predictions, progress=progress, **options)
    _print(comparison, as_json=json_)


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
    _print(counted, as_json=json_)


@command(app, "run", options=RunOptions)
def run(
    experiment: Annotated[Experiment, typer.Argument(help="60k, or 60k-syn with synonym copies.")],
    *,
    data: Annotated[str, typer.Option(help="The folder of NQ shards; they are fetched into it if it has none.")],
    out: Annotated[str, typer.Option(help="The folder of all that is made.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan, its sizes and times; do nothing.")
    ] = False,
    options: dict[str, Any],
) -> None:
    """Run an experiment of the original, from shards to a report.

    A stage whose output is there and current is skipped.

    Example: tinynq run 60k --data nq --out runs/60k --pages 1000
    """
    if dry_run:
        with screen.stage("plan", "pages"):
            planned = tinynq.plan(experiment, data=data, out=out, **options)
        for line in planned.lines():
            screen.result(line)
        return

    @contextmanager
    def stage(name: str, unit: str) -> Iterator[Progress]:
        with timed(name, unit) as (progress, seconds):
            yield progress
        screen.note(f"{name:12}{seconds():10.1f} s")

    def skipped(name: str) -> None:
        screen.note(f"{name:12}   current")

    report = tinynq.run(experiment, data=data, out=out, stage=stage, skipped=skipped, **options)
    screen.note(f"{out}: the scores are in scores.json, the report is report.html")
    for line in report.lines():
        screen.result(line)


@command(app, "demo")
def demo(
    *,
    out: Annotated[str | None, typer.Option(help="Keep what is made in this folder.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the weights, the order and the dropout.")] = 0,
) -> None:
    """Prepare, train, predict and score on the sample pages.

    Example: tinynq demo
    """
    from tinynq.demo import demo as run_demo

    with tempfile.TemporaryDirectory() as folder:
        report = run_demo(out=out or folder, stage=screen.stage, seed=seed)
    for line in report.lines():
        screen.result(line)


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"


class _Printable(Protocol):
    def as_dict(self) -> dict[str, Any]: ...
    def lines(self) -> Iterator[str]: ...


def _print(result: _Printable, *, as_json: bool) -> None:
    for line in [json.dumps(result.as_dict())] if as_json else result.lines():
        screen.result(line)


def main() -> NoReturn:
    """The command ``tinynq``."""
    run_app(app)
