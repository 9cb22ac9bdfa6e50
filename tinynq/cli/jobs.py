"""Commands that do a whole job: run, demo."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

import tinynq
from tinynq.cli.arguments import app
from tinynq.config import Experiment, RunOptions
from tinynq.terminal import command, screen, timed
from tinynq.types import Progress


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
