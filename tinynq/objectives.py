"""What training minimizes: losses of a batch, given what the model said and what it should have said."""

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from tinynq.model import Batch, Scores
from tinynq.types import Window


class Objective(Protocol):
    """The losses of start, end and answer type, each summed over the windows of a batch: [3]."""

    def __call__(self, scores: Scores, windows: Sequence[Window], batch: Batch, /) -> Tensor: ...


def joint_objective(*, padded: bool) -> Objective:
    """That of the BERT joint baseline; with ``padded``, padding takes part in the softmax of positions."""

    def objective(scores: Scores, windows: Sequence[Window], batch: Batch, /) -> Tensor:
        target = torch.tensor([window.target for window in windows], device=scores.start.device)
        return joint_losses(scores, target, None if padded else batch)

    return objective


def joint_losses(scores: Scores, target: Tensor, batch: Batch | None) -> Tensor:
    """Cross entropies of start, end and answer type, each summed over the windows: [3].

    ``target`` [B, 3] holds their classes. All positions take part in the softmax, or, given the
    batch, those that are no padding.
    """
    start, end, answer_type = scores
    if batch is not None:
        start, end = (logits.masked_fill(~batch.mask, -math.inf) for logits in (start, end))
    pairs = zip((start, end, answer_type), target.unbind(1), strict=True)
    return torch.stack([F.cross_entropy(logits, classes, reduction="sum") for logits, classes in pairs])
