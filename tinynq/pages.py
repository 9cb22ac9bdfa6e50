"""NQ lines, original or simplified, to Pages; the format is recognised line by line."""

import json
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from tinynq.errors import InputError, OnBad, refuse
from tinynq.files import LineReader, expand
from tinynq.lexicon import Tokens, shared_lexicon
from tinynq.scanning import Scanner, Unusual
from tinynq.types import Annotation, Candidate, ExampleId, Page, Progress, no_progress


class _Token(msgspec.Struct, gc=False):
    token: str
    html_token: bool


class _Line(msgspec.Struct, gc=False):
    """The fields of either format; original lines have tokens, simplified ones a text."""

    example_id: ExampleId
    question_text: str
    long_answer_candidates: list[Candidate]
    document_tokens: list[_Token] | None = None
    document_text: str | None = None
    document_title: str | None = None


class _AnnotatedLine(_Line, gc=False):
    annotations: list[Annotation] | None = None


class _GoldLine(msgspec.Struct, gc=False):
    example_id: ExampleId
    annotations: list[Annotation]


Line = TypeVar("Line", bound=msgspec.Struct)

_LINE = msgspec.json.Decoder(_Line)
_ANNOTATED_LINE = msgspec.json.Decoder(_AnnotatedLine)
_GOLD_LINE = msgspec.json.Decoder(_GoldLine)
_JSON = json.JSONDecoder()
TOKENS_KEY = b'"document_tokens":'
_scanner = Scanner(shared_lexicon())
NEAR = 1 << 12  # bytes from the beginning of a line
LONGEST_GOLD = 1 << 14  # bytes; the annotations of a dev page have some 2,000


def is_html(token: str) -> bool:
    """Whether a token of the simplified format is HTML, by the rule of the NQ release."""
    return len(token) > 2 and token[0] == "<" and token[-1] == ">"


def parse_page(line: bytes | str, *, where: str = "line", annotated: bool = True) -> Page:
    """A Page from one line in either NQ format; ``annotated=False`` does not even look at the annotations.

    Raises InputError where the line is no NQ page or a candidate lies outside of it.
    """
    decoder: msgspec.json.Decoder[_Line] = _ANNOTATED_LINE if annotated else _LINE  # type: ignore[assignment]
    try:
        fields, tokens, html = _scan(line, decoder)
    except (Unusual, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        fields = decode_line(decoder, line, where)  # which says what is wrong, or that nothing is
        tokens, html = _tokens(fields, where)
    for i, candidate in enumerate(fields.long_answer_candidates):
        if not 0 <= candidate.start_token <= candidate.end_token <= len(tokens):
            raise InputError(
                f"{where}: example {fields.example_id}: candidate {i} is tokens {candidate.start_token} to "
                f"{candidate.end_token}; expected a span within the page's {len(tokens)} tokens"
            )
    return Page(
        example_id=fields.example_id,
        question=fields.question_text,
        title=fields.document_title or "",
        tokens=tokens,
        is_html=html,
        candidates=fields.long_answer_candidates,
        annotations=fields.annotations if isinstance(fields, _AnnotatedLine) else None,
        where=where,
    )


def _scan(line: bytes | str, decoder: msgspec.json.Decoder[_Line]) -> tuple[_Line, Tokens, list[bool]]:
    """The fields of a line in the original format, its tokens, and which are HTML; no object is made of a token.

    Raises Unusual where the tokens are not to be found at first sight.
    """
    global _scanner
    if not isinstance(line, bytes) or (start := line.find(TOKENS_KEY)) < 0:
        raise Unusual("no line in the original format")
    scanner = _scanner  # another thread may put a new one in its place
    if scanner.lexicon is not shared_lexicon():
        scanner = _scanner = Scanner(shared_lexicon())
    numbers, html, end = scanner.tokens(line, start + len(TOKENS_KEY))
    fields = decoder.decode(line[:start] + TOKENS_KEY + b"[]" + line[end:])
    if fields.document_tokens != [] or line.find(TOKENS_KEY, end) >= 0:
        raise Unusual("the tokens of something else")
    return fields, Tokens(numbers, scanner.lexicon), html


def _tokens(fields: _Line, where: str) -> tuple[Tokens, list[bool]]:
    """The tokens of a line in either format, and which are HTML."""
    if fields.document_tokens is not None:
        return Tokens.of(t.token for t in fields.document_tokens), [t.html_token for t in fields.document_tokens]
    if fields.document_text is None:
        raise InputError(
            f"{where}: example {fields.example_id} has neither document_tokens nor document_text; "
            "expected a page in the original or the simplified NQ format"
        )
    words = fields.document_text.split(" ")
    return Tokens.of(words), [is_html(word) for word in words]


def read_pages(
    sources: Sequence[str],
    *,
    annotated: bool = True,
    progress: Progress = no_progress,
    on_bad: OnBad = refuse,
    ahead: int = 1,
) -> Iterator[Page]:
    """The pages of files, globs, folders, URLs or ``-``, in the order named, one at a time.

    What is no NQ page, and where a file cannot be read on, is an InputError, with file and line, for ``on_bad``
    when its turn comes. ``ahead`` pages are read before the first of them is given.
    """
    held: list[Page | InputError] = []
    lines = LineReader(expand(sources), on_bad=held.append)
    for count, (where, line) in enumerate(lines, 1):
        try:
            held.append(parse_page(line, where=where, annotated=annotated))
        except InputError as error:
            held.append(error)
        if len(held) >= ahead:
            yield from _in_turn(held, on_bad)
        progress(count, lines.share)
    yield from _in_turn(held, on_bad)


def _in_turn(held: list[Page | InputError], on_bad: OnBad) -> Iterator[Page]:
    for each in held:
        if isinstance(each, InputError):
            on_bad(each)
        else:
            yield each
    held.clear()


def read_gold(
    sources: Sequence[str], *, progress: Progress = no_progress, on_bad: OnBad = refuse
) -> Iterator[tuple[ExampleId, list[Annotation], str]]:
    """(example id, annotations, where) of each line; nothing else of the page is read.

    A line without annotations is an InputError for ``on_bad``, as for read_pages.
    """
    lines = LineReader(expand(sources), on_bad=on_bad)
    for count, (where, line) in enumerate(lines, 1):
        try:
            annotated = _gold(line, where)
        except InputError as error:
            on_bad(error)
        else:
            yield annotated.example_id, annotated.annotations, where
        progress(count, lines.share)


def _gold(line: bytes, where: str) -> _GoldLine:
    try:
        return _GOLD_LINE.decode(_gold_part(line))
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return decode_line(_GOLD_LINE, line, where)  # which says what is wrong, or that nothing is


def _gold_part(line: bytes) -> str:
    """The id and the annotations alone, which stand before or after the page: to walk through that takes long.

    Raises ValueError where they are not to be found at first sight.
    """
    if line[:1] + line[-1:] != b"{}":
        raise ValueError("not a whole object")
    values = []
    for key in (b'"example_id":', b'"annotations":'):
        # Within a text each quote has a backslash before it, so that this can only be a key; and NQ has these two once.
        start = line.find(key, 0, NEAR)
        start = (line.rindex(key) if start < 0 else start) + len(key)
        value = line[start : start + LONGEST_GOLD].decode(errors="ignore").lstrip()
        values.append(value[: _JSON.raw_decode(value)[1]])
    return '{{"example_id":{},"annotations":{}}}'.format(*values)


def decode_line(decoder: msgspec.json.Decoder[Line], line: bytes | str, where: str) -> Line:
    """The fields of a line that ``decoder`` knows; raises InputError where it is no NQ page."""
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{where}: no NQ page: {error}") from None
