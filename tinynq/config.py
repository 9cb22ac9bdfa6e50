"""Options as frozen values; a field's text is its flag's help, and a recipe is a value of TrainOptions."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias, TypeVar

from tinynq.errors import UsageError

Device: TypeAlias = Literal["auto", "cuda", "mps", "cpu"]
Precision: TypeAlias = Literal["auto", "fp32", "bf16"]


Options = TypeVar("Options")


def option(default: Any, text: str) -> Any:
    """A dataclass field with its help text."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class FeatureOptions:
    """What decides the windows of a page; stored with every record and run, and never mixed.

    Raises UsageError for a length, stride or count below 1.
    """

    max_seq_length: int = option(384, "Longest window, in word pieces.")
    stride: int = option(128, "Distance between the starts of two windows, in word pieces.")
    max_question_length: int = option(64, "Longest question in word pieces, [Q] included; cut from the left.")
    max_contexts: int = option(48, "Most contexts of a page; the empty one counts.")
    cased: bool = option(False, "Keep case and accents; needs --vocab of a cased model.")

    def __post_init__(self) -> None:
        for name in ("max_seq_length", "stride", "max_question_length", "max_contexts"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}; expected at least 1")


@dataclass(frozen=True, kw_only=True)
class PageOptions(FeatureOptions):
    """Options of ``show`` and ``stats``: how pages become windows."""

    vocab: str | None = option(None, "vocab.txt of the encoder; the BERT uncased vocabulary by default.")


@dataclass(frozen=True, kw_only=True)
class PrepareOptions(PageOptions):
    """Options of ``prepare``."""

    include_unknowns: float = option(0.02, "Share of windows without answer to keep in training (negative: none).")
    seed: int = option(0, "Seed of the draws and of the shuffle.")
    shuffle: bool | None = option(None, "Shuffle the windows; on for train, off for predict.")


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """Options of ``train``; a recipe is a named value of them."""

    batch_size: int = option(32, "Windows an update.")
    accumulate: int = option(1, "Parts that a batch is computed in, to save memory.")
    learning_rate: float = option(5e-5, "Peak learning rate.")
    epochs: float = option(3.0, "Passes over the record.")
    steps: int | None = option(None, "Updates; overrides --epochs.")
    warmup: float = option(0.1, "Share of the updates in which the rate rises.")
    decay: Literal["linear", "constant"] = option("linear", "How the rate goes on after the warm-up.")
    weight_decay: float = option(0.01, "Decoupled weight decay, on all but LayerNorm and biases.")
    clip: float = option(1.0, "Largest global gradient norm (0: no limit).")
    dropout: float = option(0.1, "Dropout of hidden states.")
    attention_dropout: float = option(0.0, "Dropout of attention probabilities.")
    padding: Literal["full", "batch"] = option("batch", "Pad to the longest window possible, or of the batch.")
    seed: int = option(0, "Seed of new weights, order and dropout.")
    precision: Precision = option("auto", "auto takes bf16 where the hardware has it.")
    device: Device = option("auto", "auto takes cuda, else mps, else cpu.")
    threads: int = option(0, "CPU threads (0: all cores).")
    save_every: int = option(500, "Updates between checkpoints.")
    keep: int = option(2, "Checkpoints to keep.")
    eval_every: int = option(500, "Updates between evaluations on --dev pages.")


RECIPES: dict[str, TrainOptions] = {
    # The original's training: dropout everywhere, every window padded to the full length.
    "bert-joint": TrainOptions(attention_dropout=0.1, padding="full"),
    # The same updates without the two things that cost most of the time.
    "fast": TrainOptions(),
}


@dataclass(frozen=True, kw_only=True)
class PredictOptions:
    """Options of ``predict``."""

    batch_size: int = option(32, "Windows a forward pass.")
    n_best: int = option(0, "Also write the N best answers of every page.")
    precision: Precision = option("auto", "auto takes bf16 where the hardware has it.")
    device: Device = option("auto", "auto takes cuda, else mps, else cpu.")
    threads: int = option(0, "CPU threads (0: all cores).")


@dataclass(frozen=True, kw_only=True)
class EvalOptions:
    """Options of ``evaluate``."""

    long_non_null_threshold: int = option(2, "Annotators that make a long answer count.")
    short_non_null_threshold: int = option(2, "Annotators that make a short answer count.")
    partial: bool = option(False, "Score the pages that have a prediction, and say so.")


def make(kind: type[Options], keywords: Mapping[str, Any], *, base: Options | None = None) -> Options:
    """An options value from keywords, by name; ``base`` gives what they leave out.

    Raises UsageError for a name that ``kind`` does not have.
    """
    known: list[Field[Any]] = list(fields(kind))  # type: ignore[arg-type]
    names = [f.name for f in known]
    for name in keywords:
        if name not in names:
            close = get_close_matches(name, names, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
            raise UsageError(f"unknown option {name}: {hint}")
    return replace(base, **keywords) if base is not None else kind(**keywords)  # type: ignore[type-var]
