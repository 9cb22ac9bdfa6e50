"""Windows <-> a record: one Parquet file, one row a window, that says what made it; or the original's TFRecord.

The schema is documented in docs/formats.md. A record for training holds targets, one for
prediction its pages' top-level candidates, on the first window of each page.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from typing import Any, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import tinynq
from tinynq.config import FeatureOptions, PageOptions, Purpose
from tinynq.errors import InputError, RecordError, UsageError
from tinynq.files import atomic_write, expand, open_input
from tinynq.rows import batched, check
from tinynq.tfrecord import SUFFIXES, is_tfrecord, padded_length, read_rows, write_examples
from tinynq.types import AnswerType, ExampleId, Int32s, PageWindows, Target, Window
from tinynq.vocab import Vocab

FORMAT = 1
UNLABELLED = -1  # in memory alone: the answer type of a window without target
# Without dictionaries: the values of these columns make files with them larger, and slower to write and to read.
ENCODING: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": False,
    "write_page_checksum": True,
    "write_statistics": False,  # nobody asks for the greatest word of a record
}
ROW_GROUP = 512  # windows; some 1.5 MB in memory

_INT32S = pa.list_(pa.int32())
_COMMON = [
    ("example_id", pa.string()),  # as JSON: an id that is a string stays one
    ("index", pa.int32()),
    ("question_length", pa.int32()),
    ("input_ids", _INT32S),
    ("token_map", _INT32S),
]
SCHEMAS: dict[Purpose, pa.Schema] = {
    "train": pa.schema([*_COMMON, ("start", pa.int32()), ("end", pa.int32()), ("answer_type", pa.int8())]),
    "predict": pa.schema([*_COMMON, ("candidates", _INT32S)]),
}


@dataclass(frozen=True)
class RecordInfo:
    """What a record says of itself.

    ``counts`` has pages, windows, and for training windows by answer type; ``synonyms`` what became
    of the words, where there are copies with synonyms; ``options`` all that ``prepare`` was told.
    """

    purpose: Purpose
    features: FeatureOptions
    vocab: Vocab
    counts: dict[str, int]
    synonyms: dict[str, int]
    options: dict[str, Any]
    version: str


def write_record(out: str, batches: Iterable[pa.RecordBatch], info: RecordInfo) -> None:
    """Write the rows of a record: a TFRecord where ``out`` is named so, else Parquet.

    The description is written last: the counts may be made while the batches are taken.
    """
    with atomic_write(out) as file:
        if out.endswith(SUFFIXES):
            write_examples(file, batches, length=info.features.max_seq_length, zipped=out.endswith(".gz"))
            return
        with pq.ParquetWriter(file, SCHEMAS[info.purpose], **ENCODING) as writer:
            for batch in batches:
                writer.write_batch(batch)
            writer.add_key_value_metadata(_metadata(info))


def read_info(record: str) -> RecordInfo:
    """What a record says of itself; raises RecordError for a file that is none."""
    with _open(record) as file:
        return _info(file, record)


def read_page_windows(record: str) -> Iterator[PageWindows]:
    """The pages of a record for prediction, in its order; memory does not grow with their number.

    Raises RecordError for a record that was made for training, or is damaged.
    """
    with _open(record) as file:
        info = _info(file, record)
        if info.purpose != "predict":
            raise RecordError(f"{record}: made for training; prediction needs `tinynq prepare --for predict`")
        page: PageWindows | None = None
        for batch in _batches(file, info, record):
            columns = {name: batch.column(name) for name in batch.schema.names}
            ids, maps = _views(columns["input_ids"]), _views(columns["token_map"])
            candidates = _views(columns["candidates"])
            keys = zip(*(columns[c].to_pylist() for c in ("example_id", "index", "question_length")), strict=True)
            for row, (name, index, question_length) in enumerate(keys):
                example_id: ExampleId = json.loads(name)
                if index == 0:
                    if page:
                        yield page
                    spans = candidates[row].reshape(-1, 2).tolist()
                    page = PageWindows(example_id, [(start, end) for start, end in spans], [])
                if page is None or page.example_id != example_id or index != len(page.windows):
                    raise RecordError(f"{record}: example {name} has no window before {index}; make it again")
                page.windows.append(Window(example_id, index, question_length, ids[row], maps[row]))
        if page:
            yield page


def window_lengths(record: str) -> Iterator[tuple[list[str], list[int]]]:
    """The example ids, as JSON, and the lengths in pieces of a record's windows, some thousands at a time.

    Raises RecordError for a file that is no record, or is damaged.
    """
    with _open(record) as file:
        for batch in _batches(file, _info(file, record), record, ["example_id", "input_ids"]):
            yield batch.column("example_id").to_pylist(), batch.column("input_ids").value_lengths().to_pylist()


class TrainingSet:
    """The windows of one or more records, in memory: 2 bytes a piece and 40 a window.

    ``lengths`` [N] are the windows' pieces. Those of records for prediction have no target.
    """

    def __init__(self, info: RecordInfo, batches: Iterable[pa.RecordBatch]) -> None:
        self.info = info
        small = np.uint16 if len(info.vocab.tokens) <= 1 << 16 else np.int32
        ids, lengths, rest = [], [], []
        for batch in batches:
            column = batch.column("input_ids")
            ids.append(column.flatten().to_numpy().astype(small))
            lengths.append(column.value_lengths().to_numpy())
            rest.append(batch.drop_columns(["input_ids"]))
        self._ids = np.concatenate(ids)
        self.lengths: Int32s = np.concatenate(lengths)
        self._offsets = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])
        table = pa.Table.from_batches(rest).combine_chunks()
        self._names = table.column("example_id")
        self._columns = {
            name: table.column(name).to_numpy() for name in ("index", "question_length", "start", "end", "answer_type")
        }

    @classmethod
    def load(cls, records: Sequence[str], *, unlabelled: bool = False) -> "TrainingSet":
        """The windows of all records, in their order; a TFRecord is taken to have the default vocabulary and options.

        Raises RecordError where one was made for prediction (unless ``unlabelled``), holds no window, or differs in
        features or vocabulary from the first. The stride may differ: a closer one is how answers are shown more often.
        """
        paths = expand(records, suffixes=(".parquet", *SUFFIXES))
        infos = [tfrecord_info(path, PageOptions()) if is_tfrecord(path) else read_info(path) for path in paths]
        for path, info in zip(paths, infos, strict=True):
            if info.purpose != "train" and not unlabelled:
                raise RecordError(f"{path}: made for prediction; training needs `tinynq prepare --for train`")
            expected = replace(infos[0].features, stride=info.features.stride)
            check_same(path, info, expected, infos[0].vocab, of=paths[0])
        if not any(info.counts.get("windows", 1) for info in infos):
            raise RecordError(
                f"{', '.join(paths)}: no window to train on; prepare more pages or raise --include-unknowns"
            )
        batches = (_labelled_batches(path, info) for path, info in zip(paths, infos, strict=True))
        return cls(infos[0], chain.from_iterable(batches))

    def __len__(self) -> int:
        return len(self.lengths)

    def window(self, at: int) -> Window:
        """The window of one row, with its target and without its token map."""
        ids = self._ids[self._offsets[at] : self._offsets[at + 1]]
        index, question_length, start, end, kind = (int(column[at]) for column in self._columns.values())
        example_id = json.loads(self._names[at].as_py())
        target = Target(start, end, AnswerType(kind)) if kind != UNLABELLED else None
        return Window(example_id, index, question_length, ids, (), target)


def _labelled_batches(record: str, info: RecordInfo) -> Iterator[pa.RecordBatch]:
    """The columns of training but for the token map; UNLABELLED in those that a record for prediction has not."""
    names = [name for name in SCHEMAS["train"].names if name != "token_map"]
    for batch in read_batches(record, info, [name for name in names if name in SCHEMAS[info.purpose].names]):
        for name in names[batch.num_columns :]:
            none = pa.array(np.full(len(batch), UNLABELLED), SCHEMAS["train"].field(name).type)
            batch = batch.append_column(name, none)
        yield batch


def tfrecord_info(record: str, options: PageOptions) -> RecordInfo:
    """What can be said of a TFRecord for training: its length, the rest as ``options`` have it, and no counts."""
    chosen = asdict(options) | {"max_seq_length": padded_length(record)}
    vocab = Vocab.load(chosen.pop("vocab"), cased=options.cased)
    return RecordInfo("train", FeatureOptions(**chosen), vocab, {}, {}, {"vocab": options.vocab}, tinynq.__version__)


def read_batches(record: str, info: RecordInfo, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Columns of a record, or of a TFRecord for training, ROW_GROUP windows at a time."""
    if is_tfrecord(record):
        rows = read_rows(record, length=info.features.max_seq_length, words=len(info.vocab.tokens))
        yield from (batch.select(columns) for batch in batched(rows, SCHEMAS["train"], ROW_GROUP))
        return
    with _open(record) as file:
        yield from _batches(file, info, record, columns)


def check_same(path: str, info: RecordInfo, features: FeatureOptions, vocab: Vocab, *, of: str) -> None:
    """Raise RecordError where a record was made with other options than ``of``, naming the first that differs."""
    if other := first_difference((info.features, info.vocab), (features, vocab), of=of):
        raise RecordError(f"{path}: made with {other}; prepare it again with the same options")


def first_difference(
    made: tuple[FeatureOptions, Vocab], expected: tuple[FeatureOptions, Vocab], *, of: str
) -> str | None:
    """What something was made with that ``of`` has not: "stride 64, but RUN has 128"; None where they are the same."""
    for field in fields(FeatureOptions):
        ours, theirs = (getattr(features, field.name) for features, _ in (made, expected))
        if ours != theirs:
            return f"{field.name} {ours}, but {of} has {theirs}"
    return None if made[1].sha256 == expected[1].sha256 else f"another vocabulary than {of}"


def _views(column: pa.ListArray) -> list[Int32s]:
    """The lists of a column as slices of one array."""
    ends = np.cumsum(column.value_lengths().to_numpy(zero_copy_only=False))
    return cast(list[Int32s], np.split(column.flatten().to_numpy(), ends[:-1]))


def _metadata(info: RecordInfo) -> dict[str, str]:
    description = {
        "format": FORMAT,
        "purpose": info.purpose,
        "features": asdict(info.features),
        "vocab_sha256": info.vocab.sha256,
        "counts": info.counts,
        "synonyms": info.synonyms,
        "options": info.options,
        "version": info.version,
    }
    # With the vocabulary inside, a record can be trained on wherever it is taken.
    return {"tinynq": json.dumps(description), "tinynq_vocab": info.vocab.text}


@contextmanager
def _open(record: str) -> Iterator[pq.ParquetFile]:
    with open_input(record) as file:
        try:
            yield pq.ParquetFile(file, page_checksum_verification=True)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = str(error).partition("\n")[0]
            raise RecordError(f"{record}: no record that can be read ({reason}); make it again") from None


def _batches(
    file: pq.ParquetFile, info: RecordInfo, record: str, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Columns of a Parquet file, ROW_GROUP windows at a time; RecordError for what is no window."""
    before = 0
    for batch in file.iter_batches(ROW_GROUP, columns=columns):
        check(batch, longest=info.features.max_seq_length, words=len(info.vocab.tokens), where=record, before=before)
        before += len(batch)
        yield batch
    if before != info.counts["windows"]:
        raise RecordError(f"{record}: holds {before} windows, and says {info.counts['windows']}; make it again")


def _info(file: pq.ParquetFile, record: str) -> RecordInfo:
    metadata = file.metadata.metadata or {}
    if b"tinynq" not in metadata:
        raise RecordError(f"{record}: a Parquet file that tinynq did not make; expected one of `tinynq prepare`")
    try:
        info = _described(metadata, record)
    except (ValueError, KeyError, TypeError, RecursionError, InputError, UsageError):
        raise RecordError(f"{record}: its description is damaged; make it again") from None
    found = dict(zip(file.schema_arrow.names, file.schema_arrow.types, strict=True))
    for column in SCHEMAS[info.purpose]:
        if found.get(column.name) != column.type:
            raise RecordError(
                f"{record}: column {column.name} is {found.get(column.name, 'missing')}; expected {column.type}: "
                "make it again"
            )
    return info


class _Description(msgspec.Struct):
    """The description as it stands in the file."""

    purpose: Purpose
    features: dict[str, Any]
    vocab_sha256: str
    counts: dict[str, int]
    options: dict[str, Any]
    version: str
    synonyms: dict[str, int] = {}  # older records have none


def _described(metadata: dict[bytes, bytes], record: str) -> RecordInfo:
    content = json.loads(metadata[b"tinynq"])
    if content["format"] != FORMAT:
        raise RecordError(
            f"{record}: format {content['format']}, made by tinynq {content['version']}; "
            f"this is {tinynq.__version__} and reads format {FORMAT}; make it again"
        )
    said = msgspec.convert(content, _Description)
    features = FeatureOptions(**said.features)
    vocab = Vocab.of_text(metadata[b"tinynq_vocab"].decode(), cased=features.cased)
    if vocab.sha256 != said.vocab_sha256:
        raise ValueError("the vocabulary is not the one that made the windows")
    kinds = [kind.name.lower() for kind in AnswerType] if said.purpose == "train" else []
    if missing := {"pages", "windows", *kinds} - said.counts.keys():
        raise KeyError(*missing)
    return RecordInfo(said.purpose, features, vocab, said.counts, said.synonyms, said.options, said.version)
