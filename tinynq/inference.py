"""Windows -> Logits -> Predictions, streaming: memory does not depend on the number of pages."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch

from tinynq.config import FeatureOptions, PredictOptions, make
from tinynq.decode import Thresholds, decode, withhold
from tinynq.ensemble import Member, load_ensemble, mean_logits
from tinynq.errors import NumericError, UsageError
from tinynq.features import page_windows
from tinynq.model import BertReader, autocast, choose_device, collate
from tinynq.pages import read_pages
from tinynq.predictions import write_predictions
from tinynq.record import check_same, read_info, read_page_windows
from tinynq.tfrecord import SUFFIXES
from tinynq.threads import set_threads
from tinynq.types import Logits, PageWindows, Prediction, Progress, Window, no_progress
from tinynq.vocab import Vocab

CHUNK = 32  # pages whose windows are sorted by length together: little padding, few megabytes


class PredictSummary(NamedTuple):
    """What a call of ``predict`` did; answers that score below ``thresholds`` were withheld."""

    pages: int
    windows: int
    thresholds: Thresholds


def predict(
    run: str | Sequence[str],
    pages: str | Sequence[str],
    *,
    out: str,
    progress: Progress = no_progress,
    **options: Any,
) -> PredictSummary:
    """Write the predictions of a run, or of several as an ensemble, for NQ pages or one record made from them.

    A TF1 checkpoint of the original's reader is as good as a run. The keywords are the fields of
    PredictOptions. Raises RunError, InputError or RecordError for what cannot be read or does not fit
    together, UsageError for options that do not, and NumericError for logits that are not finite.
    """
    chosen = make(PredictOptions, options)
    if chosen.n_best and chosen.format == "kaggle":
        raise UsageError("the Kaggle format has no place for n_best; leave it out, or take the format json")
    set_threads(chosen.threads)
    members, features, vocab, thresholds = load_ensemble(run, checkpoints=chosen.checkpoints)
    device = choose_device(chosen.device)
    for member in members:
        member.model.to(device)
    if chosen.no_answer_threshold is not None:
        thresholds = Thresholds(chosen.no_answer_threshold, chosen.no_answer_threshold)
    page_count = window_count = 0

    def predictions() -> Iterator[Prediction]:
        nonlocal page_count, window_count
        stream = page_stream(pages, features=features, vocab=vocab, run=members[0].run, progress=progress)
        for page, prediction in predict_pages(members, stream, pad_id=vocab.pad, options=chosen):
            page_count += 1
            window_count += len(page.windows)
            yield withhold(prediction, thresholds)

    write_predictions(out, predictions(), format=chosen.format)
    return PredictSummary(page_count, window_count, thresholds)


def predict_pages(
    model: BertReader | Sequence[Member], pages: Iterable[PageWindows], *, pad_id: int, options: PredictOptions
) -> Iterator[tuple[PageWindows, Prediction]]:
    """The prediction of each page, in the pages' order, with the page; nothing is withheld.

    A model is used where and as it is; the members of an ensemble one after the other, for some pages at a time.
    """
    members = [Member("the model", model)] if isinstance(model, BertReader) else model
    pages = iter(pages)
    while chunk := list(islice(pages, CHUNK)):
        windows = [window for page in chunk for window in page.windows]
        logits = mean_logits(
            [window_logits(each, windows, pad_id=pad_id, options=options, run=run) for run, each in members]
        )
        at = 0
        for page in chunk:
            yield page, decode(page, logits[at : at + len(page.windows)], n_best=options.n_best)
            at += len(page.windows)


@torch.inference_mode()
def window_logits(
    model: BertReader, windows: Sequence[Window], *, pad_id: int, options: PredictOptions, run: str = "the model"
) -> list[Logits]:
    """The logits of each window, without padding; windows of about one length share a forward pass.

    Raises NumericError, naming ``run`` and the window, for logits that are not finite.
    """
    device = next(model.parameters()).device
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].input_ids))
    logits: dict[int, Logits] = {}
    for first in range(0, len(order), options.batch_size):
        rows = order[first : first + options.batch_size]
        batch = collate([windows[i] for i in rows], pad_id=pad_id)
        with autocast(device, options.precision):
            scores = model(batch.to(device))
        start, end, answer_type = (tensor.cpu().numpy() for tensor in scores)
        for row, i in enumerate(rows):
            n = len(windows[i].input_ids)
            logits[i] = Logits(start[row, :n], end[row, :n], answer_type[row])
            if not all(np.isfinite(values).all() for values in logits[i]):
                window = windows[i]
                raise NumericError(
                    f"{run}: example {window.example_id}, window {window.index}: the logits are not finite; "
                    "the weights are damaged, or overflow in this precision: try --precision fp32"
                )
    return [logits[i] for i in range(len(windows))]


def page_stream(
    pages: str | Sequence[str],
    *,
    features: FeatureOptions,
    vocab: Vocab,
    run: str = "the run",
    progress: Progress = no_progress,
) -> Iterator[PageWindows]:
    """The windows of NQ pages, or of the record for prediction that stands in their place.

    Raises UsageError for a record beside others, and RecordError for one that does not fit the run.
    """
    sources = [pages] if isinstance(pages, str | os.PathLike) else list(pages)
    records = [source for source in sources if str(source).endswith(".parquet")]
    if records and len(sources) > 1:
        raise UsageError(f"{records[0]}: a record is predicted alone; give one record, or NQ pages")
    if names := [str(source) for source in sources if str(source).endswith(SUFFIXES)]:
        raise UsageError(f"{names[0]}: a TFRecord lacks the candidates that prediction needs; give the NQ pages")
    if not records:
        for page in read_pages(sources, annotated=False, progress=progress):
            yield page_windows(page, vocab=vocab, options=features)
        return
    info = read_info(records[0])
    check_same(records[0], info, features, vocab, of=run)
    for count, windows in enumerate(read_page_windows(records[0]), 1):
        yield windows
        progress(count, count / max(1, info.counts["pages"]))
