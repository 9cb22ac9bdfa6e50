"""Prediction: the same from pages and from a record, for any batch; ensembles; errors that name what is at fault."""

import csv
import json
import os
import shutil
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch
from nq_lines import SmallRun

from tinynq import inference
from tinynq.checkpoint import load_run
from tinynq.config import PredictOptions
from tinynq.decode import Thresholds, decode
from tinynq.errors import InputError, NumericError, RecordError, RunError, UsageError
from tinynq.features import page_windows
from tinynq.inference import (
    TIDY,
    PredictSummary,
    answered_pages,
    chunks,
    predict,
    predict_pages,
    window_logits,
)
from tinynq.model import collate
from tinynq.pages import read_pages
from tinynq.preparation import prepare
from tinynq.types import Logits, NqSpan, PageWindows, Prediction, Window


@pytest.fixture
def other_run(small_run: SmallRun, tmp_path: Path) -> str:
    """The small run with other weights."""
    folder = tmp_path / "other"
    shutil.copytree(small_run.folder, folder)
    weights = safetensors.torch.load_file(folder / "model.safetensors")
    generator = torch.Generator().manual_seed(0)
    for name in ("qa_outputs.weight", "answer_type.weight"):
        weights[name] = torch.randn(weights[name].shape, generator=generator) * 0.2
    safetensors.torch.save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return str(folder)


@pytest.fixture
def few_pages(small_run: SmallRun, tmp_path: Path) -> str:
    """Every sixth of the small run's pages."""
    path = tmp_path / "few.jsonl"
    path.write_text("".join(Path(small_run.pages).read_text("utf-8").splitlines(keepends=True)[::6]), "utf-8")
    return str(path)


def predictions(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())["predictions"]  # type: ignore[no-any-return]


def test_pages_and_their_record_give_the_same_predictions(
    small_run: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "CHUNK", 20)
    summary = predict(small_run.folder, small_run.pages, out=str(tmp_path / "a.json"))
    record = str(tmp_path / "dev.parquet")
    info = prepare(small_run.pages, out=record, for_="predict")
    assert summary == predict(small_run.folder, record, out=str(tmp_path / "b.json"))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert summary == PredictSummary(info.counts["pages"], info.counts["windows"], Thresholds())
    ids = [page.example_id for page in read_pages(small_run.pages)]
    assert [prediction["example_id"] for prediction in predictions(tmp_path / "a.json")] == ids
    assert summary.windows > 2 * 20  # more than one chunk


def test_the_batch_size_does_not_matter(small_run: SmallRun, tmp_path: Path) -> None:
    for size in (1, 7):
        predict(
            small_run.folder, small_run.pages, out=str(tmp_path / f"{size}.json"), batch_size=size, precision="fp32"
        )
    for one, seven in zip(predictions(tmp_path / "1.json"), predictions(tmp_path / "7.json"), strict=True):
        assert one["long_answer"] == seven["long_answer"]
        assert one["long_answer_score"] == pytest.approx(seven["long_answer_score"], abs=1e-4)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_number_of_threads_does_not_matter(precision: str, small_run: SmallRun, tmp_path: Path) -> None:
    made = set()
    for threads in (1, 2, 3):
        out = tmp_path / f"{threads}.json"
        predict(small_run.folder, small_run.pages, out=str(out), threads=threads, batch_size=4, precision=precision)
        made.add(out.read_bytes())
    assert len(made) == 1


def test_memory_is_handed_back_now_and_then(small_run: SmallRun, monkeypatch: pytest.MonkeyPatch) -> None:
    model, features, vocab, _ = load_run(small_run.folder)
    windows = [w for p in read_pages(small_run.pages) for w in page_windows(p, vocab=vocab, options=features).windows]
    calls: list[int] = []
    monkeypatch.setattr("tinynq.inference.hand_back", lambda: calls.append(1))
    window_logits(model, windows[: 2 * TIDY + 1], pad_id=vocab.pad, options=PredictOptions(batch_size=1))
    assert len(calls) == 3
    window_logits(model, windows[:5], pad_id=vocab.pad, options=PredictOptions(batch_size=5))
    assert len(calls) == 3  # a batch alone


def test_logits_are_those_of_the_window_alone(small_run: SmallRun) -> None:
    model, features, vocab, _ = load_run(small_run.folder)
    windows = [w for p in read_pages(small_run.pages) for w in page_windows(p, vocab=vocab, options=features).windows]
    windows = sorted(windows[:5], key=lambda window: -len(window.input_ids))
    logits = window_logits(model, windows, pad_id=vocab.pad, options=PredictOptions(batch_size=5, precision="fp32"))
    for window, scores in zip(windows, logits, strict=True):
        with torch.inference_mode():
            alone = model(collate([window]))
        assert scores.start.shape == scores.end.shape == (len(window.input_ids),)
        np.testing.assert_allclose(scores.start, alone.start[0].numpy(), atol=1e-5)
        np.testing.assert_allclose(scores.answer_type, alone.answer_type[0].numpy(), atol=1e-5)


def test_a_chunk_ends_with_the_page_that_fills_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "CHUNK", 5)
    one = Window(1, 0, 1, [101], [-1])
    pages = [PageWindows(at, [], [one] * windows) for at, windows in enumerate([1, 4, 7, 2, 2, 2, 1])]
    assert [[page.example_id for page in some] for some in chunks(pages)] == [[0, 1], [2], [3, 4, 5], [6]]
    assert list(chunks([])) == []


def test_pages_are_read_only_as_far_as_they_are_needed(small_run: SmallRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "CHUNK", 20)
    model, features, vocab, _ = load_run(small_run.folder)
    taken: list[int] = []

    def pages() -> Any:
        for page in read_pages(small_run.pages):
            made = page_windows(page, vocab=vocab, options=features)
            taken.append(len(made.windows))
            yield made

    next(predict_pages(model, pages(), pad_id=vocab.pad, options=PredictOptions()))
    assert sum(taken[:-1]) < 20 <= sum(taken)


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
    # In an ensemble as well, the run that is at fault is named.
    with pytest.raises(NumericError, match=r"example -?\d+, window \d+: .* not finite") as caught:
        predict([small_run.folder, str(broken)], small_run.pages, out=str(tmp_path / "p.json"))
    assert str(caught.value).startswith(f"{broken}: example ")
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


def test_a_run_with_itself_answers_as_it_does_alone(small_run: SmallRun, few_pages: str, tmp_path: Path) -> None:
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    alone = predict(small_run.folder, few_pages, out=str(one), n_best=3)
    summary = predict([small_run.folder] * 2, few_pages, out=str(two), n_best=3)
    assert summary == alone
    for ours, theirs in zip(predictions(two), predictions(one), strict=True):
        assert ours["long_answer"] == theirs["long_answer"]
        assert ours["short_answers"] == theirs["short_answers"]
        assert ours["long_answer_score"] == pytest.approx(theirs["long_answer_score"], abs=1e-5)
        assert [a["start_token"] for a in ours["n_best"]] == [a["start_token"] for a in theirs["n_best"]]


def test_an_ensemble_is_decoded_from_mean_probabilities(
    small_run: SmallRun, few_pages: str, other_run: str, tmp_path: Path
) -> None:
    runs = [small_run.folder, other_run]
    paths = [tmp_path / f"{name}.json" for name in ("a", "b", "both", "turned")]
    for members, path in zip([runs[:1], runs[1:], runs, runs[::-1]], paths, strict=True):
        predict(members, few_pages, out=str(path), precision="fp32")
    a, b, both, turned = map(predictions, paths)
    assert a != both != b
    for ours, theirs in zip(both, turned, strict=True):  # the order plays no part, but for rounding
        assert ours["long_answer_score"] == pytest.approx(theirs["long_answer_score"], abs=1e-4)

    models = [load_run(run)[0] for run in runs]
    _, features, vocab, _ = load_run(runs[0])
    page = page_windows(next(read_pages(few_pages)), vocab=vocab, options=features)
    logits = []
    for window in page.windows:
        with torch.inference_mode():
            scores = [model(collate([window])) for model in models]
        means = [torch.stack([t.double().softmax(-1) for t in ts]).mean(0).log() for ts in zip(*scores, strict=True)]
        logits.append(Logits(*(mean[0].float().numpy() for mean in means)))
    expected = decode(page, logits)
    assert both[0]["long_answer_score"] == pytest.approx(expected.long_answer_score, abs=1e-4)
    assert both[0]["short_answers"][0]["start_token"] == expected.short_answers[0].start_token


def edit_thresholds(run: str, thresholds: Any) -> None:
    path = Path(run) / "config.json"
    raw = json.loads(path.read_text("utf-8"))
    raw["tinynq"]["thresholds"] = thresholds
    path.write_text(json.dumps(raw), "utf-8")


def test_a_run_withholds_by_its_own_thresholds(
    small_run: SmallRun, few_pages: str, other_run: str, tmp_path: Path
) -> None:
    every = predict_into(tmp_path, other_run, few_pages, n_best=2)
    middle = sorted(answer["long_answer_score"] for answer in every)[3]
    edit_thresholds(other_run, {"long": middle})
    assert predict_into(tmp_path, other_run, few_pages, n_best=2, no_answer_threshold=float("-inf")) == every
    null = {"start_token": -1, "end_token": -1, "start_byte": -1, "end_byte": -1}
    some = predict_into(tmp_path, other_run, few_pages, n_best=2)
    both = predict_into(tmp_path, other_run, few_pages, n_best=2, no_answer_threshold=middle)
    for answer, own, given in zip(every, some, both, strict=True):
        low = answer["long_answer_score"] < middle
        assert own == (answer | {"long_answer": null} if low else answer)
        assert given == (answer | {"long_answer": null, "short_answers": [null]} if low else answer)
    assert some != every
    # Scores of an ensemble are on another scale than those of the member that has thresholds.
    assert predict([other_run, small_run.folder], few_pages, out=str(tmp_path / "p.json")).thresholds == (
        -inf,
        -inf,
    )
    for damaged in ({"lng": 1.0}, {"long": "1"}, 3):
        edit_thresholds(other_run, damaged)
        with pytest.raises(RunError, match=r"config\.json: thresholds is .*; expected"):
            predict(other_run, few_pages, out=str(tmp_path / "p.json"))


def predict_into(folder: Path, run: str, pages: str | list[str], **options: Any) -> list[dict[str, Any]]:
    predict(run, pages, out=str(folder / "p.json"), **options)
    return predictions(folder / "p.json")


def test_the_kaggle_format(small_run: SmallRun, few_pages: str, tmp_path: Path) -> None:
    answers = predict_into(tmp_path, small_run.folder, few_pages)
    predict(small_run.folder, few_pages, out=str(tmp_path / "p.csv"), format="kaggle")
    with (tmp_path / "p.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["example_id"]: row["PredictionString"] for row in csv.DictReader(file)}
    assert len(rows) == 2 * len(answers)
    for answer in answers:
        short = answer["short_answers"][0]
        assert rows[f"{answer['example_id']}_short"] == f"{short['start_token']}:{short['end_token']}"
    with pytest.raises(UsageError, match="no place for n_best"):
        predict(small_run.folder, few_pages, out=str(tmp_path / "p.csv"), format="kaggle", n_best=2)
    with pytest.raises(UsageError, match="format is xml; expected json, kaggle"):
        predict(small_run.folder, few_pages, out=str(tmp_path / "p.csv"), format="xml")


# --- by parts


@pytest.fixture
def three_files(small_run: SmallRun, tmp_path: Path) -> list[str]:
    """The pages of the small run, in files of 34, 1 and 5."""
    lines = Path(small_run.pages).read_text("utf-8").splitlines(keepends=True)
    paths = [tmp_path / "in" / f"{name}.jsonl" for name in "abc"]
    paths[0].parent.mkdir()
    for path, chosen in zip(paths, (lines[:34], lines[34:35], lines[35:]), strict=True):
        path.write_text("".join(chosen), "utf-8")
    return list(map(str, paths))


@pytest.mark.parametrize("workers", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_the_bytes_do_not_depend_on_the_number_of_workers(
    small_run: SmallRun, three_files: list[str], tmp_path: Path, workers: int
) -> None:
    made = []
    for number in (1, workers):
        out = tmp_path / f"{number}.json"
        summary = predict(small_run.folder, three_files, out=str(out), workers=number, threads=1, n_best=2)
        made.append((out.read_bytes(), summary))
    assert made[0] == made[1]
    assert made[0][1].pages == 40
    assert len(list(tmp_path.iterdir())) == 3  # no parts are left


def test_predictions_go_on_within_a_file(
    small_run: SmallRun, three_files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "CHUNK", 20)
    out, whole = tmp_path / "out.json", tmp_path / "whole.json"
    predict(small_run.folder, three_files, out=str(whole))
    text = Path(three_files[0]).read_text("utf-8")
    before = os.stat(three_files[0])
    made: list[int] = []

    def predicted(*arguments: Any, **options: Any) -> Any:
        for chunk in predict_pages(*arguments, **options):
            if len(made) == 1:
                made.append(0)
                raise KeyboardInterrupt
            made.append(len(chunk))
            yield chunk

    monkeypatch.setattr(inference, "predict_pages", predicted)
    with pytest.raises(KeyboardInterrupt):
        predict(small_run.folder, three_files, out=str(out))
    assert not out.exists() and (tmp_path / ".out.json.parts").is_dir()
    with pytest.raises(UsageError, match="unknown option n_bes"):
        predict(small_run.folder, three_files, out=str(out), n_bes=1)
    predict(small_run.folder, three_files, out=str(out))
    assert out.read_bytes() == whole.read_bytes()
    assert 0 < made[0] < 34 and sum(made) == 40  # the first chunk was not predicted again
    assert not (tmp_path / ".out.json.parts").exists()
    assert (text, before) == (Path(three_files[0]).read_text("utf-8"), os.stat(three_files[0]))


@pytest.mark.parametrize("whole", [[], [3], [2, 5]])
def test_whole_chunks_are_kept_and_the_rest_is_cut_off(tmp_path: Path, whole: list[int]) -> None:
    path = tmp_path / "p.jsonl"
    answered = [Prediction(1, NqSpan(), 0.0, [NqSpan()], 0.0), 2]
    content = b"".join(msgspec.json.encode([answered] * pages) + b"\n" for pages in whole)
    for rest in (b"", msgspec.json.encode([answered])[:-1], msgspec.json.encode([answered])):
        path.write_bytes(content + rest)
        assert answered_pages(path) == sum(whole)
        assert path.read_bytes() == content
    assert answered_pages(tmp_path / "none") == 0


def test_parts_of_another_run_are_not_taken(
    small_run: SmallRun, other_run: str, three_files: list[str], tmp_path: Path
) -> None:
    run, bad, out = tmp_path / "run", tmp_path / "bad.jsonl", tmp_path / "p.json"
    shutil.copytree(small_run.folder, run)
    bad.write_text("no page\n")
    with pytest.raises(InputError, match=r"bad\.jsonl:1"):
        predict(str(run), [*three_files[1:], str(bad)], out=str(out))
    shutil.copy(Path(other_run) / "model.safetensors", run)
    bad.write_text("")
    predict(str(run), [*three_files[1:], str(bad)], out=str(out))
    assert predictions(out) == predict_into(tmp_path, other_run, three_files[1:])


def test_bad_pages_are_listed_and_the_good_ones_are_as_without_them(
    small_run: SmallRun, three_files: list[str], tmp_path: Path
) -> None:
    expected = predict_into(tmp_path, small_run.folder, three_files)
    path, listed = Path(three_files[0]), tmp_path / "bad.txt"
    path.write_text(f"no page\n{path.read_text('utf-8')}[]\n", "utf-8")
    out = str(tmp_path / "q.json")
    assert predict(small_run.folder, three_files, out=out, skip_bad=str(listed)).bad == 2
    assert predictions(Path(out)) == expected
    assert [line.split(": ")[0] for line in listed.read_text().splitlines()] == [f"{path}:1", f"{path}:36"]
    with pytest.raises(InputError, match=r"a\.jsonl:1: no NQ page"):
        predict(small_run.folder, three_files, out=out)
