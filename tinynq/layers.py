"""The parts of a BERT encoder (Devlin et al. 2019).

Parameters have the names that Hugging Face's BertModel gives them. Shapes: B windows of L positions, h hidden
units, A heads of D units.

Evaluated in bfloat16 on a CPU, hidden states are in bfloat16 from layer to layer (see Bert), and what follows a
product is done within it, by an operation that torch has for what its compiler makes.
"""

import math
from dataclasses import MISSING, dataclass
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tinynq.config import Checked, option
from tinynq.errors import UsageError

SIZES = {
    "bert-tiny": (2, 128),
    "bert-mini": (4, 256),
    "bert-small": (4, 512),
    "bert-medium": (8, 512),
    "bert-base": (12, 768),
}
HEAD_SIZE = 64
# BERT's own code has the tanh form, which Hugging Face calls gelu_new; its "gelu" is the exact one.
ACTIVATIONS = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}


@dataclass(frozen=True, kw_only=True)
class ModelConfig(Checked):
    """What makes an encoder; the names are those of a Hugging Face config.json, and so are the defaults.

    Raises UsageError for sizes that no encoder has.
    """

    vocab_size: int = option(MISSING, "Rows of the word embeddings.", low=1, high=10**7)
    hidden_size: int = option(MISSING, "Units of a position.", low=1, high=10**5)
    num_hidden_layers: int = option(MISSING, "Transformer layers.", low=1, high=1000)
    num_attention_heads: int = option(MISSING, "Heads of a layer; they divide the hidden units.", low=1, high=10**5)
    intermediate_size: int = option(MISSING, "Units of the feed-forward half of a layer.", low=1, high=10**6)
    max_position_embeddings: int = option(512, "Positions of the longest window.", low=1, high=10**6)
    type_vocab_size: int = option(2, "Segments.", low=2, high=1000)
    layer_norm_eps: float = option(1e-12, "What LayerNorm adds to a variance.", low=0, high=1)
    hidden_act: Literal["gelu", "gelu_new", "gelu_pytorch_tanh"] = option("gelu", "One of ACTIVATIONS.")
    hidden_dropout_prob: float = option(0.1, "Dropout of hidden states.", low=0, high=1)
    attention_probs_dropout_prob: float = option(0.1, "Dropout of attention probabilities.", low=0, high=1)
    initializer_range: float = option(0.02, "Deviation of random weights.", low=0, high=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hidden_size % self.num_attention_heads:
            raise UsageError(f"{self.num_attention_heads} heads do not divide hidden_size {self.hidden_size}")

    @classmethod
    def of_size(cls, size: str, *, vocab_size: int) -> "ModelConfig":
        """One of the published SIZES (Turc et al. 2019), with the activation of BERT's own code."""
        layers, hidden = SIZES[size]
        return cls(
            vocab_size=vocab_size,
            hidden_size=hidden,
            num_hidden_layers=layers,
            num_attention_heads=hidden // HEAD_SIZE,
            intermediate_size=4 * hidden,
            hidden_act="gelu_new",
        )


class Dropout(nn.Module):
    """Dropout of a module's output; see cheap_dropout."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        return cheap_dropout(x, self.p) if self.training else x


def cheap_dropout(x: Tensor, p: float) -> Tensor:
    """Dropout whose random numbers are cheap on a CPU.

    torch draws one number an element there, on one thread, which is a tenth of a BERT-Tiny step. 16
    bits are enough: p is rounded to a 65,536th, and the scale fits the rounded p.
    """
    if p == 0.0:
        return x
    if x.device.type != "cpu":
        return F.dropout(x, p)
    dropped = round(p * 2**16)
    bits = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None).view(torch.int16)
    keep = bits[: x.numel()].view(x.shape) >= dropped - 2**15
    return x * (keep * torch.tensor(2**16 / (2**16 - dropped), dtype=x.dtype))


class Embeddings(nn.Module):
    """Words, positions and segments, added up: [B, L] -> [B, L, h]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        rows = (config.vocab_size, config.max_position_embeddings, config.type_vocab_size)
        # Not nn.Embedding(n, h): the random weights that it draws take an import of half a second on meta.
        self.word_embeddings, self.position_embeddings, self.token_type_embeddings = (
            nn.Embedding.from_pretrained(torch.empty(n, config.hidden_size), freeze=False)  # type: ignore[no-untyped-call]
            for n in rows
        )
        self.LayerNorm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.dropout = Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids: Tensor, segment_ids: Tensor) -> Tensor:
        positions = self.position_embeddings.weight[: input_ids.shape[1]]
        # Two segments as a product: the gradient of a lookup in a table of two rows is slow.
        segments = F.one_hot(segment_ids, self.token_type_embeddings.num_embeddings).to(positions.dtype)
        x = self.word_embeddings(input_ids) + positions + segments @ self.token_type_embeddings.weight
        return self.dropout(self.LayerNorm(x))  # type: ignore[no-any-return]


class SelfAttention(nn.Module):
    """Multi-head attention, before its output projection: [B, L, h] -> [B, L, h]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.query, self.key, self.value = (nn.Linear(config.hidden_size, config.hidden_size) for _ in range(3))
        self.dropout = config.attention_probs_dropout_prob

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        # One product of three: x is read, and its gradient added up, once.
        weight, bias = (torch.cat([getattr(p, name) for p in self.children()]) for name in ("weight", "bias"))
        together = product(x, weight, bias) if in_bf16(x) else F.linear(x, weight, bias)
        # [B, L, 3h] -> three of [B, A, L, D]
        query, key, value = together.view(*together.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        on_cpu = query.device.type == "cpu"
        if on_cpu and not self.training:
            context = attention_by_window(query, key, value, mask)
        elif on_cpu and query.dtype == torch.bfloat16:
            context = plain_attention(query, key, value, mask, self.dropout)
        else:
            dropout = self.dropout if self.training else 0.0
            context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=dropout)
        return context.transpose(1, 2).flatten(2)


def plain_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
    """What scaled_dot_product_attention does, [B, A, L, D] -> [B, A, L, D], as three operations.

    Training in bf16 on a CPU it takes half the time: the fused one computes the scores anew on the way back.
    """
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return cheap_dropout(torch.softmax(scores, -1), dropout) @ value


def attention_by_window(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """What scaled_dot_product_attention does, [B, A, L, D] -> [B, A, L, D], where padding is at the windows' ends.

    A window at a time, the scores stay in a CPU's cache, and need no mask: their keys end where they do.
    """
    batch, heads, longest, units = query.shape
    lengths = [longest] * batch if mask is None else mask.sum(-1).flatten().tolist()
    context = query.new_empty(batch, longest, heads, units).transpose(1, 2)  # in the order that its user wants
    nothing = query.new_empty(1)
    for row, length in enumerate(lengths):
        keys, values = key[row, :, :length].transpose(1, 2), value[row, :, :length]
        scores = torch.baddbmm(nothing, query[row], keys, beta=0, alpha=units**-0.5)
        context[row] = torch.bmm(torch.softmax(scores, -1), values)
    return context


class AddAndNorm(nn.Module):
    """The end of both halves of a layer: project, drop out, add what came in, normalize."""

    def __init__(self, inputs: int, config: ModelConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.dropout = Dropout(config.hidden_dropout_prob)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        if in_bf16(residual):
            added = product(x, self.dense.weight, self.dense.bias, add=residual)
        else:
            added = self.dropout(self.dense(x)) + residual
        return self.LayerNorm(added)  # type: ignore[no-any-return]


class Layer(nn.Module):
    """A transformer layer, normalized after each half: [B, L, h] -> [B, L, h]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        attention = {"self": SelfAttention(config), "output": AddAndNorm(config.hidden_size, config)}
        self.attention = nn.ModuleDict(attention)
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(config.hidden_size, config.intermediate_size)})
        self.output = AddAndNorm(config.intermediate_size, config)
        self.approximate = ACTIVATIONS[config.hidden_act]

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        x = self.attention["output"](self.attention["self"](x, mask), x)
        wide = cast(nn.Linear, self.intermediate["dense"])
        if in_bf16(x):
            activated = product(x, wide.weight, wide.bias, gelu=self.approximate)
        else:
            activated = F.gelu(wide(x), approximate=self.approximate)
        return self.output(activated, x)  # type: ignore[no-any-return]


def in_bf16(hidden: Tensor) -> bool:
    """Whether this is an evaluation in bfloat16 on a CPU: elsewhere, hidden states between layers are in fp32."""
    return hidden.dtype == torch.bfloat16


def product(x: Tensor, weight: Tensor, bias: Tensor, *, gelu: str | None = None, add: Tensor | None = None) -> Tensor:
    """A linear layer in bfloat16 on a CPU, and GELU of it in the form ``gelu``, or the sum with ``add``.

    What follows the product is done before it leaves the registers: the operation is one that torch keeps for what it
    compiles.
    """
    operation = torch.ops.mkldnn._linear_pointwise
    weight, bias = weight.bfloat16(), bias.bfloat16()
    if add is not None:
        return operation.binary(x, add, weight, bias, "add")  # type: ignore[no-any-return]
    kind, algorithm = ("none", "") if gelu is None else ("gelu", gelu)
    return operation(x, weight, bias, kind, [], algorithm)  # type: ignore[no-any-return]
