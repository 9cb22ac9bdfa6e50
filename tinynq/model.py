"""The reader: a BERT encoder (Devlin et al. 2019) with a span head and an answer-type head (Alberti et al. 2019).

Parameters have the names that Hugging Face's BertForQuestionAnswering gives them, so that a
state dict is its own file format. Shapes: B windows of L positions, h hidden units.
"""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from tinynq.config import Device, Precision
from tinynq.errors import UsageError
from tinynq.layers import Embeddings, Layer, ModelConfig
from tinynq.types import AnswerType, Window

# oneDNN, and torch above it, keep the kernels of shapes that they have met, else 1,024 of them: hundreds of MB more,
# and no faster.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
os.environ.setdefault("LRU_CACHE_CAPACITY", "16")


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
        if not self.training and x.device.type == "cpu" and torch.is_autocast_enabled("cpu") and cpu_has_bf16():
            x = x.bfloat16()  # and so from layer to layer: half as much to read and to write
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
