"""What a training leaves on disk as it goes: its log, its best weights, its checkpoints, and at last the run."""

import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import torch

from tinynq.checkpoint import save_run
from tinynq.config import TrainOptions
from tinynq.errors import RunError
from tinynq.files import atomic_folder, atomic_write, writing
from tinynq.interrupts import signals_wait
from tinynq.metrics import Report
from tinynq.model import BertReader
from tinynq.resume import save_checkpoint
from tinynq.vocab import Vocab

Evaluate = Callable[[BertReader], Report]


class Journal:
    """The folder of a run, for the one process that writes it.

    ``about`` is what config.json says of the run, kept current by whoever trains; best and thresholds are noted here,
    the last being of a dev evaluation of the very weights that are saved beside them.
    """

    def __init__(
        self,
        folder: Path,
        model: BertReader,
        vocab: Vocab,
        about: dict[str, Any],
        *,
        optimizer: torch.optim.Optimizer,
        options: TrainOptions,
        evaluate: Evaluate | None,
    ) -> None:
        self._folder, self._model, self._vocab, self._about = folder, model, vocab, about
        self._optimizer, self._options, self._evaluate = optimizer, options, evaluate
        self._log = Log(folder, about["step"])

    def write(self, values: Mapping[str, float]) -> None:
        """Log the values of the update that was made."""
        self._log.write(self._about["step"], values)

    def keep(self) -> None:
        """Score the weights and save them, where it is their turn."""
        about, options = self._about, self._options
        step, last = about["step"], about["step"] == about["steps"]
        about["thresholds"] = {}
        if self._evaluate and (step % options.eval_every == 0 or last):
            report = self._evaluate(self._model.eval())
            self._model.train()
            scores = {"long_f1": report.long.best.f1, "short_f1": report.short.best.f1}
            about["thresholds"] = best_thresholds(report)
            self.write({f"dev_{name}": value for name, value in scores.items()})
            if about["best"] is None or quality(scores) > quality(about["best"]):
                about["best"] = {"step": step, **scores}
                with atomic_folder(self._folder / "best") as temporary:
                    save_run(temporary, self._model, self._vocab, about)
        if step % options.save_every == 0 and not last:
            checkpoints = self._folder / "checkpoints"
            save_checkpoint(checkpoints, self._model, self._vocab, about, self._optimizer, keep=options.keep)

    def end(self) -> None:
        """Save the run."""
        save_run(self._folder, self._model, self._vocab, self._about)

    def close(self) -> None:
        """Close the log."""
        self._log.close()


def best_thresholds(report: Report) -> dict[str, float]:
    """The thresholds of the best F1 by kind of answer, of those kinds that were found at all."""
    kinds = {"long": report.long.best, "short": report.short.best}
    return {kind: best.threshold for kind, best in kinds.items() if best.f1 > 0}


def quality(scores: Mapping[str, float]) -> float:
    """What the best checkpoint is best in."""
    return scores["long_f1"] + scores["short_f1"]


def _step(line: bytes, path: Path, number: int) -> int:
    try:
        return msgspec.json.decode(line, type=_Logged).step
    except msgspec.DecodeError as error:
        raise RunError(f"{path}:{number}: no line of a log ({error}); delete it, or move the file away") from None


class _Logged(msgspec.Struct):
    step: int


class Log:
    """log.jsonl of a run, one object a line, and TensorBoard event files where that package is installed.

    Lines of updates after ``first`` are those of a run that broke off, and are dropped.
    """

    def __init__(self, folder: Path, first: int) -> None:
        self._path = path = folder / "log.jsonl"
        kept = []
        if path.exists():
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for i, line in enumerate(lines, 1) if line.endswith(b"\n") and _step(line, path, i) <= first]
        with atomic_write(path) as file:
            file.writelines(kept)
        self._file = path.open("a", buffering=1)
        self._board: Any = None
        if find_spec("tensorboard"):
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=first + 1 if first else None)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Note the values of one update or evaluation."""
        with writing(str(self._path)):
            self._file.write(json.dumps({"step": step, **values}) + "\n")
        if self._board:
            with signals_wait():
                for name, value in values.items():
                    self._board.add_scalar(name, value, step)

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._board:
            with signals_wait():
                self._board.close()
