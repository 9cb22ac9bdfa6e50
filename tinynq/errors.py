"""The exceptions, all meant for people: one line that says where, what was found, what was expected, what to do.

    TinynqError
    ├── UsageError     an option, a name or a combination of them that cannot be
    ├── InputError     a file that is missing, damaged or not what it should be; names file:line and example
    ├── RecordError    a training record that is damaged, or was made with other options
    ├── RunError       a folder that holds no run or no encoder, or one that does not fit
    ├── NumericError   logits or a loss that are no numbers
    └── WorkerError    a worker process or a machine that ended by itself

The command line prints them as they are and exits with status 2.
"""

from collections.abc import Callable
from typing import TypeAlias

LONGEST_MESSAGE = 4000  # characters; an id that stands in a message may be of any length


def printable(text: str) -> str:
    """A text of one line, without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


class TinynqError(Exception):
    """The root: whoever catches it has caught all that tinynq raises on purpose.

    Its message is one printable line, whatever the ids, names and reasons that it quotes.
    """

    def __init__(self, message: str) -> None:
        line = printable(message[: LONGEST_MESSAGE + 1])
        super().__init__(line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…")


class UsageError(TinynqError):
    """An option or a combination of options that cannot be."""


class InputError(TinynqError):
    """Input that is missing, damaged or not what it should be."""


class RecordError(TinynqError):
    """A training record that cannot be read, or was made with other options."""


class RunError(TinynqError):
    """A folder that holds no run or encoder, or one that does not fit the record."""


class NumericError(TinynqError):
    """Logits or a loss that are not finite; names the window or the step."""


class WorkerError(TinynqError):
    """A worker process, or a machine of a cluster, that ended by itself."""


# What is done with the error of a page: raise it, or note it and go on.
OnBad: TypeAlias = Callable[[InputError], None]


def refuse(error: InputError) -> None:
    """Let the error of one page end the whole."""
    raise error
