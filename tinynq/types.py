"""The spine, as plain data: Page -> Window -> Logits -> Prediction -> Report.

Spans are half-open and count page tokens, everywhere but inside a window.
The structs bear the field names of the NQ release, so that one definition serves both to
parse a line and to work with it.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

ExampleId: TypeAlias = int | str  # the Kaggle files hold their ids as strings, and they stay strings

Bools: TypeAlias = NDArray[np.bool_]
Int32s: TypeAlias = NDArray[np.int32]
Float32s: TypeAlias = NDArray[np.float32]


class AnswerType(IntEnum):
    """What a window's target is; the order is that of the answer-type head."""

    UNKNOWN = 0
    YES = 1
    NO = 2
    SHORT = 3
    LONG = 4


class NqSpan(msgspec.Struct, gc=False, frozen=True):
    """A half-open span of page tokens, with its byte offsets where the file has them; -1 is null."""

    start_token: int = -1
    end_token: int = -1
    start_byte: int = -1
    end_byte: int = -1

    @property
    def is_null(self) -> bool:
        return self.start_token < 0


class LongAnswer(NqSpan, gc=False, frozen=True):
    """An annotated long answer: a span and the candidate that it is."""

    candidate_index: int = -1

    @property
    def is_null(self) -> bool:
        return self.start_token < 0 or self.candidate_index < 0


class Candidate(msgspec.Struct, gc=False, frozen=True):
    """A paragraph, table, list or a part of one that may be a long answer."""

    start_token: int
    end_token: int
    top_level: bool = True


class Annotation(msgspec.Struct, gc=False, frozen=True):
    """What one annotator answered."""

    long_answer: LongAnswer
    short_answers: list[NqSpan] = []
    yes_no_answer: str = "NONE"


class Page(msgspec.Struct, gc=False):
    """One NQ example: a question and the page to answer it from.

    ``tokens`` and ``is_html`` have one entry a page token. ``annotations`` is None where the
    line has none (a test page). ``where`` is file:line, for messages.
    """

    example_id: ExampleId
    question: str
    title: str
    tokens: Sequence[str]
    is_html: list[bool]
    candidates: list[Candidate]
    annotations: list[Annotation] | None = None
    where: str = ""


class Target(NamedTuple):
    """What the model is to say of a window: positions in the window, end inclusive; 0, 0 for unknown."""

    start: int
    end: int
    answer_type: AnswerType


class Window(msgspec.Struct, gc=False, frozen=True):
    """What the model sees at once; its key is (example_id, index), never a sum.

    ``input_ids`` [n] are unpadded WordPiece ids, ``token_map`` [n] the page token of each position
    (-1: none); the first ``question_length`` positions are segment 0.
    """

    example_id: ExampleId
    index: int
    question_length: int
    input_ids: Sequence[int] | Int32s
    token_map: Sequence[int] | Int32s
    target: Target | None = None


class PageWindows(NamedTuple):
    """The windows of one page, and its top-level candidates as half-open spans in page order."""

    example_id: ExampleId
    candidates: list[tuple[int, int]]
    windows: list[Window]


class Logits(NamedTuple):
    """The scores of one window: ``start`` and ``end`` [n], ``answer_type`` [5], float32."""

    start: Float32s
    end: Float32s
    answer_type: Float32s


class Prediction(msgspec.Struct, gc=False):
    """The answers to one page, in the layout of the official predictions file.

    The annotators' rule holds for it as well: yes/no and short answers exclude each other.
    Null answers are null spans. ``n_best`` is written only on request.
    """

    example_id: ExampleId
    long_answer: NqSpan
    long_answer_score: float | int
    short_answers: list[NqSpan]
    short_answers_score: float | int
    yes_no_answer: str = "NONE"
    n_best: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET


class Progress(Protocol):
    """Told now and then how far a stage is: ``count`` units done, ``share`` (0 to 1) of all its work."""

    def __call__(self, count: int, share: float, /) -> None: ...


def no_progress(count: int, share: float, /) -> None:
    """The default Progress: nobody is watching."""
