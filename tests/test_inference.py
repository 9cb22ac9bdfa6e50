"""Prediction: the same from pages and from a record, for any batch; errors that name what is at fault."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from nq_lines import SmallRun

from tinynq.checkpoint import load_run
from tinynq.config import PredictOptions
from tinynq.errors import NumericError, RecordError, RunError, UsageError
from tinynq.features import page_windows
from tinynq.inference import CHUNK, predict, predict_pages, window_logits
from tinynq.model import collate
from tinynq.pages import read_pages
from tinynq.record import prepare


def predictions(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())["predictions"]  # type: ignore[no-any-return]


def test_pages_and_their_record_give_the_same_predictions(small_run: SmallRun, tmp_path: Path) -> None:
    summary = predict(small_run.folder, small_run.pages, out=str(tmp_path / "a.json"))
    record = str(tmp_path / "dev.parquet")
    info = prepare(small_run.pages, out=record, for_="predict")
    assert summary == predict(small_run.folder, record, out=str(tmp_path / "b.json"))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert summary._asdict() == {"pages": info.counts["pages"], "windows": info.counts["windows"]}
    ids = [page.example_id for page in read_pages(small_run.pages)]
    assert [prediction["example_id"] for prediction in predictions(tmp_path / "a.json")] == ids
    assert len(ids) > CHUNK  # more than one chunk


def test_the_batch_size_does_not_matter(small_run: SmallRun, tmp_path: Path) -> None:
    for size in (1, 7):
        predict(small_run.folder, small_run.pages, out=str(tmp_path / f"{size}.json"), batch_size=size)
    for one, seven in zip(predictions(tmp_path / "1.json"), predictions(tmp_path / "7.json"), strict=True):
        assert one["long_answer"] == seven["long_answer"]
        assert one["long_answer_score"] == pytest.approx(seven["long_answer_score"], abs=1e-4)


def test_logits_are_those_of_the_window_alone(small_run: SmallRun) -> None:
    model, features, vocab, _ = load_run(small_run.folder)
    windows = [w for p in read_pages(small_run.pages) for w in page_windows(p, vocab=vocab, options=features).windows]
    windows = sorted(windows[:5], key=lambda window: -len(window.input_ids))
    logits = window_logits(model, windows, pad_id=vocab.pad, options=PredictOptions(batch_size=5))
    for window, scores in zip(windows, logits, strict=True):
        with torch.inference_mode():
            alone = model(collate([window]))
        assert scores.start.shape == scores.end.shape == (len(window.input_ids),)
        np.testing.assert_allclose(scores.start, alone.start[0].numpy(), atol=1e-5)
        np.testing.assert_allclose(scores.answer_type, alone.answer_type[0].numpy(), atol=1e-5)


def test_pages_are_read_only_as_far_as_they_are_needed(small_run: SmallRun) -> None:
    model, features, vocab, _ = load_run(small_run.folder)
    taken = 0

    def pages() -> Any:
        nonlocal taken
        for page in read_pages(small_run.pages):
            taken += 1
            yield page_windows(page, vocab=vocab, options=features)

    next(predict_pages(model, pages(), pad_id=vocab.pad, options=PredictOptions()))
    assert taken == CHUNK


def test_n_best_on_request(small_run: SmallRun, tmp_path: Path) -> None:
    predict(small_run.folder, small_run.pages, out=str(tmp_path / "n.json"), n_best=3)
    for prediction in predictions(tmp_path / "n.json"):
        scores = [answer["score"] for answer in prediction["n_best"]]
        assert 1 <= len(scores) <= 3
        assert scores == sorted(scores, reverse=True)
        assert scores[0] == prediction["short_answers_score"]
    predict(small_run.folder, small_run.pages, out=str(tmp_path / "0.json"))
    assert all("n_best" not in prediction for prediction in predictions(tmp_path / "0.json"))


def test_logits_that_are_not_finite_name_the_window(small_run: SmallRun, tmp_path: Path) -> None:
    broken = tmp_path / "run"
    shutil.copytree(small_run.folder, broken)
    weights = safetensors.torch.load_file(broken / "model.safetensors")
    weights["qa_outputs.bias"][0] = float("nan")
    safetensors.torch.save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    first = next(read_pages(small_run.pages)).example_id
    with pytest.raises(NumericError, match=r"example -?\d+, window \d+: .* not finite") as caught:
        predict(str(broken), small_run.pages, out=str(tmp_path / "p.json"))
    assert str(first) in str(caught.value)
    assert not (tmp_path / "p.json").exists()


def test_a_record_must_fit_the_run(small_run: SmallRun, tmp_path: Path) -> None:
    record = str(tmp_path / "dev.parquet")
    prepare(small_run.pages, out=record, for_="predict", stride=64)
    with pytest.raises(RecordError, match="stride 64, but .* has 128"):
        predict(small_run.folder, record, out=str(tmp_path / "p.json"))
    prepare(small_run.pages, out=record, for_="train", include_unknowns=1)
    with pytest.raises(RecordError, match="--for predict"):
        predict(small_run.folder, record, out=str(tmp_path / "p.json"))
    with pytest.raises(UsageError, match="predicted alone"):
        predict(small_run.folder, [record, small_run.pages], out=str(tmp_path / "p.json"))


def test_a_folder_that_is_no_run(small_run: SmallRun, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nowhere"):
        predict(str(tmp_path / "nowhere"), small_run.pages, out=str(tmp_path / "p.json"))
