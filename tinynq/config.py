"""Options as frozen values; a field's text is its flag's help, and a recipe is a value of TrainOptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from math import inf
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from tinynq.errors import UsageError

Device: TypeAlias = Literal["auto", "cuda", "mps", "cpu"]
SynonymsIn: TypeAlias = Literal["context", "answer", "question", "all"]
Precision: TypeAlias = Literal["auto", "fp32", "bf16"]
Kind: TypeAlias = Literal["auto", "html", "markdown", "text"]
Experiment: TypeAlias = Literal["60k", "60k-syn"]
Purpose: TypeAlias = Literal["train", "predict"]
Split: TypeAlias = Literal["train", "dev", "sample"]
Options = TypeVar("Options")
Others = TypeVar("Others")

N_BEST = 5  # spans of an answer, where nobody says how many
NQ_BUCKET = "https://storage.googleapis.com/natural_questions"


def option(default: Any, text: str, *, low: float = -inf, high: float = inf) -> Any:
    """A dataclass field with its help text, and the range of its number."""
    return field(default=default, metadata={"help": text, "range": (low, high)})


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Options of their types, numbers within their ranges, names among the known ones; raises UsageError otherwise."""

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for known in fields(self):
            value, (low, high) = getattr(self, known.name), known.metadata["range"]
            if not _is_one(value, hints[known.name]):
                hint = hints[known.name]
                raise UsageError(
                    f"{known.name} is {value!r}; expected {hint.__name__ if isinstance(hint, type) else hint}"
                )
            if get_origin(hints[known.name]) is Literal and value not in (names := get_args(hints[known.name])):
                raise UsageError(f"{known.name} is {value}; expected {', '.join(names)}")
            if isinstance(value, int | float) and not low <= value <= high:
                limit = f"{low} to {high}" if high < inf else f"at least {low}"
                raise UsageError(f"{known.name} is {value}; expected {limit}")


def _is_one(value: object, hint: Any) -> bool:
    """Whether a value is of a field's type; a whole number is a float as well, and True is no number."""
    if get_origin(hint) is Literal:
        return True  # its names are all that it can be
    kinds = get_args(hint) or (hint,)
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, (*kinds, int) if float in kinds else kinds)


@dataclass(frozen=True, kw_only=True)
class FeatureOptions(Checked):
    """What decides the windows of a page; stored with every record and run, and never mixed."""

    max_seq_length: int = option(384, "Longest window, in word pieces.", low=1)
    stride: int = option(128, "Distance between the starts of two windows, in word pieces.", low=1)
    max_question_length: int = option(64, "Longest question in word pieces, [Q] included; cut from the left.", low=1)
    max_contexts: int = option(48, "Most contexts of a page; the empty one counts.", low=1)
    cased: bool = option(False, "Keep case and accents; needs --vocab of a cased model.")


@dataclass(frozen=True, kw_only=True)
class FetchOptions(Checked):
    """Options of ``fetch``."""

    format: Literal["original", "simplified"] = option("original", "Which of the release's two formats.")
    shards: str | None = option(None, "Part of the split's files, a half-open slice as 0:10; all by default.")
    base_url: str = option(NQ_BUCKET, "Where the release lies: http(s)://, a storage's URL, or a folder.")
    retries: int = option(5, "Failures in a row that are tried again; new bytes begin the count anew.", low=0)
    timeout: float = option(30.0, "Seconds without a byte that are a failure (http only).", low=0.1)


@dataclass(frozen=True, kw_only=True)
class WorkerOptions(Checked):
    """Who does the work; what is made does not depend on it."""

    workers: int = option(1, "Processes that share the input files (0: one a core).", low=0, high=1024)


@dataclass(frozen=True, kw_only=True)
class ClusterOptions(WorkerOptions):
    """The same, where a cluster of machines is another choice."""

    engine: Literal["processes", "ray"] = option("processes", "ray spreads the files over a Ray cluster (extra `ray`).")
    address: str | None = option(None, "HOST:PORT of a Ray cluster, auto on a node of it; by default one starts here.")


@dataclass(frozen=True, kw_only=True)
class MergeOptions(Checked):
    """Options of ``merge``."""

    take: int | None = option(None, "Stop after this many pages, counted after all other choices.", low=1)
    sample: float = option(1.0, "Share of the pages to keep; which, follows from seed and id alone.", low=0, high=1)
    seed: int = option(0, "Seed of --sample.", low=0)
    ids: str | None = option(None, "A file of example ids, one a line: keep only these pages.")
    duplicates: Literal["error", "first", "keep"] = option("error", "What to do with a page whose id was there before.")
    simplify: bool = option(False, "Write the simplified format; simplified pages stay as they are.")
    shards: int | None = option(
        None, "Write this many gzip files, page by page in turn; --out is a folder.", low=1, high=1000
    )


@dataclass(frozen=True, kw_only=True)
class PageOptions(FeatureOptions):
    """Options of ``show`` and ``stats``: how pages become windows."""

    vocab: str | None = option(None, "vocab.txt of the encoder; the BERT uncased vocabulary by default.")


@dataclass(frozen=True, kw_only=True)
class PrepareOptions(PageOptions):
    """Options of ``prepare``."""

    include_unknowns: float = option(0.02, "Share of windows without answer to keep in training (negative: none).")
    null_unknowns: float | None = option(
        None, "The same share on pages without an answer; by default --include-unknowns."
    )
    seed: int = option(0, "Seed of the draws and of the shuffle.", low=0)
    shuffle: bool | None = option(None, "Shuffle the windows; on for train, off for predict.")
    synonyms: float = option(0.0, "Share of words to replace in a copy of each answered page.", low=0, high=1)
    synonyms_in: SynonymsIn = option("context", "Whose words: context is the page but for the answer.")


@dataclass(frozen=True, kw_only=True)
class TrainOptions(Checked):
    """Options of ``train``; a recipe is a named value of them."""

    batch_size: int = option(32, "Windows an update.", low=1)
    accumulate: int = option(1, "Parts that a batch is computed in, to save memory.", low=1)
    learning_rate: float = option(5e-5, "Peak learning rate.", low=0)
    epochs: float = option(3.0, "Passes over the record.", low=0)
    steps: int | None = option(None, "Updates; overrides --epochs.", low=0)
    warmup: float = option(0.1, "Share of the updates in which the rate rises.", low=0, high=1)
    decay: Literal["linear", "constant"] = option("linear", "How the rate goes on after the warm-up.")
    weight_decay: float = option(0.01, "Decoupled weight decay, on all but LayerNorm and biases.", low=0)
    clip: float = option(1.0, "Largest global gradient norm (0: no limit).", low=0)
    dropout: float = option(0.1, "Dropout of hidden states.", low=0, high=0.99)
    attention_dropout: float = option(0.0, "Dropout of attention probabilities.", low=0, high=0.99)
    warm_start: str | None = option(
        None, "An encoder or run; one of the sizes begins with its words, and with heads that find them on the page."
    )
    freeze_words: bool = option(False, "Leave the word embeddings as they are.")
    padding: Literal["full", "batch"] = option("batch", "Pad to the longest window possible, or of the batch.")
    seed: int = option(0, "Seed of new weights, order and dropout.", low=0)
    precision: Precision = option("auto", "auto takes bf16 where the hardware has it.")
    device: Device = option("auto", "auto takes cuda, else mps, else cpu.")
    threads: int = option(0, "CPU threads (0: as many as help).", low=0)
    save_every: int = option(500, "Updates between checkpoints.", low=1)
    keep: int = option(2, "Checkpoints to keep.", low=1)
    eval_every: int = option(500, "Updates between evaluations on --dev pages.", low=1)


RECIPES: dict[str, TrainOptions] = {
    # The original's training: dropout everywhere, every window padded to the full length.
    "bert-joint": TrainOptions(attention_dropout=0.1, padding="full"),
    # The same updates without the two things that cost most of the time.
    "fast": TrainOptions(),
    # For pretrained encoders; its runs answer by the rule of the same name.
    "tinynq": TrainOptions(learning_rate=1e-4, warmup=0.05, dropout=0.0),
    # From random weights on a few hundred pages. Adam takes its largest steps for rare words, and so learns them
    # by heart; with words that stay as they are, what can be learned is how those of question and page relate.
    "scratch": TrainOptions(batch_size=16, learning_rate=1e-3, epochs=10.0, dropout=0.0, freeze_words=True),
}


@dataclass(frozen=True, kw_only=True)
class DistillOptions(TrainOptions):
    """Options of ``distill``: those of ``train``, and how the teacher is learned from."""

    temperature: float = option(2.0, "What logits are divided by before they are compared.", low=0.01)
    alpha: float = option(0.9, "Share of the teacher's part in the loss of a window with label.", low=0, high=1)
    hidden_weight: float = option(0.0, "Weight of the error of the last hidden states; 0 leaves them out.", low=0)


@dataclass(frozen=True, kw_only=True)
class Decoding(Checked):
    """How the logits of a page become its answers; a run holds its own."""

    long: Literal["best-span", "all-spans"] = option(
        "best-span", "The long answer is the candidate of the best span, or that of the largest odds of all its spans."
    )
    windows: Literal["best", "mean"] = option(
        "best", "A span has the best of the scores that windows give it, or the mean of all windows that show it."
    )
    against: Literal["null", "all"] = option(
        "null", "A score is the log odds of a span against no answer, or against all other spans of the page as well."
    )
    yes_no: float | None = option(None, "Least log odds of yes or no against a span for yes or no to be the answer.")


DECODINGS: dict[str, Decoding] = {
    "bert-joint": Decoding(),
    "tinynq": Decoding(long="all-spans", against="all", yes_no=-1.0),
}


@dataclass(frozen=True, kw_only=True)
class MemberOptions(Checked):
    """Options of ``average``: which weights stand for a run."""

    checkpoints: str | None = option(None, "last:K takes the last K checkpoints of each run; the finished run is one.")


@dataclass(frozen=True, kw_only=True)
class ForwardOptions(Checked):
    """How a model is run on windows; options of ``calibrate``."""

    batch_size: int = option(0, "Windows a forward pass (0: 16 on a CPU, else 32).", low=0)
    precision: Precision = option("auto", "auto takes bf16 where the hardware has it.")
    device: Device = option("auto", "auto takes cuda, else mps, else cpu.")
    threads: int = option(0, "CPU threads (0: as many as help).", low=0)


@dataclass(frozen=True, kw_only=True)
class MineOptions(ForwardOptions):
    """Options of ``mine``."""

    per_page: int = option(2, "Windows without an answer to keep of each page.", low=0)


@dataclass(frozen=True, kw_only=True)
class PredictOptions(MemberOptions, ForwardOptions):
    """Options of ``predict``."""

    no_answer_threshold: float | None = option(
        None, "Withhold answers of a lower score (-inf: none); by default the run's own thresholds."
    )
    format: Literal["json", "kaggle"] = option("json", "The official JSON, or the CSV of the Kaggle competition.")
    decoding: Literal["auto", "bert-joint", "tinynq"] = option(
        "auto", "How logits become answers; auto is the run's own way."
    )
    n_best: int = option(0, "Also write the N best answers of every page.", low=0)


@dataclass(frozen=True, kw_only=True)
class AskOptions(Checked):
    """Options of ``ask``."""

    kind: Kind = option("auto", "What the page is; auto goes by the file's suffix, else by its content.")
    n_best: int = option(N_BEST, f"Give the N best spans as well; {N_BEST} with --json.", low=0)
    threads: int = option(0, "CPU threads (0: as many as help).", low=0)


@dataclass(frozen=True, kw_only=True)
class EvalOptions(Checked):
    """Options of ``evaluate``."""

    long_non_null_threshold: int = option(2, "Annotators that make a long answer count.", low=1)
    short_non_null_threshold: int = option(2, "Annotators that make a short answer count.", low=1)
    partial: bool = option(False, "Score the pages that have a prediction, and say so.")
    samples: int = option(10_000, "Bootstrap samples that intervals are made from.", low=100, high=1_000_000)
    seed: int = option(0, "Seed of the bootstrap.", low=0)


@dataclass(frozen=True, kw_only=True)
class GoldOptions(WorkerOptions):
    """How gold annotations are read."""

    cache: bool = option(True, "Keep the annotations of files, and read them from there while the files do not change.")


@dataclass(frozen=True, kw_only=True)
class SquadPart(Checked):
    """Options of ``convert_squad``: which questions of a SQuAD file."""

    articles: str | None = option(None, "Part of the file's articles, a half-open slice as 402:; all by default.")
    limit: int | None = option(None, "Stop after this many questions.", low=1)


@dataclass(frozen=True, kw_only=True)
class SquadOptions(SquadPart, ForwardOptions):
    """Options of ``evaluate_squad``."""


@dataclass(frozen=True, kw_only=True)
class CompareOptions(EvalOptions):
    """Options of ``compare``."""

    examples: int = option(0, "Also list the ids of up to N pages won and lost.", low=0)


@dataclass(frozen=True, kw_only=True)
class RunOptions(Checked):
    """Options of ``run``; all else is what the experiment is."""

    pages: int | None = option(None, "Train pages to take (all of ten shards by default).", low=1)
    seed: int = option(0, "Seed of the draws, the weights, the order and the dropout.", low=0)
    precision: Precision = option("auto", "auto takes bf16 where the hardware has it.")
    device: Device = option("auto", "auto takes cuda, else mps, else cpu.")
    threads: int = option(0, "CPU threads (0: as many as help).", low=0)


def make(kind: type[Options], keywords: Mapping[str, Any], *, base: Options | None = None) -> Options:
    """An options value from keywords, by name; ``base`` gives what they leave out.

    Raises UsageError for a name that ``kind`` does not have.
    """
    _check_names(keywords, [kind])
    return replace(base, **keywords) if base is not None else kind(**keywords)  # type: ignore[type-var]


def make_both(kind: type[Options], other: type[Others], keywords: Mapping[str, Any]) -> tuple[Options, Others]:
    """Two options values from keywords that are mixed; raises UsageError for a name that neither kind has."""
    _check_names(keywords, [kind, other])
    first, second = ({n: v for n, v in keywords.items() if n in _names(each)} for each in (kind, other))
    return kind(**first), other(**second)


def _names(kind: type[Any]) -> list[str]:
    return [known.name for known in fields(kind)]


def _check_names(keywords: Mapping[str, Any], kinds: Sequence[type[Any]]) -> None:
    names = [name for kind in kinds for name in _names(kind)]
    for name in keywords:
        if name not in names:
            close = get_close_matches(name, names, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
            raise UsageError(f"unknown option {name}: {hint}")
