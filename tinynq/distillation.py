"""A small reader learns from a bigger one: from what it says of every position, and not only where the answer is.

Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network"; the hidden states as in TinyBERT (Jiao et
al. 2020), but for the projection, which is fixed.
"""

import math
import shlex
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from functools import cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tinynq.config import DistillOptions, ForwardOptions, make
from tinynq.distributed import joined
from tinynq.ensemble import Ensemble, load_ensemble
from tinynq.errors import RunError, UsageError
from tinynq.fingerprints import fingerprint, short_hash
from tinynq.lessons import Lesson, TaughtWindow, keep_hidden, open_lessons, write_lessons
from tinynq.model import Batch, BertReader, Scores, choose_device
from tinynq.objectives import joint_losses
from tinynq.record import TrainingSet, check_same, first_difference
from tinynq.threads import set_threads
from tinynq.training import TrainSummary, Windows, command, find_recipe, learn, new_model
from tinynq.types import Float32s, Int32s, Progress, Window, no_progress


@contextmanager
def unseen(_name: str, _unit: str, /) -> Iterator[Progress]:
    """A stage that nobody watches."""
    yield no_progress


def distill(
    records: str | Sequence[str],
    *,
    teacher: str | Sequence[str],
    out: str,
    init: str,
    recipe: str = "fast",
    labels: str | Sequence[str] = (),
    lessons: str | None = None,
    dev: str | Sequence[str] | None = None,
    resume: bool = False,
    stage: Callable[[str, str], AbstractContextManager[Progress]] = unseen,
    **options: Any,
) -> TrainSummary:
    """Train a reader on what a run, or the ensemble of several, says of the windows of records.

    Records for prediction are as good as those for training: what has no label is learned from the teacher alone.
    The records ``labels`` are learned from their labels alone: what the teacher does not know.
    The teacher's part is computed once, into the folder ``lessons`` (by default ``out``/lessons), goes on
    where it broke off. ``stage(name, unit)`` gives each of the two stages its Progress. All else is as for train; the
    keywords are the fields of DistillOptions, which change the recipe. Under torchrun all processes need the folder of
    lessons. Raises what train does, and RunError for a teacher that cannot be read or does not fit the records.
    """
    with joined() as group:
        chosen = make(DistillOptions, options, base=DistillOptions(**asdict(find_recipe(recipe))))
        records = [records] if isinstance(records, str) else list(records)
        runs = [teacher] if isinstance(teacher, str) else list(teacher)
        labels = [labels] if isinstance(labels, str) else list(labels)
        data = TrainingSet.load(records, unlabelled=True)
        rest = _labelled(labels, data, of=records[0])
        taught_by = load_ensemble(runs)
        _check(taught_by, data, chosen)
        set_threads(chosen.threads)
        first_model = cache(partial(new_model, init, data.info.vocab, features=data.info.features, options=chosen))
        folder = Path(lessons or f"{out}/lessons")
        made_from = short_hash([fingerprint(runs), fingerprint(records)])
        if group.first:
            units = _width(first_model()) if chosen.hidden_weight else 0
            device = group.own(choose_device(chosen.device))
            for member in taught_by.members:
                member.model.to(device)
            forward = ForwardOptions(batch_size=chosen.batch_size, precision=chosen.precision)
            with stage("teach", "windows") as progress:
                write_lessons(
                    folder, taught_by.members, data, made_from=made_from, units=units,
                    options=forward, pad_id=data.info.vocab.pad, progress=progress,
                )  # fmt: skip
        group.told("lessons", "written")
        given = [word for run in runs for word in ("--teacher", run)]
        given += [word for record in labels for word in ("--labels", record)]
        about = {
            "command": f"{command('distill', records, out, init, recipe, dev, options)} {shlex.join(given)}",
            "init": init, "recipe": recipe, "teachers": runs, "lessons": made_from,
        }  # fmt: skip
        with stage("distill", "windows") as progress:
            return learn(
                Together([open_lessons(folder, data), *rest]), data.info, about, Path(out),
                options=chosen, dev=dev, resume=resume, progress=progress, group=group,
                first_model=first_model, objective=partial(Distillation, options=chosen),
            )  # fmt: skip


class Together:
    """The windows of several sets, one set behind the other."""

    def __init__(self, parts: Sequence[Windows]) -> None:
        self.lengths: Int32s = np.concatenate([part.lengths for part in parts])
        self._parts = parts
        self._firsts = list(accumulate((len(part) for part in parts[:-1]), initial=0))

    def __len__(self) -> int:
        return len(self.lengths)

    def window(self, at: int, /) -> Window:
        """The window of one row."""
        part = bisect_right(self._firsts, at) - 1
        return self._parts[part].window(at - self._firsts[part])


class Distillation:
    """The objective: what the teacher said, softened, and for windows with a label the label.

    For start, end and answer type each, the divergence of the student's from the teacher's distribution at
    ``temperature``, times its square; (1 - alpha) parts of the label's cross entropy to alpha of that. To each of the
    three comes ``hidden_weight`` times the mean squared error of the student's last hidden states.
    """

    def __init__(self, student: BertReader, *, options: DistillOptions) -> None:
        self._options = options
        if options.hidden_weight:
            self._states, _ = keep_hidden(student)

    def __call__(self, scores: Scores, windows: Sequence[Window], batch: Batch, /) -> Tensor:
        device = scores.start.device
        taught = torch.tensor([isinstance(window, TaughtWindow) for window in windows], device=device)
        labelled = torch.tensor([window.target is not None for window in windows], device=device)
        target = torch.tensor([window.target or (0, 0, 0) for window in windows], device=device)

        def hard(chosen: Tensor) -> Tensor:
            known = Scores(*(part[chosen] for part in scores))
            return joint_losses(known, target[chosen], Batch(*(part[chosen] for part in batch)))

        lessons = [window.lesson for window in windows if isinstance(window, TaughtWindow)]
        losses = scores.start.new_zeros(3)
        if lessons:
            softness = torch.where(labelled, self._options.alpha, 1.0)[taught]
            losses = self._soft(Scores(*(part[taught] for part in scores)), lessons, batch.mask[taught], softness)
            if self._options.hidden_weight:
                losses = losses + self._options.hidden_weight * self._error(lessons, taught, batch.mask[taught])
        if self._options.alpha < 1 and (both := taught & labelled).any():
            losses = losses + (1 - self._options.alpha) * hard(both)
        return losses if len(lessons) == len(windows) else losses + hard(~taught)

    def _soft(self, scores: Scores, lessons: Sequence[Lesson], mask: Tensor, softness: Tensor) -> Tensor:
        """The divergences [3] from what the teacher said."""
        masks = (mask, mask, torch.ones_like(scores.answer_type, dtype=torch.bool))
        soft = []
        for said, part, taught in zip(scores, masks, zip(*(each.logits for each in lessons), strict=True), strict=True):
            expected = _padded(taught, said.shape[1]).to(said.device)
            soft.append(divergence(said, expected, part, self._options.temperature))
        return (torch.stack(soft) * softness).sum(1)

    def _error(self, lessons: Sequence[Lesson], taught: Tensor, mask: Tensor) -> Tensor:
        """The squared error of the hidden states, a mean a window, summed up."""
        states = [lesson.hidden for lesson in lessons if lesson.hidden is not None]
        said = self._states.pop().float()[taught]
        error = (said - _padded(states, mask.shape[1]).to(said.device)) ** 2
        return ((error.mean(2) * mask).sum(1) / mask.sum(1)).sum()


def divergence(said: Tensor, expected: Tensor, mask: Tensor, temperature: float) -> Tensor:
    """Kullback-Leibler divergence of softmax(said / T) from softmax(expected / T), times T squared: [B, n] -> [B].

    What is outside the mask takes no part.
    """
    log_p, log_q = (
        F.log_softmax((logits / temperature).masked_fill(~mask, -math.inf), dim=1) for logits in (expected, said)
    )
    terms = torch.where(mask, log_p.exp() * (log_p - log_q), 0.0)
    return terms.sum(1) * temperature**2


def _labelled(records: Sequence[str], data: TrainingSet, *, of: str) -> list[TrainingSet]:
    """The set of records that have labels, if there are some; raises RecordError where they do not fit the data."""
    if not records:
        return []
    found = TrainingSet.load(records)
    expected = replace(data.info.features, stride=found.info.features.stride)
    check_same(records[0], found.info, expected, data.info.vocab, of=of)
    return [found]


def _check(teacher: Ensemble, data: TrainingSet, options: DistillOptions) -> None:
    """Raise what distill says of a teacher that does not fit."""
    if other := first_difference(
        (teacher.features, teacher.vocab), (data.info.features, data.info.vocab), of="their record"
    ):
        raise RunError(f"{teacher.members[0].run}: made with {other}; prepare the records as for the teacher")
    if options.hidden_weight and len(teacher.members) > 1:
        raise UsageError("hidden_weight is for one teacher: several have no hidden states in common")


def _width(model: BertReader) -> int:
    return model.qa_outputs.in_features


def _padded(arrays: Sequence[Float32s], length: int) -> Tensor:
    """[B][n, ...] -> [B, length, ...], zeros behind."""
    padded = np.zeros((len(arrays), length, *arrays[0].shape[1:]), np.float32)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(padded)
