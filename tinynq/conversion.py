"""Parquet records <-> the original's TFRecords."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from tinynq.config import PageOptions, make
from tinynq.errors import UsageError
from tinynq.record import SCHEMAS, RecordInfo, read_batches, read_info, tfrecord_info, write_record
from tinynq.tfrecord import SUFFIXES, is_tfrecord
from tinynq.types import AnswerType, Progress, no_progress


def convert(record: str, *, out: str, progress: Progress = no_progress, **options: Any) -> RecordInfo:
    """Write the other kind of a record: of a Parquet file a TFRecord, of a TFRecord for training a Parquet file.

    Which one ``record`` is, its content says; ``out`` is named .parquet, .tfrecord or .tfrecord.gz.
    The keywords, fields of PageOptions, say what a TFRecord does not; those that are left out are
    taken to be the defaults. Raises UsageError for names and options that cannot be, and RecordError for
    records that are damaged, and TFRecords for prediction.
    """
    from_tfrecord, to_tfrecord = is_tfrecord(record), out.endswith(SUFFIXES)
    if not to_tfrecord and not out.endswith(".parquet"):
        raise UsageError(f"{out}: expected a name that ends in .parquet, {' or '.join(SUFFIXES)}")
    if from_tfrecord == to_tfrecord:
        kind, other = ("a TFRecord", ".parquet") if from_tfrecord else ("no TFRecord", SUFFIXES[0])
        raise UsageError(f"{record}: is {kind}, and so would {out} be; name the new file {other}")
    if from_tfrecord:
        info = tfrecord_info(record, make(PageOptions, options))
        if (wanted := options.get("max_seq_length", info.features.max_seq_length)) != info.features.max_seq_length:
            raise UsageError(f"{record}: is padded to {info.features.max_seq_length} pieces, not to {wanted}")
        info.options["converted_from"] = record
    else:
        if options:
            raise UsageError(f"{record}: says itself how it was made; leave out {', '.join(options)}")
        info = read_info(record)
    write_record(out, _counted(record, info, progress), info)
    return info


def _counted(record: str, info: RecordInfo, progress: Progress) -> Iterator[pa.RecordBatch]:
    """The rows of a record; the counts that ``info`` lacks are made on the way."""
    total = info.counts.get("windows", 0)
    kinds, windows = np.zeros(len(AnswerType), np.int64), 0
    for batch in read_batches(record, info, SCHEMAS[info.purpose].names):
        yield batch
        windows += len(batch)
        progress(windows, windows / total if total else 0.0)
        if not total and info.purpose == "train":
            kinds += np.bincount(batch.column("answer_type").to_numpy(), minlength=len(AnswerType))
    if not info.counts:
        # Which windows are of one page cannot be known: each is one of its own.
        info.counts.update(pages=windows, windows=windows)
        info.counts.update({kind.name.lower(): int(kinds[kind]) for kind in AnswerType})
