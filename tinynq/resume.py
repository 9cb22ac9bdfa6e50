"""The checkpoints of a training: written on the way, and gone on from when it broke off."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch

from tinynq.bundled import CONFIG
from tinynq.checkpoint import OPTIMIZER, read_config, read_tensors, save_run
from tinynq.errors import RunError, UsageError
from tinynq.files import atomic_folder, remove
from tinynq.model import BertReader
from tinynq.vocab import Vocab

MOMENTS = ("exp_avg", "exp_avg_sq")
# What may be another when a run is resumed.
FREE = ("version", "command", "train", "features", "device", "threads", "save_every", "keep", "eval_every")
STEP = re.compile(r"step-[0-9]{1,18}")


def save_checkpoint(
    folder: Path,
    model: BertReader,
    vocab: Vocab,
    about: Mapping[str, Any],
    optimizer: torch.optim.Optimizer,
    *,
    keep: int,
) -> None:
    """Write ``folder``/step-N, a run that training can go on from, and delete all but the last ``keep``."""
    states = {name: optimizer.state[p] for name, p in model.named_parameters()}
    moments = {f"{moment}.{name}": state[moment] for name, state in states.items() for moment in MOMENTS}
    with atomic_folder(folder / f"step-{about['step']}") as temporary:
        save_run(temporary, model, vocab, about, optimizer=moments)
    for old in checkpoints(folder)[:-keep]:
        remove(old)


class _Trained(msgspec.Struct):
    """What training notes in a run, and needs to go on from it."""

    train: dict[str, Any]
    features: dict[str, Any]
    step: int
    seconds: float
    loss: float | None
    best: dict[str, float] | None


def last_checkpoint(folder: Path, about: Mapping[str, Any], *, resume: bool) -> Path | None:
    """The run to go on from: the finished one, else the last checkpoint; None to begin.

    Raises UsageError where ``folder`` holds a run and ``resume`` is not set, or the run to resume
    has other options.
    """
    there = [folder] if (folder / CONFIG).exists() else checkpoints(folder / "checkpoints")
    if not resume:
        if there or (folder / "log.jsonl").exists():
            raise UsageError(f"{folder}: holds a run already; go on with it by --resume, or choose another --out")
        return None
    for stale in (folder / "checkpoints").glob(".*.tmp"):  # of a run that was killed
        remove(stale)
    if not there:
        return None
    run = read_config(there[-1]).get("tinynq", {})
    try:
        msgspec.convert(run, _Trained)
    except msgspec.ValidationError as error:
        raise RunError(f"{there[-1]}: not a run that `tinynq train` made ({error}); choose another --out") from None
    wanted, begun = ({**values, **values["train"], **values["features"]} for values in (about, run))
    for name, value in wanted.items():
        if name not in FREE and begun.get(name) != value:
            raise UsageError(
                f"{folder}: begun with {name} {begun.get(name)}, not {value}; resume with that, or choose another --out"
            )
    return there[-1]


def load_moments(folder: Path, optimizer: torch.optim.Optimizer, model: BertReader) -> None:
    """Give the optimizer the moments of a checkpoint; raises RunError where they cannot be read."""
    tensors = read_tensors(folder / OPTIMIZER)
    for name, p in model.named_parameters():
        for moment in MOMENTS:
            tensor = tensors.get(f"{moment}.{name}")
            if tensor is None or tensor.shape != p.shape:
                raise RunError(
                    f"{folder / OPTIMIZER}: no tensor {moment}.{name} of {list(p.shape)}; copy the folder again"
                )
            optimizer.state[p][moment].copy_(tensor)


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in a folder, oldest first."""
    found = {path: STEP.fullmatch(path.name) for path in folder.glob("step-*")}
    return sorted((path for path, step in found.items() if step), key=lambda path: int(path.name.removeprefix("step-")))
