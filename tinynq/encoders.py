"""Which encoder a config.json describes: BERT, which model.py has, or another that transformers has (extra ``hf``).

Any encoder will do that has a BERT WordPiece vocabulary, such as DistilBERT, ELECTRA or MobileBERT. transformers is
imported when the first of them is asked for: BERT needs none of it.
"""

import inspect
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from tinynq.errors import RunError, UsageError
from tinynq.layers import ModelConfig
from tinynq.model import Batch, BertReader, empty_reader, new_reader, outline

Config: TypeAlias = ModelConfig | Any  # the latter one of transformers, which is not always there

OURS = ("tinynq", "architectures")  # what stands in a config.json and is no part of an encoder
NOT_TAKEN = ("auto_map", "dtype", "torch_dtype", "quantization_config")  # no code of a folder's own, and float32
DROPOUT = ("hidden_dropout_prob", "dropout")
ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")
MOST_LAYERS = 1000


class OtherReader(BertReader):
    """A reader with an encoder of transformers, whose names its weights keep; its pooler is BERT's.

    ``config`` is the encoder's, of transformers.
    """

    config: Any

    def __init__(self, config: Any) -> None:
        nn.Module.__init__(self)
        self.config = config
        encoder = _encoder(config)
        self.prefix = encoder.base_model_prefix
        self.add_module(self.prefix, encoder)
        self.pooler = nn.ModuleDict({"dense": nn.Linear(config.hidden_size, config.hidden_size)})
        self.add_heads(config.hidden_size)
        takes_segments = "token_type_ids" in inspect.signature(encoder.forward).parameters
        self.segments = takes_segments and getattr(config, "type_vocab_size", 2) > 1

    @property
    def words(self) -> nn.Embedding:
        """The word embeddings."""
        return self.encoder.get_input_embeddings()  # type: ignore[no-any-return, operator]

    def encode(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The last layer [B, L, h], and [CLS] of it through the pooler [B, h]."""
        segments = {"token_type_ids": batch.segment_ids} if self.segments else {}
        x = self.encoder(input_ids=batch.input_ids, attention_mask=batch.mask.long(), **segments).last_hidden_state
        return x, torch.tanh(self.pooler["dense"](x[:, 0]))

    def described(self) -> dict[str, Any]:
        """The encoder's part of a config.json."""
        raw: dict[str, Any] = json.loads(self.config.to_json_string(use_diff=False))
        raw["architectures"] = [type(self.encoder).__name__.removesuffix("Model") + "ForQuestionAnswering"]
        return raw


def read_encoder_config(raw: Mapping[str, Any], path: Path) -> Config:
    """The encoder that the values of a config.json make; ``path`` is what says them.

    Raises RunError for one that is no encoder, and for one that needs transformers where that is not installed.
    """
    kind = raw.get("model_type", "bert")
    if kind != "bert":
        return _other_config(raw, path)
    if raw.get("position_embedding_type", "absolute") != "absolute":
        name = raw["position_embedding_type"]
        raise RunError(f"{path}: position_embedding_type is {name}; expected absolute: take a plain BERT encoder")
    try:
        return ModelConfig(**{field.name: raw[field.name] for field in fields(ModelConfig) if field.name in raw})
    except (TypeError, UsageError) as error:
        raise RunError(f"{path}: not the config of a BERT encoder ({error})") from None


def with_options(config: Config, *, vocab_size: int, dropout: float, attention_dropout: float) -> Config:
    """The same encoder with other word embeddings and dropout."""
    values: dict[str, Any] = {"vocab_size": vocab_size, **dict.fromkeys(DROPOUT, dropout)}
    values |= dict.fromkeys(ATTENTION_DROPOUT, attention_dropout)
    if isinstance(config, ModelConfig):
        return replace(config, **{name: value for name, value in values.items() if hasattr(config, name)})
    changed = deepcopy(config)
    for name, value in values.items():
        if hasattr(config, name):
            setattr(changed, name, value)
    return changed


def reader_of(config: Config, *, seed: int) -> BertReader:
    """A reader with random weights."""
    if isinstance(config, ModelConfig):
        return new_reader(config, seed=seed)
    # An encoder of transformers draws its weights from the global generator, which is not ours to move.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = OtherReader(config)
        for head in (model.pooler["dense"], model.qa_outputs, model.answer_type):
            nn.init.normal_(head.weight, std=getattr(config, "initializer_range", 0.02))  # type: ignore[arg-type]
            nn.init.zeros_(head.bias)  # type: ignore[arg-type]
    return model


def empty_reader_of(config: Config) -> BertReader:
    """A reader that is yet to be given its weights."""
    # Other encoders have buffers beside their weights, so that they are made as they are.
    return empty_reader(config) if isinstance(config, ModelConfig) else reader_of(config, seed=0)


def outline_of(config: Config) -> BertReader:
    """A reader of shapes alone, which takes no memory."""
    if isinstance(config, ModelConfig):
        return outline(config)
    with torch.device("meta"):
        return OtherReader(config)


def _other_config(raw: Mapping[str, Any], path: Path) -> Any:
    kind = raw["model_type"]
    try:
        from transformers import AutoConfig
    except ImportError:
        raise RunError(
            f"{path}: model_type is {kind}; other encoders than BERT need transformers: pip install 'tinynq[hf]'"
        ) from None
    values = {name: value for name, value in raw.items() if name not in (*OURS, *NOT_TAKEN, "model_type")}
    try:
        config = AutoConfig.for_model(kind, **values)
        if not 1 <= config.num_hidden_layers <= MOST_LAYERS:
            raise ValueError(f"num_hidden_layers is {config.num_hidden_layers}; expected 1 to {MOST_LAYERS}")
        if config.hidden_size % config.num_attention_heads:  # not all of them look, and fail later
            raise ValueError(f"{config.num_attention_heads} heads do not divide hidden_size {config.hidden_size}")
        if config.is_encoder_decoder or getattr(config, "is_decoder", False):
            raise ValueError("a decoder")
        outline_of(config).words  # noqa: B018 - what cannot be made is said here
    except Exception as error:  # its errors have no root of their own
        reason = " ".join(str(error).split())[:200]
        raise RunError(f"{path}: not the config of an encoder that transformers can make ({reason})") from None
    return config


def _encoder(config: Any) -> Any:
    from transformers import MODEL_MAPPING

    kind: Any = MODEL_MAPPING[type(config)]
    # A pooler of its own is rarely pre-trained, and most have none.
    plain = {"add_pooling_layer": False} if "add_pooling_layer" in inspect.signature(kind).parameters else {}
    return kind(config, **plain)
