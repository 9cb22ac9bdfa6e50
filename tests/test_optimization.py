"""The optimizer's rule, clipping, and the rate; tests/test_training.py has the reference's own updates."""

from dataclasses import replace

import pytest
import torch

from tinynq.config import TrainOptions
from tinynq.layers import ModelConfig
from tinynq.model import new_reader
from tinynq.optimization import adamw, descend, learning_rate

CONFIG = ModelConfig(
    vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
    max_position_embeddings=64,
)  # fmt: skip


def test_adamw_has_no_bias_correction_and_decays_weights_alone() -> None:
    model = new_reader(CONFIG, seed=0)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = adamw(model, TrainOptions(weight_decay=0.3))
    for p in model.parameters():
        p.grad = torch.full_like(p, 0.5)
    descend(optimizer, 1.0, rate=0.01, clip=0.0)
    step = 0.1 * 0.5 / ((0.001 * 0.5**2) ** 0.5 + 1e-6)
    for name, p in model.named_parameters():
        decay = 0.0 if "LayerNorm" in name or name.endswith("bias") else 0.3
        torch.testing.assert_close(p.detach(), before[name] - 0.01 * (step + decay * before[name]))


def test_clipping() -> None:
    model = new_reader(CONFIG, seed=0)
    optimizer = adamw(model, TrainOptions())
    for norm, clip, expected in [(10.0, 2.0, 0.1), (1.0, 2.0, 0.5), (10.0, 0.0, 0.5)]:
        model.qa_outputs.bias.grad = torch.full((2,), 0.5)
        descend(optimizer, norm, rate=0.0, clip=clip)
        assert model.qa_outputs.bias.grad.tolist() == pytest.approx([expected] * 2)


def test_learning_rate() -> None:
    options = TrainOptions(learning_rate=1.0, warmup=0.3)
    assert [learning_rate(k, 10, options) for k in range(1, 11)] == pytest.approx(
        [1 / 3, 2 / 3, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]
    )
    constant = replace(options, decay="constant")
    assert [learning_rate(k, 10, constant) for k in (1, 3, 10)] == pytest.approx([1 / 3, 1.0, 1.0])
    assert learning_rate(1, 10, replace(options, warmup=0.0)) == pytest.approx(0.9)
