"""The exceptions: one root, and a tree in the docstring that is theirs."""

import pickle
import re

import pytest

from tinynq import errors
from tinynq.errors import LONGEST_MESSAGE, TinynqError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and kind is not TinynqError
]


def test_the_tree_in_the_docstring_is_that_of_the_module() -> None:
    assert errors.__doc__
    assert re.findall(r"[├└]── (\w+)", errors.__doc__) == [kind.__name__ for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_catches_the_root_has_caught_all(kind: type[TinynqError]) -> None:
    assert kind.__bases__ == (TinynqError,) and kind.__doc__
    with pytest.raises(TinynqError, match=r"^f\.jsonl:3: what was found$"):
        raise kind("f.jsonl:3: what was found")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("one\ntwo\tthree\u2028four\xa0five", "one two three four five"),
        ("\x1b[2J\x00\x7f\x9b\u202e\ud800", "\ufffd[2J\ufffd\ufffd\ufffd\ufffd\ufffd"),
        ("é 日本語 \U0001f600", "é 日本語 \U0001f600"),
        ("x" * LONGEST_MESSAGE, "x" * LONGEST_MESSAGE),
        ("x" * 10**6, "x" * LONGEST_MESSAGE + "…"),
    ],
)
def test_a_message_is_one_printable_line(message: str, line: str) -> None:
    assert str(TinynqError(message)) == line
    assert pickle.loads(pickle.dumps(TinynqError(message))).args == (line,)  # from a process to another


def test_the_root_is_no_error_that_others_catch() -> None:
    assert TinynqError.__bases__ == (Exception,)
