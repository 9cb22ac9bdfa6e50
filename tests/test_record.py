"""Records: what was written is what is read, they say what made them, and damage is one line."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nq_lines import annotated, answer, null, original, write

import tinynq
from tinynq import record as record_module
from tinynq.config import FeatureOptions, PrepareOptions, Purpose
from tinynq.errors import RecordError, TinynqError
from tinynq.features import page_windows, training_windows
from tinynq.pages import read_pages
from tinynq.preparation import prepare
from tinynq.record import SCHEMAS, TrainingSet, check_same, read_info, read_page_windows, window_lengths
from tinynq.seeds import page_random
from tinynq.types import PageWindows, Window
from tinynq.vocab import Vocab

IDS: list[int | str] = [7, -1, -(2**63), 2**63 - 1, 2**64 - 1, "7", "5655493461695504401", "-1", "", 'ü/"|']
SMALL: dict[str, Any] = {"max_seq_length": 32, "stride": 8}
TEXT = " ".join(f"word{i}" for i in range(30))


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page an id, of several windows each, every other one answered."""
    lines = []
    for number, example_id in enumerate(IDS):
        line = original("one two", TEXT, example_id=example_id)
        lines.append(annotated(line, answer(line, 1, (20, 22)) if number % 2 else null()))
    return write(tmp_path_factory.mktemp("pages") / "pages.jsonl", *lines)


def key(window: Window) -> str:
    return json.dumps([window.example_id, window.index])


def rows(record: str | list[str]) -> list[Window]:
    data = TrainingSet.load([record] if isinstance(record, str) else record)
    return [data.window(at) for at in range(len(data))]


def plain(window: Window) -> tuple[Any, ...]:
    """A window as values that can be compared, without the token map."""
    ids = [int(i) for i in window.input_ids]
    return (window.example_id, window.index, window.question_length, ids, window.target)


def plain_page(page: PageWindows) -> tuple[Any, ...]:
    return (page.example_id, page.candidates, [(*plain(w), [int(t) for t in w.token_map]) for w in page.windows])


def every_window(pages: str, vocab: Vocab, include_unknowns: float = 1.0, seed: int = 0) -> list[Window]:
    return [
        window
        for page in read_pages([pages])
        for window in training_windows(
            page,
            vocab=vocab,
            options=FeatureOptions(**SMALL),
            include_unknowns=include_unknowns,
            draw=page_random(seed, page.example_id).random,
        )
    ]


# --- what was written is what is read


@pytest.mark.parametrize("shuffle", [True, False])
def test_a_record_for_training_gives_back_its_windows(
    pages: str, vocab: Vocab, tmp_path: Path, shuffle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_module, "ROW_GROUP", 16)  # several groups, the last one not full
    out = str(tmp_path / "r.parquet")
    info = prepare(pages, out=out, include_unknowns=1.0, shuffle=shuffle, **SMALL)
    expected = [plain(w) for w in every_window(pages, vocab)]
    found = [plain(w) for w in rows(out)]
    assert len(found) > 48 and [type(row[0]) for row in found].count(str) > 10
    assert (found == expected) != shuffle
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert info.counts["windows"] == len(found)
    assert list(TrainingSet.load([out]).lengths) == [len(row[3]) for row in found]


def test_a_record_for_prediction_gives_back_its_pages(
    pages: str, vocab: Vocab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_module, "ROW_GROUP", 16)
    out = str(tmp_path / "r.parquet")
    prepare(pages, out=out, for_="predict", **SMALL)
    options = FeatureOptions(**SMALL)
    expected = [page_windows(page, vocab=vocab, options=options) for page in read_pages([pages])]
    found = list(read_page_windows(out))
    assert [plain_page(page) for page in found] == [plain_page(page) for page in expected]
    assert [type(page.example_id) for page in found] == [type(example_id) for example_id in IDS]


@settings(max_examples=15, deadline=None)  # each reads a vocabulary
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**70), 2**70) | st.text(st.characters(codec="utf-8"), max_size=12),
            st.lists(st.lists(st.sampled_from(["the", "omicron", "[1]", ""]), max_size=60).map(" ".join), max_size=4),
        ),
        max_size=4,
    )
)
def test_reading_back_what_was_written_is_the_identity(
    vocab: Vocab, tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int | str, list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("record")
    lines = [original(*paragraphs, example_id=example_id) for example_id, paragraphs in made]
    pages, out = write(folder / "p.jsonl", *lines), str(folder / "r.parquet")
    prepare(pages, out=out, for_="predict", **SMALL)
    options = FeatureOptions(**SMALL)
    assert [plain_page(page) for page in read_page_windows(out)] == [
        plain_page(page_windows(page, vocab=vocab, options=options)) for page in read_pages([pages])
    ]
    prepare(pages, out=out, include_unknowns=1.0, shuffle=False, **SMALL)
    if lines:
        assert [plain(w) for w in rows(out)] == [plain(w) for w in every_window(pages, vocab)]


def test_lengths_are_read_without_the_windows(pages: str, tmp_path: Path) -> None:
    for purpose in SCHEMAS:
        out = str(tmp_path / f"{purpose}.parquet")
        info = prepare(pages, out=out, for_=purpose, **SMALL)
        batches = list(window_lengths(out))
        assert sum(len(ids) for ids, _ in batches) == info.counts["windows"] > 0
        assert {json.loads(name) for ids, _ in batches for name in ids} <= set(IDS)
        assert max(length for _, lengths in batches for length in lengths) == 32


# --- what a record says of itself


def test_a_record_says_what_made_it(pages: str, vocab: Vocab, tmp_path: Path) -> None:
    out = str(tmp_path / "r.parquet")
    made = prepare(pages, out=out, include_unknowns=1.0, seed=5, **SMALL)
    info = read_info(out)
    assert replace(info, vocab=made.vocab) == made
    assert info.vocab.tokens == vocab.tokens and info.vocab.sha256 == vocab.sha256
    assert (info.purpose, info.version) == ("train", tinynq.__version__)
    assert info.features == FeatureOptions(**SMALL)
    assert info.options == asdict(PrepareOptions(include_unknowns=1.0, seed=5, **SMALL))
    kinds = [w.target.answer_type.name.lower() for w in rows(out) if w.target]
    assert info.counts == {
        "pages": len(IDS),
        "windows": len(kinds),
        **{kind: kinds.count(kind) for kind in ("unknown", "yes", "no", "short", "long")},
    }
    assert info.counts["short"] > 0


def test_the_columns_are_those_of_the_schema(pages: str, tmp_path: Path) -> None:
    out = str(tmp_path / "r.parquet")
    last_columns: dict[Purpose, list[str]] = {"train": ["start", "end", "answer_type"], "predict": ["candidates"]}
    for purpose, last in last_columns.items():
        prepare(pages, out=out, for_=purpose, **SMALL)
        names = ["example_id", "index", "question_length", "input_ids", "token_map", *last]
        assert pq.read_schema(out).names == names
    # Candidates stand on the first window of a page alone.
    first, candidates = (pq.read_table(out).column(name).to_pylist() for name in ("index", "candidates"))
    assert [bool(spans) for spans in candidates] == [index == 0 for index in first] and first.count(0) < len(first)
    assert prepare(pages, out=out, for_="predict").counts == {"pages": len(IDS), "windows": len(IDS)}


# --- several records, and records that do not fit


def test_several_records_are_one_training_set(pages: str, tmp_path: Path) -> None:
    one, two = str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")
    prepare(pages, out=one, include_unknowns=1.0, **SMALL)
    prepare(pages, out=two, seed=1, include_unknowns=0.5, **SMALL)
    together = [plain(w) for w in rows([one, two])]
    assert together == [plain(w) for record in (one, two) for w in rows(record)]
    assert [plain(w) for w in rows(str(tmp_path))] == together  # a folder of records


def test_a_record_of_a_closer_stride_shows_answers_more_often(pages: str, tmp_path: Path) -> None:
    one, two = str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")
    prepare(pages, out=one, **SMALL)
    prepare(pages, out=two, **{**SMALL, "stride": 4})
    data = TrainingSet.load([one, two])
    assert data.info.features.stride == 8
    assert len(data) > 2 * len(rows(one)) > 0
    info, first = read_info(two), read_info(one)
    with pytest.raises(RecordError, match="made with stride 4, but the run has 8"):
        check_same(two, info, first.features, first.vocab, of="the run")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"max_seq_length": 64}, "made with max_seq_length 64, but .*has 384; prepare it again with the same options"),
        ({"max_contexts": 4}, "made with max_contexts 4, but"),
        ({"max_question_length": 4}, "made with max_question_length 4, but"),
        ({"cased": True}, "made with cased True, but"),
        ({"vocab": "other"}, "made with another vocabulary than"),
    ],
)
def test_records_of_other_options_are_an_error(pages: str, tmp_path: Path, other: dict[str, Any], found: str) -> None:
    one, two = str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")
    if "vocab" in other:
        other = {"vocab": str(tmp_path / "vocab.txt")}
        Path(other["vocab"]).write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the"]), "utf-8")
    prepare(pages, out=one)
    prepare(pages, out=two, include_unknowns=1.0, **other)
    with pytest.raises(RecordError, match=found) as error:
        TrainingSet.load([one, two])
    assert str(error.value).startswith(f"{two}: ")
    info, first = read_info(two), read_info(one)
    with pytest.raises(RecordError, match="but the run has|another vocabulary than the run"):
        check_same(two, info, first.features, first.vocab, of="the run")
    check_same(two, info, info.features, info.vocab, of="the run")


def test_a_record_is_used_for_what_it_was_made_for(pages: str, tmp_path: Path) -> None:
    train, predict = str(tmp_path / "t.parquet"), str(tmp_path / "p.parquet")
    prepare(pages, out=train)
    prepare(pages, out=predict, for_="predict")
    with pytest.raises(RecordError, match=r"p\.parquet: made for prediction; training needs `tinynq prepare"):
        TrainingSet.load([predict])
    with pytest.raises(RecordError, match=r"t\.parquet: made for training; prediction needs `tinynq prepare"):
        list(read_page_windows(train))


def test_a_record_without_windows_trains_nothing(tmp_path: Path) -> None:
    pages, out = write(tmp_path / "p.jsonl", annotated(original("one"), null())), str(tmp_path / "r.parquet")
    prepare(pages, out=out, include_unknowns=-1)
    with pytest.raises(RecordError, match=r"r\.parquet: no window to train on; prepare more pages or raise"):
        TrainingSet.load([out])


# --- damage


def reading(record: str) -> None:
    """Read all of a record, whatever it was made for."""
    if read_info(record).purpose == "train":
        rows(record)
    else:
        list(read_page_windows(record))


@pytest.mark.parametrize("content", [b"", b"hello", b"PAR1" * 20, b"\0" * 5000])
def test_a_file_that_is_no_parquet_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.parquet"
    path.write_bytes(content)
    for read in (read_info, reading, lambda record: list(read_page_windows(record))):
        with pytest.raises(RecordError, match=r"r\.parquet: no record that can be read \(.*\); make") as error:
            read(str(path))
        assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TinynqError, match=r"none\.parquet: .*No such file"):
        read_info(str(tmp_path / "none.parquet"))
    with pytest.raises(TinynqError, match=r"none\.parquet: no such file"):
        TrainingSet.load([str(tmp_path / "none.parquet")])


def test_the_parquet_file_of_somebody_else_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(
        RecordError, match=r"r\.parquet: a Parquet file that tinynq did not make; expected one of `tinynq"
    ):
        read_info(str(path))


@pytest.mark.parametrize("purpose", ["train", "predict"])
def test_damage_anywhere_is_an_error_or_does_no_harm(pages: str, tmp_path: Path, purpose: Purpose) -> None:
    path, broken = tmp_path / "r.parquet", tmp_path / "broken.parquet"
    prepare(pages, out=str(path), for_=purpose, include_unknowns=1.0, **SMALL)
    content = path.read_bytes()

    def read(record: str) -> list[Any]:
        return [plain(w) for w in rows(record)] if purpose == "train" else [*map(plain_page, read_page_windows(record))]

    intact, found = read(str(path)), 0
    for at in [*range(4, 600, 4), *range(600, len(content), len(content) // 40)]:
        broken.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        try:
            assert read(str(broken)) == intact
        except RecordError as error:
            found += 1
            assert str(error).startswith(f"{broken}: ") and "\n" not in str(error)
    assert found > 30
    broken.write_bytes(content[: len(content) // 2])
    with pytest.raises(RecordError, match="make it again"):
        reading(str(broken))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"format": 2}, "format 2, made by tinynq .*; this is .* and reads format 1; make it again"),
        ({"vocab_sha256": "0"}, "its description is damaged; make it again"),
        ({"features": {"strides": 3}}, "its description is damaged"),
        ({"counts": None, "features": None}, "its description is damaged"),
    ],
)
def test_a_description_that_cannot_be_read_is_an_error(
    pages: str, tmp_path: Path, change: dict[str, Any], found: str
) -> None:
    path = str(tmp_path / "r.parquet")
    prepare(pages, out=path)
    table = pq.read_table(path)
    metadata = dict(table.schema.metadata or pq.read_metadata(path).metadata)
    metadata[b"tinynq"] = json.dumps(json.loads(metadata[b"tinynq"]) | change).encode()
    pq.write_table(table.replace_schema_metadata(metadata), path)
    with pytest.raises(RecordError, match=found):
        read_info(path)


def test_a_page_that_lost_a_window_is_an_error(pages: str, tmp_path: Path) -> None:
    path = str(tmp_path / "r.parquet")
    prepare(pages, out=path, for_="predict", **SMALL)
    metadata = pq.read_metadata(path).metadata
    table = pq.read_table(path)
    for cut in (table.slice(1), pa.concat_tables([table.slice(0, 1), table.slice(2)])):
        pq.write_table(cut.replace_schema_metadata(metadata), path)
        with pytest.raises(RecordError, match=r"example 7 has no window before [12]; make it again"):
            list(read_page_windows(path))
    pq.write_table(table.slice(0, len(table) - 1).replace_schema_metadata(metadata), path)
    with pytest.raises(RecordError, match=rf"holds {len(table) - 1} windows, and says {len(table)}; make it again"):
        list(read_page_windows(path))
