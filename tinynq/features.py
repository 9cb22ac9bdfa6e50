"""Page -> Windows: the features of the BERT joint baseline (Alberti et al. 2019), without its faults.

A page becomes one text: the empty context, then each kept candidate behind two markers. Windows
of it, overlapping, stand behind the question:

    [CLS] [Q] question [SEP] [ContextId=-1] [NoLongAnswer] [ContextId=0] [Paragraph=1] words ... [SEP]
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from tinynq.config import FeatureOptions
from tinynq.errors import InputError, UsageError
from tinynq.lexicon import Tokens
from tinynq.types import Annotation, AnswerType, Candidate, Int32s, Page, PageWindows, Target, Window
from tinynq.vocab import MAX_POSITION, Vocab

CONTEXT_TYPE = {"<P>": "Paragraph", "<Table>": "Table", "<Ul>": "List", "<Ol>": "List", "<Dl>": "List"}

NO_TOKENS: Int32s = np.array([-1, -1], np.int32)  # where the markers of a context are in the page
UNKNOWN = Target(0, 0, AnswerType.UNKNOWN)
YES_NO = {"YES": AnswerType.YES, "NO": AnswerType.NO, "NONE": AnswerType.LONG}


class Contexts(NamedTuple):
    """The text of a page: piece ids, the page token of each (-1: a marker), and the slice of each kept candidate."""

    ids: Int32s
    token_map: Int32s
    kept: dict[int, tuple[int, int]]


class Answer(NamedTuple):
    """What training asks of a page: a half-open span of page tokens within a candidate, and its type."""

    candidate: int
    start: int
    end: int
    answer_type: AnswerType


def page_windows(page: Page, *, vocab: Vocab, options: FeatureOptions, contexts: Contexts | None = None) -> PageWindows:
    """All windows of a page, without targets; its annotations are not read.

    ``contexts`` are those of encode_contexts, for another question to the same page.
    """
    question = encode_question(page, vocab=vocab, options=options)
    contexts = contexts or encode_contexts(page, vocab=vocab, options=options)
    room = options.max_seq_length - len(question) - 1
    windows = [
        cut(page, index, question, contexts, start, end, vocab)
        for index, (start, end) in enumerate(slices(len(contexts.ids), room, options.stride))
    ]
    spans = [(c.start_token, c.end_token) for c in page.candidates if c.top_level]
    return PageWindows(page.example_id, spans, windows)


def training_windows(
    page: Page, *, vocab: Vocab, options: FeatureOptions, include_unknowns: float, draw: Callable[[], float]
) -> Iterator[Window]:
    """The windows of a page that training sees, with targets.

    A window that does not hold the whole answer is unknown, and kept when ``draw()``, a number in
    [0, 1), is at most ``include_unknowns``; nothing is drawn when that is negative, nor for other
    windows. Raises InputError for annotations that contradict themselves.
    """
    answer = find_answer(page, vocab)
    question = encode_question(page, vocab=vocab, options=options)
    contexts = encode_contexts(page, vocab=vocab, options=options)
    positions = answer_positions(answer, contexts) if answer else None
    room = options.max_seq_length - len(question) - 1
    for index, (start, end) in enumerate(slices(len(contexts.ids), room, options.stride)):
        target = UNKNOWN
        if answer and positions and start <= positions[0] and positions[1] < end:
            shift = len(question) - start
            target = Target(positions[0] + shift, positions[1] + shift, answer.answer_type)
        if target is not UNKNOWN or (include_unknowns >= 0 and draw() <= include_unknowns):
            yield cut(page, index, question, contexts, start, end, vocab, target=target)


def encode_question(page: Page, *, vocab: Vocab, options: FeatureOptions) -> list[int]:
    """[CLS] [Q] question [SEP]; a long question is cut from the left and loses its [Q].

    Raises UsageError where such a question leaves a window no room for the page.
    """
    pieces = [vocab.marker("[Q]"), *vocab.encode_all(page.question.split(" "))[0].tolist()]
    question = [vocab.cls, *pieces[-options.max_question_length :], vocab.sep]
    if len(question) + 1 >= options.max_seq_length:
        raise UsageError(
            f"{page.where}: example {page.example_id}: the question takes {len(question)} of max_seq_length "
            f"{options.max_seq_length}; raise it, or lower max_question_length ({options.max_question_length})"
        )
    return question


def encode_contexts(page: Page, *, vocab: Vocab, options: FeatureOptions) -> Contexts:
    """The empty context and every kept candidate: top-level, not blank, while there is room for contexts."""
    candidates = kept_candidates(page, options)
    ids, token_map = encode_tokens(page, candidates.values(), vocab)
    all_ids: list[Int32s] = [vocab.markers("[ContextId=-1]", "[NoLongAnswer]")]
    all_maps: list[Int32s] = [NO_TOKENS]
    kept: dict[int, tuple[int, int]] = {}
    counts: Counter[str] = Counter()
    length = len(NO_TOKENS)
    spans = token_map.searchsorted([(c.start_token, c.end_token) for c in candidates.values()]).tolist()
    for (index, candidate), (start, end) in zip(candidates.items(), spans, strict=True):
        kind = context_type(page, candidate)
        counts[kind] = min(counts[kind] + 1, MAX_POSITION)
        all_ids += [vocab.context_markers(index, kind, counts[kind]), ids[start:end]]
        all_maps += [NO_TOKENS, token_map[start:end]]
        first = length + len(NO_TOKENS)
        length = first + end - start
        kept[index] = (first, length)
    return Contexts(np.concatenate(all_ids), np.concatenate(all_maps), kept)


def kept_candidates(page: Page, options: FeatureOptions) -> dict[int, Candidate]:
    """The candidates that become contexts, by their number on the page; the empty context counts."""
    full = (
        (index, candidate)
        for index, candidate in enumerate(page.candidates)
        if candidate.top_level and not is_blank(page, candidate)
    )
    return dict(islice(full, options.max_contexts - 1))


def encode_tokens(page: Page, candidates: Collection[Candidate], vocab: Vocab) -> tuple[Int32s, Int32s]:
    """The piece ids of all text from the first to the last of some candidates, and the page token of each."""
    first = min((c.start_token for c in candidates), default=0)
    last = max((c.end_token for c in candidates), default=0)
    html = np.array(bytearray(page.is_html[first:last]), np.bool_)  # a quarter of the time that the list takes
    ids, lengths = vocab.encode_all(Tokens.of(page.tokens[first:last]).where(~html))
    return ids, np.repeat(np.flatnonzero(~html).astype(np.int32) + np.int32(first), lengths)


def context_type(page: Page, candidate: Candidate) -> str:
    """Paragraph, Table, List or Other, by the candidate's first token."""
    return CONTEXT_TYPE.get(page.tokens[candidate.start_token], "Other")


def is_blank(page: Page, candidate: Candidate) -> bool:
    """Whether a candidate is nothing but HTML and blanks."""
    for at in range(candidate.start_token, candidate.end_token):  # twice as fast as any(): most often the second is it
        if not page.is_html[at] and page.tokens[at].strip():
            return False
    return True


def word_pieces(page: Page, at: int, vocab: Vocab) -> tuple[int, ...]:
    """The pieces of one page token; () for HTML."""
    return () if page.is_html[at] else vocab.encode(page.tokens[at])


def slices(length: int, room: int, stride: int) -> Iterator[tuple[int, int]]:
    """Half-open slices of at most ``room`` pieces, ``stride`` apart; the last ends where the text ends."""
    start = 0
    while start + room < length:
        yield start, start + room
        start += min(room, stride)
    yield start, length


def cut(
    page: Page,
    index: int,
    question: list[int],
    contexts: Contexts,
    start: int,
    end: int,
    vocab: Vocab,
    *,
    target: Target | None = None,
) -> Window:
    """The window of one slice of the text."""
    text = slice(len(question), len(question) + end - start)
    input_ids, token_map = np.empty(text.stop + 1, np.int32), np.full(text.stop + 1, -1, np.int32)
    input_ids[: text.start], input_ids[text], input_ids[-1] = question, contexts.ids[start:end], vocab.sep
    token_map[text] = contexts.token_map[start:end]
    return Window(page.example_id, index, len(question), input_ids, token_map, target)


def find_answer(page: Page, vocab: Vocab) -> Answer | None:
    """The answer that training uses, of all annotations; None for a page without one.

    The lowest candidate with a short answer, else the lowest; of equal ones the first annotation.
    Several short answers are one span, from the first to the last; yes, no and long-only take the
    whole candidate. Raises InputError for a page without annotations and for those that contradict
    themselves.
    """
    if page.annotations is None:
        raise InputError(f"{page.where}: example {page.example_id} has no annotations; training needs them")
    answers = []
    for annotation in page.annotations:
        if not annotation.long_answer.is_null:
            candidate = annotated_candidate(page, annotation)
            shorts = short_spans(page, annotation, candidate, vocab)
            answers.append((not shorts, annotation.long_answer.candidate_index, annotation, candidate, shorts))
    if not answers:
        return None
    _, index, annotation, candidate, shorts = min(answers, key=lambda answer: answer[:2])
    if shorts:
        return Answer(index, shorts[0][0], shorts[-1][1], AnswerType.SHORT)
    return Answer(index, candidate.start_token, candidate.end_token, YES_NO[annotation.yes_no_answer])


def annotated_candidate(page: Page, annotation: Annotation) -> Candidate:
    """The candidate that an annotation names, once the annotation is known to be sound."""
    index = annotation.long_answer.candidate_index
    found = None
    if index >= len(page.candidates):
        found = f"the long answer is candidate {index}; expected one of the page's {len(page.candidates)}"
    elif annotation.yes_no_answer not in YES_NO:
        found = f"yes_no_answer is {annotation.yes_no_answer!r}; expected YES, NO or NONE"
    if found:
        raise InputError(f"{page.where}: example {page.example_id}: {found}")
    return page.candidates[index]


def short_spans(page: Page, annotation: Annotation, candidate: Candidate, vocab: Vocab) -> list[tuple[int, int]]:
    """The short answers that have words, in page order."""
    for short in annotation.short_answers:
        if not candidate.start_token <= short.start_token < short.end_token <= candidate.end_token:
            raise InputError(
                f"{page.where}: example {page.example_id}: a short answer is tokens {short.start_token} to "
                f"{short.end_token}; expected a span within its long answer, {candidate.start_token} to "
                f"{candidate.end_token}"
            )
    # By their starts alone: of spans within spans, the reference takes the last one's end as well.
    spans = sorted(annotation.short_answers, key=lambda short: short.start_token)
    pairs = [(short.start_token, short.end_token) for short in spans]
    return [(start, end) for start, end in pairs if any(word_pieces(page, at, vocab) for at in range(start, end))]


def answer_positions(answer: Answer, contexts: Contexts) -> tuple[int, int] | None:
    """First and last piece of the answer in the text; None where its candidate was not kept."""
    if answer.candidate not in contexts.kept:
        return None
    first, last = contexts.kept[answer.candidate]
    start = bisect_left(contexts.token_map, answer.start, first, last)
    end = bisect_left(contexts.token_map, answer.end, first, last)
    return (start, end - 1) if start < end else None
