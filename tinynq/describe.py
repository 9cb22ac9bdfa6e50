"""For people to look at: one page with its windows and their labels, and the counts of many pages or of a record."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from tinynq.config import FeatureOptions, PageOptions, make
from tinynq.errors import InputError, OnBad, UsageError, printable, refuse
from tinynq.features import (
    Contexts,
    answer_positions,
    context_type,
    encode_contexts,
    find_answer,
    is_blank,
    page_windows,
    training_windows,
)
from tinynq.files import expand
from tinynq.pages import read_pages
from tinynq.record import check_same, read_info, window_lengths
from tinynq.setaside import bad_file
from tinynq.types import Annotation, AnswerType, ExampleId, Page, Progress, Window, no_progress
from tinynq.vocab import Vocab

WIDTH = 80  # columns
LABEL = {
    AnswerType.UNKNOWN: "unknown",
    AnswerType.YES: "yes",
    AnswerType.NO: "no",
    AnswerType.SHORT: "short answer",
    AnswerType.LONG: "long answer",
}


class Distribution(NamedTuple):
    """What a histogram comes to."""

    min: int
    median: float
    mean: float
    max: int

    @classmethod
    def of(cls, histogram: Counter[int]) -> "Distribution":
        """Of a count for each value; all zeros where nothing was counted."""
        total = histogram.total()
        if not total:
            return cls(0, 0.0, 0.0, 0)
        middle: list[int] = []  # the value or the two values in the middle
        seen = 0
        for value in sorted(histogram):
            seen += histogram[value]
            while len(middle) < 2 and seen > (total - 1 + len(middle)) // 2:
                middle.append(value)
        mean = sum(value * count for value, count in histogram.items()) / total
        return cls(min(histogram), sum(middle) / 2, mean, max(histogram))

    def __str__(self) -> str:
        return f"min {self.min:,}, median {self.median:,g}, mean {self.mean:,.1f}, max {self.max:,}"


@dataclass(frozen=True)
class Stats:
    """The counts of pages, or of records.

    ``answers`` counts annotated pages by the answer that training takes ("null": none), ``labels``
    windows by their label. ``too_long`` and ``left_out`` count the answers cut off: those that no
    window holds whole, and those in a candidate that the windows leave out. ``bad`` pages are not counted.
    What the sources do not say is None: a record for prediction has no labels, and no record says what
    its pages answered.
    """

    pages: int
    windows: int
    windows_a_page: Distribution
    window_pieces: Distribution
    answers: dict[str, int] | None = None
    labels: dict[str, int] | None = None
    too_long: int | None = None
    left_out: int | None = None
    bad: int = 0

    def as_dict(self) -> dict[str, Any]:
        """What is known, as plain data, for JSON."""
        known = {name: value for name, value in asdict(self).items() if value is not None and name != "bad"}
        return {n: v._asdict() if isinstance(v, Distribution) else v for n, v in known.items()}

    def lines(self) -> Iterator[str]:
        """What is known, a line each, for people."""
        rows = {"pages": f"{self.pages:,}"}
        if self.answers is not None:
            rows["their answers"] = _counts(self.answers)
        if self.too_long is not None and self.left_out is not None:
            parts = f"{self.too_long:,} longer than a window, {self.left_out:,} in a candidate left out"
            rows["answers cut off"] = f"{self.too_long + self.left_out:,} ({parts})"
        rows["windows"] = f"{self.windows:,}"
        if self.labels is not None:
            rows["their labels"] = _counts(self.labels)
        rows["windows a page"] = str(self.windows_a_page)
        rows["pieces a window"] = str(self.window_pieces)
        for name, text in rows.items():
            yield from _wrap(f"{name:<17}{text}", indent=17)


def show(
    pages: str | Sequence[str],
    *,
    example_id: ExampleId,
    progress: Progress = no_progress,
    **options: Any,
) -> Iterator[str]:
    """A page, its annotations, and its windows with the label that training gives them, in lines of 80 columns.

    ``example_id`` finds the id 12 as well as "12"; the keywords are the fields of PageOptions. Spans
    count page tokens and are half-open. Raises InputError where no page has the id, and, after all
    else was shown, where the annotations contradict themselves.
    """
    features = make(PageOptions, options)
    vocab = Vocab.load(features.vocab, cased=features.cased)
    page = _find(pages, str(example_id), progress)
    contexts = encode_contexts(page, vocab=vocab, options=features)
    yield from _head(page)
    yield from _candidates(page, contexts)
    yield from _annotations(page)
    yield from ("", "windows:")
    for window in _windows(page, vocab, features):
        yield from _wrap(f"{window.index:>5}  {len(window.input_ids)} pieces, {_label(page, window)}")
        yield from _wrap(f"       {_held(page, contexts, window)}")


def stats(
    sources: str | Sequence[str], *, skip_bad: str | None = None, progress: Progress = no_progress, **options: Any
) -> Stats:
    """The counts of NQ pages with all their windows, or of records (files named .parquet) as they are.

    The keywords are the fields of PageOptions; a record has its own. Memory does not grow with the
    input, but for the page ids of a record: some 150 bytes each. Bad pages are listed in the file ``skip_bad``;
    where none is named they raise InputError. Raises RecordError for a bad record or one made with other options,
    and UsageError for sources of different kinds together.
    """
    names = expand(sources)
    records = [name for name in names if name.endswith(".parquet")]
    if not records:
        with bad_file(skip_bad) as bad:
            on_bad = refuse if skip_bad is None else bad.note
            return replace(_page_stats(names, make(PageOptions, options), progress, on_bad), bad=bad.count)
    if skip_bad is not None:
        raise UsageError(f"{records[0]}: a record has no bad pages to skip; leave out skip_bad")
    if len(records) < len(names):
        raise UsageError(f"{records[0]}: a record is counted without NQ pages beside it; count them by themselves")
    return _record_stats(records, options, progress)


def _page_stats(sources: Sequence[str], features: PageOptions, progress: Progress, on_bad: OnBad) -> Stats:
    vocab = Vocab.load(features.vocab, cased=features.cased)
    pages = too_long = left_out = 0
    windows_a_page: Counter[int] = Counter()
    window_pieces: Counter[int] = Counter()
    answers: Counter[str] = Counter()
    labels: Counter[AnswerType] = Counter()
    for page in read_pages(sources, progress=progress, on_bad=on_bad):
        try:
            windows = _windows(page, vocab, features)
        except InputError as error:
            on_bad(error)
            continue
        pages += 1
        if page.annotations is not None:
            found = Counter(window.target.answer_type for window in windows if window.target)
            labels += found
            answer = find_answer(page, vocab)
            answers[_name(answer.answer_type) if answer else "null"] += 1
            if answer and set(found) == {AnswerType.UNKNOWN}:
                contexts = encode_contexts(page, vocab=vocab, options=features)
                if answer_positions(answer, contexts):
                    too_long += 1
                else:
                    left_out += 1
        windows_a_page[len(windows)] += 1
        window_pieces.update(len(window.input_ids) for window in windows)
    counts = Stats(pages, window_pieces.total(), Distribution.of(windows_a_page), Distribution.of(window_pieces))
    if not answers:
        return counts
    return replace(
        counts,
        answers={name: answers[name] for name in ("null", *(_name(kind) for kind in AnswerType if kind))},
        labels={_name(kind): labels[kind] for kind in AnswerType},
        too_long=too_long,
        left_out=left_out,
    )


def _record_stats(records: Sequence[str], options: dict[str, Any], progress: Progress) -> Stats:
    infos = [read_info(record) for record in records]
    for record, info in zip(records, infos, strict=True):
        features = make(PageOptions, options, base=PageOptions(**asdict(info.features)))
        vocab = Vocab.load(features.vocab, cased=features.cased) if features.vocab else info.vocab
        check_same(record, info, features, vocab, of="the command")
        if info.purpose != infos[0].purpose:
            raise UsageError(f"{record}: made for {info.purpose}, and {records[0]} is not; count them by themselves")
    total = sum(info.counts["windows"] for info in infos)
    done = 0
    windows_a_page: Counter[int] = Counter()
    window_pieces: Counter[int] = Counter()
    for record, info in zip(records, infos, strict=True):
        page_counts: Counter[str] = Counter()
        for ids, lengths in window_lengths(record):
            page_counts.update(ids)
            window_pieces.update(lengths)
            done += len(ids)
            progress(done, done / total)
        windows_a_page.update(page_counts.values())
        windows_a_page[0] += info.counts["pages"] - len(page_counts)
    labels = None
    if infos[0].purpose == "train":
        labels = {_name(kind): sum(info.counts[_name(kind)] for info in infos) for kind in AnswerType}
    pages = sum(info.counts["pages"] for info in infos)
    return Stats(pages, total, Distribution.of(+windows_a_page), Distribution.of(window_pieces), labels=labels)


def _find(pages: str | Sequence[str], example_id: str, progress: Progress) -> Page:
    count = 0
    for page in read_pages(pages, progress=progress):
        if str(page.example_id) == example_id:
            return page
        count += 1
    names = pages if isinstance(pages, str) else ", ".join(map(str, pages))
    raise InputError(f"{names}: none of the {count:,} pages has the id {example_id}; check it, or name other files")


def _all_windows(page: Page, vocab: Vocab, features: FeatureOptions) -> list[Window]:
    return list(training_windows(page, vocab=vocab, options=features, include_unknowns=1.0, draw=lambda: 0.0))


def _head(page: Page) -> Iterator[str]:
    yield from _wrap(f"example   {_clean(str(page.example_id))}", indent=10)
    yield from _wrap(f"where     {page.where}", indent=10)
    yield from _wrap(f"question  {_clean(page.question)}", indent=10)
    yield from _wrap(f"title     {_clean(page.title) or '-'}", indent=10)
    yield f"page      {len(page.tokens):,} tokens, {sum(page.is_html):,} of them HTML"


def _candidates(page: Page, contexts: Contexts) -> Iterator[str]:
    yield from ("", f"candidates: {len(page.candidates)}, of them {len(contexts.kept)} in the windows")
    for index, candidate in enumerate(page.candidates):
        if index in contexts.kept:
            state = ""
        elif not candidate.top_level:
            state = "(nested) "
        else:
            state = "(blank) " if is_blank(page, candidate) else "(past the limit) "
        # A span without tokens has no first one to tell its kind.
        kind = context_type(page, candidate) if candidate.start_token < candidate.end_token else "-"
        span = f"{candidate.start_token}:{candidate.end_token}"
        text = _words(page, candidate.start_token, candidate.end_token)
        yield _clip(f"{index:>5}  {kind:<9}  {span:<11}  {state}{text}")


def _annotations(page: Page) -> Iterator[str]:
    if page.annotations is None:
        yield from ("", "annotations: the page has none")
        return
    yield from ("", f"annotations: {len(page.annotations)}")
    for number, annotation in enumerate(page.annotations):
        for i, line in enumerate(_annotation(page, annotation)):
            yield _clip(f"{number:>5}  {line}" if i == 0 else f"       {line}")


def _annotation(page: Page, annotation: Annotation) -> Iterator[str]:
    long = annotation.long_answer
    if long.is_null:
        yield "null"
        return
    span = f"{long.start_token}:{long.end_token}"
    yield f"candidate {long.candidate_index}  {span}  {_words(page, long.start_token, long.end_token)}"
    for short in annotation.short_answers:
        span = f"{short.start_token}:{short.end_token}"
        yield f"short answer  {span}  {_words(page, short.start_token, short.end_token)}"
    if annotation.yes_no_answer != "NONE":
        yield f"yes/no answer  {_clean(annotation.yes_no_answer)}"


def _label(page: Page, window: Window) -> str:
    """The target of a window as words."""
    if window.target is None:
        return "no label"
    start, end, answer_type = window.target
    if answer_type == AnswerType.UNKNOWN:
        return LABEL[answer_type]
    first, last = int(window.token_map[start]), int(window.token_map[end])
    text = _clip(_words(page, first, last + 1), WIDTH // 2)
    return f"{LABEL[answer_type]} {first}:{last + 1} at positions {start} to {end}: {text}"


def _held(page: Page, contexts: Contexts, window: Window) -> str:
    """The candidates of which a window holds words."""
    held = {token for token in window.token_map if token >= 0}
    indices = [
        str(index)
        for index in contexts.kept
        if not held.isdisjoint(range(page.candidates[index].start_token, page.candidates[index].end_token))
    ]
    return f"candidates {', '.join(indices)}" if indices else "no candidate"


def _words(page: Page, start: int, end: int) -> str:
    """A span's text, without HTML."""
    span = range(max(0, start), min(end, len(page.tokens)))
    return _clean(" ".join(page.tokens[at] for at in span if not page.is_html[at]))


def _clean(text: str) -> str:
    """A text in one line, for a terminal."""
    return printable(" ".join(text.split()))


def _clip(text: str, width: int = WIDTH) -> str:
    return text.rstrip() if len(text) <= width else text[: width - 1] + "…"


def _wrap(text: str, *, indent: int = 7) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, drop_whitespace=True)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _name(kind: AnswerType) -> str:
    return kind.name.lower()


def _windows(page: Page, vocab: Vocab, features: FeatureOptions) -> list[Window]:
    """All windows of a page, with labels where it has annotations."""
    if page.annotations is None:
        return page_windows(page, vocab=vocab, options=features).windows
    return _all_windows(page, vocab, features)
