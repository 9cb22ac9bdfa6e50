"""signature: the same content has the same digest, and what makes a score stands in the line."""

import pytest

import tinynq
from tinynq.config import CompareOptions, EvalOptions
from tinynq.signature import digest, signature
from tinynq.types import Annotation, LongAnswer, NqSpan


def test_the_line() -> None:
    options = EvalOptions(long_non_null_threshold=1, samples=500, seed=7)
    line = signature(pages=40, gold="0123456789ab", predictions=["cdef0123456789"], options=options)
    assert line == f"pages:40|gold:01234567|pred:cdef0123|by:1,2|bs:500|seed:7|v:{tinynq.__version__}"


def test_partial_and_two_systems_are_in_it() -> None:
    options = CompareOptions(partial=True)
    line = signature(pages=7830, gold="0" * 64, predictions=["1" * 64, "2" * 64], options=options)
    assert "|pred:11111111,22222222|" in line
    assert line.startswith("partial:7830|")
    assert len(line) <= 80
    assert signature(pages=1, gold="", predictions=[], options=EvalOptions()).startswith("pages:1|")


def test_a_digest_does_not_depend_on_the_order() -> None:
    items = [(1, NqSpan(1, 2)), ("1", NqSpan(1, 2)), (2, NqSpan())]
    assert digest(items) == digest(items[::-1])
    assert len(digest(items)) == 64


@pytest.mark.parametrize(
    "other",
    [
        (2, [Annotation(LongAnswer(1, 2, candidate_index=0))]),
        ("1", [Annotation(LongAnswer(1, 2, candidate_index=0))]),
        (1, [Annotation(LongAnswer(1, 3, candidate_index=0))]),
        (1, [Annotation(LongAnswer(1, 2, candidate_index=0), [], "YES")]),
        (1, [Annotation(LongAnswer(1, 2, candidate_index=0))] * 2),
    ],
)
def test_a_digest_sees_every_part(other: object) -> None:
    assert digest([other]) != digest([(1, [Annotation(LongAnswer(1, 2, candidate_index=0))])])


def test_numbers_of_any_size_have_a_digest() -> None:
    assert digest([(10**30, 1)]) != digest([(10**30, 1.0)])
