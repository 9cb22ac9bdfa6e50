"""What the scripts share that train readers in several arms and seeds, and compare them."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tinynq.errors import TinynqError


def parser(text: str, *, seeds: int) -> argparse.ArgumentParser:
    """A parser with the options that all of them have."""
    made = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--out", type=Path, required=True, help="folder of all that is made")
    made.add_argument("--seeds", type=int, default=seeds)
    made.add_argument("--threads", type=int, default=1)
    return made


def carry_out(run: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> None:
    """Run in the folder of ``--out``; what a person can mend is one line."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        run(arguments)
    except TinynqError as error:
        sys.exit(f"error: {error}")
