"""The predictions file: reading it, with all that can be wrong in one; writing it, and the CSV of Kaggle."""

import codecs
import csv
import json
import sys
from collections.abc import Iterable
from typing import Any, BinaryIO, Literal

import msgspec

from tinynq.errors import InputError
from tinynq.files import PathLike, atomic_write, read_lines
from tinynq.types import NqSpan, Page, Prediction

YES_NO = ("NONE", "YES", "NO")


class _File(msgspec.Struct):
    predictions: list[msgspec.Raw]


_FILE = msgspec.json.Decoder(_File)


def read_predictions(path: PathLike) -> list[Prediction]:
    """Reads an official predictions file; of two predictions with one id both are returned.

    long_answer, short_answers and yes_no_answer (any case) may be missing: null. Scores keep
    their type. Raises InputError, naming file and example, for anything else that is missing or
    has the wrong type, for spans that are reversed or null at one end, scores that are not finite, and
    yes/no beside short answers.
    """
    try:
        content = bytearray()  # grown line by line: joined in one go, it would be held twice
        for _, line in read_lines(path):
            content += line + b"\n"
        items = _items(content)
        if items is None:
            raise InputError(f'{path}: no list "predictions" found; expected an official predictions file')
        return [_prediction(item, f"{path}: prediction {i}") for i, item in enumerate(items)]
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no JSON ({error}); expected an official predictions file") from None


def _items(content: bytearray) -> Iterable[Any] | None:
    """The predictions as JSON has them; None where there is no list of them."""
    try:
        # One at a time: as Python's dictionaries they take eight times the room of their text.
        return map(json.loads, map(bytes, _FILE.decode(content).predictions))
    except (msgspec.MsgspecError, RecursionError):
        # The standard library's parser takes the NaN that Python writes, so that it can be told where it stands.
        loaded = json.loads(content)
        found = loaded.get("predictions") if isinstance(loaded, dict) else None
        return found if isinstance(found, list) else None


def write_predictions(
    path: PathLike, predictions: Iterable[Prediction], *, format: Literal["json", "kaggle"] = "json"
) -> None:
    """Writes predictions, one at a time as they come: the official file, or the CSV of the Kaggle competition.

    Raises UsageError where ``path`` cannot be written to.
    """
    with atomic_write(path) as file:
        {"json": _write_json, "kaggle": _write_kaggle}[format](file, predictions)


def _write_json(file: BinaryIO, predictions: Iterable[Prediction]) -> None:
    encoder = msgspec.json.Encoder()
    file.write(b'{"predictions":[')
    for i, prediction in enumerate(predictions):
        file.write((b",\n" if i else b"\n") + encoder.encode(prediction))
    file.write(b"\n]}\n")


def _write_kaggle(file: BinaryIO, predictions: Iterable[Prediction]) -> None:
    rows = csv.writer(codecs.getwriter("utf-8")(file), lineterminator="\n")
    rows.writerow(("example_id", "PredictionString"))
    for prediction in predictions:
        yes_no = prediction.yes_no_answer
        short = _tokens(prediction.short_answers) if yes_no == "NONE" else yes_no
        rows.writerow((f"{prediction.example_id}_long", _tokens([prediction.long_answer])))
        rows.writerow((f"{prediction.example_id}_short", short))


def _tokens(spans: Iterable[NqSpan]) -> str:
    """The first span that is not null, which is all that the competition takes: ``start:end``."""
    return next((f"{span.start_token}:{span.end_token}" for span in spans if not span.is_null), "")


def first_candidate(page: Page) -> Prediction:
    """The answer that needs no model: the first top-level candidate, with score 0 on every page."""
    span = next(((c.start_token, c.end_token) for c in page.candidates if c.top_level), (-1, -1))
    return Prediction(page.example_id, NqSpan(*span), 0.0, [], 0.0)


_ABSENT: dict[str, Any] = {"long_answer": {}, "short_answers": [], "yes_no_answer": "NONE"}


def _prediction(item: object, where: str) -> Prediction:
    if isinstance(item, dict):
        where = f"{where}, example {item.get('example_id')}"
        item = _ABSENT | item
    try:
        prediction = msgspec.convert(item, Prediction)
        str(prediction.example_id).encode()  # the id of no page is half a surrogate pair, which the parser lets pass
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise InputError(f"{where}: {error}") from None
    for name in ("long_answer_score", "short_answers_score"):
        if not abs(getattr(prediction, name)) <= sys.float_info.max:  # an integer may be beyond it
            raise InputError(f"{where}: {name} is {getattr(prediction, name)}, expected a finite number")
    check_span(prediction.long_answer, where)
    for span in prediction.short_answers:
        check_span(span, where)
    prediction.yes_no_answer = parse_yes_no(prediction.yes_no_answer, where)
    if prediction.yes_no_answer != "NONE" and not all(map(is_null, prediction.short_answers)):
        raise InputError(
            f"{where}: yes_no_answer {prediction.yes_no_answer} beside short answers, expected one of them"
        )
    return prediction


def check_span(span: NqSpan, where: str) -> None:
    """Raise InputError for a span that is reversed, or null at one end."""
    for unit, start, end in (
        ("tokens", span.start_token, span.end_token),
        ("bytes", span.start_byte, span.end_byte),
    ):
        if (start < 0) != (end < 0):
            raise InputError(f"{where}: span of {unit} {start} to {end} is null at one end, expected both or neither")
        if 0 <= end <= start:
            raise InputError(f"{where}: span of {unit} {start} to {end}, expected start < end")


def parse_yes_no(answer: str, where: str) -> str:
    """A yes/no answer in capitals; raises InputError for one that is none."""
    upper = answer.upper()
    if upper not in YES_NO:
        raise InputError(f"{where}: yes_no_answer is {answer!r}, expected one of {', '.join(YES_NO)}")
    return sys.intern(upper)  # one of three strings, and not one a page


def is_null(span: NqSpan) -> bool:
    """Whether a span of gold or of a prediction is no answer."""
    # Not span.is_null: an annotation's span may be in bytes alone, and its candidate_index plays no part here.
    return span.start_token < 0 and span.start_byte < 0
