"""Checkpoints of a training, and going on from them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from tinynq.checkpoint import load_run, read_tensors, save_run
from tinynq.config import FeatureOptions, TrainOptions
from tinynq.errors import RunError, UsageError
from tinynq.layers import ModelConfig
from tinynq.model import new_reader
from tinynq.optimization import adamw
from tinynq.resume import checkpoints, last_checkpoint, load_moments, save_checkpoint
from tinynq.vocab import Vocab

VOCAB = Vocab(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "what"])
FEATURES = FeatureOptions(max_seq_length=32)
CONFIG = ModelConfig(
    vocab_size=len(VOCAB.tokens), hidden_size=16, num_hidden_layers=1, num_attention_heads=4, intermediate_size=40,
    max_position_embeddings=48,
)  # fmt: skip
ABOUT: dict[str, Any] = {
    "version": "0", "init": "bert-tiny", "features": asdict(FEATURES), "train": asdict(TrainOptions()),
}  # fmt: skip
NOTED: dict[str, Any] = {"step": 3, "seconds": 1.5, "loss": None, "best": None}


def test_checkpoints(tmp_path: Path) -> None:
    model = new_reader(CONFIG, seed=0)
    optimizer = adamw(model, TrainOptions())
    for step in (5, 10, 90, 100):
        optimizer.state[model.qa_outputs.weight]["exp_avg"].fill_(step)
        save_checkpoint(tmp_path, model, VOCAB, {**ABOUT, **NOTED, "step": step}, optimizer, keep=2)
    assert [path.name for path in checkpoints(tmp_path)] == ["step-90", "step-100"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-100", "step-90"]
    fresh = adamw(model, TrainOptions())
    load_moments(tmp_path / "step-90", fresh, model)
    assert (fresh.state[model.qa_outputs.weight]["exp_avg"] == 90).all()
    read = load_run(tmp_path / "step-100")[0].state_dict()
    assert all(torch.equal(read[name], tensor) for name, tensor in model.state_dict().items())


def test_the_last_checkpoint(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert last_checkpoint(folder, ABOUT, resume=False) is None
    assert last_checkpoint(folder, ABOUT, resume=True) is None
    model = new_reader(CONFIG, seed=0)
    for step in (9, 10):
        save_run(folder / "checkpoints" / f"step-{step}", model, VOCAB, {**ABOUT, **NOTED, "step": step})
    (folder / "checkpoints" / ".step-11.abc.tmp").mkdir()
    with pytest.raises(UsageError, match="holds a run already; go on with it by --resume, or choose another --out"):
        last_checkpoint(folder, ABOUT, resume=False)
    assert last_checkpoint(folder, ABOUT, resume=True) == folder / "checkpoints" / "step-10"
    assert not (folder / "checkpoints" / ".step-11.abc.tmp").exists()
    elsewhere = {**ABOUT, "version": "1", "train": asdict(TrainOptions(threads=7, save_every=3))}
    assert last_checkpoint(folder, elsewhere, resume=True)
    for other, message in [
        ({**ABOUT, "train": asdict(TrainOptions(batch_size=8))}, "begun with batch_size 32, not 8; resume with that"),
        ({**ABOUT, "init": "bert-base"}, "begun with init bert-tiny, not bert-base"),
        ({**ABOUT, "features": asdict(FeatureOptions(stride=9))}, "begun with max_seq_length 32, not 384"),
    ]:
        with pytest.raises(UsageError, match=message):
            last_checkpoint(folder, other, resume=True)
    save_run(folder, model, VOCAB, {**ABOUT, **NOTED, "step": 11})
    assert last_checkpoint(folder, ABOUT, resume=True) == folder


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ({}, "missing required field `train`"),
        ({**ABOUT, **NOTED, "train": 3}, "Expected `object`, got `int` - at `$.train`"),
        ({**ABOUT, **NOTED, "step": "3"}, "Expected `int`, got `str` - at `$.step`"),
        (7, "Expected `object`, got `int`"),
    ],
)
def test_a_model_of_others_is_not_resumed(tmp_path: Path, about: Any, found: str) -> None:
    config = asdict(CONFIG) | {"tinynq": about}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(RunError) as caught:
        last_checkpoint(tmp_path, ABOUT, resume=True)
    assert "not a run that `tinynq train` made" in str(caught.value) and found in str(caught.value)


def test_folders_of_other_names_are_no_checkpoints(tmp_path: Path) -> None:
    for name in ("step-10", "step-9", "step-best", "step-", "step-1.old"):
        (tmp_path / name).mkdir()
    assert [path.name for path in checkpoints(tmp_path)] == ["step-9", "step-10"]


def test_moments_must_be_those_of_the_model(tmp_path: Path) -> None:
    model = new_reader(CONFIG, seed=0)
    save_checkpoint(tmp_path, model, VOCAB, {**ABOUT, **NOTED}, adamw(model, TrainOptions()), keep=2)
    path = tmp_path / "step-3" / "optimizer.safetensors"
    whole = read_tensors(path)
    name = "exp_avg.qa_outputs.bias"
    for changed in ({n: t for n, t in whole.items() if n != name}, whole | {name: torch.zeros(3)}):
        safetensors.torch.save_file(changed, path)
        with pytest.raises(RunError, match=rf"optimizer.safetensors: no tensor {name} of \[2\]; copy the folder again"):
            load_moments(tmp_path / "step-3", adamw(model, TrainOptions()), model)
