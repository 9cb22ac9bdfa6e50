"""Real NQ pages, in both formats, through prepare, predict and eval."""

import json
import re
from pathlib import Path

import pytest
from nq_lines import SmallRun, simplified

from tinynq.files import LineReader
from tinynq.inference import predict
from tinynq.metrics import evaluate
from tinynq.preparation import prepare
from tinynq.record import read_info

FILES = ["dev-original", "train-original", "train-simplified"]


@pytest.fixture(scope="module")
def real(shared: Path) -> Path:
    return shared / "data" / "nq-real"


def test_all_pages_are_prepared_and_predicted(real: Path, small_run: SmallRun, tmp_path: Path) -> None:
    record, out = str(tmp_path / "dev.parquet"), tmp_path / "predictions.json"
    info = prepare(str(real), out=record, for_="predict")
    assert info.counts["pages"] == 6
    assert predict(small_run.folder, record, out=str(out)).windows == info.counts["windows"]
    ids = [prediction["example_id"] for prediction in json.loads(out.read_text())["predictions"]]
    assert "-1220107454853145579" in ids  # a string in the Kaggle file, and a string here
    assert sum(isinstance(example_id, int) for example_id in ids) == 5


def test_a_page_of_kaggle_becomes_rows_of_kaggle(real: Path, small_run: SmallRun, tmp_path: Path) -> None:
    out = tmp_path / "submission.csv"
    predict(small_run.folder, str(real / "test-simplified.jsonl.gz"), out=str(out), format="kaggle")
    header, long, short = out.read_text("utf-8").splitlines()
    assert header == "example_id,PredictionString"
    assert re.fullmatch(r"-1220107454853145579_long,(\d+:\d+)?", long)
    assert re.fullmatch(r"-1220107454853145579_short,\d+:\d+", short)


@pytest.mark.parametrize("name", FILES)
def test_annotated_pages_are_prepared_for_training_and_scored(
    real: Path, small_run: SmallRun, tmp_path: Path, name: str
) -> None:
    pages, record, out = str(real / f"{name}.jsonl.gz"), str(tmp_path / "r.parquet"), str(tmp_path / "p.json")
    prepare(pages, out=record)
    counts = read_info(record).counts
    assert counts["short"] >= 1
    summary = predict(small_run.folder, pages, out=out)
    report = evaluate(pages, predictions=out, long_non_null_threshold=1)
    assert report.pages == summary.pages == counts["pages"]
    assert report.long.gold >= 1


@pytest.mark.parametrize("name", ["dev-original", "train-original"])
def test_both_formats_of_a_page_give_the_same_predictions(
    real: Path, small_run: SmallRun, tmp_path: Path, name: str
) -> None:
    original = real / f"{name}.jsonl.gz"
    simple = tmp_path / "simplified.jsonl"
    lines = [json.dumps(simplified(json.loads(line))) for _, line in LineReader([str(original)])]
    simple.write_text("\n".join(lines), "utf-8")
    outs = [tmp_path / "original.json", tmp_path / "simplified.json"]
    for pages, out in zip((original, simple), outs, strict=True):
        predict(small_run.folder, str(pages), out=str(out))
    assert outs[0].read_bytes() == outs[1].read_bytes()
