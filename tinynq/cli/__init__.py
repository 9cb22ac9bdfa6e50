"""The command line: parse, call, print. What a command does is a function of the same name."""

import os
from typing import Annotated, NoReturn

import typer

import tinynq
from tinynq.cli.arguments import app
from tinynq.terminal import run_app, screen

# isort: split
# Help lists the commands in this order.
from tinynq.cli import data, readers, scores, jobs  # noqa: F401, I001


__all__ = ["app", "main"]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no notes: results alone.")] = False,
) -> None:
    """Train, run and measure small BERT readers on Google's Natural Questions."""
    # Of the processes that torchrun starts, the first speaks.
    screen.quiet = quiet or os.environ.get("RANK", "0") != "0"
    if version:
        screen.result(f"tinynq {tinynq.__version__}")
    elif context.invoked_subcommand is None:
        screen.result(context.get_help())


def main() -> NoReturn:
    """The command ``tinynq``."""
    run_app(app)
