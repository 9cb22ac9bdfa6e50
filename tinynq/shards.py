"""NQ shards into one file or into many: chosen, simplified, never uncompressed on disk, in the order named.

What needs no knowledge of other files is the work on one file, for any worker: choosing by id and by hash, simplifying,
compressing each page by itself. Taking the parts in order, this process finds duplicates, counts, and copies bytes.
"""

import json
import os
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import msgspec

from tinynq.config import MergeOptions, WorkerOptions, make_both
from tinynq.errors import InputError, UsageError
from tinynq.files import SUFFIXES, LineReader, atomic_folder, atomic_write, expand, read_lines, remove
from tinynq.pages import decode_line
from tinynq.seeds import page_random
from tinynq.segments import GzipOfSegments, Segment, segment
from tinynq.setaside import BadFile, bad_file
from tinynq.types import ExampleId, Progress, no_progress
from tinynq.workers import part_folder, run_shards

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
    stopped the reading), ``bad`` counts the bad pages; bytes are those of the text, before compression.
    """

    paths: list[str]
    read: int
    written: int
    left_out: dict[str, int]
    missing: list[str]
    bytes_read: int
    bytes_written: int
    bad: int = 0


def merge(
    pages: str | Sequence[str],
    *,
    out: str,
    skip_bad: str | None = None,
    progress: Progress = no_progress,
    **options: Any,
) -> MergeSummary:
    """Write the pages of many NQ files to one file, or with ``shards`` to the files of a folder.

    ``pages`` are NQ files, globs, folders, URLs or ``-``; the keywords are the fields of MergeOptions and of
    WorkerOptions. Lines are copied byte for byte, with ``simplify`` those in the original format converted as the
    official converter does. With the option ``shards=N``, page i goes to file i mod N. Memory holds the ids alone.
    Bad pages are listed in the file ``skip_bad``. Raises InputError for bad pages where no such file is named, an
    id that stands twice, and when no page is left; UsageError for bad options and for an output that is an input.
    """
    chosen, working = make_both(MergeOptions, WorkerOptions, options)
    sources = expand(pages)
    paths = _output_paths(out, sources, chosen.shards)
    ids = _read_ids(chosen.ids) if chosen.ids else []
    work = ChosenPages(
        tuple(ids), chosen.sample, chosen.seed, chosen.simplify,
        zipped=paths[0].endswith(".gz"),
        most=chosen.take if chosen.duplicates != "first" else None,
        on=skip_bad is not None,
    )  # fmt: skip
    choice = _Choice(chosen, ids)
    written = bytes_written = 0
    ahead = 2 * (working.workers or os.cpu_count() or 1)
    with ExitStack() as stack:
        folder, bad = stack.enter_context(_folder(out)), stack.enter_context(bad_file(skip_bad))
        files = stack.enter_context(_open_outputs(out, paths, folder=chosen.shards is not None))
        parts = run_shards(work, sources, folder=folder, options=working, progress=progress, ahead=ahead)
        lines = _lines_of(stack.enter_context(closing(parts)))
        for line, data in stack.enter_context(closing(lines)):
            if not choice.keeps(line, bad if skip_bad else None):
                continue
            files[written % len(files)].add(Segment(data, line.size, line.crc))
            written += 1
            bytes_written += line.size
            if written == chosen.take:
                break
        if not written:
            reasons = [f", {count:,} left out by --{name}" for name, count in choice.left_out.items()]
            reasons += [f", {bad.count:,} bad"] if bad.count else []
            raise InputError(f"{', '.join(sources)}: no page to write; {choice.read:,} read{''.join(reasons)}")
        if written < len(files):
            raise UsageError(f"{written:,} pages do not fill {len(files)} shards; ask for --shards {written} or fewer")
    missing = choice.missing() if written != chosen.take else []
    return MergeSummary(
        paths, choice.read, written, choice.left_out, missing, choice.bytes_read, bytes_written, bad.count
    )


class Line(NamedTuple):
    """What became of one line of a file: a page to write, one that an option leaves out, or an error."""

    where: str
    read: int  # bytes of text; 0 where the error is the file's
    example_id: ExampleId = ""
    left_out: str = ""  # by which option
    error: str = ""
    length: int = 0  # in the part
    size: int = 0
    crc: int = 0


@dataclass(frozen=True)
class ChosenPages:
    """The work on one file: its pages by --ids and --sample, as they will stand in the output.

    A part holds the bytes of these one after the other, and an index with a Line for each line of the file,
    bad ones included, so that whoever takes it sees all in order. It ends after the first error if it is not
    to go ``on``, and after ``most`` pages.
    """

    ids: tuple[str, ...]
    sample: float
    seed: int
    simplify: bool
    zipped: bool
    most: int | None
    on: bool

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        """Make the part of one file."""
        with (
            atomic_folder(part) as folder,
            open(folder / "pages", "wb") as pages,
            open(folder / "index", "w", encoding="ascii") as index,
        ):
            for line, data in self._lines(shard, progress):
                # The standard library's encoder: a name of a file may be no Unicode.
                index.write(f"{json.dumps(line)}\n")
                pages.write(data)

    def _lines(self, shard: str, progress: Progress) -> Iterator[tuple[Line, bytes]]:
        wanted, kept = frozenset(self.ids), 0
        errors: list[InputError] = []
        source = LineReader([shard], on_bad=errors.append)
        for count, (where, text) in enumerate(source, 1):
            progress(count, source.share)
            read = len(text) + 1
            try:
                example_id = decode_line(_ID, text, where).example_id
                if reason := self._leaves_out(example_id, wanted):
                    yield Line(where, read, example_id, left_out=reason), b""
                    continue
                if self.simplify:
                    text = simplify(text, where=where)
            except InputError as error:
                yield Line(where, read, error=str(error)), b""
                if not self.on:
                    return
                continue
            text += b"\n"
            made = segment(text) if self.zipped else Segment(text, len(text), 0)
            yield Line(where, read, example_id, length=len(made.data), size=made.size, crc=made.crc), made.data
            kept += 1
            if kept == self.most:
                return
        for fault in errors:
            yield Line(shard, 0, error=str(fault)), b""

    def _leaves_out(self, example_id: ExampleId, wanted: frozenset[str]) -> str:
        if wanted and str(example_id) not in wanted:
            return "ids"
        # A key of its own: with that of the page itself, the pages kept would all begin with a low draw in `prepare`.
        if page_random(self.seed, f"sample {example_id}").random() >= self.sample:
            return "sample"
        return ""


def _lines_of(parts: Iterator[Path]) -> Generator[tuple[Line, bytes], None, None]:
    """The lines of all parts and the bytes of their pages; a part is deleted when they are taken."""
    for part in parts:
        with open(part / "index", encoding="ascii") as index, open(part / "pages", "rb") as pages:
            for text in index:
                line = Line(*json.loads(text))
                yield line, pages.read(line.length)
        remove(part)


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
    """Counts what is read, and says which lines are written: all but those left out, bad, or there before."""

    def __init__(self, options: MergeOptions, ids: Sequence[str]) -> None:
        self.read = self.bytes_read = 0
        self.left_out: dict[str, int] = {}
        self._duplicates = options.duplicates
        self._found = dict.fromkeys(ids, False)
        # The place where an id was first seen, as one small number: file << 32 | line.
        self._seen: dict[ExampleId, int] = {}
        self._files: list[str] = []

    def keeps(self, line: Line, bad: BadFile | None) -> bool:
        """Whether a line is written; raises InputError for a bad one if there is no ``bad`` to list it in."""
        self.read += line.read > 0
        self.bytes_read += line.read
        if line.error:
            if bad is None:
                raise InputError(line.error)
            bad.write([line.error])
            return False
        if self._found and line.left_out != "ids":
            self._found[str(line.example_id)] = True
        left_out = line.left_out or ("duplicates" if self._was_there(line) else "")
        if left_out:
            self.left_out[left_out] = self.left_out.get(left_out, 0) + 1
        return not left_out

    def missing(self) -> list[str]:
        return [name for name, found in self._found.items() if not found]

    def _was_there(self, line: Line) -> bool:
        if self._duplicates == "keep":
            return False
        first = self._seen.get(line.example_id)
        if first is None:
            file, _, number = line.where.rpartition(":")
            if not self._files or self._files[-1] != file:
                self._files.append(file)
            self._seen[line.example_id] = len(self._files) - 1 << 32 | int(number)
        elif self._duplicates == "error":
            raise InputError(
                f"{line.where}: example {line.example_id} stands at {self._files[first >> 32]}:{first & 0xFFFFFFFF} "
                "too; leave one file out, or choose --duplicates first or keep"
            )
        return first is not None


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
def _folder(out: str) -> Iterator[Path]:
    """The folder of the parts, which are large: a merge that ends with an error leaves none."""
    with part_folder(out) as folder:
        try:
            yield folder
        except BaseException:
            for part in folder.iterdir():
                remove(part)
            raise


class _Text:
    """A file without compression; segments are their text."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, segment: Segment) -> None:
        self._file.write(segment.data)


@contextmanager
def _open_outputs(out: str, paths: list[str], *, folder: bool) -> Iterator[Sequence[GzipOfSegments | _Text]]:
    """The files to write pages to; they get their names together, when the block ends well."""
    with ExitStack() as stack:
        if folder:
            made = stack.enter_context(atomic_folder(out))
            files: list[BinaryIO] = [stack.enter_context(open(made / os.path.basename(path), "xb")) for path in paths]
        else:
            files = [stack.enter_context(atomic_write(out))]
        yield [
            stack.enter_context(GzipOfSegments(file)) if path.endswith(".gz") else _Text(file)
            for path, file in zip(paths, files, strict=True)
        ]
