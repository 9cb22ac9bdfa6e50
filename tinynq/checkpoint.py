"""A run's folder, and weights from elsewhere: Hugging Face folders, the hub, TF1 checkpoints.

A run is a Hugging Face folder, of BERT or of what encoders.py knows, whose config.json has one more
object, ``tinynq``, with all that prediction needs; a packed run has smaller files instead (packing.py). Nothing is
ever pickled.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import safetensors
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor

from tinynq import tf1
from tinynq.bundled import CONFIG, bundled_path, find_run
from tinynq.config import FeatureOptions
from tinynq.encoders import Config, empty_reader_of, outline_of, read_encoder_config, reader_of, with_options
from tinynq.errors import RunError, UsageError
from tinynq.files import atomic_write
from tinynq.layers import SIZES, ModelConfig
from tinynq.model import BertReader
from tinynq.quantization import dequantized
from tinynq.vocab import MARKERS, Vocab

WEIGHTS, VOCAB, TOKENIZER = "model.safetensors", "vocab.txt", "tokenizer_config.json"
OPTIMIZER = "optimizer.safetensors"
PACKED = "packed.safetensors"  # instead of WEIGHTS, in a packed run
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
FRESH = ("bert.pooler.", "pooler.", "qa_outputs.", "answer_type.")  # what an encoder may come without


def load_init(
    what: str,
    vocab: Vocab,
    *,
    features: FeatureOptions,
    seed: int = 0,
    dropout: float = 0.1,
    attention_dropout: float = 0.1,
) -> BertReader:
    """A reader to train: of random weights for one of SIZES, else with the encoder that read_encoder finds.

    What that lacks of pooler and heads, and of rows for NQ markers, comes from the seed. Raises
    RunError for an encoder that is missing, cannot be read, or does not fit the vocabulary or the windows.
    """
    if what in SIZES:
        encoder, config = None, ModelConfig.of_size(what, vocab_size=len(vocab.tokens))
    else:
        encoder = read_encoder(what, cased=vocab.cased)
        config = encoder.config
        if encoder.vocab.sha256 != vocab.sha256:
            path = encoder.vocab_path
            remedy = f"with --vocab {path}" if path.is_file() else f"without --vocab, or put that {VOCAB} there"
            raise RunError(f"{path}: not the vocabulary that the record was made with; prepare it again {remedy}")
        if not set(vocab.tokens[config.vocab_size :]) <= set(MARKERS):
            raise RunError(
                f"{encoder.vocab_path}: has more words than the {config.vocab_size:,} of the encoder; "
                f"put the {VOCAB} there that belongs to it"
            )
    rows = max(config.vocab_size, len(vocab.tokens))
    config = with_options(config, vocab_size=rows, dropout=dropout, attention_dropout=attention_dropout)
    if config.max_position_embeddings < features.max_seq_length:
        raise RunError(
            f"{what}: has {config.max_position_embeddings} positions, but the windows have {features.max_seq_length}; "
            f"prepare the record again with --max-seq-length {config.max_position_embeddings}"
        )
    model = reader_of(config, seed=seed)
    if encoder:
        fill(model, encoder.weights, where=encoder.where)
    return model


class Encoder(NamedTuple):
    """Weights of BertReader, or a part of them, and what belongs to them; ``where`` they are, for messages."""

    config: Config
    weights: dict[str, Tensor]
    vocab: Vocab
    vocab_path: Path
    where: str


def read_encoder(what: str, *, cased: bool) -> Encoder:
    """The encoder of a TF1 checkpoint, of a folder in Hugging Face's layout, of a bundled reader, or of the hub.

    A TF1 checkpoint is a path that tf1.find knows; without a vocab.txt beside it, it has the shipped vocabulary.
    Raises RunError for an encoder that is missing, damaged, or cannot be made.
    """
    prefix = tf1.find(what)
    if not prefix:
        folder = find_encoder(what)
        config, vocab = read_encoder_config(read_config(folder), folder / CONFIG), _read_vocab(folder, cased=cased)
        weights, where = read_weights(folder, config), str(_weights(folder))
        fill(outline_of(config), weights, where=where)  # a model is never larger than its file is
        return Encoder(config, weights, vocab, folder / VOCAB, where)
    checkpoint = tf1.Checkpoint(prefix)
    config = read_encoder_config(tf1.encoder_config(checkpoint), prefix.with_name(tf1.CONFIG))
    path = prefix.with_name(VOCAB)
    vocab = Vocab.load(str(path) if path.is_file() else None, cased=cased)
    if not path.is_file() and len(vocab.tokens) != config.vocab_size:
        raise RunError(
            f"{path}: no such file, and the shipped vocabulary has {len(vocab.tokens):,} words, not the "
            f"{config.vocab_size:,} of {prefix.name}; put its {VOCAB} there"
        )
    return Encoder(config, from_tf1(checkpoint), vocab, path, str(prefix))


def find_encoder(what: str) -> Path:
    """The folder of an encoder, or of a bundled reader; an ``owner/name`` is fetched from the hub, or its cache's.

    Raises RunError for what is none of them, and where the hub does not have it.
    """
    if folder := bundled_path(what):
        return folder
    if Path(what).is_dir():
        return Path(what)
    if not HUB_NAME.fullmatch(what):
        raise RunError(
            f"{what}: no such encoder; expected {', '.join(SIZES)}, a Hugging Face folder, "
            "the prefix of a TF1 checkpoint, or owner/name"
        )
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise RunError(f"{what}: no such folder; to fetch it from the hub: pip install 'tinynq[hf]'") from None
    try:
        return Path(snapshot_download(what, allow_patterns=[CONFIG, WEIGHTS, VOCAB]))
    except Exception as error:  # its errors have no root of their own
        reason = str(error).strip().splitlines()[0]
        raise RunError(f"{what}: no such folder, and not to be had from the hub: {reason}") from None


def save_run(
    folder: Path,
    model: BertReader,
    vocab: Vocab,
    about: Mapping[str, Any],
    *,
    optimizer: Mapping[str, Tensor] | None = None,
) -> None:
    """Write a model and all that prediction needs; config.json, written last, makes the folder a run.

    ``about`` is the ``tinynq`` object of config.json; its ``features`` are the fields of
    FeatureOptions. ``optimizer`` are tensors that only training needs.
    """
    config = {
        **model.described(),
        "pad_token_id": vocab.pad,
        "dtype": "float32",
        "tinynq": {**about, "vocab_sha256": vocab.sha256},
    }
    tokenizer = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": not vocab.cased,
        "model_max_length": about["features"]["max_seq_length"],
    }
    files = {
        WEIGHTS: tensor_bytes(model.state_dict()),
        VOCAB: vocab.text.encode(),
        TOKENIZER: json_bytes(tokenizer),
        CONFIG: json_bytes(config),
    }
    if optimizer is not None:
        files = {OPTIMIZER: tensor_bytes(optimizer), **files}
    for name, content in files.items():
        with atomic_write(folder / name) as file:
            file.write(content)


def note(folder: Path, **values: Any) -> None:
    """Change what config.json says of a run, in its ``tinynq`` object; raises RunError where there is none."""
    raw = read_config(folder)
    raw["tinynq"] = {**raw.get("tinynq", {}), **values}
    with atomic_write(folder / CONFIG) as file:
        file.write(json_bytes(raw))


def load_run(run: str | os.PathLike[str]) -> tuple[BertReader, FeatureOptions, Vocab, dict[str, Any]]:
    """The model of a run in evaluation mode, the options of its windows, its vocabulary, and its config.json.

    A bundled reader is a run, by its name; so is a TF1 checkpoint with heads, whose windows are made as the
    original makes them: uncased, and with the defaults of FeatureOptions. Weights are float32, of a packed run too.
    Raises RunError for what is no run, or a damaged one.
    """
    folder = find_run(run)
    if tf1.find(folder):
        return _tf1_run(folder)
    return _run_of_folder(Path(folder))


def _run_of_folder(folder: Path) -> tuple[BertReader, FeatureOptions, Vocab, dict[str, Any]]:
    if not (folder / CONFIG).is_file() and (folder / "checkpoints").is_dir():
        raise RunError(f"{folder}: its training has not ended; go on with --resume, or use one of {folder}/checkpoints")
    raw = read_config(folder)
    config = read_encoder_config(raw, folder / CONFIG)
    if "tinynq" not in raw:
        raise RunError(f"{folder}: an encoder, but no run of tinynq; train it: tinynq train RECORD --init {folder}")
    about = raw["tinynq"]
    try:
        features = FeatureOptions(**about["features"])
    except (KeyError, TypeError, UsageError) as error:
        version = about.get("version") if isinstance(about, dict) else "of nobody"
        raise RunError(f"{folder / CONFIG}: made by tinynq {version}, which has other options ({error})") from None
    vocab = _read_vocab(folder, cased=features.cased)
    if vocab.sha256 != about.get("vocab_sha256"):
        raise RunError(f"{folder / VOCAB}: not the vocabulary that the run was trained with; copy the folder again")
    where = str(_weights(folder))
    model = _reader(config, read_weights(folder, config), features, vocab, where=where)
    return model, features, vocab, raw


def _tf1_run(what: str) -> tuple[BertReader, FeatureOptions, Vocab, dict[str, Any]]:
    encoder, features = read_encoder(what, cased=False), FeatureOptions()
    if not {"qa_outputs.weight", "answer_type.weight"} <= encoder.weights.keys():
        raise RunError(f"{what}: an encoder without heads for NQ; train it: tinynq train RECORD --init {what}")
    model = _reader(encoder.config, encoder.weights, features, encoder.vocab, where=encoder.where)
    return model, features, encoder.vocab, {**asdict(encoder.config), "tinynq": {"features": asdict(features)}}


def _reader(
    config: Config, weights: Mapping[str, Tensor], features: FeatureOptions, vocab: Vocab, *, where: str
) -> BertReader:
    """The reader of a run, in evaluation mode."""
    for found, wanted, name in [
        (config.vocab_size, len(vocab.tokens), "words"),
        (config.max_position_embeddings, features.max_seq_length, "positions"),
    ]:
        if found < wanted:
            raise RunError(f"{where}: has {found} {name}; expected at least {wanted}, as its windows have")
    fill(outline_of(config), weights, where=where, whole=True)  # no memory is taken for what the file does not hold
    model = empty_reader_of(config)
    fill(model, weights, where=where, whole=True)
    return model.eval()


def read_config(folder: Path) -> dict[str, Any]:
    """The values of a config.json; raises RunError where there are none."""
    path = _existing(folder / CONFIG)
    try:
        raw = json.loads(path.read_bytes())
        if not isinstance(raw, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: no JSON that can be read ({error}); copy it again") from None
    return raw


def read_weights(folder: Path, config: Config) -> dict[str, Tensor]:
    """The tensors of a folder's weights under the names of the reader; raises RunError where they cannot be read."""
    weights, model, path = {}, outline_of(config), _weights(folder)
    parts = tuple(f"{name}." for name, _ in model.encoder.named_children())
    for name, tensor in dequantized(read_tensors(path), where=str(path)).items():
        # Checkpoints that came from TF1 by the way of early converters keep its LayerNorm names.
        name = name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
        if name.startswith(parts):
            name = f"{model.prefix}.{name}"
        weights[name] = tensor
    return weights


def _weights(folder: Path) -> Path:
    """The file of a folder's weights."""
    packed = not (folder / WEIGHTS).is_file() and (folder / PACKED).is_file()
    return folder / (PACKED if packed else WEIGHTS)


def _read_vocab(folder: Path, *, cased: bool) -> Vocab:
    """The vocabulary of a folder; of a packed run that has none, the shipped one."""
    left_out = _weights(folder).name == PACKED and not (folder / VOCAB).is_file()
    return Vocab.load(None if left_out else str(_existing(folder / VOCAB)), cased=cased)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file; raises RunError for one that is missing or damaged."""
    try:
        return safetensors.torch.load_file(_existing(path))
    except (safetensors.SafetensorError, OSError) as error:
        raise RunError(f"{path}: no safetensors file that can be read ({error}); copy it again") from None


def fill(model: BertReader, weights: Mapping[str, Tensor], *, where: str, whole: bool = False) -> None:
    """Give the model the weights of its names; others are passed over.

    What they lack of the pooler and the heads stays as it is, unless ``whole``. Raises RunError,
    naming the tensor, for one that is missing or of another shape.
    """
    words = next(name for name, parameter in model.named_parameters() if parameter is model.words.weight)
    for name, parameter in model.state_dict().items():
        tensor = weights.get(name)
        if tensor is None:
            if whole or not name.startswith(FRESH):
                raise RunError(f"{where}: no tensor {name}; expected the weights of a BERT encoder")
            continue
        if not tensor.is_floating_point():
            raise RunError(f"{where}: tensor {name} holds {tensor.dtype}; expected floating point")
        if name == words and not whole:
            # NQ markers without a slot have rows of their own at the end.
            parameter = parameter[: max(len(parameter) - len(MARKERS), *tensor.shape[:1], 0)]
        if tensor.shape != parameter.shape:
            found, expected = list(tensor.shape), list(parameter.shape)
            raise RunError(f"{where}: tensor {name} is {found}; the config makes it {expected}")
        parameter.copy_(tensor)


def from_tf1(arrays: Mapping[str, NDArray[np.float32]]) -> dict[str, Tensor]:
    """The state dict of BertReader from arrays under the names of a TF1 checkpoint.

    Dense kernels are transposed; optimizer slots, the step and the pre-training heads are left out.
    """
    heads = {"cls/nq/output_": "qa_outputs.", "answer_type_output_": "answer_type."}
    leaves = {"kernel": "weight", "gamma": "weight", "beta": "bias", "weights": "weight"}
    state = {}
    for source in arrays:
        name = source
        if not name.startswith(("bert/", *heads)) or re.search(r"/(adam_[mv]|Adam(_1)?)$", name):
            continue
        for head, ours in heads.items():
            name = name.replace(head, ours)
        parts = name.replace("layer_", "layer/").replace("/", ".").split(".")
        last, array = parts[-1], arrays[source]
        tensor = torch.from_numpy(np.array(array.T if last == "kernel" else array, np.float32, order="C"))
        parts = [*parts, "weight"] if last.endswith("_embeddings") else [*parts[:-1], leaves.get(last, last)]
        state[".".join(parts)] = tensor
    return state


def _existing(path: Path) -> Path:
    if path.is_file():
        return path
    if path.name == WEIGHTS and (path.parent / "pytorch_model.bin").is_file():
        raise RunError(f"{path}: not there, only a pickled pytorch_model.bin, which is not safe to read; convert it")
    if not path.parent.is_dir():
        raise RunError(f"{path.parent}: no such folder; expected a run, or an encoder in Hugging Face's layout")
    raise RunError(
        f"{path}: no such file; expected a run of `tinynq train`, or an encoder: {CONFIG}, {WEIGHTS} and {VOCAB}"
    )


def tensor_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """The content of a safetensors file."""
    # transformers asks for the format.
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return safetensors.torch.save(plain, metadata={"format": "pt"})


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """The content of a JSON file that people read too."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
