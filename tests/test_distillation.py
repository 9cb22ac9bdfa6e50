"""distill: the student says what the teacher says, with labels and without."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nq_lines import SmallRun

from tinynq.checkpoint import load_run
from tinynq.config import DistillOptions
from tinynq.distillation import Distillation, Together, distill, divergence
from tinynq.errors import RecordError, RunError, UsageError
from tinynq.layers import ModelConfig
from tinynq.lessons import Lesson, TaughtWindow, last_hidden, open_lessons
from tinynq.model import Scores, collate, new_reader
from tinynq.objectives import joint_losses
from tinynq.preparation import prepare
from tinynq.record import TrainingSet
from tinynq.training import train
from tinynq.types import AnswerType, Logits, Target, Window

EXACT: dict[str, Any] = {"dropout": 0.0, "precision": "fp32", "device": "cpu", "threads": 1, "batch_size": 4}


def taught(length: int, *, labelled: bool = True, hidden: int = 0) -> TaughtWindow:
    random = np.random.default_rng(length)
    start, end, kind = (random.normal(0, 3, n).astype(np.float32) for n in (length, length, 5))
    states = random.normal(size=(length, hidden)).astype(np.float32) if hidden else None
    target = Target(2, 3, AnswerType.SHORT) if labelled else None
    return TaughtWindow(0, 0, 2, [5] * length, (), target, lesson=Lesson(Logits(start, end, kind), states))


def said(windows: Sequence[Window]) -> Scores:
    random = torch.Generator().manual_seed(0)
    length = max(len(window.input_ids) for window in windows)
    return Scores(*(torch.randn(len(windows), n, generator=random) for n in (length, length, 5)))


def expect(window: TaughtWindow, scores: Scores, row: int, temperature: float) -> list[float]:
    """The divergences, in words of the definition."""
    found = []
    for logits, mine in zip(window.lesson.logits, scores, strict=True):
        p = torch.softmax(torch.tensor(logits) / temperature, 0)
        q = torch.softmax(mine[row, : len(logits)] / temperature, 0)
        found.append(float((p * (p / q).log()).sum()) * temperature**2)
    return found


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_the_soft_loss_is_the_divergence_of_what_is_no_padding(temperature: float) -> None:
    windows = [taught(7), taught(11)]
    scores = said(windows)
    objective = Distillation(student(), options=DistillOptions(temperature=temperature, alpha=1.0))
    expected = np.sum([expect(window, scores, row, temperature) for row, window in enumerate(windows)], axis=0)
    assert objective(scores, windows, collate(windows)).tolist() == pytest.approx(expected.tolist(), rel=1e-4)


def test_a_student_that_says_the_same_has_no_soft_loss() -> None:
    window = taught(9)
    scores = Scores(*(torch.tensor(part)[None] for part in window.lesson.logits))
    assert divergence(scores.start, scores.start, torch.ones(1, 9, dtype=torch.bool), 2.0).item() == pytest.approx(0)
    objective = Distillation(student(), options=DistillOptions(alpha=1.0))
    assert objective(scores, [window], collate([window])).tolist() == pytest.approx([0, 0, 0], abs=1e-6)


def test_labels_count_for_the_rest_and_only_where_there_are_some() -> None:
    windows = [taught(7), taught(11, labelled=False)]
    scores, batch = said(windows), collate(windows)
    soft = [expect(window, scores, row, 2.0) for row, window in enumerate(windows)]
    first = Scores(*(part[:1] for part in scores))
    hard = joint_losses(first, torch.tensor([windows[0].target]), type(batch)(*(part[:1] for part in batch)))
    objective = Distillation(student(), options=DistillOptions(alpha=0.25))
    expected = 0.25 * np.array(soft[0]) + 0.75 * hard.numpy() + np.array(soft[1])
    assert objective(scores, windows, batch).tolist() == pytest.approx(expected.tolist(), rel=1e-4)


def test_what_was_not_taught_is_learned_by_its_label() -> None:
    told = Window(0, 0, 2, [5] * 9, (), Target(1, 4, AnswerType.SHORT))
    windows = [told, taught(7), told, taught(11, labelled=False)]
    scores, batch = said(windows), collate(windows)
    soft = [expect(window, scores, row, 2.0) for row, window in enumerate(windows) if isinstance(window, TaughtWindow)]

    def hard(*rows: int) -> Any:
        chosen = list(rows)
        target = torch.tensor([windows[row].target for row in rows])
        part = type(batch)(*(tensor[chosen] for tensor in batch))
        return joint_losses(Scores(*(tensor[chosen] for tensor in scores)), target, part).numpy()

    objective = Distillation(student(), options=DistillOptions(alpha=0.25))
    expected = 0.25 * np.array(soft[0]) + 0.75 * hard(1) + np.array(soft[1]) + hard(0, 2)
    assert objective(scores, windows, batch).tolist() == pytest.approx(expected.tolist(), rel=1e-4)
    alone = Scores(*(tensor[:1] for tensor in scores)), [told], type(batch)(*(tensor[:1] for tensor in batch))
    assert objective(*alone).tolist() == pytest.approx(hard(0).tolist(), rel=1e-4)


def test_hidden_states_come_to_each_of_the_three() -> None:
    model = student().eval()
    windows = [taught(7, hidden=128), taught(11, hidden=128)]
    batch = collate(windows)
    plain, with_states = (Distillation(model, options=DistillOptions(hidden_weight=weight)) for weight in (0.0, 3.0))
    with torch.no_grad(), last_hidden(model) as states:
        scores = model(batch)
        error = sum(
            float(((states[0][row, : len(window.input_ids)] - torch.tensor(window.lesson.hidden)) ** 2).mean())
            for row, window in enumerate(windows)
        )
        more = with_states(scores, windows, batch) - plain(scores, windows, batch)
    assert more.tolist() == pytest.approx([3 * error] * 3, rel=1e-4)
    told = Window(0, 0, 2, [5] * 9, (), Target(1, 4, AnswerType.SHORT))
    mixed = [told, *windows]
    batch = collate(mixed)
    with torch.no_grad():
        scores = model(batch)
        more = with_states(scores, mixed, batch) - plain(scores, mixed, batch)
    assert more.tolist() == pytest.approx([3 * error] * 3, rel=1e-4)  # of those alone that were taught


def student(width: int = 128) -> Any:
    config = ModelConfig(
        vocab_size=30, hidden_size=width, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    return new_reader(config, seed=0)


def loss_of(folder: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def test_a_student_comes_to_say_what_its_teacher_says(small_run: SmallRun, tmp_path: Path) -> None:
    out = tmp_path / "student"
    unlabelled = str(tmp_path / "predict.parquet")
    prepare(small_run.pages, out=unlabelled, for_="predict")
    common: dict[str, Any] = {**EXACT, "learning_rate": 1e-3, "alpha": 1.0, "warmup": 0.0}
    summary = distill(
        [small_run.record, unlabelled], teacher=small_run.folder, out=str(out), init="bert-tiny", steps=25, seed=3,
        hidden_weight=0.5, **common,
    )  # fmt: skip
    losses = loss_of(out)
    assert summary.steps == len(losses) == 25
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])
    about = load_run(out)[3]["tinynq"]
    assert about["teachers"] == [small_run.folder] and "--teacher" in about["command"]
    assert about["train"]["hidden_weight"] == 0.5


def test_alpha_0_is_train(small_run: SmallRun, tmp_path: Path) -> None:
    common: dict[str, Any] = {**EXACT, "init": "bert-tiny", "steps": 3, "recipe": "fast"}
    train(small_run.record, out=str(tmp_path / "a"), **common)
    distill(small_run.record, teacher=small_run.folder, out=str(tmp_path / "b"), alpha=0.0, **common)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]


def test_records_that_the_teacher_is_not_asked_about(small_run: SmallRun, tmp_path: Path) -> None:
    other, unlabelled, longer = (str(tmp_path / name) for name in ("other.parquet", "predict.parquet", "long.parquet"))
    prepare(small_run.pages, out=other, stride=64, include_unknowns=1.0)
    prepare(small_run.pages, out=unlabelled, for_="predict")
    prepare(small_run.pages, out=longer, max_seq_length=512)
    common: dict[str, Any] = {**EXACT, "teacher": small_run.folder, "init": "bert-tiny", "steps": 3}
    out = tmp_path / "run"
    distill(small_run.record, out=str(out), labels=other, **common)
    data, more = (TrainingSet.load([record]) for record in (small_run.record, other))
    about = load_run(out)[3]["tinynq"]
    assert about["windows"] == len(data) + len(more)
    assert about["command"].endswith(f"--labels {other}")
    lessons = open_lessons(out / "lessons", data)  # of the others alone
    together = Together([lessons, more])
    assert len(together) == len(together.lengths) == len(data) + len(more)
    for at, expected in ((0, lessons.window(0)), (len(data) - 1, lessons.window(len(data) - 1))):
        found = together.window(at)
        assert isinstance(found, TaughtWindow) and np.array_equal(found.input_ids, expected.input_ids)
    for at in (0, len(more) - 1):
        found = together.window(len(data) + at)
        assert not isinstance(found, TaughtWindow) and np.array_equal(found.input_ids, more.window(at).input_ids)
    with pytest.raises(RecordError, match="made for prediction; training needs"):
        distill(small_run.record, out=str(tmp_path / "b"), labels=[unlabelled], **common)
    with pytest.raises(RecordError, match="made with max_seq_length 512, but .* has 384; prepare it again"):
        distill(small_run.record, out=str(tmp_path / "b"), labels=[longer], **common)


def test_it_goes_on_to_the_last_bit(small_run: SmallRun, tmp_path: Path) -> None:
    common: dict[str, Any] = {**EXACT, "teacher": small_run.folder, "init": "bert-tiny", "steps": 4, "save_every": 2}
    distill(small_run.record, out=str(tmp_path / "a"), **common)
    distill(small_run.record, out=str(tmp_path / "b"), lessons=str(tmp_path / "a" / "lessons"), **common)
    (tmp_path / "b" / "model.safetensors").unlink()
    (tmp_path / "b" / "config.json").unlink()
    distill(small_run.record, out=str(tmp_path / "b"), lessons=str(tmp_path / "a" / "lessons"), resume=True, **common)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]
    with pytest.raises(UsageError, match="begun with alpha 0.9, not 0.5"):
        distill(small_run.record, out=str(tmp_path / "b"), resume=True, alpha=0.5, **common)


def test_what_does_not_fit_is_an_error(small_run: SmallRun, tmp_path: Path) -> None:
    record = str(tmp_path / "other.parquet")
    prepare(small_run.pages, out=record, stride=64, include_unknowns=1.0)
    common: dict[str, Any] = {**EXACT, "out": str(tmp_path / "run"), "init": "bert-tiny", "steps": 1}
    with pytest.raises(RunError, match="made with stride 128, but their record has 64; prepare"):
        distill(record, teacher=small_run.folder, **common)
    with pytest.raises(UsageError, match="hidden_weight is for one teacher"):
        distill(small_run.record, teacher=[small_run.folder] * 2, hidden_weight=1.0, **common)
    with pytest.raises(UsageError, match="unknown recipe x"):
        distill(small_run.record, teacher=small_run.folder, recipe="x", **common)
