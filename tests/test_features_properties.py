"""What holds of the windows of any page, with any options."""

import random
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nq_lines import comparable

from tinynq.config import FeatureOptions
from tinynq.features import encode_contexts, page_windows, slices, training_windows
from tinynq.types import Annotation, AnswerType, Candidate, LongAnswer, NqSpan, Page, Window
from tinynq.vocab import Vocab

UNLABELLED = (0, 0, 0)
WORDS = ["the", "omicron", "Müller", "[1]", "[Q]", "[Paragraph=3]", "10\u202fkm", "", " ", "\ufeff", "x" * 201, "a b"]
OPTIONS = st.builds(
    FeatureOptions,
    max_seq_length=st.integers(16, 60),
    stride=st.integers(1, 70),
    max_question_length=st.integers(1, 10),
    max_contexts=st.integers(1, 5),
)


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Pages of paragraphs, tables and others, nested and blank ones too, with one sound annotation or a null one."""
    page = Page(7, " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=12))), "", ["Title"], [False], [], [])
    for words in draw(st.lists(st.lists(st.sampled_from(WORDS), max_size=40), max_size=6)):
        start = len(page.tokens)
        tag = draw(st.sampled_from(["P", "Table", "Ul", "Tr"]))
        page.tokens = [*page.tokens, f"<{tag}>", *words, f"</{tag}>"]
        page.is_html += [True, *[False] * len(words), True]
        page.candidates.append(Candidate(start, len(page.tokens), draw(st.integers(0, 4)) > 0))
    long, shorts = LongAnswer(), []
    answered = draw(st.integers(0, 4)) > 0
    if page.candidates and answered:
        index = draw(st.integers(0, len(page.candidates) - 1))
        span = page.candidates[index]
        long = LongAnswer(span.start_token, span.end_token, candidate_index=index)
        starts = draw(st.lists(st.integers(span.start_token, span.end_token - 1), max_size=2))
        shorts = [NqSpan(start, draw(st.integers(start + 1, span.end_token))) for start in starts]
    page.annotations = [Annotation(long, shorts, draw(st.sampled_from(["YES", "NO", "NONE"])))]
    return page


def kept(page: Page, options: FeatureOptions) -> list[Candidate]:
    """The candidates that are contexts, by the rules of REFERENCE.md."""
    full = [
        c
        for c in page.candidates
        if c.top_level
        and "".join(page.tokens[at] for at in range(c.start_token, c.end_token) if not page.is_html[at]).strip()
    ]
    return full[: options.max_contexts - 1]


def worded(page: Page, start: int, end: int, vocab: Vocab) -> list[int]:
    """The page tokens of a span that are text."""
    return [at for at in range(start, end) if not page.is_html[at] and vocab.encode(page.tokens[at])]


@given(pages(), OPTIONS)
def test_every_page_token_of_a_kept_context_is_in_some_window(
    vocab: Vocab, page: Page, options: FeatureOptions
) -> None:
    windows = page_windows(page, vocab=vocab, options=options).windows
    seen = {token for window in windows for token in window.token_map} - {-1}
    assert seen == {at for c in kept(page, options) for at in worded(page, c.start_token, c.end_token, vocab)}


@given(pages(), OPTIONS)
def test_windows_cover_the_text_without_gaps(vocab: Vocab, page: Page, options: FeatureOptions) -> None:
    windows = page_windows(page, vocab=vocab, options=options).windows
    contexts = encode_contexts(page, vocab=vocab, options=options)
    room = options.max_seq_length - windows[0].question_length - 1
    end = 0
    for index, window in enumerate(windows):
        start = index * min(room, options.stride)
        assert (window.index, window.input_ids[-1], window.token_map[-1]) == (index, vocab.sep, -1)
        assert list(window.input_ids[: window.question_length]) == list(windows[0].input_ids[: window.question_length])
        assert set(window.token_map[: window.question_length]) == {-1}
        text, tokens = (list(values[window.question_length : -1]) for values in (window.input_ids, window.token_map))
        assert start <= end < start + len(text) and len(window.input_ids) <= options.max_seq_length
        assert len(text) == room or window is windows[-1]
        end = start + len(text)
        assert (text, tokens) == (list(contexts.ids[start:end]), list(contexts.token_map[start:end]))
    assert end == len(contexts.ids)


@given(pages(), OPTIONS)
def test_from_span_to_window_to_span_is_the_identity(vocab: Vocab, page: Page, options: FeatureOptions) -> None:
    assert page.annotations
    (annotation,) = page.annotations
    ordered = sorted(annotation.short_answers, key=lambda short: short.start_token)
    shorts = [tokens for s in ordered if (tokens := worded(page, s.start_token, s.end_token, vocab))]
    long = worded(page, annotation.long_answer.start_token, annotation.long_answer.end_token, vocab)
    kind = (
        AnswerType.SHORT
        if shorts
        else {"YES": AnswerType.YES, "NO": AnswerType.NO}.get(annotation.yes_no_answer, AnswerType.LONG)
    )
    span = (shorts[0][0], shorts[-1][-1]) if shorts else (long[0], long[-1]) if long else None
    contexts = [(c.start_token, c.end_token) for c in kept(page, options)]
    if (annotation.long_answer.start_token, annotation.long_answer.end_token) not in contexts:
        span = None
    pieces = encode_contexts(page, vocab=vocab, options=options).token_map.tolist()
    for window in training_windows(page, vocab=vocab, options=options, include_unknowns=1.0, draw=lambda: 0.0):
        assert window.target
        start, end, answer_type = window.target
        whole = span and all(list(window.token_map).count(at) == pieces.count(at) for at in range(span[0], span[1] + 1))
        assert (answer_type == AnswerType.UNKNOWN) == (not whole)
        if span and whole:
            assert (window.token_map[start], window.token_map[end], answer_type) == (*span, kind)
            assert span[0] not in window.token_map[:start] and span[1] not in window.token_map[end + 1 :]
        else:
            assert (start, end) == (0, 0)


@given(pages(), OPTIONS)
def test_the_windows_of_training_are_those_of_prediction(vocab: Vocab, page: Page, options: FeatureOptions) -> None:
    windows = training_windows(page, vocab=vocab, options=options, include_unknowns=1.0, draw=lambda: 0.999)
    predicted = page_windows(page, vocab=vocab, options=options)
    unlabelled = [msgspec.structs.replace(window, target=None) for window in windows]
    assert comparable(unlabelled) == comparable(predicted.windows)
    assert predicted.candidates == [(c.start_token, c.end_token) for c in page.candidates if c.top_level]


@given(pages(), OPTIONS, st.sampled_from([-1.0, 0.0, 0.3, 1.0]), st.randoms(use_true_random=False))
def test_one_number_is_drawn_for_a_window_without_answer(
    vocab: Vocab, page: Page, options: FeatureOptions, share: float, rng: random.Random
) -> None:
    def windows(include_unknowns: float, draw: Callable[[], float]) -> list[Window]:
        return list(training_windows(page, vocab=vocab, options=options, include_unknowns=include_unknowns, draw=draw))

    draws: list[float] = []

    def draw() -> float:
        draws.append(rng.random())
        return draws[-1]

    found = windows(share, draw)
    every = windows(1.0, lambda: 0.0)
    unknown = [w for w in every if w.target == UNLABELLED]
    assert len(draws) == (len(unknown) if share >= 0 else 0)
    left = {w.index for w, number in zip(unknown, draws, strict=False) if number <= share}
    assert comparable(found) == comparable(w for w in every if w.target != UNLABELLED or w.index in left)


@given(st.integers(1, 500), st.integers(1, 50), st.integers(1, 80))
def test_slices_overlap_and_end_where_the_text_ends(length: int, room: int, stride: int) -> None:
    found = list(slices(length, room, stride))
    assert found[0][0] == 0 and found[-1][1] == length
    assert all(end - start == room for start, end in found[:-1]) and found[-1][1] - found[-1][0] <= room
    assert all(b[0] - a[0] == min(room, stride) for a, b in zip(found, found[1:], strict=False))
