"""Commands about readers: train, distill, predict, ask, average, pack."""

import json
from itertools import takewhile
from math import inf
from typing import Annotated, Any

import typer

import tinynq
from tinynq.cli.arguments import Json, Records, Run, SkipBad, app, note_bad
from tinynq.config import (
    RECIPES,
    AskOptions,
    ClusterOptions,
    DistillOptions,
    MemberOptions,
    PredictOptions,
    TrainOptions,
)
from tinynq.errors import UsageError, printable
from tinynq.terminal import command, screen, timed


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


@command(app, "distill", options=DistillOptions, unset=True)
def distill(
    records: Records,
    *,
    teacher: Annotated[list[str], typer.Option(help="A run to learn from; repeated, the ensemble of several.")],
    out: Annotated[str, typer.Option(help="The run's folder.")],
    init: Annotated[str, typer.Option(help="What the student begins as; see train.")],
    recipe: Annotated[str, typer.Option(help=f"Where unset options come from: {', '.join(RECIPES)}.")] = "fast",
    labels: Annotated[
        list[str] | None, typer.Option(help="A record that is learned by its labels alone; may be repeated.")
    ] = None,
    lessons: Annotated[
        str | None, typer.Option(help="The folder of what the teacher says; lessons in --out by default.")
    ] = None,
    dev: Annotated[list[str] | None, typer.Option(help="NQ pages to score during training; may be repeated.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in --out was broken off.")] = False,
    options: dict[str, Any],
) -> None:
    """Train a small reader on what a bigger one says.

    Records for prediction will do as well: what has no label is learned from the teacher alone.

    Example: tinynq distill train.parquet --teacher runs/mini --init bert-tiny --out runs/tiny
    """
    summary = tinynq.distill(
        records, teacher=teacher, out=out, init=init, recipe=recipe, labels=labels or (), lessons=lessons,
        dev=dev or None, resume=resume, stage=screen.stage, **options,
    )  # fmt: skip
    loss = f", last loss {summary.loss:.4f}" if summary.loss is not None else ""
    screen.note(f"{out}: {summary.steps:,} updates{loss}")


@command(app, "predict", options=(PredictOptions, ClusterOptions))
def predict(
    run: Run,
    pages: Annotated[
        list[str],
        typer.Argument(help="More runs, to predict as an ensemble; then NQ pages as for prepare, or one record."),
    ],
    *,
    out: Annotated[str, typer.Option(help="The predictions file to write.")],
    skip_bad: SkipBad = None,
    options: dict[str, Any],
) -> None:
    """Answer the questions of NQ pages.

    Example: tinynq predict runs/tiny nq-dev-*.jsonl.gz --out predictions.json
    """
    from tinynq.bundled import is_run

    runs = [run, *takewhile(is_run, pages)]
    pages = pages[len(runs) - 1 :]
    if not pages:
        raise UsageError(f"{', '.join(runs)}: all are runs; name the NQ pages, or a record, after them")
    with timed("predict", "pages") as (progress, seconds):
        summary = tinynq.predict(runs, pages, out=out, skip_bad=skip_bad, progress=progress, **options)
    took = seconds()
    screen.note(
        f"{out}: {summary.pages:,} pages, {summary.windows:,} windows in {took:.1f} s "
        f"({summary.windows / took:,.0f} windows/s)"
    )
    note_bad(summary.bad, skip_bad)
    limits = summary.thresholds._asdict().items()
    if withheld := ", ".join(f"{kind} answers below {limit:.6g}" for kind, limit in limits if limit > -inf):
        screen.note(f"withheld: {withheld}")


@command(app, "ask", options=AskOptions, unset=True)
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    page: Annotated[str, typer.Argument(help="HTML, Markdown or text: a file, a URL, or - for standard input.")],
    *,
    reader: Annotated[str, typer.Option(help="A reader that ships with the package, or the folder of a run.")] = "mini",
    as_json: Json = False,
    options: dict[str, Any],
) -> None:
    """Answer a question from a page of your own.

    Example: tinynq ask "when was the tower built" tower.html
    """
    answer = tinynq.ask(question, page, reader=reader, **options)
    if as_json:
        screen.result(json.dumps(answer.as_dict()))
        return
    given = answer.yes_no or (answer.short and answer.short.text) or (answer.long and f"in this {answer.long.kind}:")
    sure = f"({answer.probability:.1%})" if given else f"({answer.probability:.1%} that there is one)"
    screen.result(printable(f"{given or 'no answer'}  {sure}"))
    if answer.long:
        screen.result("")
        screen.marked(answer.long.text, answer.mark)
    if options.get("n_best"):
        screen.result("")
        for each in answer.n_best:
            screen.result(printable(f"{each.probability:6.1%}  {each.text}"))


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


@command(app, "pack")
def pack(
    run: Run,
    *,
    out: Annotated[str, typer.Option(help="The folder of the packed run.")],
    sixteen: Annotated[
        list[str] | None, typer.Option(help="Glob of matrices that have 16 bits instead of 8; may be repeated.")
    ] = None,
) -> None:
    """Make a run a quarter as large: its matrices at 8 bits, and a scale a row.

    Example: tinynq pack runs/tiny --out runs/packed
    """
    summary = tinynq.pack(run, out=out, sixteen=sixteen or ())
    for line in summary.lines():
        screen.note(line)
