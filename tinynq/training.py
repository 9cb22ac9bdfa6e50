"""The training loop, all of it in sight.

The default recipe is that of the BERT joint baseline (Alberti et al. 2019) with BERT's optimizer
(Devlin et al. 2019). The order of windows and the dropout of an update depend on the seed and its
number alone, so that a resumed run does what an unbroken one would have done.
"""

import json
import math
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

import tinynq
from tinynq.checkpoint import load_init, load_run, save_run
from tinynq.config import RECIPES, FeatureOptions, PredictOptions, TrainOptions, make
from tinynq.errors import NumericError, RunError, UsageError
from tinynq.files import atomic_folder, atomic_write, writing
from tinynq.inference import page_stream, predict_pages, set_threads
from tinynq.metrics import Report, score
from tinynq.model import Batch, BertReader, Scores, autocast, choose_device, collate
from tinynq.pages import read_gold
from tinynq.record import TrainingSet
from tinynq.resume import last_checkpoint, load_moments, save_checkpoint
from tinynq.types import Int32s, Progress, Window, no_progress
from tinynq.vocab import Vocab

BUCKET = 50  # batches whose windows are sorted by length together
NO_BIAS_CORRECTION = 1e9  # a step count at which Adam's 1 - beta ** step is 1
Evaluate = Callable[[BertReader], Report]


class TrainSummary(NamedTuple):
    """What a call of ``train`` did: ``loss`` is the last update's, ``best`` the best on dev pages."""

    steps: int
    windows: int
    seconds: float
    loss: float | None
    best: dict[str, float] | None


class Windows(Protocol):
    """What is trained on: N windows with targets, and their ``lengths`` [N]."""

    lengths: Int32s

    def __len__(self) -> int: ...

    def window(self, at: int, /) -> Window: ...


def train(
    records: str | Sequence[str],
    *,
    out: str,
    init: str,
    recipe: str = "bert-joint",
    dev: str | Sequence[str] | None = None,
    resume: bool = False,
    progress: Progress = no_progress,
    **options: Any,
) -> TrainSummary:
    """Train a reader on records, into the folder ``out``.

    ``init`` is a size, a Hugging Face folder, a TF1 checkpoint or a hub name, as load_init takes it. The keywords are
    the fields of TrainOptions and change the recipe. With ``dev``, NQ pages, the best checkpoint
    (by the sum of long and short F1) is kept in ``out``/best, and each run that is scored holds its
    best thresholds. With ``resume``, a run that broke off
    goes on from its last checkpoint. Raises UsageError for options that cannot be and an ``out``
    that is taken, RecordError and RunError for what cannot be read or does not fit, and
    NumericError for a loss that is not finite.
    """
    if recipe not in RECIPES:
        raise UsageError(f"unknown recipe {recipe}: there are {', '.join(RECIPES)}")
    chosen = make(TrainOptions, options, base=RECIPES[recipe])
    records = [records] if isinstance(records, str) else list(records)
    data = TrainingSet.load(records)
    features, vocab = data.info.features, data.info.vocab
    by_epochs = max(1, int(len(data) * chosen.epochs / chosen.batch_size))
    steps = by_epochs if chosen.steps is None else chosen.steps
    about: dict[str, Any] = {
        "version": tinynq.__version__,
        "command": command(records, out, init, recipe, dev, options),
        "init": init,
        "recipe": recipe,
        "train": asdict(chosen),
        "features": asdict(features),
        "windows": len(data),
        "pieces": int(data.lengths.sum()),
        "steps": steps,
    }
    set_threads(chosen.threads)
    folder = Path(out)
    last = last_checkpoint(folder, about, resume=resume)
    if last:
        model, _, _, raw = load_run(last)
        about = {**about, **{name: raw["tinynq"][name] for name in ("step", "seconds", "loss", "best")}}
    else:
        dropout = {"dropout": chosen.dropout, "attention_dropout": chosen.attention_dropout}
        model = load_init(init, vocab, features=features, seed=chosen.seed, **dropout)
        about |= {"step": 0, "seconds": 0.0, "loss": None, "best": None}
    if last != folder:
        evaluate = dev_scorer(dev, features, vocab, chosen) if dev else None
        fit(model, data, vocab, about, folder, options=chosen, last=last, evaluate=evaluate, progress=progress)
    return TrainSummary(steps, len(data), about["seconds"], about["loss"], about["best"])


def fit(
    model: BertReader,
    data: Windows,
    vocab: Vocab,
    about: dict[str, Any],
    folder: Path,
    *,
    options: TrainOptions,
    last: Path | None = None,
    evaluate: Evaluate | None = None,
    progress: Progress = no_progress,
) -> None:
    """The loop: from ``about["step"]`` updates to ``about["steps"]``; log, checkpoints and the run go into ``folder``.

    ``about`` is what config.json says of the run; its step, seconds, loss, best and thresholds are kept
    current, the last being of a dev evaluation of the very weights that are saved beside them.
    """
    device = choose_device(options.device)
    model.to(device).train()
    model.words.weight.requires_grad_(not options.freeze_words)
    optimizer = adamw(model, options)
    if last:
        load_moments(last, optimizer, model)
    first, steps = about["step"], about["steps"]
    length = about["features"]["max_seq_length"] if options.padding == "full" else None
    order = batches(data.lengths, batch_size=options.batch_size, seed=options.seed, bucket=options.padding == "batch")
    started = time.perf_counter() - about["seconds"]
    with own_randomness(device), closing(Log(folder, first)) as log:
        for step, rows in enumerate(islice(order, first, steps), first + 1):
            begun = time.perf_counter()
            windows = [data.window(int(row)) for row in rows]
            rate = learning_rate(step, steps, options)
            torch.manual_seed(mixed(options.seed, step))
            losses, norm = backward(model, windows, options=options, length=length, pad_id=vocab.pad)
            loss = sum(losses) / 3
            if not math.isfinite(loss + norm):
                raise NumericError(
                    f"update {step}: loss {loss}, gradient norm {norm}; lower the learning rate, or use fp32"
                )
            descend(optimizer, norm, rate=rate, clip=options.clip)
            now = time.perf_counter()
            about |= {"step": step, "seconds": now - started, "loss": loss, "thresholds": {}}
            speed = len(windows) / (now - begun)
            parts = dict(zip(("start_loss", "end_loss", "answer_type_loss"), losses, strict=True))
            log.write(step, {"loss": loss, **parts, "grad_norm": norm, "learning_rate": rate, "windows_per_s": speed})
            progress(step * options.batch_size, step / steps)
            if evaluate and (step % options.eval_every == 0 or step == steps):
                report = evaluate(model.eval())
                model.train()
                scores = {"long_f1": report.long.best.f1, "short_f1": report.short.best.f1}
                about["thresholds"] = best_thresholds(report)
                log.write(step, {f"dev_{name}": value for name, value in scores.items()})
                if about["best"] is None or quality(scores) > quality(about["best"]):
                    about["best"] = {"step": step, **scores}
                    with atomic_folder(folder / "best") as temporary:
                        save_run(temporary, model, vocab, about)
            if step % options.save_every == 0 and step < steps:
                save_checkpoint(folder / "checkpoints", model, vocab, about, optimizer, keep=options.keep)
    save_run(folder, model, vocab, about)


def backward(
    model: BertReader, windows: Sequence[Window], *, options: TrainOptions, length: int | None, pad_id: int
) -> tuple[list[float], float]:
    """The gradients of a batch, left in the parameters: its losses (start, end, answer type) and the global norm.

    The batch is computed in ``options.accumulate`` parts; losses and gradients are those of the
    undivided batch. ``length`` is what windows are padded to (None: the longest of a part).
    The norm counts the word embeddings' gradient where words are looked up: a word that occurs
    twice counts twice, unadded. That is what BERT's code does, its gradient being sparse there.
    """
    device = next(model.parameters()).device
    words = model.words
    model.zero_grad()
    total = torch.zeros(3, device=device)
    with lookup_squares(words) as squares:
        for part in np.array_split(np.arange(len(windows)), min(options.accumulate, len(windows))):
            chosen = [windows[i] for i in part]
            batch = collate(chosen, length=length, pad_id=pad_id).to(device)
            with autocast(device, options.precision):
                scores = model(batch)
            target = torch.tensor([window.target for window in chosen], device=device)
            losses = joint_losses(scores, target, batch if length is None else None) / len(windows)
            losses.mean().backward()  # type: ignore[no-untyped-call]
            total += losses.detach()
    others = [p.grad for p in model.parameters() if p is not words.weight and p.grad is not None]
    norm = torch.sqrt(torch.nn.utils.get_total_norm(others) ** 2 + sum(squares))
    return total.tolist(), norm.item()


def joint_losses(scores: Scores, target: Tensor, batch: Batch | None) -> Tensor:
    """Cross entropies of start, end and answer type, each summed over the windows: [3].

    ``target`` [B, 3] holds their classes. All positions take part in the softmax, or, given the
    batch, those that are no padding.
    """
    start, end, answer_type = scores
    if batch is not None:
        start, end = (logits.masked_fill(~batch.mask, -math.inf) for logits in (start, end))
    pairs = zip((start, end, answer_type), target.unbind(1), strict=True)
    return torch.stack([F.cross_entropy(logits, classes, reduction="sum") for logits, classes in pairs])


@contextmanager
def lookup_squares(embedding: nn.Embedding) -> Iterator[list[Tensor]]:
    """A list that each backward pass appends to: the squared norm of the gradient at the lookup's output."""
    squares: list[Tensor] = []

    def watch(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        def keep(gradient: Tensor) -> None:
            squares.append(torch.linalg.vector_norm(gradient.float()) ** 2)

        if output.requires_grad:  # else the words are frozen
            output.register_hook(keep)  # type: ignore[no-untyped-call]

    handle = embedding.register_forward_hook(watch)
    try:
        yield squares
    finally:
        handle.remove()


def adamw(model: BertReader, options: TrainOptions) -> torch.optim.AdamW:
    """BERT's AdamW: no bias correction, eps 1e-6, and no weight decay on LayerNorm and biases."""
    named = list(model.named_parameters())
    plain = [p for _, p in named if p.ndim == 1]
    decayed = [p for _, p in named if p.ndim > 1]
    groups = [{"params": decayed, "weight_decay": options.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.999), eps=1e-6, fused=True)
    for _, p in named:
        moments = {"exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
        optimizer.state[p] = {"step": torch.tensor(NO_BIAS_CORRECTION, device=p.device), **moments}
    return optimizer


def descend(optimizer: torch.optim.Optimizer, norm: float, *, rate: float, clip: float) -> None:
    """One update: clip the gradients, whose global norm is ``norm``, to ``clip`` (0: do not), and follow them."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    if clip:
        torch.nn.utils.clip_grads_with_norm_(parameters, clip, torch.tensor(norm))
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()


def learning_rate(step: int, steps: int, options: TrainOptions) -> float:
    """The rate of update ``step`` (1 to ``steps``): it rises in a line, then falls in one that runs from update 0."""
    warmup = int(steps * options.warmup)
    if step < warmup:
        return options.learning_rate * step / warmup
    return options.learning_rate * (1 - step / steps if options.decay == "linear" else 1.0)


def batches(lengths: Int32s, *, batch_size: int, seed: int, bucket: bool) -> Iterator[NDArray[np.int64]]:
    """Row numbers of batch after batch, without end; every batch is full.

    A pass is a permutation from (seed, pass); what is left over begins the next one. With
    ``bucket``, windows of about one length share a batch: some BUCKET batches are sorted, then all are shuffled.
    """
    left = np.empty(0, np.int64)
    for epoch in count():
        random = np.random.default_rng((seed, epoch))
        order = np.concatenate([left, random.permutation(len(lengths))])
        whole = len(order) // batch_size * batch_size
        order, left = order[:whole], order[whole:]
        if bucket:
            chunks = np.split(order, range(BUCKET * batch_size, whole, BUCKET * batch_size))
            order = np.concatenate([chunk[np.argsort(lengths[chunk], kind="stable")] for chunk in chunks])
            order = random.permutation(order.reshape(-1, batch_size))
        yield from order.reshape(-1, batch_size)


def mixed(seed: int, step: int) -> int:
    """The seed of one update's dropout."""
    return int(np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)[0])


@contextmanager
def own_randomness(device: torch.device) -> Iterator[None]:
    """Leave the caller's random numbers as they were."""
    with torch.random.fork_rng(devices=[torch.cuda.current_device()] if device.type == "cuda" else []):
        yield


def dev_scorer(dev: str | Sequence[str], features: FeatureOptions, vocab: Vocab, options: TrainOptions) -> Evaluate:
    """A function that scores a model on NQ pages; their features are built anew each time, in little memory."""
    sources = [dev] if isinstance(dev, str) else list(dev)
    gold = list(read_gold(sources))  # now, so that a bad file stops the run at its start
    predict_options = PredictOptions(batch_size=options.batch_size, precision=options.precision)

    def evaluate(model: BertReader) -> Report:
        pages = page_stream(sources, features=features, vocab=vocab)
        predicted = predict_pages(model, pages, pad_id=vocab.pad, options=predict_options)
        return score(gold, (prediction for _, prediction in predicted))

    return evaluate


def best_thresholds(report: Report) -> dict[str, float]:
    """The thresholds of the best F1 by kind of answer, of those kinds that were found at all."""
    kinds = {"long": report.long.best, "short": report.short.best}
    return {kind: best.threshold for kind, best in kinds.items() if best.f1 > 0}


def quality(scores: Mapping[str, float]) -> float:
    """What the best checkpoint is best in."""
    return scores["long_f1"] + scores["short_f1"]


def command(
    records: Sequence[str],
    out: str,
    init: str,
    recipe: str,
    dev: str | Sequence[str] | None,
    options: Mapping[str, Any],
) -> str:
    """The command line that does the same as a call of train."""
    sources = [dev] if isinstance(dev, str) else list(dev or [])
    words = ["tinynq", "train", *records, "--out", out, "--init", init, "--recipe", recipe]
    words += [word for source in sources for word in ("--dev", source)]
    given = {name.replace("_", "-"): str(value) for name, value in options.items() if value is not None}
    words += [word for name, value in given.items() for word in (f"--{name}", value)]
    return shlex.join(words)


def _step(line: bytes, path: Path, number: int) -> int:
    try:
        return msgspec.json.decode(line, type=_Logged).step
    except msgspec.DecodeError as error:
        raise RunError(f"{path}:{number}: no line of a log ({error}); delete it, or move the file away") from None


class _Logged(msgspec.Struct):
    step: int


class Log:
    """log.jsonl of a run, one object a line, and TensorBoard event files where that package is installed.

    Lines of updates after ``first`` are those of a run that broke off, and are dropped.
    """

    def __init__(self, folder: Path, first: int) -> None:
        self._path = path = folder / "log.jsonl"
        kept = []
        if path.exists():
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for i, line in enumerate(lines, 1) if line.endswith(b"\n") and _step(line, path, i) <= first]
        with atomic_write(path) as file:
            file.writelines(kept)
        self._file = path.open("a", buffering=1)
        self._board: Any = None
        if find_spec("tensorboard"):
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=first + 1 if first else None)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Note the values of one update or evaluation."""
        with writing(str(self._path)):
            self._file.write(json.dumps({"step": step, **values}) + "\n")
        if self._board:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._board:
            self._board.close()
