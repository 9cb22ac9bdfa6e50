"""What a teacher says, kept on disk: what it would say again, whatever was interrupted."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nq_lines import SmallRun

from tinynq import lessons as module
from tinynq.config import PredictOptions
from tinynq.ensemble import Member, load_ensemble
from tinynq.errors import RunError, UsageError
from tinynq.inference import window_logits
from tinynq.lessons import TaughtSet, last_hidden, open_lessons, principal_components, write_lessons
from tinynq.model import collate
from tinynq.record import TrainingSet
from tinynq.types import no_progress

OPTIONS = PredictOptions(batch_size=8, precision="fp32", device="cpu", threads=1)


@pytest.fixture
def data(small_run: SmallRun) -> TrainingSet:
    return TrainingSet.load([small_run.record])


@pytest.fixture
def teachers(small_run: SmallRun) -> list[Member]:
    return load_ensemble(small_run.folder).members


def teach(folder: Path, teachers: list[Member], data: TrainingSet, **changes: Any) -> TaughtSet:
    options: dict[str, Any] = {"made_from": "a", "units": 0, "options": OPTIONS, "pad_id": 0, "progress": no_progress}
    write_lessons(folder, teachers, data, **{**options, **changes})
    return open_lessons(folder, data)


def test_lessons_are_what_the_teacher_says(tmp_path: Path, teachers: list[Member], data: TrainingSet) -> None:
    taught = teach(tmp_path / "lessons", teachers, data)
    assert len(taught) == len(data) and (taught.lengths == data.lengths).all()
    windows = [data.window(row) for row in range(len(data))]
    expected = window_logits(teachers[0].model, windows, pad_id=0, options=OPTIONS)
    for row, (window, logits) in enumerate(zip(windows, expected, strict=True)):
        mine = taught.window(row)
        assert (mine.example_id, mine.index, mine.target) == (window.example_id, window.index, window.target)
        assert mine.lesson.hidden is None
        for part, other in zip(mine.lesson.logits, logits, strict=True):
            np.testing.assert_allclose(part, other, atol=2e-3)


def test_hidden_states_are_kept_in_their_principal_components(
    tmp_path: Path, teachers: list[Member], data: TrainingSet
) -> None:
    whole = teach(tmp_path / "whole", teachers, data, units=128)
    few = teach(tmp_path / "few", teachers, data, units=16)
    window = data.window(3)
    with torch.inference_mode(), last_hidden(teachers[0].model) as states:
        teachers[0].model(collate([window]))
    lesson = whole.window(3).lesson
    assert lesson.hidden is not None
    np.testing.assert_allclose(lesson.hidden, states[0][0], atol=2e-3)
    lesson = few.window(3).lesson
    assert lesson.hidden is not None and lesson.hidden.shape == (len(window.input_ids), 16)
    projection = np.load(tmp_path / "few" / "projection.npy")
    np.testing.assert_allclose(lesson.hidden, states[0][0].numpy() @ projection, atol=5e-3)


def test_hidden_states_of_the_latest_pass_alone_are_held(teachers: list[Member], data: TrainingSet) -> None:
    """A student is scored between updates, and nobody takes the states of those passes."""
    first, second = (collate([data.window(row)]) for row in (0, 1))
    with torch.inference_mode(), last_hidden(teachers[0].model) as states:
        teachers[0].model(first)
        teachers[0].model(second)
    assert [state.shape[1] for state in states] == [second.input_ids.shape[1]]


def test_principal_components_keep_what_is_longest() -> None:
    random = np.random.default_rng(0)
    states = random.normal(size=(500, 6)).astype(np.float32) * np.array([9, 8, 7, 0.1, 0.1, 0.1], np.float32)
    kept = principal_components(states, 3)
    assert kept.shape == (6, 3)
    assert np.mean((states @ kept) ** 2) == pytest.approx(1, rel=1e-4)
    back = (states @ kept) @ np.linalg.pinv(kept)
    assert np.abs(back - states).max() < 0.6
    np.testing.assert_array_equal(principal_components(states, 6), np.eye(6, dtype=np.float32))


def test_it_goes_on_where_it_broke_off(
    tmp_path: Path, teachers: list[Member], data: TrainingSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 16)
    expected = teach(tmp_path / "unbroken", teachers, data, units=16)
    folder = tmp_path / "broken"
    seen: list[int] = []

    def stop(count: int, _share: float) -> None:
        seen.append(count)
        if count == 32:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        teach(folder, teachers, data, units=16, progress=stop)
    teach(folder, teachers, data, units=16, progress=stop)
    assert seen[:3] == [16, 32, 48] and seen[-1] == len(data)
    for name in ("spans.npy", "answer_type.npy", "hidden.npy", "projection.npy"):
        assert (folder / name).read_bytes() == (tmp_path / "unbroken" / name).read_bytes()
    assert len(expected) == len(data)
    done = len(seen)
    teach(folder, teachers, data, units=16, progress=stop)  # nothing is left to do
    assert len(seen) == done


@pytest.mark.parametrize("change", [{"made_from": "b"}, {"units": 16}])
def test_lessons_of_others_are_refused(
    tmp_path: Path, teachers: list[Member], data: TrainingSet, change: dict[str, Any]
) -> None:
    teach(tmp_path / "lessons", teachers, data)
    with pytest.raises(UsageError, match="holds lessons of another teacher, or of other records; choose another"):
        teach(tmp_path / "lessons", teachers, data, **change)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("about.json", b"{", r"about\.json: cannot be read"),
        ("spans.npy", b"", r"spans\.npy: no array that can be read"),
        ("answer_type.npy", b"\x93NUMPY\x01\x00", r"answer_type\.npy: no array that can be read"),
    ],
)
def test_damaged_lessons_are_an_error(
    tmp_path: Path, teachers: list[Member], data: TrainingSet, name: str, content: bytes, message: str
) -> None:
    teach(tmp_path / "lessons", teachers, data)
    (tmp_path / "lessons" / name).write_bytes(content)
    with pytest.raises(RunError, match=message):
        teach(tmp_path / "lessons", teachers, data)


def test_an_array_of_another_shape_is_an_error(tmp_path: Path, teachers: list[Member], data: TrainingSet) -> None:
    teach(tmp_path / "lessons", teachers, data)
    np.save(tmp_path / "lessons" / "spans.npy", np.zeros((3, 2), np.float16))
    with pytest.raises(RunError, match=r"spans\.npy: float16 \(3, 2\), expected float16"):
        open_lessons(tmp_path / "lessons", data)
