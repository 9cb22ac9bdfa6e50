"""The joint objective: whose positions take part in the softmax."""

import numpy as np
import pytest
import torch

from tinynq.model import Scores, collate
from tinynq.objectives import joint_losses, joint_objective
from tinynq.types import AnswerType, Target, Window

WINDOWS = [Window(0, 0, 2, list(range(5, 5 + n)), (), Target(2, 3, AnswerType.SHORT)) for n in (6, 9)]  # of two lengths


def test_padding_takes_part_in_the_softmax_only_where_it_is_to() -> None:
    batch = collate(WINDOWS, length=12)
    scores = Scores(torch.zeros(2, 12), torch.zeros(2, 12), torch.zeros(2, 5))
    padded = joint_objective(padded=True)(scores, WINDOWS, batch)
    assert padded.tolist() == pytest.approx([2 * np.log(12)] * 2 + [2 * np.log(5)])
    plain = joint_objective(padded=False)(scores, WINDOWS, batch)
    assert plain.tolist() == pytest.approx([np.log(6) + np.log(9)] * 2 + [2 * np.log(5)])


def test_the_losses_are_those_of_the_targets() -> None:
    batch = collate(WINDOWS)
    random = torch.Generator().manual_seed(0)
    scores = Scores(*(torch.randn(2, n, generator=random) for n in (9, 9, 5)))
    target = torch.tensor([window.target for window in WINDOWS])
    start = scores.start[0, :6].log_softmax(0)[2] + scores.start[1].log_softmax(0)[2]
    assert joint_losses(scores, target, batch)[0].item() == pytest.approx(-start.item())
    kind = scores.answer_type.log_softmax(1)[:, AnswerType.SHORT].sum()
    assert joint_losses(scores, target, batch)[2].item() == pytest.approx(-kind.item())
