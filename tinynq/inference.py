"""Windows -> Logits -> Predictions, streaming: memory does not depend on the number of pages."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch

from tinynq.config import DECODINGS, ClusterOptions, Decoding, FeatureOptions, ForwardOptions, PredictOptions, make_both
from tinynq.decode import JOINT, Thresholds, decode_pages, withhold
from tinynq.ensemble import Ensemble, Member, load_ensemble, mean_logits, member_folders
from tinynq.errors import InputError, NumericError, OnBad, UsageError, refuse
from tinynq.features import page_windows
from tinynq.files import expand, read_lines, remove, writing
from tinynq.fingerprints import fingerprint
from tinynq.memory import hand_back
from tinynq.model import BertReader, autocast, choose_device, collate
from tinynq.pages import read_pages
from tinynq.predictions import write_predictions
from tinynq.record import check_same, read_info, read_page_windows
from tinynq.setaside import bad_file, bad_lines, bad_pages
from tinynq.tfrecord import SUFFIXES
from tinynq.threads import set_threads_apart, side_by_side
from tinynq.types import Logits, PageWindows, Prediction, Progress, Window, no_progress
from tinynq.vocab import Vocab
from tinynq.workers import part_folder, run_shards

CHUNK = 512  # windows, at least, that are sorted by length together: little padding, few megabytes
TIDY = 8  # batches after which free memory is handed back, which takes some milliseconds
BATCH, CPU_BATCH = 32, 16  # windows a forward pass; those of 16 stay in a CPU's cache, and each thread has its own


class PredictSummary(NamedTuple):
    """What a call of ``predict`` did; answers that score below ``thresholds`` were withheld, ``bad`` pages left out."""

    pages: int
    windows: int
    thresholds: Thresholds
    bad: int = 0


def predict(
    run: str | Sequence[str],
    pages: str | Sequence[str],
    *,
    out: str,
    skip_bad: str | None = None,
    progress: Progress = no_progress,
    **options: Any,
) -> PredictSummary:
    """Write the predictions of a run, or of several as an ensemble, for NQ pages or one record made from them.

    A TF1 checkpoint of the original's reader is as good as a run. The keywords are the fields of
    PredictOptions and of ClusterOptions. Bad pages are listed in the file ``skip_bad``. Raises RunError,
    InputError or RecordError for what cannot be read or does not fit together, UsageError for options that do
    not, and NumericError for logits that are not finite.
    """
    chosen, working = make_both(PredictOptions, ClusterOptions, options)
    if chosen.n_best and chosen.format == "kaggle":
        raise UsageError("the Kaggle format has no place for n_best; leave it out, or take the format json")
    runs = tuple(member_folders(run, checkpoints=chosen.checkpoints))
    # Several workers are the threads themselves: each would take all idle cores.
    threads = chosen.threads or (1 if working.workers != 1 else 0)
    work = PredictionsOfPages(
        runs, replace(chosen, threads=0), skip_bad is not None, made_from=fingerprint(runs), threads=threads
    )
    thresholds = work.ensemble.thresholds
    if chosen.no_answer_threshold is not None:
        thresholds = Thresholds(chosen.no_answer_threshold, chosen.no_answer_threshold)
    counts = Counter[str]()
    shards = page_sources(pages)
    with part_folder(out) as folder, bad_file(skip_bad) as bad:

        def predictions() -> Iterator[Prediction]:
            for part in run_shards(work, shards, folder=folder, options=working, progress=progress):
                bad.write(bad_lines(part))
                for _, line in read_lines(part / ANSWERS):
                    for answered in _CHUNK.decode(line):
                        counts.update(pages=1, windows=answered.windows)
                        yield withhold(answered.prediction, thresholds)

        write_predictions(out, predictions(), format=chosen.format)
    return PredictSummary(counts["pages"], counts["windows"], thresholds, bad.count)


class _Answered(msgspec.Struct, array_like=True):
    """A page's prediction, and how many windows it took."""

    prediction: Prediction
    windows: int


_CHUNK = msgspec.json.Decoder(list[_Answered])  # a line of a part
ANSWERS = "chunks.jsonl"


@dataclass(frozen=True)
class PredictionsOfPages:
    """The work on one file: the predictions of its pages, nothing withheld; it goes on where it broke off.

    A part holds chunks.jsonl and the bad pages. ``made_from`` tells these runs from others of the same names.
    """

    runs: tuple[str, ...]
    options: PredictOptions
    skip_bad: bool
    made_from: str
    threads: int = field(repr=False)  # who predicts, and not what

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}  # each process loads its own models

    @cached_property
    def ensemble(self) -> Ensemble:
        """The models, loaded once a process."""
        set_threads_apart(self.threads)
        loaded = load_ensemble(self.runs)
        device = choose_device(self.options.device)
        for member in loaded.members:
            member.model.to(device)
        return loaded

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        """Make the part of one file."""
        partial = part.with_name(f"{part.name}.partial")
        with writing(str(partial)):
            partial.mkdir(parents=True, exist_ok=True)
            try:
                self._predict(shard, partial, progress)
            except BaseException:
                if not answered_pages(partial / ANSWERS):
                    remove(partial)  # nothing to go on from
                raise
            partial.rename(part)

    def _predict(self, shard: str, folder: Path, progress: Progress) -> None:
        members, features, vocab, decoding, _ = self.ensemble
        encoder = msgspec.json.Encoder()
        with bad_pages(folder, self.skip_bad) as on_bad, open(folder / ANSWERS, "ab") as file:
            done = answered_pages(folder / ANSWERS)
            stream = page_stream(
                shard, features=features, vocab=vocab, run=self.runs[0], progress=progress, on_bad=on_bad
            )
            rest = islice(stream, done, None)
            made = predict_pages(members, rest, pad_id=vocab.pad, options=self.options, decoding=decoding)
            for chunk in made:
                answered = [_Answered(prediction, len(page.windows)) for page, prediction in chunk]
                file.write(encoder.encode(answered) + b"\n")
                file.flush()  # so that a kill costs one chunk


def answered_pages(path: Path) -> int:
    """How many pages have a prediction in a part, which is cut off behind its last whole chunk.

    Pages share forward passes with those of their chunk, and may be predicted a last bit different without them.
    """
    if not path.exists():
        return 0
    pages = end = 0
    with open(path, "rb+") as file:
        while (line := file.readline()).endswith(b"\n"):
            pages, end = pages + len(_CHUNK.decode(line)), file.tell()
        file.truncate(end)
    return pages


def predict_pages(
    model: BertReader | Sequence[Member],
    pages: Iterable[PageWindows],
    *,
    pad_id: int,
    options: PredictOptions,
    decoding: Decoding = JOINT,
) -> Iterator[list[tuple[PageWindows, Prediction]]]:
    """The prediction of each page, in the pages' order, with the page, a chunk together; nothing is withheld.

    A model is used where and as it is; the members of an ensemble one after the other, for some pages at a time.
    ``decoding`` is the run's own rule, which the options may overrule.
    """
    rule = DECODINGS.get(options.decoding, decoding)
    for some, logits in page_logits(model, pages, pad_id=pad_id, options=options):
        yield list(zip(some, decode_pages(some, logits, rule=rule, n_best=options.n_best), strict=True))


def page_logits(
    model: BertReader | Sequence[Member],
    pages: Iterable[PageWindows],
    *,
    pad_id: int,
    options: ForwardOptions,
) -> Iterator[tuple[list[PageWindows], list[list[Logits]]]]:
    """The pages, some at a time, and the logits of the windows of each: a chunk ends when it has CHUNK windows."""
    members = [Member("the model", model)] if isinstance(model, BertReader) else model
    for some in chunks(pages):
        windows = [window for page in some for window in page.windows]
        logits = mean_logits(
            [window_logits(each, windows, pad_id=pad_id, options=options, run=run) for run, each in members]
        )
        scores = iter(logits)
        yield some, [list(islice(scores, len(page.windows))) for page in some]


def chunks(pages: Iterable[PageWindows]) -> Iterator[list[PageWindows]]:
    """Pages until they have CHUNK windows together, and so on; what is left at the end has fewer."""
    some: list[PageWindows] = []
    windows = 0
    for page in pages:
        some.append(page)
        windows += len(page.windows)
        if windows >= CHUNK:
            yield some
            some, windows = [], 0
    if some:
        yield some


def window_logits(
    model: BertReader, windows: Sequence[Window], *, pad_id: int, options: ForwardOptions, run: str = "the model"
) -> list[Logits]:
    """The logits of each window, without padding; windows of about one length share a forward pass.

    On a CPU the passes are shared out among torch's threads. Raises NumericError, naming ``run`` and the window, for
    logits that are not finite.
    """
    device = next(model.parameters()).device
    on_cpu = device.type == "cpu"
    size = options.batch_size or (CPU_BATCH if on_cpu else BATCH)
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].input_ids))

    @torch.inference_mode()
    def forward(first: int) -> list[Logits]:
        if len(order) > size and first % (size * TIDY) == 0:
            hand_back()  # tensors of all lengths leave gaps; a batch alone, as of a lesson, is not worth the time
        chosen = [windows[i] for i in order[first : first + size]]
        with autocast(device, options.precision):
            scores = model(collate(chosen, pad_id=pad_id).to(device))
        start, end, answer_type = arrays = [tensor.cpu().numpy() for tensor in scores]
        lengths = [len(window.input_ids) for window in chosen]
        logits = [Logits(start[row, :n], end[row, :n], answer_type[row]) for row, n in enumerate(lengths)]
        if not all(np.isfinite(array).all() for array in arrays):  # of a batch at a time, since that is quick
            _check_finite(zip(chosen, logits, strict=True), run)
        return logits

    firsts = range(0, len(order), size)
    made = side_by_side(forward, firsts) if on_cpu else map(forward, firsts)
    logits = dict(zip(order, chain.from_iterable(made), strict=True))
    return [logits[i] for i in range(len(windows))]


def _check_finite(scored: Iterable[tuple[Window, Logits]], run: str) -> None:
    for window, scores in scored:
        if not all(np.isfinite(values).all() for values in scores):
            raise NumericError(
                f"{run}: example {window.example_id}, window {window.index}: the logits are not finite; "
                "the weights are damaged, or overflow in this precision: try --precision fp32"
            )


def page_sources(pages: str | Sequence[str]) -> list[str]:
    """The files that are predicted one by one: those of NQ pages, or the one record that stands in their place.

    Raises UsageError for a record beside others.
    """
    sources = [str(pages)] if isinstance(pages, str | os.PathLike) else [str(source) for source in pages]
    records = [source for source in sources if source.endswith(".parquet")]
    if records and len(sources) > 1:
        raise UsageError(f"{records[0]}: a record is predicted alone; give one record, or NQ pages")
    if names := [source for source in sources if source.endswith(SUFFIXES)]:
        raise UsageError(f"{names[0]}: a TFRecord lacks the candidates that prediction needs; give the NQ pages")
    return records or expand(sources)


def page_stream(
    pages: str | Sequence[str],
    *,
    features: FeatureOptions,
    vocab: Vocab,
    run: str = "the run",
    progress: Progress = no_progress,
    on_bad: OnBad = refuse,
) -> Iterator[PageWindows]:
    """The windows of NQ pages, or of the record that stands in their place.

    Raises UsageError for a record beside others, and RecordError for one that does not fit the run.
    """
    sources = page_sources(pages)
    record = sources[0]
    if not record.endswith(".parquet"):
        for page in read_pages(sources, annotated=False, progress=progress, on_bad=on_bad):
            try:
                windows = page_windows(page, vocab=vocab, options=features)
            except InputError as error:
                on_bad(error)
            else:
                yield windows
        return
    info = read_info(record)
    check_same(record, info, features, vocab, of=run)
    for count, windows in enumerate(read_page_windows(record), 1):
        yield windows
        progress(count, count / max(1, info.counts["pages"]))
