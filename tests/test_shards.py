"""shards: merging, choosing and simplifying NQ files, in the order named and byte for byte."""

import gzip
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from multiprocessing import active_children
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nq_lines import annotated, answer, null, original, simplified, write

import tinynq
from tinynq.errors import InputError, UsageError, WorkerError
from tinynq.files import read_lines
from tinynq.pages import read_pages
from tinynq.shards import MergeSummary, merge, simplify


def line(example_id: int | str) -> bytes:
    """A page with odd blanks, as no encoder would write it."""
    fields = (
        json.dumps(example_id),
        '"question_text" :  "wh\\u006f é"',
        '"long_answer_candidates":[ ],"document_text":""',
    )
    return f'{{ "example_id":{fields[0]} , {fields[1]}, {fields[2]} }}'.encode()


def shard(path: Path, ids: list[Any]) -> str:
    data = b"".join(line(i) + b"\n" for i in ids)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


@pytest.fixture
def three(tmp_path: Path) -> list[str]:
    """Three files of pages 0 to 9, 10 to 19 and 20 to 29."""
    folder = tmp_path / "in"
    folder.mkdir()
    names = ("c.jsonl", "a.jsonl.gz", "b.jsonl")
    return [shard(folder / name, list(range(10 * i, 10 * i + 10))) for i, name in enumerate(names)]


def lines_of(path: str | Path) -> list[bytes]:
    return [found for _, found in read_lines(path)]


def ids_of(path: str | Path) -> list[Any]:
    return [json.loads(found)["example_id"] for found in lines_of(path)]


# One file


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_lines_are_copied_byte_for_byte_in_the_order_named(three: list[str], tmp_path: Path, name: str) -> None:
    told: list[tuple[int, float]] = []
    out = tmp_path / "new" / name
    summary = merge(three, out=str(out), progress=lambda *now: told.append(now))
    assert lines_of(out) == [line(i) for i in range(30)]
    text = b"".join(line(i) + b"\n" for i in range(30))
    assert summary == MergeSummary([str(out)], 30, 30, {}, [], len(text), len(text))
    assert (out.read_bytes() == text) == (name == "out.jsonl")
    assert told[-1] == (30, 1.0)
    assert told == sorted(told)
    merge(str(tmp_path / "in"), out=str(out))
    assert ids_of(out) == [*range(10, 30), *range(10)]  # a folder is its files by name


def test_the_same_pages_are_the_same_bytes_whenever_and_whatever_the_name(three: list[str], tmp_path: Path) -> None:
    made = []
    for name in ("one.jsonl.gz", "two.jsonl.gz"):
        merge(three, out=str(tmp_path / name))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert made[0][3:8] == b"\0" * 5  # no flags, so no name, and no time


def test_blank_lines_and_carriage_returns_are_no_part_of_a_page(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(line(1) + b"\r\n\n  \n" + line(2))
    summary = merge(str(tmp_path / "in.jsonl"), out=str(tmp_path / "out.jsonl"))
    assert (tmp_path / "out.jsonl").read_bytes() == line(1) + b"\n" + line(2) + b"\n"
    assert summary.read == 2


def test_standard_input_is_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(line(1) + b"\n" + line(1))))
    with pytest.raises(InputError, match="stdin:2: example 1 stands at stdin:1 too"):
        merge("-", out=str(tmp_path / "out.jsonl"))


def test_memory_holds_the_ids_alone(tmp_path: Path) -> None:
    count = 10_000
    with gzip.open(tmp_path / "in.jsonl.gz", "wb", 1) as file:
        for i in range(count):
            file.write(b'{"example_id": %d, "rest": "%s"}\n' % ((1 << 62) + i, b"x" * 4000))
    tracemalloc.start()
    try:
        merge(str(tmp_path / "in.jsonl.gz"), out=str(tmp_path / "out.jsonl.gz"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200 * count + (16 << 20)  # and buffers; the pages are 40 MB


# Which pages


def test_take_counts_what_is_kept_and_reads_no_further(three: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    Path(three[1]).write_bytes(b"never looked at")
    assert merge(three, out=str(out), take=4).read == 4
    assert ids_of(out) == [0, 1, 2, 3]
    (tmp_path / "ids").write_text("3\n8\n9\n99\n")
    summary = merge(three, out=str(out), take=2, ids=str(tmp_path / "ids"))
    assert ids_of(out) == [3, 8]
    assert summary.missing == []  # nobody knows


def test_a_sample_depends_on_seed_and_id_alone(tmp_path: Path) -> None:
    ids = [*range(-500, 500), *(str(i) for i in range(10_000, 11_000))]
    one = shard(tmp_path / "one.jsonl", ids)
    parts = [shard(tmp_path / f"part-{i}.jsonl.gz", ids[i::3]) for i in range(3)]
    kept = {}
    for share in (0.1, 0.5, 1.0):
        summary = merge(one, out=str(tmp_path / "a.jsonl"), sample=share, seed=3)
        merge(parts, out=str(tmp_path / "b.jsonl"), sample=share, seed=3)
        kept[share] = ids_of(tmp_path / "a.jsonl")
        assert sorted(map(str, kept[share])) == sorted(map(str, ids_of(tmp_path / "b.jsonl")))
        assert abs(len(kept[share]) - 2000 * share) < 100  # over four deviations
        assert summary.left_out.get("sample", 0) == 2000 - len(kept[share])
    assert set(kept[0.1]) < set(kept[0.5]) < set(kept[1.0])
    assert kept[1.0] == ids
    merge(one, out=str(tmp_path / "a.jsonl"), sample=0.5, seed=4)
    assert 300 < len(set(ids_of(tmp_path / "a.jsonl")) & set(kept[0.5])) < 700  # another half


def test_a_sample_says_nothing_of_the_draws_of_prepare(tmp_path: Path) -> None:
    from tinynq.seeds import page_random

    one = shard(tmp_path / "one.jsonl", list(range(2000)))
    merge(one, out=str(tmp_path / "out.jsonl"), sample=0.1)
    draws = [page_random(0, i).random() for i in ids_of(tmp_path / "out.jsonl")]
    assert 0.4 < sum(draws) / len(draws) < 0.6


def test_ids_name_the_pages(three: list[str], tmp_path: Path) -> None:
    texts = shard(tmp_path / "kaggle.jsonl", ["-77"])
    (tmp_path / "ids.gz").write_bytes(gzip.compress(b"25\n-77 \r\n\n4\n404\n 5x\n"))
    summary = merge([*three, texts], out=str(tmp_path / "out.jsonl"), ids=str(tmp_path / "ids.gz"))
    assert ids_of(tmp_path / "out.jsonl") == [4, 25, "-77"]
    assert summary.missing == ["404", "5x"]
    assert summary.left_out == {"ids": 28}
    (tmp_path / "none").write_text("\n")
    with pytest.raises(InputError, match="none: holds no id; expected one example id a line"):
        merge(three, out=str(tmp_path / "out.jsonl"), ids=str(tmp_path / "none"))


def test_an_id_that_stands_twice(three: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl.gz"
    again = shard(tmp_path / "again.jsonl", [100, 17, 3])
    with pytest.raises(InputError) as caught:
        merge([*three, again], out=str(out))
    assert str(caught.value) == (
        f"{again}:2: example 17 stands at {three[1]}:8 too; leave one file out, or choose --duplicates first or keep"
    )
    assert not out.exists()
    summary = merge([*three, again], out=str(out), duplicates="first")
    assert ids_of(out) == [*range(30), 100]
    assert summary.left_out == {"duplicates": 2}
    assert merge([*three, again], out=str(out), duplicates="keep").written == 33
    assert ids_of(out) == [*range(30), 100, 17, 3]
    with pytest.raises(InputError, match=r"again\.jsonl:1: example 100 stands at .*again\.jsonl:1 too"):
        merge([again, again], out=str(tmp_path / "twice.jsonl"))
    # Those that are not chosen do not matter.
    (tmp_path / "ids").write_text("100\n")
    assert merge([*three, again], out=str(out), ids=str(tmp_path / "ids")).written == 1


def test_no_page_at_all_is_an_error(three: list[str], tmp_path: Path) -> None:
    (tmp_path / "ids").write_text("404\n")
    with pytest.raises(InputError, match="no page to write; 30 read, 30 left out by --ids"):
        merge(three, out=str(tmp_path / "out.jsonl"), ids=str(tmp_path / "ids"))
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match=r"empty\.jsonl: no page to write; 0 read$"):
        merge(str(tmp_path / "empty.jsonl"), out=str(tmp_path / "out.jsonl"))
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("bad", [b"{", b"[]", b'{"id": 3}', b'{"example_id": 1.5}', b'{"example_id": 1} x', b"\xff"])
def test_what_is_no_page_is_named(tmp_path: Path, bad: bytes) -> None:
    (tmp_path / "in.jsonl").write_bytes(line(1) + b"\n" + bad)
    with pytest.raises(InputError, match=r"in\.jsonl:2: no NQ page"):
        merge(str(tmp_path / "in.jsonl"), out=str(tmp_path / "out.jsonl"))
    assert os.listdir(tmp_path) == ["in.jsonl"]


# Many files


def test_pages_go_to_the_shards_in_turn(three: list[str], tmp_path: Path) -> None:
    out = tmp_path / "nq-train"
    summary = merge(three, out=f"{out}/", shards=4)
    assert summary.paths == [f"{out}/nq-train-0{i}.jsonl.gz" for i in range(4)]
    assert sorted(os.listdir(out)) == [Path(path).name for path in summary.paths]
    assert [ids_of(path) for path in summary.paths] == [list(range(i, 30, 4)) for i in range(4)]
    assert all(Path(path).read_bytes().startswith(b"\x1f\x8b") for path in summary.paths)
    # What an earlier merge wrote is replaced as a whole.
    assert merge(three, out=str(out), shards=1).paths == [f"{out}/nq-train-00.jsonl.gz"]
    assert os.listdir(out) == ["nq-train-00.jsonl.gz"]


def test_more_than_a_hundred_shards_sort_by_name(tmp_path: Path) -> None:
    source = shard(tmp_path / "in.jsonl", list(range(101)))
    paths = merge(source, out=str(tmp_path / "out"), shards=101).paths
    assert [Path(path).name for path in paths[::50]] == [f"out-{i:03}.jsonl.gz" for i in (0, 50, 100)]
    with pytest.raises(UsageError, match="101 pages do not fill 102 shards; ask for --shards 101 or fewer"):
        merge(source, out=str(tmp_path / "more"), shards=102)
    assert not (tmp_path / "more").exists()


def test_nothing_is_lost_by_writing(three: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    before = sorted(os.listdir(folder))
    cases: list[tuple[str, dict[str, Any], str]] = [
        (three[0], {}, r"c\.jsonl: is an input as well"),
        (f"file://{three[0]}", {}, "is an input as well"),
        (str(folder), {"shards": 2}, r"holds a\.jsonl\.gz, which is no shard of it; give a new folder"),
        (str(folder), {}, "expected a name that ends in .jsonl or .jsonl.gz, or --shards N"),
        (three[0], {"shards": 2}, "cannot be written: Not a directory"),
        ("s3://bucket/x", {"shards": 2}, "on this machine only"),
    ]
    for out, options, message in cases:
        with pytest.raises(UsageError, match=message):
            merge(three, out=out, **options)
    assert sorted(os.listdir(folder)) == before
    merge(three, out=str(tmp_path / "nq"), shards=2)
    with pytest.raises(UsageError, match=r"nq: holds nq-00\.jsonl\.gz, which is an input as well"):
        merge(str(tmp_path / "nq"), out=str(tmp_path / "nq"), shards=3, take=1)


@pytest.mark.parametrize(
    "options", [{"take": 0}, {"sample": 1.1}, {"sample": float("nan")}, {"shards": 0}, {"duplicates": "last"}, {"n": 1}]
)
def test_options_out_of_range(three: list[str], tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(options))):
        merge(three, out=str(tmp_path / "out.jsonl"), **options)


# Workers, and a merge that breaks off


@pytest.fixture
def many(tmp_path: Path) -> list[str]:
    """Six files of pages in the original format, with ids that come again in other files, and some bad lines."""
    (tmp_path / "many").mkdir()
    paths = []
    for i in range(6):
        pages = [original(f"one two {n}", "x" * 7 * n, example_id=n) for n in range(10 * i, 10 * i + 12)]
        paths.append(write(tmp_path / "many" / f"{i}.jsonl", *pages))
    with open(paths[1], "a") as file:
        file.write('{"example_id": 900}\n{')
    data = Path(paths[4]).read_bytes()
    Path(paths[4]).write_bytes(gzip.compress(data)[:-4])
    return paths


def tree(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of the files of a folder."""
    return {file.name: file.read_bytes() for file in (sorted(path.iterdir()) if path.is_dir() else [path])}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("out.jsonl.gz", {"duplicates": "first", "simplify": True, "take": 50}),
        ("out", {"duplicates": "keep", "simplify": True, "shards": 3, "ids": True, "sample": 0.6, "seed": 4}),
        ("out.jsonl", {"duplicates": "first", "sample": 0.5}),
    ],
)
def test_any_number_of_workers_writes_the_same_bytes(
    many: list[str], tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    if "ids" in options:
        (tmp_path / "ids").write_text("".join(f"{n}\n" for n in [*range(5, 60, 2), 61, 404]))
        options = options | {"ids": str(tmp_path / "ids")}
    seen = []
    for workers in (1, 2, 5):
        folder = tmp_path / f"by-{workers}"
        summary = merge(many, out=str(folder / name), skip_bad=str(folder / "bad"), workers=workers, **options)
        seen.append((tree(folder / name), tree(folder / "bad"), vars(summary) | {"paths": []}))
        assert sorted(os.listdir(folder)) == sorted([name, "bad"])
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][2]["written"] > 15


def test_what_is_written_is_what_one_pass_over_all_pages_gives(many: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl.gz"
    summary = merge(many, out=str(out), duplicates="first", simplify=True, skip_bad=str(tmp_path / "bad"), workers=2)
    kept: dict[int, bytes] = {}
    for path in many[:4] + many[5:]:
        for page in Path(path).read_bytes().splitlines():
            if b"question_text" in page:
                kept.setdefault(json.loads(page)["example_id"], simplify(page))
    assert lines_of(out) == list(kept.values())
    assert (summary.written, summary.read, summary.bad, summary.left_out) == (54, 62, 3, {"duplicates": 6})
    assert (tmp_path / "bad").read_text().splitlines() == [
        f"{many[1]}:13: no NQ page: Object missing required field `question_text`",
        f"{many[1]}:14: no NQ page: Input data was truncated",
        f"{many[4]}:1: the gzip data is cut short; copy the file again",
    ]


def test_what_lies_behind_the_last_page_taken_does_not_matter(many: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    for workers in (1, 2):
        summary = merge(many, out=str(out), take=12, workers=workers)
        assert (summary.read, summary.written, summary.bad) == (12, 12, 0)
    # With the next line there is an error: the one that stands first.
    with pytest.raises(InputError, match=r"1\.jsonl:1: example 10 stands at .*0\.jsonl:11 too"):
        merge(many, out=str(out), take=13)
    with pytest.raises(InputError, match=r"1\.jsonl:14: no NQ page"):
        merge(many, out=str(out), duplicates="keep")
    with pytest.raises(InputError, match=r"4\.jsonl:1: the gzip data is cut short"):
        merge(many[2:], out=str(out), duplicates="first", workers=2)
    assert ids_of(out) == list(range(12))  # as before
    (tmp_path / "none.jsonl").write_text("{\n")
    with pytest.raises(InputError, match=r"none\.jsonl: no page to write; 1 read, 1 bad"):
        merge(str(tmp_path / "none.jsonl"), out=str(out), skip_bad=str(tmp_path / "bad"))
    assert sorted(os.listdir(tmp_path)) == ["many", "none.jsonl", "out.jsonl"]


def until(true: Callable[[], object]) -> None:
    """Wait for what must come."""
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come")


@pytest.fixture
def pipes(tmp_path: Path) -> Iterator[list[str]]:
    """Two files that never end, since nobody writes to them."""
    (tmp_path / "in").mkdir(exist_ok=True)
    paths = [str(tmp_path / "in" / name) for name in ("y.jsonl", "z.jsonl")]
    for path in paths:
        os.mkfifo(path)
    yield paths


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("options", [{}, {"shards": 2}])
def test_a_merge_that_was_killed_begins_again(
    three: list[str], pipes: list[str], tmp_path: Path, workers: int, options: dict[str, Any]
) -> None:
    out = tmp_path / "to" / ("out" if options else "out.jsonl.gz")
    merge(three, out=str(out), **options)
    before = tree(out)
    keywords: dict[str, Any] = {"out": str(out), "workers": workers} | options
    code = f"import tinynq; tinynq.merge({[*three, *pipes]!r}, **{keywords!r})"
    process = subprocess.Popen([sys.executable, "-c", code])
    parts = out.with_name(f".{out.name}.parts")
    until(lambda: parts.is_dir() and len([name for name in os.listdir(parts) if ".0000" in name]) == workers
          and not any(name.startswith("0000") for name in os.listdir(parts)))  # fmt: skip
    process.kill()
    process.wait()
    assert tree(out) == before  # nothing half done under its name
    assert merge(three, out=str(out), workers=workers, **options).written == 30
    assert tree(out) == before
    assert os.listdir(out.parent) == [out.name]


def test_a_worker_that_is_killed_is_an_error(pipes: list[str], tmp_path: Path) -> None:
    parts = tmp_path / ".out.jsonl.gz.parts"

    def kill() -> None:
        until(lambda: parts.is_dir() and len(os.listdir(parts)) == 2)  # both are in the midst of it
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(WorkerError, match=r"[yz]\.jsonl: a worker ended in the midst of it"):
        merge(pipes, out=str(tmp_path / "out.jsonl.gz"), workers=2)
    killer.join()
    assert os.listdir(tmp_path) == ["in"]


# Simplified


def official(page: dict[str, Any]) -> dict[str, Any]:
    """The rules of the NQ release, spelled out: all keys keep their order, byte offsets go."""

    def tokens_only(span: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in span.items() if not key.endswith("_byte")}

    annotations = [
        {
            key: tokens_only(value)
            if key == "long_answer"
            else [tokens_only(span) for span in value]
            if key == "short_answers"
            else value
            for key, value in annotation.items()
        }
        for annotation in page["annotations"]
    ]
    return {
        "question_text": page["question_text"],
        "example_id": page["example_id"],
        "document_url": page["document_url"],
        "document_text": " ".join("_".join(token["token"].split(" ")) for token in page["document_tokens"]),
        "long_answer_candidates": [tokens_only(span) for span in page["long_answer_candidates"]],
        "annotations": annotations,
    }


def test_simplified_lines_have_six_keys_and_no_bytes() -> None:
    page = original("born in 1 900", "é ü", example_id=-(2**63))
    page = annotated(page, answer(page, 0, (0, 1)) | {"annotation_id": 2**64 - 1}, null())
    page["document_url"] = "https://example.org"
    page["document_tokens"][3]["token"] = "a b  c"
    page["document_html"] = "<html>"
    for span in (page["long_answer_candidates"][0], page["annotations"][0]["short_answers"][0]):
        span |= {"start_byte": 3, "end_byte": 5}
    short = simplify(json.dumps(page, ensure_ascii=False).encode())
    assert short == json.dumps(official(page)).encode()
    assert list(json.loads(short)) == [
        "question_text", "example_id", "document_url", "document_text", "long_answer_candidates", "annotations",
    ]  # fmt: skip
    assert " a_b__c " in json.loads(short)["document_text"]
    assert b"byte" not in short
    assert json.loads(short)["annotations"][0]["annotation_id"] == 2**64 - 1


def test_what_a_page_lacks_stays_away() -> None:
    page = original("one two", annotations=None)
    assert json.loads(simplify(json.dumps(page).encode())) == simplified(page)


def test_simplified_lines_pass_unchanged(three: list[str], tmp_path: Path) -> None:
    merge(three, out=str(tmp_path / "out.jsonl"), simplify=True)
    assert lines_of(tmp_path / "out.jsonl") == [line(i) for i in range(30)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"document_tokens": []}, "in.jsonl:1: example 7 has no tokens; expected a page in either NQ format"),
        ({"document_tokens": None}, "in.jsonl:1: example 7 has no tokens"),
        ({"document_tokens": [{"html_token": True}]}, "in.jsonl:1: no NQ page: .*token"),
        ({"annotations": [["x"]]}, "in.jsonl:1: no NQ page"),
        ({"annotations": [{"short_answers": [3]}]}, "in.jsonl:1: no NQ page"),
        ({"long_answer_candidates": 3}, "in.jsonl:1: no NQ page"),
    ],
)
def test_what_cannot_be_simplified_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    source = write(tmp_path / "in.jsonl", original("one two") | change)
    with pytest.raises(InputError, match=message):
        merge(source, out=str(tmp_path / "out.jsonl"), simplify=True)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_every_token_stays_one_token(words: list[str]) -> None:
    page = original("x") | {"document_tokens": [{"token": word, "html_token": False} for word in words]}
    text = json.loads(simplify(json.dumps(page).encode()))["document_text"]
    assert text.split(" ") == [word.replace(" ", "_") for word in words]


def test_simplified_pages_are_read_as_the_original_ones(tmp_path: Path) -> None:
    page = original("one two three", "four  five")
    source = write(tmp_path / "in.jsonl", annotated(page, answer(page, 1, (0, 1))))
    merge(source, out=str(tmp_path / "out.jsonl.gz"), simplify=True)
    (before,), (after,) = read_pages([source]), read_pages([str(tmp_path / "out.jsonl.gz")])
    for name in ("example_id", "question", "tokens", "is_html", "candidates", "annotations"):
        assert getattr(before, name) == getattr(after, name)


@pytest.fixture(scope="session")
def maker(shared: Path) -> Any:
    """The tool that writes pages in both formats."""
    spec = importlib.util.spec_from_file_location("make_nq", shared / "tools" / "make_nq.py")
    if spec is None or spec.loader is None:
        pytest.skip("../shared/tools/make_nq.py is not there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_real_pages_become_what_the_official_converter_makes_of_them(shared: Path, maker: Any) -> None:
    pages = [page for name in ("train", "dev") for page in lines_of(shared / f"data/nq-real/{name}-original.jsonl.gz")]
    assert len(pages) == 4
    for page in pages:
        short = simplify(page)
        assert short == json.dumps(official(json.loads(page))).encode()
        assert json.loads(short) == maker.simplify(json.loads(page))
    for name in ("train", "test"):
        for page in lines_of(shared / f"data/nq-real/{name}-simplified.jsonl.gz"):
            assert simplify(page) is page


def test_golden_pages_become_what_the_maker_of_pages_makes_of_them(shared: Path, maker: Any) -> None:
    for path in sorted((shared / "golden" / "pages").glob("*.jsonl.gz")):
        for page in lines_of(path):
            assert json.loads(simplify(page)) == maker.simplify(json.loads(page))


@pytest.mark.slow
def test_made_pages_equal_those_made_simplified(shared: Path, tmp_path: Path) -> None:
    for kind in ("original", "simplified"):
        command = [sys.executable, str(shared / "tools" / "make_nq.py"), "nq-dev", str(tmp_path / kind)]
        subprocess.run([*command, "--format", kind, "--limit", "100", "--shards", "1"], check=True, capture_output=True)
    merge(str(tmp_path / "original"), out=str(tmp_path / "out.jsonl.gz"), simplify=True)
    ours, theirs = (
        [json.dumps(json.loads(page)) for page in lines_of(path)]
        for path in (tmp_path / "out.jsonl.gz", tmp_path / "simplified" / "nq-dev-00.jsonl.gz")
    )
    assert len(ours) == 100
    assert ours == theirs  # the order of the keys included


def test_the_package_exports_it() -> None:
    exported: Callable[..., MergeSummary] = tinynq.merge
    assert exported is merge
