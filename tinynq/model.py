"""The reader: a BERT encoder (Devlin et al. 2019) with a span head and an answer-type head (Alberti et al. 2019).

Parameters have the names that Hugging Face's BertForQuestionAnswering gives them, so that a
state dict is its own file format. Shapes: B windows of L positions, h hidden units, A heads.
"""

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import MISSING, asdict, dataclass
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from tinynq.config import Checked, Device, Precision, option
from tinynq.errors import UsageError
from tinynq.types import AnswerType, Window

# oneDNN keeps the kernels of the shapes that it has met, else 1,024 of them: 90 MB more, and no faster.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")

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


class Batch(NamedTuple):
    """Windows of one length: ``input_ids`` and ``segment_ids`` [B, L] int64, ``mask`` [B, L] bool, False on padding."""

    input_ids: Tensor
    segment_ids: Tensor
    mask: Tensor

    def to(self, device: torch.device) -> "Batch":
        return Batch(*(tensor.to(device, non_blocking=True) for tensor in self))


class Scores(NamedTuple):
    """Logits of a batch, float32: ``start`` and ``end`` [B, L], padding included, ``answer_type`` [B, 5]."""

    start: Tensor
    end: Tensor
    answer_type: Tensor


def collate(windows: Sequence[Window], *, length: int | None = None, pad_id: int = 0) -> Batch:
    """Windows as one batch, padded to ``length``, or to the longest of them.

    Raises UsageError for a window longer than ``length``.
    """
    longest = max(len(window.input_ids) for window in windows)
    length = length or longest
    if longest > length:
        raise UsageError(f"a window has {longest} pieces; expected at most {length}: prepare with that max_seq_length")
    ids = np.full((len(windows), length), pad_id, np.int64)
    for row, window in zip(ids, windows, strict=True):
        row[: len(window.input_ids)] = window.input_ids
    positions = np.arange(length)
    mask = positions < np.array([[len(window.input_ids)] for window in windows])
    segments = mask & (positions >= np.array([[window.question_length] for window in windows]))
    return Batch(torch.from_numpy(ids), torch.from_numpy(segments.astype(np.int64)), torch.from_numpy(mask))


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
        # [B, L, 3h] -> three of [B, A, L, h/A]
        together = F.linear(x, weight, bias)
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

    A few windows at a time, the scores stay in a CPU's cache, and need no mask: their keys end where they do.
    """
    batch, heads, longest, units = query.shape
    lengths = [longest] * batch if mask is None else mask.sum(-1).flatten().tolist()
    query = query * units**-0.5
    context = query.new_empty(batch, longest, heads, units).transpose(1, 2)  # in the order that its user wants
    with torch.autocast("cpu", enabled=False):  # it would have the softmax, and what comes of it, in fp32
        for rows, length in neighbours(lengths, most=max(1, 8 // heads)):  # 8 products, for the threads to share
            scores = query[rows] @ key[rows, :, :length].transpose(-1, -2)
            context[rows] = torch.softmax(scores, -1) @ value[rows, :, :length]
    return context


def neighbours(lengths: Sequence[int], *, most: int) -> Iterator[tuple[slice, int]]:
    """Windows side by side that have one length, ``most`` at a time, and the length."""
    first = 0
    for last, length in enumerate(lengths, 1):
        if last == len(lengths) or lengths[last] != length or last - first == most:
            yield slice(first, last), length
            first = last


class AddAndNorm(nn.Module):
    """The end of both halves of a layer: project, drop out, add what came in, normalize."""

    def __init__(self, inputs: int, config: ModelConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.dropout = Dropout(config.hidden_dropout_prob)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        return self.LayerNorm(self.dropout(self.dense(x)) + residual)  # type: ignore[no-any-return]


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
        return self.output(self.activated(x), x)  # type: ignore[no-any-return]

    def activated(self, x: Tensor) -> Tensor:
        """GELU of the wide layer: [B, L, h] -> [B, L, 4h]."""
        wide = self.intermediate["dense"]
        if not self.training and x.device.type == "cpu" and torch.is_autocast_enabled("cpu") and cpu_has_bf16():
            # Of a product that has not left the registers: an operation that torch keeps for what it compiles.
            operands = (tensor.bfloat16() for tensor in (x, wide.weight, wide.bias))
            return torch.ops.mkldnn._linear_pointwise(*operands, "gelu", [], self.approximate)  # type: ignore[no-any-return]
        return F.gelu(wide(x), approximate=self.approximate)


class Bert(nn.Module):
    """The encoder with its pooler."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.embeddings = Embeddings(config)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(config.hidden_size, config.hidden_size)})

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The last layer [B, L, h], and [CLS] of it through the pooler [B, h]."""
        # -inf on padding is what BERT's -10000 comes to: either way exp gives 0. No mask is faster than one of Trues.
        mask = None if bool(batch.mask.all()) else batch.mask[:, None, None, :]
        x = self.embeddings(batch.input_ids, batch.segment_ids)
        for layer in self.encoder["layer"].children():
            x = layer(x, mask)
        return x, torch.tanh(self.pooler["dense"](x[:, 0]))


class BertReader(nn.Module):
    """The joint model: spans from the last layer, the answer type from the pooled [CLS].

    ``prefix`` begins the names of the encoder's weights.
    """

    prefix = "bert"

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.bert = Bert(config)
        self.add_heads(config.hidden_size)

    def add_heads(self, hidden_size: int) -> None:
        """Make the span and the answer-type head."""
        self.qa_outputs = nn.Linear(hidden_size, 2)
        self.answer_type = nn.Linear(hidden_size, len(AnswerType))

    @property
    def encoder(self) -> nn.Module:
        """The encoder, under whatever name."""
        return self.get_submodule(self.prefix)

    @property
    def words(self) -> nn.Embedding:
        """The word embeddings."""
        return cast(nn.Embedding, self.bert.embeddings.word_embeddings)

    def encode(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The last layer [B, L, h], and the pooled [CLS] [B, h]."""
        return self.bert(batch)  # type: ignore[no-any-return]

    def described(self) -> dict[str, Any]:
        """The encoder's part of a config.json."""
        return {"architectures": ["BertForQuestionAnswering"], "model_type": "bert", **asdict(self.config)}

    def forward(self, batch: Batch) -> Scores:
        sequence, pooled = self.encode(batch)
        # In fp32 whatever the rest is in: rounded to bf16, many positions of a window would have equal logits.
        with torch.autocast(sequence.device.type, enabled=False):
            start, end = self.qa_outputs(sequence.float()).unbind(-1)
            return Scores(start, end, self.answer_type(pooled.float()))


class _Undrawn(TorchFunctionMode):
    """Leaves out the random numbers of new modules: for shapes alone, torch would import its compiler, in seconds."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_):
            return kwargs["tensor"]
        return func(*args, **(kwargs or {}))


def outline(config: ModelConfig) -> BertReader:
    """A reader of shapes alone, which takes no memory."""
    with torch.device("meta"), _Undrawn():
        return BertReader(config)


def empty_reader(config: ModelConfig) -> BertReader:
    """A reader that is yet to be given its weights."""
    model = outline(config)
    # Not to_empty: from meta, it takes an import of half a second.
    empty = {name: torch.empty(tensor.shape) for name, tensor in model.state_dict().items()}
    model.load_state_dict(empty, assign=True)
    return model


def new_reader(config: ModelConfig, *, seed: int) -> BertReader:
    """A reader with random weights: normal, cut off at two deviations, as BERT's; biases 0."""
    # torch's own initialization would draw from the global generator.
    model = empty_reader(config)
    generator = torch.Generator().manual_seed(seed)
    deviation = config.initializer_range
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(weight)
        elif "LayerNorm" in name:
            nn.init.ones_(weight)
        else:
            nn.init.trunc_normal_(weight, 0.0, deviation, -2 * deviation, 2 * deviation, generator=generator)
    return model


def choose_device(device: Device) -> torch.device:
    """The device by name; auto is cuda, else mps, else cpu. Raises UsageError for one that is not there."""
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    names = [name for name in found if found[name]]
    name = names[0] if device == "auto" else device
    if name not in names:
        raise UsageError(f"device {name} is not there; this machine has {', '.join(names)}: use auto, or one of them")
    return torch.device(name)


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """A context of bfloat16 products for bf16, of nothing for fp32; auto takes bf16 where the hardware has it."""
    if precision == "auto":
        on_cuda = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        on_cpu = device.type == "cpu" and cpu_has_bf16()
        precision = "bf16" if on_cuda or on_cpu else "fp32"
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


def cpu_has_bf16() -> bool:
    """Whether the CPU has AMX or AVX512-BF16: without, bfloat16 is slower than fp32, and oneDNN may refuse it."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16", False) or able.get("avx512_bf16", False))
