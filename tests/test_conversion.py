"""Records there and back: what stays, what cannot, and that training does not notice."""

import json
from pathlib import Path
from typing import Any

import pytest
from nq_lines import SmallRun, original, write

from tinynq.config import FeatureOptions
from tinynq.conversion import convert
from tinynq.describe import stats
from tinynq.errors import InputError, RecordError, UsageError
from tinynq.preparation import prepare
from tinynq.record import TrainingSet, read_info
from tinynq.tfrecord import unique_id
from tinynq.training import train
from tinynq.types import Window


def windows(record: str) -> list[Window]:
    data = TrainingSet.load([record])
    return [data.window(at) for at in range(len(data))]


def content(window: Window) -> tuple[Any, ...]:
    return (window.question_length, list(window.input_ids), window.target)


def losses(record: str, out: Path) -> list[float]:
    train(record, out=str(out), init="bert-tiny", steps=2, batch_size=4, threads=1)
    return [json.loads(line)["loss"] for line in (out / "log.jsonl").read_text().splitlines()]


def test_there_and_back_trains_to_the_same_losses(small_run: SmallRun, tmp_path: Path) -> None:
    original, again = str(tmp_path / "r.tfrecord"), str(tmp_path / "again.parquet")
    convert(small_run.record, out=original)
    info, before = convert(original, out=again), read_info(small_run.record)
    assert losses(small_run.record, tmp_path / "1") == losses(again, tmp_path / "2")
    # What stays, and what cannot: ids and pages.
    old, new = windows(small_run.record), windows(again)
    assert [content(window) for window in old] == [content(window) for window in new]
    assert [(unique_id(w.example_id, w.index), 0) for w in old] == [(w.example_id, w.index) for w in new]
    assert (info.features, info.vocab.sha256) == (before.features, before.vocab.sha256)
    assert info.counts == before.counts | {"pages": before.counts["windows"]}
    assert info.options == {"vocab": None, "converted_from": original}
    assert read_info(again).counts == info.counts
    assert stats(again).windows == before.counts["windows"]


def test_back_and_there_is_the_same_file(small_run: SmallRun, tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("1.tfrecord", "2.parquet", "3.tfrecord", "4.tfrecord.gz")]
    prepare(small_run.pages, out=paths[0], include_unknowns=1.0)
    convert(paths[0], out=paths[1])
    convert(paths[1], out=paths[2])
    assert Path(paths[0]).read_bytes() == Path(paths[2]).read_bytes()
    convert(small_run.record, out=paths[3])
    assert [content(w) for w in windows(paths[3])] == [content(w) for w in windows(paths[0])]


def test_a_record_for_prediction_goes_one_way(small_run: SmallRun, tmp_path: Path) -> None:
    record, out, direct = (str(tmp_path / name) for name in ("r.parquet", "converted.tfrecord", "direct.tfrecord"))
    prepare(small_run.pages, out=record, for_="predict")
    prepare(small_run.pages, out=direct, for_="predict")
    convert(record, out=out)
    assert Path(out).read_bytes() == Path(direct).read_bytes()
    with pytest.raises(RecordError, match="record 1: made for prediction, and without the candidates that it needs"):
        convert(out, out=str(tmp_path / "back.parquet"))
    assert not (tmp_path / "back.parquet").exists()


def test_options_say_what_a_tfrecord_does_not(tmp_path: Path) -> None:
    vocab = tmp_path / "vocab.txt"
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocab.write_text("\n".join([*special, *(f"word{i}" for i in range(300)), "One", "two"]), "utf-8")
    pages = write(tmp_path / "p.jsonl", original("One two", annotations=[]))
    made, back = str(tmp_path / "r.tfrecord"), str(tmp_path / "r.parquet")
    options: dict[str, Any] = {"vocab": str(vocab), "cased": True, "stride": 9, "max_contexts": 3}
    prepared = prepare(pages, out=made, max_seq_length=40, include_unknowns=1.0, **options)
    info = convert(made, out=back, **options)
    assert info.features == prepared.features == FeatureOptions(
        max_seq_length=40, stride=9, max_contexts=3, cased=True
    )  # fmt: skip
    assert read_info(back).vocab.sha256 == prepared.vocab.sha256
    convert(made, out=back, max_seq_length=40, **options)
    with pytest.raises(UsageError, match=r"r\.tfrecord: is padded to 40 pieces, not to 50"):
        convert(made, out=back, max_seq_length=50)
    vocab.write_text("\n".join(special), "utf-8")
    Path(back).unlink()
    with pytest.raises(RecordError, match=r"record 1: input_ids outside the vocabulary of 213; give the right one"):
        convert(made, out=back, vocab=str(vocab))
    assert not Path(back).exists()


def test_directions_that_cannot_be(small_run: SmallRun, tmp_path: Path) -> None:
    made = str(tmp_path / "made")
    prepare(small_run.pages, out=f"{made}.tfrecord")
    Path(f"{made}.tfrecord").rename(made)
    for source, out, match in [
        (small_run.record, "x.parquet", r"train\.parquet: is no TFRecord, and so would x\.parquet be; .* \.tfrecord"),
        (made, "x.tfrecord", r"made: is a TFRecord, and so would x\.tfrecord be; name the new file \.parquet"),
        (made, "x.record", r"x\.record: expected a name that ends in \.parquet, \.tfrecord or \.tfrecord\.gz"),
    ]:
        with pytest.raises(UsageError, match=match):
            convert(source, out=out)
    with pytest.raises(UsageError, match=r"train\.parquet: says itself how it was made; leave out stride, vocab"):
        convert(small_run.record, out=str(tmp_path / "x.tfrecord"), stride=3, vocab="v")
    with pytest.raises(UsageError, match="did you mean stride"):
        convert(made, out=str(tmp_path / "x.parquet"), strid=3)
    with pytest.raises(InputError, match="none: cannot be read: No such file"):
        convert(str(tmp_path / "none"), out=str(tmp_path / "x.parquet"))
    with pytest.raises(RecordError, match="no record that can be read"):
        convert(small_run.pages, out=str(tmp_path / "x.tfrecord"))
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_progress_is_told(small_run: SmallRun, tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    total = read_info(small_run.record).counts["windows"]
    convert(small_run.record, out=str(tmp_path / "r.tfrecord"), progress=lambda *now: told.append(now))
    convert(str(tmp_path / "r.tfrecord"), out=str(tmp_path / "r.parquet"), progress=lambda *now: told.append(now))
    assert told == [(total, 1.0), (total, 0.0)]
