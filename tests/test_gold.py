"""gold: annotations are those of the files, from the cache or not, and the cache is never in the way."""

import gzip
import json
import os
import shutil
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from nq_lines import annotated, answer, null, original, write

from tinynq import gold as gold_module
from tinynq.config import GoldOptions
from tinynq.errors import InputError
from tinynq.gold import Gold, GoldPages, load_gold
from tinynq.metrics import evaluate
from tinynq.pages import read_gold
from tinynq.predictions import write_predictions
from tinynq.types import Annotation, LongAnswer, NqSpan, Prediction, Progress


@pytest.fixture
def pages(tmp_path: Path) -> list[str]:
    """Two files of three pages."""
    lines = [original("the king", example_id=i) for i in range(6)]
    lines = [annotated(line, answer(line, 0, (0, 1)), null()) for line in lines]
    return [write(tmp_path / "a.jsonl", *lines[:3]), write(tmp_path / "b.jsonl", *lines[3:])]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that this process has read."""
    found: list[str] = []

    def noted(sources: list[str], **options: object) -> object:
        found.extend(os.path.basename(source) for source in sources)
        return read_gold(sources, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(gold_module, "read_gold", noted)
    return found


def load(pages: str | list[str], *, cache: bool = True, workers: int = 1, skip_bad: str | None = None) -> list[Gold]:
    return list(load_gold(pages, options=GoldOptions(cache=cache, workers=workers), skip_bad=skip_bad))


def entries(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def test_the_cache_gives_what_the_files_hold(pages: list[str], cache: Path, reads: list[str]) -> None:
    expected = list(read_gold(pages))
    assert load(pages) == expected and reads == ["a.jsonl", "b.jsonl"]
    assert load(pages) == expected and reads == ["a.jsonl", "b.jsonl"]
    assert len(entries(cache)) == 2 and cache.is_dir()


def test_gold_can_be_looked_at_again(pages: list[str], cache: Path) -> None:
    gold = load_gold(pages, options=GoldOptions())
    assert list(gold) == list(gold) == list(GoldPages(gold)) == list(read_gold(pages))


def test_where_pages_were_left_out_only_those_with_gold_are_answerable() -> None:
    gold: list[Gold] = [(i, [Annotation(LongAnswer())], "") for i in (1, 2)]
    predictions = [Prediction(i, NqSpan(), 0.0, [], 0.0) for i in (2, 3)]
    pages = GoldPages(gold)
    assert list(pages.answerable(predictions)) == predictions
    pages.bad = 1
    assert list(pages.answerable(predictions)) == predictions[:1]


@pytest.mark.parametrize("example_id", [2**80, -(2**70), "", '\u2028 "x'])
def test_an_id_may_be_of_any_size_and_text(tmp_path: Path, example_id: int | str) -> None:
    line = annotated(original("the king", example_id=1), null()) | {"example_id": example_id}
    pages = write(tmp_path / "a.jsonl", line)
    assert [each for each, _, _ in load(pages)] == [each for each, _, _ in load(pages)] == [example_id]
    write_predictions(tmp_path / "p.json", [Prediction(example_id, NqSpan(), 0.0, [], 0.0)])
    assert evaluate(pages, predictions=tmp_path / "p.json").pages == 1


def test_workers_make_no_difference(pages: list[str], cache: Path) -> None:
    assert load(pages, workers=2) == load(pages, cache=False) == list(read_gold(pages))
    assert len(entries(cache)) == 2


def test_a_file_that_has_changed_is_read_again(pages: list[str], reads: list[str]) -> None:
    load(pages)
    line = annotated(original("the river", example_id=9), null())
    status = os.stat(pages[1])
    write(Path(pages[1]), line)
    assert [example_id for example_id, _, _ in load(pages)] == [0, 1, 2, 9]
    assert reads == ["a.jsonl", "b.jsonl", "b.jsonl"]
    os.utime(pages[1], ns=(status.st_atime_ns, status.st_mtime_ns + 1))  # of the same size, at another time
    load(pages)
    assert reads == ["a.jsonl", "b.jsonl", "b.jsonl", "b.jsonl"]


def test_files_of_one_name_in_two_folders_are_two(
    pages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other / "a.jsonl", annotated(original("the river", example_id=9), null()))
    for folder, ids in ((tmp_path, [0, 1, 2]), (other, [9])):
        monkeypatch.chdir(folder)
        assert [example_id for example_id, _, _ in load("a.jsonl")] == ids


def test_reports_are_the_same_by_the_cache_and_without(pages: list[str], tmp_path: Path) -> None:
    found = tmp_path / "p.json"
    answers = [{"example_id": i, "long_answer_score": i, "short_answers_score": 0} for i in range(6)]
    found.write_text(json.dumps({"predictions": answers}))
    reports = [evaluate(pages, predictions=str(found), cache=cache).as_dict() for cache in (True, True, False)]
    assert reports[0] == reports[1] == reports[2]


def test_without_the_cache_nothing_is_kept(pages: list[str], cache: Path, reads: list[str]) -> None:
    load(pages, cache=False)
    load(pages, cache=False)
    assert len(reads) == 4 and entries(cache) == []


def nowhere(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(cache.parent)
    cache.parent.write_text("a file")


def read_only(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")


def nobody(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # what root is never told


@pytest.mark.parametrize("spoil", [nowhere, read_only, nobody])
def test_a_cache_that_cannot_be_written_is_done_without(
    pages: list[str], cache: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
) -> None:  # fmt: skip
    spoil(cache, monkeypatch)
    for _ in range(2):
        assert load(pages) == list(read_gold(pages))
    assert len(reads) == 4


def test_a_damaged_entry_is_one_line(pages: list[str], cache: Path) -> None:
    load(pages)
    entry = min(entries(cache))
    entry.write_bytes(entry.read_bytes()[:-3])
    with pytest.raises(InputError, match=r"damaged \(.*\); delete it, or go without it by --no-cache") as caught:
        load(pages)
    assert str(caught.value).startswith(f"{entry}: ")


def test_standard_input_leaves_nothing(pages: list[str], cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"".join(Path(path).read_bytes() for path in pages)
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(content)))
        assert [example_id for example_id, _, _ in load("-")] == list(range(6))
    assert entries(cache) == []


def test_bad_pages_are_listed_each_time(pages: list[str], tmp_path: Path, reads: list[str]) -> None:
    Path(pages[0]).write_text(f"no page\n{Path(pages[0]).read_text()}")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b"{}")[:-4])
    sources, listed = [*pages, str(tmp_path / "c.jsonl.gz")], tmp_path / "bad.txt"
    for _ in range(2):  # the second time from the cache
        assert [example_id for example_id, _, _ in load(sources, skip_bad=str(listed))] == list(range(6))
        lines = listed.read_text().splitlines()
        assert [line.startswith(start) for line, start in zip(lines, (f"{pages[0]}:1: no NQ", sources[2]), strict=True)]
        listed.unlink()
    assert len(reads) == 3
    with pytest.raises(InputError, match=r"a\.jsonl:1: no NQ page"):  # and what was set aside is no gold
        load(sources)


def test_progress_goes_on_to_the_end(pages: list[str]) -> None:
    told: list[tuple[int, float]] = []

    def progress(count: int, share: float, /) -> None:
        told.append((count, share))

    checked: Progress = progress
    load_gold(pages, options=GoldOptions(), progress=checked)
    assert told[-1] == (6, 1.0)
