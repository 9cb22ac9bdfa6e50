"""The gold annotations of NQ files, read by whichever worker; those of files that have not changed, from a cache.

Nearly all the time of an evaluation goes into reading whole pages for the few bytes of their annotations.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from tinynq.config import GoldOptions
from tinynq.errors import InputError, refuse
from tinynq.files import atomic_write, expand
from tinynq.fingerprints import short_hash
from tinynq.pages import read_gold
from tinynq.predictions import check_span, parse_yes_no
from tinynq.setaside import bad_file
from tinynq.storage import cache_folder, facts_of
from tinynq.types import Annotation, ExampleId, Prediction, Progress, no_progress
from tinynq.workers import run_shards

Gold: TypeAlias = tuple[ExampleId, list[Annotation], str]  # and where it stands


class _Part(NamedTuple):
    gold: list[msgspec.Raw]
    bad: list[str]


_PART = msgspec.json.Decoder(_Part)
_GOLD: msgspec.json.Decoder[Gold] = msgspec.json.Decoder(Gold)


class GoldPages:
    """The gold of pages, in order, and how many ``bad`` ones were left out.

    It is kept as bytes, a quarter of what it else takes, and made anew whenever it is looked at.
    """

    def __init__(self, gold: Iterable[Gold] = ()) -> None:
        self.bad = 0
        self._kept: list[bytes | msgspec.Raw] = [msgspec.json.encode(each) for each in gold]

    def __iter__(self) -> Iterator[Gold]:
        return map(_GOLD.decode, self._kept)

    def add(self, encoded: Sequence[msgspec.Raw]) -> None:
        """Add what a part holds; raises MsgspecError where that is no gold."""
        for each in encoded:
            _GOLD.decode(each)
        self._kept += encoded

    def answerable(self, predictions: Iterable[Prediction]) -> Iterator[Prediction]:
        """The predictions to score: where pages were left out, those without gold may be theirs, and are too."""
        ids = {example_id for example_id, _, _ in self} if self.bad else None
        return (each for each in predictions if ids is None or each.example_id in ids)


def load_gold(
    pages: str | Sequence[str],
    *,
    options: GoldOptions,
    skip_bad: str | None = None,
    progress: Progress = no_progress,
) -> GoldPages:
    """(example id, annotations, where) of each page, in the order of the files.

    The cache lies in ``cache_folder``; what has no size that could change, as standard input has none, is not kept.
    Bad pages are listed in the file ``skip_bad``; where none is named, the first raises InputError.
    """
    shards = expand(pages)
    work = GoldOfFile(skip_bad is not None)
    gold = GoldPages()
    with _folder(shards, options.cache) as folder, bad_file(skip_bad) as bad:
        for path in run_shards(work, shards, folder=folder, options=options, progress=progress, tidy=False):
            try:
                part = _PART.decode(path.read_bytes())
                gold.add(part.gold)
            except msgspec.MsgspecError as error:
                raise InputError(f"{path}: damaged ({error}); delete it, or go without it by --no-cache") from None
            bad.write(part.bad)
    gold.bad = bad.count
    return gold


@dataclass(frozen=True)
class GoldOfFile:
    """The work on one file: a part is one file with all that ``read_gold`` gives, and the bad pages."""

    skip_bad: bool

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        """Make the part of one file."""
        made = _Part([], [])
        on_bad = (lambda error: made.bad.append(str(error))) if self.skip_bad else refuse
        for gold in read_gold([shard], progress=progress, on_bad=on_bad):
            example_id, annotations, where = gold
            try:
                if self.skip_bad:  # else whoever scores checks what is scored
                    check_gold(annotations, f"{where}: example {example_id}")
                made.gold.append(msgspec.Raw(msgspec.json.encode(gold)))
            except InputError as error:
                on_bad(error)
        with atomic_write(part) as file:
            file.write(msgspec.json.encode(made))


def check_gold(annotations: Sequence[Annotation], where: str) -> None:
    """Raise InputError for annotations that nothing can be scored against."""
    if not annotations:
        raise InputError(f"{where}: no annotations, expected at least one to score against")
    for annotation in annotations:
        check_span(annotation.long_answer, where)
        for span in annotation.short_answers:
            check_span(span, where)
        parse_yes_no(annotation.yes_no_answer, where)


@contextmanager
def _folder(shards: Sequence[str], cache: bool) -> Iterator[Path]:
    """The folder of the cache for some files; one that is soon deleted where there is no cache, or it cannot be."""
    folder = cache_folder() / "gold" / short_hash([os.path.abspath(shard) for shard in shards])
    if cache := cache and all(map(facts_of, shards)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            cache = os.access(folder, os.W_OK)
        except OSError:
            cache = False
    if cache:
        yield folder
    else:
        with tempfile.TemporaryDirectory() as temporary:
            yield Path(temporary)
