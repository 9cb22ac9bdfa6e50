"""preparation: records that depend on pages, options and seed alone, and on nobody who made them."""

import hashlib
import random
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from nq_lines import SOME_WORDS, annotated, answer, null, original, write
from test_record import IDS, SMALL, every_window, key, plain, rows

from tinynq.errors import InputError, UsageError
from tinynq.pages import read_pages
from tinynq.preparation import WindowsOfPages, prepare
from tinynq.record import read_page_windows
from tinynq.types import Progress
from tinynq.vocab import Vocab


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page an id, of several windows each, every other one answered."""
    return write(tmp_path_factory.mktemp("pages") / "pages.jsonl", *map(page_of, range(len(IDS)), IDS))


def page_of(number: int, example_id: int | str) -> dict[str, Any]:
    """A page of several windows; every other one is answered."""
    text = random.Random(number).choices(SOME_WORDS, k=90)
    line = original("one two", " ".join(text), example_id=example_id)
    return annotated(line, answer(line, 1, (20, 22)) if number % 2 else null())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Files of 0, 1, 9 and 30 pages."""
    folder = tmp_path_factory.mktemp("files")
    sizes = (9, 0, 30, 1)
    return [
        write(folder / f"{at}.jsonl", *(page_of(at + i, 100 * at + i) for i in range(size)))
        for at, size in enumerate(sizes)
    ]


# --- what a record depends on


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


def test_pages_without_an_answer_have_a_share_of_their_own(pages: str, tmp_path: Path) -> None:
    answered = {page.example_id for page in read_pages([pages]) if not page.annotations[0].long_answer.is_null}  # type: ignore[index]
    out = str(tmp_path / "r.parquet")
    kept = {}
    for null_share in (None, -1.0, 1.0):
        prepare(pages, out=out, include_unknowns=0.3, null_unknowns=null_share, **SMALL)
        windows = list(rows(out))
        kept[null_share] = [{key(w) for w in windows if (w.example_id in answered) == of} for of in (True, False)]
    assert kept[None][0] == kept[-1.0][0] == kept[1.0][0]
    assert kept[-1.0][1] == set() < kept[None][1] < kept[1.0][1]


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


# --- who makes it


@pytest.mark.parametrize(
    "options",
    [{"include_unknowns": 0.3, "synonyms": 0.4}, {"for_": "predict"}],
    ids=["train, with synonyms", "predict"],
)
def test_the_bytes_do_not_depend_on_the_number_of_workers(
    files: list[str], tmp_path: Path, options: dict[str, Any]
) -> None:
    made = []
    for workers in (1, 2, 5):
        out = tmp_path / f"{workers}.parquet"
        info = prepare(files, out=str(out), workers=workers, **options, **SMALL)
        made.append((out.read_bytes(), info.counts, info.synonyms))
    assert made[0] == made[1] == made[2]
    assert made[0][1]["pages"] >= 40
    assert len(list(tmp_path.iterdir())) == 3


def test_the_bytes_do_not_depend_on_how_the_pages_come(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = tmp_path / "joined.jsonl"
    joined.write_bytes(b"".join(Path(path).read_bytes() for path in files))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(joined.read_bytes())))
    hashes = set()
    for sources in (files, str(joined), "-"):
        out = tmp_path / "out.parquet"
        prepare(sources, out=str(out), include_unknowns=0.3, workers=2, **SMALL)
        hashes.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(hashes) == 1


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that this process has worked on."""
    found: list[str] = []
    work = WindowsOfPages.__call__

    def noted(self: WindowsOfPages, shard: str, part: Path, progress: Progress) -> None:
        found.append(Path(shard).name)
        work(self, shard, part, progress)

    monkeypatch.setattr(WindowsOfPages, "__call__", noted)
    return found


def test_what_was_made_before_an_error_is_not_made_again(files: list[str], tmp_path: Path, calls: list[str]) -> None:
    bad, whole, out = tmp_path / "last.jsonl", tmp_path / "whole.parquet", tmp_path / "out" / "r.parquet"
    bad.write_text("no page\n")
    sources = [*files, str(bad)]
    with pytest.raises(InputError, match=r"last\.jsonl:1: no NQ page"):
        prepare(sources, out=str(out), **SMALL)
    assert [path.name for path in out.parent.iterdir()] == [".r.parquet.parts"]
    write(bad, page_of(1, 7777))
    calls.clear()
    prepare(sources, out=str(out), **SMALL)
    assert calls == ["last.jsonl"]
    assert [path.name for path in out.parent.iterdir()] == ["r.parquet"]
    prepare(sources, out=str(whole), **SMALL)
    assert out.read_bytes() == whole.read_bytes()


def test_parts_made_with_another_vocabulary_or_other_options_are_not_taken(
    pages: str, tmp_path: Path, calls: list[str]
) -> None:
    words, bad, out = tmp_path / "vocab.txt", tmp_path / "bad.jsonl", str(tmp_path / "r.parquet")
    bad.write_text("no page\n")

    def made(**options: Any) -> int:
        calls.clear()
        with pytest.raises(InputError):
            prepare([pages, str(bad)], out=out, vocab=str(words), **options)
        return len(calls)

    words.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the"]))
    assert (made(), made()) == (2, 1)
    words.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "one"]))  # of the same length
    assert (made(), made()) == (2, 1)
    assert (made(stride=9), made(stride=9), made()) == (2, 1, 2)


# --- bad pages


def test_bad_pages_are_listed_and_the_good_ones_are_as_without_them(files: list[str], tmp_path: Path) -> None:
    good = list(map(page_of, range(6), range(6)))
    wrong = good[1] | {"annotations": [answer(good[1], 1, (20, 22)) | {"yes_no_answer": "PERHAPS"}], "example_id": 8}
    beyond = annotated(good[3] | {"example_id": 9}, answer(good[3], 1, (20, 10**9)))
    nowhere = good[5] | {"example_id": 10}
    nowhere["annotations"] = [{"long_answer": {"start_token": 1, "end_token": 4, "candidate_index": 99}}]
    mixed = write(tmp_path / "mixed.jsonl", good[0], wrong, *good[1:4], beyond, nowhere, *good[4:])
    clean = write(tmp_path / "clean.jsonl", *good)
    (tmp_path / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08")
    out, listed = tmp_path / "out.parquet", tmp_path / "bad.txt"
    sources = [mixed, str(tmp_path / "cut.jsonl.gz"), files[2]]
    for workers in (1, 3):
        common: dict[str, Any] = {"include_unknowns": 1.0, "synonyms": 0.5, **SMALL}
        info = prepare(sources, out=str(out), skip_bad=str(listed), workers=workers, **common)
        assert info.counts["bad"] == 4
        lines = listed.read_text().splitlines()
        assert [line.removeprefix(f"{tmp_path}/").split(": ")[0] for line in lines] == [
            "mixed.jsonl:2", "mixed.jsonl:6", "mixed.jsonl:7", "cut.jsonl.gz:1",
        ]  # fmt: skip
        assert "example 8: yes_no_answer is 'PERHAPS'" in lines[0] and "copy the file again" in lines[3]
        expected = prepare([clean, files[2]], out=str(tmp_path / "clean.parquet"), **common)
        assert info.counts == {**expected.counts, "bad": 4} and info.synonyms == expected.synonyms
        assert pq.read_table(out).equals(pq.read_table(tmp_path / "clean.parquet"))


def test_where_no_page_is_bad_the_list_is_empty(pages: str, tmp_path: Path) -> None:
    listed = tmp_path / "bad.txt"
    assert prepare(pages, out=str(tmp_path / "r.parquet"), skip_bad=str(listed), **SMALL).counts["bad"] == 0
    assert listed.read_bytes() == b""


def test_a_list_that_cannot_be_written_is_an_error_before_the_work(
    pages: str, tmp_path: Path, calls: list[str]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file/bad: cannot be written"):
        prepare(pages, out=str(tmp_path / "r.parquet"), skip_bad=str(tmp_path / "file" / "bad"))
    assert calls == [] and [path.name for path in tmp_path.iterdir()] == ["file"]
