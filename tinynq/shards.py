"""NQ shards into one file or into many: chosen, simplified, never uncompressed on disk, in the order named."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

import msgspec
from isal import igzip

from tinynq.config import MergeOptions, make
from tinynq.errors import InputError, UsageError
from tinynq.files import SUFFIXES, LineReader, atomic_folder, atomic_write, expand, read_lines
from tinynq.pages import decode_line
from tinynq.seeds import page_random
from tinynq.types import ExampleId, Progress, no_progress

LEVEL = 2  # of igzip's 0 to 3: a tenth larger than zlib's 6, and seven times as fast

# Spans are dicts, and lists of them; keys that are not known are kept, as the official converter keeps them.
_Annotation: TypeAlias = dict[str, dict[str, Any] | list[dict[str, Any]] | str | int | float | bool | None]


class _Id(msgspec.Struct, gc=False):
    example_id: ExampleId


class _Token(msgspec.Struct, gc=False):
    token: str


class _Line(msgspec.Struct, gc=False):
    question_text: str
    example_id: ExampleId
    long_answer_candidates: list[dict[str, Any]]
    document_url: str | msgspec.UnsetType = msgspec.UNSET
    document_tokens: list[_Token] | None = None
    document_text: str | None = None
    annotations: list[_Annotation] | msgspec.UnsetType = msgspec.UNSET


_ID = msgspec.json.Decoder(_Id)
_LINE = msgspec.json.Decoder(_Line)


@dataclass(frozen=True)
class MergeSummary:
    """What ``merge`` did: the files it wrote, and how many pages went which way.

    ``left_out`` counts the pages read and not written by the option that left them out (ids, sample,
    duplicates), ``missing`` are the ids of --ids that no page has (unknown, so empty, once --take has
    stopped the reading); bytes are those of the text, before compression.
    """

    paths: list[str]
    read: int
    written: int
    left_out: dict[str, int]
    missing: list[str]
    bytes_read: int
    bytes_written: int


def merge(pages: str | Sequence[str], *, out: str, progress: Progress = no_progress, **options: Any) -> MergeSummary:
    """Write the pages of many NQ files to one file, or with ``shards`` to the files of a folder.

    ``pages`` are NQ files, globs, folders, URLs or ``-``; the keywords are the fields of MergeOptions.
    Lines are copied byte for byte, with ``simplify`` those in the original format converted as the official converter
    does. With the option ``shards=N``, page i goes to file i mod N. Memory holds the ids alone.
    Raises InputError for bad pages, an id that stands twice, and when no page is left; UsageError for bad
    options and for an output that is an input.
    """
    chosen = make(MergeOptions, options)
    sources = expand(pages)
    paths = _output_paths(out, sources, chosen.shards)
    choice, lines = _Choice(chosen), LineReader(sources)
    read = written = bytes_read = bytes_written = 0
    with _open_outputs(out, paths, folder=chosen.shards is not None) as files:
        for where, line in lines:
            read += 1
            bytes_read += len(line) + 1
            progress(read, lines.share)
            if not choice.keeps(decode_line(_ID, line, where).example_id, where):
                continue
            if chosen.simplify:
                line = simplify(line, where=where)
            files[written % len(files)].write(line + b"\n")
            written += 1
            bytes_written += len(line) + 1
            if written == chosen.take:
                break
        if not written:
            reasons = ", ".join(f"{count:,} left out by --{name}" for name, count in choice.left_out.items())
            raise InputError(f"{', '.join(sources)}: no page to write; {read:,} read{reasons and ', '}{reasons}")
        if written < len(files):
            raise UsageError(f"{written:,} pages do not fill {len(files)} shards; ask for --shards {written} or fewer")
    missing = choice.missing() if written != chosen.take else []
    return MergeSummary(paths, read, written, choice.left_out, missing, bytes_read, bytes_written)


def simplify(line: bytes, *, where: str = "line") -> bytes:
    """A line in the original format as one in the simplified: the bytes that the official converter writes.

    Tokens are joined by one blank, a blank inside one becomes ``_``; byte offsets, HTML, title and tokens are
    dropped; what a page lacks (annotations, a URL) stays away. A simplified line comes back as it is.
    Raises InputError for a line that is neither.
    """
    page = decode_line(_LINE, line, where)
    if page.document_tokens is None and page.document_text is not None:
        return line
    if not page.document_tokens:
        raise InputError(f"{where}: example {page.example_id} has no tokens; expected a page in either NQ format")
    spans = [*page.long_answer_candidates]
    for annotation in page.annotations or ():
        for value in annotation.values():
            spans += value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    for span in spans:
        span.pop("start_byte", None)
        span.pop("end_byte", None)
    simplified = {
        "question_text": page.question_text,
        "example_id": page.example_id,
        "document_url": page.document_url,
        "document_text": " ".join([token.token.replace(" ", "_") for token in page.document_tokens]),
        "long_answer_candidates": page.long_answer_candidates,
        "annotations": page.annotations,
    }
    # The standard library's encoder, for its bytes are those of the official converter.
    return json.dumps({key: value for key, value in simplified.items() if value is not msgspec.UNSET}).encode()


class _Choice:
    """Which pages are kept: by --ids, then --sample, then --duplicates."""

    def __init__(self, options: MergeOptions) -> None:
        self.left_out: dict[str, int] = {}
        self._options = options
        self._wanted = dict.fromkeys(_read_ids(options.ids), False) if options.ids else {}
        # The place where an id was first seen, as one small number: file << 32 | line.
        self._seen: dict[ExampleId, int] = {}
        self._files: list[str] = []

    def keeps(self, example_id: ExampleId, where: str) -> bool:
        if self._wanted:
            if str(example_id) not in self._wanted:
                return self._leave_out("ids")
            self._wanted[str(example_id)] = True
        # A key of its own: with that of the page itself, the pages kept would all begin with a low draw in `prepare`.
        if page_random(self._options.seed, f"sample {example_id}").random() >= self._options.sample:
            return self._leave_out("sample")
        if self._options.duplicates == "keep":
            return True
        first = self._seen.get(example_id)
        if first is None:
            file, _, number = where.rpartition(":")
            if not self._files or self._files[-1] != file:
                self._files.append(file)
            self._seen[example_id] = len(self._files) - 1 << 32 | int(number)
            return True
        if self._options.duplicates == "error":
            raise InputError(
                f"{where}: example {example_id} stands at {self._files[first >> 32]}:{first & 0xFFFFFFFF} too; "
                "leave one file out, or choose --duplicates first or keep"
            )
        return self._leave_out("duplicates")

    def missing(self) -> list[str]:
        return [name for name, found in self._wanted.items() if not found]

    def _leave_out(self, reason: str) -> bool:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
        return False


def _read_ids(path: str) -> list[str]:
    ids = [line.strip().decode("utf-8", "replace") for _, line in read_lines(path)]
    if not ids:
        raise InputError(f"{path}: holds no id; expected one example id a line")
    return ids


def _output_paths(out: str, sources: list[str], shards: int | None) -> list[str]:
    """The files to write, once it is known that nothing is lost by it."""
    out = out.removeprefix("file://")
    inputs = {os.path.realpath(source) for source in sources}
    if shards is None:
        if not out.endswith(SUFFIXES):
            raise UsageError(f"{out}: expected a name that ends in {' or '.join(SUFFIXES)}, or --shards N for a folder")
        if os.path.realpath(out) in inputs:
            raise UsageError(f"{out}: is an input as well; give another --out")
        return [out]
    # A folder is replaced as a whole, so it may hold nothing else than what an earlier merge wrote, unread by this one.
    folder = Path(os.path.realpath(out))
    ours = re.compile(rf"{re.escape(folder.name)}-\d+\.jsonl\.gz")
    for name in sorted(os.listdir(folder)) if folder.is_dir() else ():
        if not ours.fullmatch(name) or os.path.realpath(folder / name) in inputs:
            kind = "is an input as well" if ours.fullmatch(name) else "is no shard of it"
            raise UsageError(f"{out}: holds {name}, which {kind}; give a new folder to --out")
    width = max(2, len(str(shards - 1)))
    return [os.path.join(out, f"{folder.name}-{i:0{width}}.jsonl.gz") for i in range(shards)]


@contextmanager
def _open_outputs(out: str, paths: list[str], *, folder: bool) -> Iterator[list[BinaryIO]]:
    """The files to write pages to; they get their names together, when the block ends well."""
    with ExitStack() as stack:
        if folder:
            made = stack.enter_context(atomic_folder(out))
            files: list[BinaryIO] = [stack.enter_context(open(made / os.path.basename(path), "xb")) for path in paths]
        else:
            files = [stack.enter_context(atomic_write(out))]
        yield [
            stack.enter_context(_gzip(file)) if path.endswith(".gz") else file
            for path, file in zip(paths, files, strict=True)
        ]


def _gzip(file: BinaryIO) -> BinaryIO:
    # Neither name nor time in the header: the same pages, the same bytes.
    stream = igzip.IGzipFile(  # type: ignore[no-untyped-call]
        filename="", mode="wb", compresslevel=LEVEL, fileobj=file, mtime=0
    )
    return cast(BinaryIO, stream)
