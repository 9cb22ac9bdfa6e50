"""What is computed on a GPU is what a CPU computes. Skipped where there is none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from nq_lines import SmallRun

from tinynq.checkpoint import load_run
from tinynq.config import Device, ForwardOptions, TrainOptions
from tinynq.distillation import distill
from tinynq.inference import predict, window_logits
from tinynq.objectives import joint_objective
from tinynq.reader import Reader
from tinynq.record import TrainingSet
from tinynq.training import backward, train
from tinynq.types import Logits

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")

DEVICES: dict[str, Device] = {"cpu": "cpu", "gpu": "cuda"}
EXACT: dict[str, Any] = {
    "init": "bert-tiny", "recipe": "fast", "dropout": 0.0, "precision": "fp32", "batch_size": 4, "threads": 1,
}  # fmt: skip


def logits(small_run: SmallRun, **options: Any) -> list[Logits]:
    """What a run says of the first windows of its record."""
    data = TrainingSet.load([small_run.record])
    model, _, vocab, _ = load_run(Path(small_run.folder))
    windows = [data.window(row) for row in range(24)]
    chosen = ForwardOptions(**options)
    return window_logits(model.to(chosen.device).eval(), windows, pad_id=vocab.pad, options=chosen)


def farthest(ours: list[Logits], theirs: list[Logits]) -> float:
    pairs = [(a, b) for one, two in zip(ours, theirs, strict=True) for a, b in zip(one, two, strict=True)]
    return max(float(abs(a - b).max()) for a, b in pairs)


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-4), ("bf16", 5e-2)])
def test_logits(small_run: SmallRun, precision: str, tolerance: float) -> None:
    exact = logits(small_run, device="cpu", precision="fp32")
    assert farthest(exact, logits(small_run, device="cuda", precision=precision)) < tolerance


def test_losses_and_gradients(small_run: SmallRun) -> None:
    data = TrainingSet.load([small_run.record])
    windows = [data.window(row) for row in range(8)]
    found = []
    for device in DEVICES.values():
        model, _, vocab, _ = load_run(Path(small_run.folder))
        losses, norm = backward(
            model.to(device).eval(), windows, objective=joint_objective(padded=False),
            options=TrainOptions(precision="fp32"), length=None, pad_id=vocab.pad,
        )  # fmt: skip
        gradients = {name: p.grad.cpu() for name, p in model.named_parameters() if p.grad is not None}
        found.append((losses, norm, gradients))
    (losses, norm, gradients), (on_gpu, norm_on_gpu, gradients_on_gpu) = found
    assert on_gpu == pytest.approx(losses, rel=1e-4)
    assert norm_on_gpu == pytest.approx(norm, rel=1e-4)
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradients_on_gpu[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


def losses_of(run: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (run / "log.jsonl").read_text().splitlines()]


def test_training(small_run: SmallRun, tmp_path: Path) -> None:
    for name, device in DEVICES.items():
        train(small_run.record, out=str(tmp_path / name), device=device, steps=6, **EXACT)
    assert losses_of(tmp_path / "gpu") == pytest.approx(losses_of(tmp_path / "cpu"), rel=1e-3)


def test_a_training_that_broke_off_goes_on(small_run: SmallRun, tmp_path: Path) -> None:
    common = {**EXACT, "dropout": 0.1, "device": "cuda", "steps": 6, "save_every": 3, "keep": 4}
    train(small_run.record, out=str(tmp_path / "whole"), **common)
    train(small_run.record, out=str(tmp_path / "broken"), **common)
    for name in ("model.safetensors", "config.json"):
        (tmp_path / "broken" / name).unlink()
    train(small_run.record, out=str(tmp_path / "broken"), resume=True, **common)
    assert losses_of(tmp_path / "broken") == pytest.approx(losses_of(tmp_path / "whole"), rel=1e-3)


def test_torchrun(small_run: SmallRun, tmp_path: Path) -> None:
    train(small_run.record, out=str(tmp_path / "alone"), device="cuda", steps=2, **EXACT)
    options = [word for name, value in EXACT.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "gpu", "-m", "tinynq"]
    words += ["train", small_run.record, "--out", str(tmp_path / "run"), "--device", "cuda", "--steps", "2", *options]
    subprocess.run(words, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True)
    assert losses_of(tmp_path / "run") == pytest.approx(losses_of(tmp_path / "alone"), rel=1e-3)


def test_predictions(small_run: SmallRun, tmp_path: Path) -> None:
    found = []
    for name, device in DEVICES.items():
        out = tmp_path / f"{name}.json"
        predict(small_run.folder, small_run.pages, out=str(out), device=device, precision="fp32", threads=1)
        found.append(json.loads(out.read_text())["predictions"])
    for ours, theirs in zip(*found, strict=True):
        assert ours["example_id"] == theirs["example_id"]
        assert ours["long_answer_score"] == pytest.approx(theirs["long_answer_score"], abs=1e-3)


def test_distillation(small_run: SmallRun, tmp_path: Path) -> None:
    common = {**EXACT, "teacher": [small_run.folder] * 2, "steps": 3}
    for name, device in DEVICES.items():
        distill(small_run.record, out=str(tmp_path / name), device=device, **common)
    assert losses_of(tmp_path / "gpu") == pytest.approx(losses_of(tmp_path / "cpu"), rel=1e-2)


def test_a_reader_answers() -> None:
    page = "# Penicillin\n\nPenicillin was discovered in 1928 by the Scottish scientist Alexander Fleming.\n"
    on_cpu, on_gpu = (Reader.load("tiny", device=device) for device in DEVICES.values())
    question = "who discovered penicillin"
    ours, theirs = on_gpu.answer(question, page), on_cpu.answer(question, page)
    assert ours.short and theirs.short
    assert ours.short.text == theirs.short.text
    assert ours.probability == pytest.approx(theirs.probability, abs=0.05)
