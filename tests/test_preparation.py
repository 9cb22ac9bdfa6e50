"""preparation: records that depend on pages, options and seed alone, and on nobody who made them."""

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from nq_lines import annotated, answer, null, original, write
from test_record import IDS, SMALL, every_window, key, pages, plain, rows, vocab  # noqa: F401

from tinynq.errors import InputError, UsageError
from tinynq.pages import read_pages
from tinynq.preparation import WindowsOfPages, prepare
from tinynq.record import read_page_windows
from tinynq.vocab import Vocab


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(pages: str, tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.parquet" for i in range(3)]
    for path, seed in zip(paths, (0, 0, 1), strict=True):
        prepare(pages, out=str(path), include_unknowns=0.3, seed=seed, **SMALL)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert {key(w) for w in rows(str(paths[0]))} != {key(w) for w in rows(str(paths[2]))}


def test_what_is_kept_and_the_order_do_not_depend_on_the_order_of_pages(pages: str, tmp_path: Path) -> None:
    lines = Path(pages).read_text("utf-8").splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    (tmp_path / "a.jsonl").write_text("".join(lines[:4]), "utf-8")
    (tmp_path / "b.jsonl").write_text("".join(lines[4:]), "utf-8")
    one, two = str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")
    prepare(pages, out=one, include_unknowns=0.5, **SMALL)
    prepare([str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")], out=two, include_unknowns=0.5, **SMALL)
    assert [plain(w) for w in rows(one)] == [plain(w) for w in rows(two)]


def test_unknown_windows_are_kept_at_their_share(pages: str, vocab: Vocab, tmp_path: Path) -> None:
    out = str(tmp_path / "r.parquet")
    counts = {}
    for share in (-1.0, 0.4, 1.0):
        info = prepare(pages, out=out, include_unknowns=share, seed=3, **SMALL)
        assert {key(w) for w in rows(out)} == {key(w) for w in every_window(pages, vocab, share, 3)}
        counts[share] = info.counts
    assert counts[-1.0]["unknown"] == 0 < counts[0.4]["unknown"] < counts[1.0]["unknown"]
    assert len({count["short"] for count in counts.values()}) == 1
    assert 0.2 < counts[0.4]["unknown"] / counts[1.0]["unknown"] < 0.6


def test_a_record_of_no_pages_is_one(tmp_path: Path) -> None:
    pages, out = write(tmp_path / "p.jsonl"), str(tmp_path / "r.parquet")
    assert prepare(pages, out=out, for_="predict").counts == {"pages": 0, "windows": 0}
    assert list(read_page_windows(out)) == []


def test_progress_is_told_of_every_page(pages: str, tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    prepare(pages, out=str(tmp_path / "r.parquet"), progress=lambda count, share: told.append((count, share)))
    assert [count for count, _ in told] == list(range(1, len(IDS) + 1)) and told[-1][1] == 1.0


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"for_": "test"}, "a record is for train or predict, not for test"),
        ({"for_": "predict", "shuffle": True}, "in page order; leave out --shuffle"),
        ({"stride": 0}, "stride is 0"),
        ({"strid": 1}, "did you mean stride"),
    ],
)
def test_options_that_cannot_be_are_an_error(pages: str, tmp_path: Path, options: dict[str, Any], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        prepare(pages, out=str(tmp_path / "r.parquet"), **options)
    assert list(tmp_path.iterdir()) == []


def test_bad_pages_leave_nothing_behind(tmp_path: Path) -> None:
    pages = write(tmp_path / "p.jsonl", original("one"), original("one", annotations=None))
    for shuffle in (True, False):
        with pytest.raises(InputError, match=r"p\.jsonl:2: example 7 has no annotations"):
            prepare(pages, out=str(tmp_path / "r.parquet"), shuffle=shuffle)
    assert [path.name for path in tmp_path.iterdir()] == ["p.jsonl"]


