"""The parts of the encoder: sizes, dropout, our own attentions."""

from collections.abc import Callable
from functools import partial

import pytest
import torch

from tinynq.layers import SIZES, Dropout, ModelConfig, attention_by_window, plain_attention
from tinynq.model import BertReader


@pytest.mark.parametrize(
    ("size", "parameters"),
    [("bert-tiny", 4_386_823), ("bert-mini", 11_172_359), ("bert-small", 28_767_239), ("bert-base", 109_487_623)],
)
def test_published_sizes(size: str, parameters: int) -> None:
    with torch.device("meta"):
        model = BertReader(ModelConfig.of_size(size, vocab_size=30_522))
    assert sum(p.numel() for p in model.parameters()) == parameters
    assert model.config.hidden_size == 64 * model.config.num_attention_heads == SIZES[size][1]


def test_dropout() -> None:
    dropout = Dropout(0.1)
    x = torch.ones(1001, 333, requires_grad=True)
    torch.manual_seed(0)
    y = dropout(x)
    y.sum().backward()
    kept = y != 0
    assert kept.float().mean().item() == pytest.approx(0.9, abs=0.002)
    assert y.mean().item() == pytest.approx(1.0, abs=0.002)
    assert x.grad is not None and torch.equal(x.grad, y.detach())
    # Neighbours share a random number, and must not share their fate.
    assert (kept[:, 1:] ^ kept[:, :-1]).float().mean().item() == pytest.approx(0.18, abs=0.003)
    torch.manual_seed(0)
    assert torch.equal(dropout(x), y)
    assert not torch.equal(dropout(x), y)
    assert dropout.eval()(x) is x
    assert Dropout(0.0)(x) is x


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("attention", [partial(plain_attention, dropout=0.0), attention_by_window])
def test_our_own_attentions_are_attention(attention: Callable[..., torch.Tensor], masked: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    tensors = [torch.randn(2, 3, 7, 8, generator=generator).requires_grad_() for _ in range(3)]
    mask = torch.arange(7)[None, None, None] < torch.tensor([5, 7])[:, None, None, None] if masked else None
    query, key, value = tensors
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    found = attention(query, key, value, mask)
    torch.testing.assert_close(found, expected)
    for mine, theirs in zip(*(torch.autograd.grad(x.square().sum(), tensors) for x in (found, expected)), strict=True):
        torch.testing.assert_close(mine, theirs)
