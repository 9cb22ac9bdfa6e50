"""Pages -> a record: each input file's windows by whichever worker takes it, then all of them in one file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc

import tinynq
from tinynq.augment import augmented
from tinynq.config import ClusterOptions, FeatureOptions, PrepareOptions, Purpose, make_both
from tinynq.errors import InputError, OnBad, UsageError
from tinynq.features import find_answer, page_windows, training_windows
from tinynq.files import atomic_folder, expand
from tinynq.pages import read_pages
from tinynq.record import ROW_GROUP, SCHEMAS, RecordInfo, write_record
from tinynq.rows import batched, rebatched, row_of, shuffled
from tinynq.seeds import page_random, seeded
from tinynq.setaside import bad_file, bad_lines, bad_pages
from tinynq.types import AnswerType, Page, Progress, Window, no_progress
from tinynq.vocab import Vocab
from tinynq.workers import part_folder, run_shards

AHEAD = 16  # pages: their lines, of 300 KB each, pass through the processor's cache, which else would forget the words


def prepare(
    pages: str | Sequence[str],
    *,
    out: str,
    for_: Purpose = "train",
    skip_bad: str | None = None,
    progress: Progress = no_progress,
    **options: Any,
) -> RecordInfo:
    """Write the record of the windows of all pages: features once, for any number of trainings or predictions.

    ``pages`` are NQ files, globs, folders, URLs or ``-``; an ``out`` named .tfrecord or .tfrecord.gz is
    the original's. The keywords are the fields of PrepareOptions and of ClusterOptions. What is kept and the
    order depend on the seed and the example ids alone. Bad pages are listed in the file ``skip_bad``,
    and counted as ``bad``. Raises InputError for bad pages where no such file is named, UsageError for bad options.
    """
    if for_ not in SCHEMAS:
        raise UsageError(f"a record is for train or predict, not for {for_}")
    chosen, working = make_both(PrepareOptions, ClusterOptions, options)
    shuffle = chosen.shuffle if chosen.shuffle is not None else for_ == "train"
    if for_ == "predict" and shuffle:
        raise UsageError("a record for prediction is in page order; leave out --shuffle")
    if for_ == "predict" and chosen.synonyms:
        raise UsageError("synonyms are for training; leave out --synonyms, or prepare --for train")
    vocab = Vocab.load(chosen.vocab, cased=chosen.cased)
    features = FeatureOptions(**{f.name: getattr(chosen, f.name) for f in fields(FeatureOptions)})
    work = WindowsOfPages(for_, chosen, skip_bad is not None, vocab)
    info = RecordInfo(for_, features, vocab, Counter(), Counter(), asdict(chosen), tinynq.__version__)
    with part_folder(out) as folder, bad_file(skip_bad) as bad:

        def made() -> Iterator[pa.RecordBatch]:
            for part in run_shards(work, expand(pages), folder=folder, options=working, progress=progress):
                about = json.loads((part / "about.json").read_bytes())
                info.counts.update(about["counts"])
                info.synonyms.update(about["synonyms"])
                bad.write(bad_lines(part))
                with pa.OSFile(str(part / "windows.arrow")) as source:
                    yield from pa.ipc.open_stream(source)
            if skip_bad:
                info.counts["bad"] = bad.count

        batches = rebatched(made(), ROW_GROUP)
        if shuffle:
            batches = shuffled(batches, SCHEMAS[for_], ROW_GROUP, key=partial(seeded, chosen.seed), folder=folder)
        write_record(out, batches, info)
    return info


@dataclass(frozen=True)
class WindowsOfPages:
    """The work on one file: the windows of its pages, and what is to be said of them.

    A part holds windows.arrow, about.json with the counts, and the bad pages.
    """

    purpose: Purpose
    options: PrepareOptions
    skip_bad: bool
    vocab: Vocab

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        """Make the part of one file."""
        kinds = [kind.name.lower() for kind in AnswerType] if self.purpose == "train" else []
        counts, words = Counter(dict.fromkeys(["pages", "windows", *kinds], 0)), Counter[str]()
        schema = SCHEMAS[self.purpose]
        with atomic_folder(part) as folder:
            with bad_pages(folder, self.skip_bad) as on_bad, pa.OSFile(str(folder / "windows.arrow"), "wb") as file:
                annotated = self.purpose == "train"
                pages = read_pages([shard], annotated=annotated, progress=progress, on_bad=on_bad, ahead=AHEAD)
                rows = self._rows(pages, on_bad, counts=counts, words=words)
                with pa.ipc.new_stream(file, schema) as stream:
                    for batch in batched(rows, schema, ROW_GROUP):
                        stream.write_batch(batch)
            (folder / "about.json").write_text(json.dumps({"counts": counts, "synonyms": words}))

    def _rows(
        self, pages: Iterable[Page], on_bad: OnBad, *, counts: Counter[str], words: Counter[str]
    ) -> Iterator[dict[str, Any]]:
        random_of = partial(page_random, self.options.seed, stream="synonyms")
        for page in pages:
            # A page and its copy by themselves: of a bad page no copy is made.
            for each in augmented([page], options=self.options, random_of=random_of, counts=words):
                try:
                    windows, candidates = self._windows(each)
                except InputError as error:
                    on_bad(error)
                    break
                counts["pages"] += 1
                counts["windows"] += len(windows)
                for window in windows:
                    if window.target:
                        counts[window.target.answer_type.name.lower()] += 1
                    yield row_of(window, candidates)
                    candidates = []

    def _windows(self, page: Page) -> tuple[list[Window], list[int]]:
        """The windows of a page, and for prediction its candidates."""
        if self.purpose == "predict":
            _, spans, windows = page_windows(page, vocab=self.vocab, options=self.options)
            return windows, list(chain.from_iterable(spans))
        draw = page_random(self.options.seed, page.example_id).random
        share = self.options.include_unknowns
        if self.options.null_unknowns is not None and find_answer(page, self.vocab) is None:
            share = self.options.null_unknowns
        return list(
            training_windows(page, vocab=self.vocab, options=self.options, include_unknowns=share, draw=draw)
        ), []
