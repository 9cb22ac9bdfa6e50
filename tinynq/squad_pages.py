"""SQuAD v1.1 files (Rajpurkar et al. 2016): their questions, and those as pages of Natural Questions.

A paragraph becomes a page of one candidate: the windows of a question are
`[CLS] [Q] question [SEP] [ContextId=-1] [NoLongAnswer] [ContextId=0] [Paragraph=1] words [SEP]`.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from tinynq.config import SquadPart, make
from tinynq.errors import InputError, UsageError
from tinynq.files import PathLike, atomic_write, read_lines
from tinynq.segments import GzipOfSegments, segment
from tinynq.types import Candidate, Page, Progress, no_progress

WORD = re.compile(r"\w+|[^\w\s]")  # BERT's tokenizer splits there too: few answers begin or end within a word
SUFFIX = ".jsonl.gz"
SLICE = re.compile(r"(\d*):(\d*)")


class _Answer(msgspec.Struct, gc=False):
    text: str
    answer_start: int = -1


class _Question(msgspec.Struct, gc=False):
    id: str
    question: str
    answers: list[_Answer]
    is_impossible: bool = False


class _Paragraph(msgspec.Struct):
    context: str
    qas: list[_Question]


class _Article(msgspec.Struct):
    paragraphs: list[_Paragraph]


class _File(msgspec.Struct):
    data: list[_Article]


class SquadQuestion(NamedTuple):
    """A question, the paragraph to answer it from, the answers that people gave, and the characters they begin at."""

    id: str
    question: str
    context: str
    answers: list[str]
    starts: Sequence[int] = ()


class SquadConverted(NamedTuple):
    """How many pages were written, and how many questions left out."""

    pages: int
    left_out: int


def convert_squad(file: str, *, out: str, progress: Progress = no_progress, **options: Any) -> SquadConverted:
    """Write the questions of a SQuAD v1.1 file as simplified NQ pages, each with its paragraph alone.

    The paragraph is the long answer, and each answer that people gave is an annotation, if it holds a whole word. A
    question is left out that has none, or an id that was there before. The keywords are the fields of SquadPart.
    Raises InputError for what is no SQuAD v1.1 file, or has answers that do not stand where it says, and UsageError
    for an ``out`` that is no .jsonl.gz file.
    """
    chosen = make(SquadPart, options)
    if not out.endswith(SUFFIX):
        raise UsageError(f"{out}: expected a name that ends in {SUFFIX}")
    questions = read_squad(file, articles=chosen.articles, limit=chosen.limit)
    written: set[str] = set()
    with atomic_write(out) as target, GzipOfSegments(target) as pages:
        for number, question in enumerate(questions, 1):
            if question.id not in written and (line := _nq_line(question, where=file)):
                pages.add(segment(msgspec.json.encode(line) + b"\n"))
                written.add(question.id)
            progress(number, number / len(questions))
    return SquadConverted(len(written), len(questions) - len(written))


def _nq_line(question: SquadQuestion, *, where: str) -> dict[str, Any] | None:
    """The page of a question with its annotations; None where no answer holds a whole word."""
    page, words = squad_page(question), list(WORD.finditer(question.context))
    around: dict[str, int] = {"start_token": 0, "end_token": len(page.tokens)}
    annotations: list[dict[str, Any]] = []
    for text, start in zip(question.answers, question.starts, strict=True):
        if start < 0 or not text or not question.context.startswith(text, start):
            raise InputError(f"{where}: question {question.id}: the answer {text[:50]!r} is not at character {start}")
        inside = [i for i, w in enumerate(words, 1) if start <= w.start() and w.end() <= start + len(text)]
        if inside:
            short = {"start_token": inside[0], "end_token": inside[-1] + 1}
            long = {**around, "candidate_index": 0}
            annotations.append({"long_answer": long, "short_answers": [short], "yes_no_answer": "NONE"})
    if not annotations:
        return None
    return {
        "question_text": page.question,
        "example_id": question.id,
        "document_text": " ".join(page.tokens),
        "long_answer_candidates": [around | {"top_level": True}],
        "annotations": annotations,
    }


def read_squad(file: PathLike, *, articles: str | None = None, limit: int | None = None) -> list[SquadQuestion]:
    """The questions of a SQuAD v1.1 file, in its order: of a slice of its articles ("402:"), and the first ``limit``.

    An id may be there twice. Raises InputError for a file that is none (of v2.0, too, whose questions may have
    no answer), and UsageError where the slice holds no question.
    """
    found = SLICE.fullmatch(articles or ":")
    if not found:
        raise UsageError(f"articles is {articles}; expected a half-open slice, as 0:40 or 402:")
    first, last = (int(end) if end else None for end in found.groups())
    try:
        content = msgspec.json.decode(b"\n".join(line for _, line in read_lines(file)), type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{file}: no SQuAD file: {error}") from None
    questions: list[SquadQuestion] = []
    for paragraph in chain.from_iterable(article.paragraphs for article in content.data[first:last]):
        for each in paragraph.qas[: None if limit is None else limit - len(questions)]:
            if each.is_impossible or not each.answers:
                raise InputError(f"{file}: question {each.id} has no answer; expected SQuAD v1.1, where all have one")
            answers, starts = [a.text for a in each.answers], [a.answer_start for a in each.answers]
            questions.append(SquadQuestion(each.id, each.question, paragraph.context, answers, starts))
    if not questions:
        raise UsageError(f"{file}: no question in articles {articles or ':'} of {len(content.data)}")
    return questions


def squad_page(question: SquadQuestion, *, where: str = "") -> Page:
    """The page of one paragraph; token i + 1 is its i-th word, split at punctuation as NQ's tokens are."""
    tokens = ["<P>", *WORD.findall(question.context), "</P>"]
    html = [True, *[False] * (len(tokens) - 2), True]
    candidates = [Candidate(0, len(tokens))]
    return Page(question.id, question.question.strip(), "", tokens, html, candidates, where=where)
