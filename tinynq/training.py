"""The training loop, all of it in sight.

The default recipe is that of the BERT joint baseline (Alberti et al. 2019) with BERT's optimizer
(Devlin et al. 2019). The order of windows and the dropout of an update depend on the seed and its
number alone, so that a resumed run does what an unbroken one would have done. Several processes, as torchrun
starts them, make the same updates together, each from its share of the batch.
"""

import json
import math
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import tinynq
from tinynq.checkpoint import load_init, load_run
from tinynq.config import DECODINGS, RECIPES, Decoding, FeatureOptions, PredictOptions, TrainOptions, make
from tinynq.decode import JOINT
from tinynq.distributed import ALONE, Group, joined
from tinynq.encoders import empty_reader_of, read_encoder_config
from tinynq.errors import NumericError, UsageError
from tinynq.inference import page_stream, predict_pages
from tinynq.journal import Evaluate, Journal
from tinynq.layers import SIZES
from tinynq.memory import kept_memory
from tinynq.metrics import Report, score
from tinynq.model import BertReader, autocast, choose_device, collate
from tinynq.objectives import Objective, joint_objective
from tinynq.optimization import adamw, descend, learning_rate
from tinynq.pages import read_gold
from tinynq.record import RecordInfo, TrainingSet
from tinynq.resume import MOMENTS, last_checkpoint, load_moments
from tinynq.seeds import update_seed
from tinynq.threads import MOST, set_threads
from tinynq.types import Int32s, Progress, Window, no_progress
from tinynq.vocab import Vocab
from tinynq.warm_start import warm_start

REMEDY = "lower the learning rate, or use fp32"
BUCKET = 50  # batches whose windows are sorted by length together


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
    the fields of TrainOptions and change the recipe. With ``dev``, NQ pages, the best checkpoint (by the sum of long
    and short F1) is kept in ``out``/best, and each run that is scored holds its best thresholds. With ``resume``, a run
    that broke off goes on from its last checkpoint. Raises UsageError for options that cannot be and an ``out`` that is
    taken, RecordError and RunError for what cannot be read or does not fit, and NumericError for a loss that is not
    finite. Under torchrun the first process writes ``out``; the others need it not.
    """
    with joined() as group:
        chosen = make(TrainOptions, options, base=find_recipe(recipe))
        records = [records] if isinstance(records, str) else list(records)
        data = TrainingSet.load(records)
        about = {"command": command("train", records, out, init, recipe, dev, options), "init": init, "recipe": recipe}
        first_model = partial(new_model, init, data.info.vocab, features=data.info.features, options=chosen)
        return learn(
            data, data.info, about, Path(out), first_model=first_model,
            options=chosen, dev=dev, resume=resume, progress=progress, group=group,
        )  # fmt: skip


def find_recipe(name: str) -> TrainOptions:
    """The options of a recipe; raises UsageError for a name that none has."""
    if name not in RECIPES:
        raise UsageError(f"unknown recipe {name}: there are {', '.join(RECIPES)}")
    return RECIPES[name]


def new_model(init: str, vocab: Vocab, *, features: FeatureOptions, options: TrainOptions) -> BertReader:
    """The reader that a training begins with; see load_init and warm_start.

    Raises UsageError for a warm start of what is no new reader.
    """
    dropout = {"dropout": options.dropout, "attention_dropout": options.attention_dropout}
    model = load_init(init, vocab, features=features, seed=options.seed, **dropout)
    if options.warm_start:
        if init not in SIZES:
            raise UsageError(f"--warm-start is for new readers ({', '.join(SIZES)}), and {init} has weights of its own")
        source = load_init(options.warm_start, vocab, features=features)
        warm_start(model, source.words.weight.detach(), seed=options.seed)
    return model


def learn(
    data: Windows,
    info: RecordInfo,
    about: dict[str, Any],
    folder: Path,
    *,
    first_model: Callable[[], BertReader],
    options: TrainOptions,
    dev: str | Sequence[str] | None,
    resume: bool,
    progress: Progress,
    group: Group,
    objective: Callable[[BertReader], Objective] | None = None,
) -> TrainSummary:
    """Train on windows of records like ``info``; ``about`` has command, init, recipe, and what else makes the run.

    ``first_model`` makes the one to begin with; the objective is by default the joint one. Takes and raises what
    train does.
    """
    vocab = info.vocab
    by_epochs = max(1, int(len(data) * options.epochs / options.batch_size))
    decoding = DECODINGS.get(about["recipe"], JOINT)
    about = {
        "version": tinynq.__version__,
        **about,
        "train": {**asdict(options), "threads": set_threads(options.threads)},
        "features": asdict(info.features),
        "decoding": asdict(decoding),
        "windows": len(data),
        "pieces": int(data.lengths.sum()),
        "steps": by_epochs if options.steps is None else options.steps,
    }
    last = last_checkpoint(folder, about, resume=resume) if group.first else None
    model, about = begin(group, about, last, vocab, options=options, first_model=first_model)
    if group.told("ended", str(last == folder)) == "False":
        evaluate = dev_scorer(dev, info.features, vocab, options, decoding=decoding) if dev and group.first else None
        fit(
            model, data, vocab, about, folder, options=options, last=last,
            objective=objective and objective(model), evaluate=evaluate, progress=progress, group=group,
        )  # fmt: skip
    return TrainSummary(about["steps"], len(data), about["seconds"], about["loss"], about["best"])


def begin(
    group: Group,
    about: dict[str, Any],
    last: Path | None,
    vocab: Vocab,
    *,
    options: TrainOptions,
    first_model: Callable[[], BertReader],
) -> tuple[BertReader, dict[str, Any]]:
    """The model and the state of a training that begins, or goes on from the run ``last``; the same on all processes.

    The first process reads or makes them and tells the others, so that it alone needs the run's folder. Raises
    UsageError in a process that was started with other options or records than the first.
    """
    mine = about
    if last:
        model, _, _, raw = load_run(last)
        if not options.threads:  # sums end in other digits with another number
            noted = replace(options, threads=raw["tinynq"]["train"].get("threads", 0)).threads
            about["train"]["threads"] = set_threads(min(noted, MOST))
        about = {**about, **{name: raw["tinynq"][name] for name in ("step", "seconds", "loss", "best")}}
    elif group.first:
        model = first_model()
        about = {**about, "step": 0, "seconds": 0.0, "loss": None, "best": None}
    text = json.dumps({"model": model.described(), "about": about}) if group.first else ""
    told = json.loads(group.told("state", text))
    if not group.first:
        for name, value in mine.items():
            if name != "train" and told["about"][name] != value:
                raise UsageError(
                    f"process {group.rank}: {name} is {value}, but {told['about'][name]} in the first; "
                    "start all with one command line, one version and the same records"
                )
        model, about = empty_reader_of(read_encoder_config(told["model"], Path("the first process"))), told["about"]
    group.spread(list(model.state_dict().values()))
    return model, about


def fit(
    model: BertReader,
    data: Windows,
    vocab: Vocab,
    about: dict[str, Any],
    folder: Path,
    *,
    options: TrainOptions,
    objective: Objective | None = None,
    last: Path | None = None,
    evaluate: Evaluate | None = None,
    progress: Progress = no_progress,
    group: Group = ALONE,
) -> None:
    """The loop: from ``about["step"]`` updates to ``about["steps"]``; log, checkpoints and the run go into ``folder``.

    ``about`` is what config.json says of the run, kept current. Of a group, each takes its share of every batch;
    ``last``, ``evaluate`` and ``progress`` are for the first alone, which writes.
    """
    device = group.own(choose_device(options.device))
    model.to(device).train()
    model.words.weight.requires_grad_(not options.freeze_words)
    optimizer = adamw(model, options)
    if last:
        load_moments(last, optimizer, model)
    group.spread([optimizer.state[p][moment] for p in model.parameters() for moment in MOMENTS])
    first, steps = about["step"], about["steps"]
    length = about["features"]["max_seq_length"] if options.padding == "full" else None
    objective = objective or joint_objective(padded=length is not None)
    order = batches(data.lengths, batch_size=options.batch_size, seed=options.seed, bucket=options.padding == "batch")
    gradients = partial(
        backward, model, objective=objective, options=options, length=length, pad_id=vocab.pad, group=group
    )
    started = time.perf_counter() - about["seconds"]
    with own_randomness(device), kept_memory() as hand_back, ExitStack() as stack:
        journal = None
        if group.first:
            journal = Journal(folder, model, vocab, about, optimizer=optimizer, options=options, evaluate=evaluate)
            stack.callback(journal.close)
        for step, rows in enumerate(islice(order, first, steps), first + 1):
            begun = time.perf_counter()
            windows = [data.window(int(row)) for row in rows]
            rate = learning_rate(step, steps, options)
            torch.manual_seed(update_seed(options.seed, step, group.rank))
            losses, norm = gradients(windows)
            loss = sum(losses) / 3
            if not math.isfinite(loss + norm):
                raise NumericError(f"update {step}: loss {loss}, gradient norm {norm}; {REMEDY}")
            descend(optimizer, norm, rate=rate, clip=options.clip)
            now = time.perf_counter()
            about |= {"step": step, "seconds": now - started, "loss": loss}
            pace = len(windows) / (now - begun)
            if journal:
                journal.write(logged(losses, grad_norm=norm, learning_rate=rate, windows_per_s=pace))
                progress(step * options.batch_size, step / steps)
                journal.keep()
            hand_back(step)
        if journal:
            journal.end()


def logged(losses: Sequence[float], **others: float) -> dict[str, float]:
    """What the log says of an update."""
    parts = dict(zip(("start_loss", "end_loss", "answer_type_loss"), losses, strict=True))
    return {"loss": sum(losses) / 3, **parts, **others}


def backward(
    model: BertReader,
    windows: Sequence[Window],
    *,
    objective: Objective,
    options: TrainOptions,
    length: int | None,
    pad_id: int,
    group: Group = ALONE,
) -> tuple[list[float], float]:
    """The gradients of a batch, left in the parameters: its losses (start, end, answer type) and the global norm.

    Each process of ``group`` computes its share of the batch, in ``options.accumulate`` parts; losses, gradients and
    norm are those of the undivided batch, on all processes. ``length`` is what windows are padded to (None: the longest
    of a part). The norm counts the word embeddings' gradient where words are looked up: a word that occurs
    twice counts twice, unadded. That is what BERT's code does, its gradient being sparse there.
    """
    device = next(model.parameters()).device
    words = model.words
    model.zero_grad()
    share = group.share(windows)
    total, squared = torch.zeros(3, device=device), torch.zeros((), device=device)
    with lookup_squares(words) as squares:
        for part in np.array_split(np.arange(len(share)), options.accumulate)[: len(share)]:
            chosen = [share[i] for i in part]
            batch = collate(chosen, length=length, pad_id=pad_id).to(device)
            with autocast(device, options.precision):
                scores = model(batch)
            losses = objective(scores, chosen, batch) / len(windows)
            losses.mean().backward()  # type: ignore[no-untyped-call]
            total += losses.detach()
    squared += sum(squares)
    trained = [p for p in model.parameters() if p.requires_grad]
    for p in trained:
        p.grad = torch.zeros_like(p) if p.grad is None else p.grad  # None after a share of no window
    group.add_up([total, squared, *(p.grad for p in trained if p.grad is not None)])
    others = [p.grad for p in trained if p is not words.weight and p.grad is not None]
    norm = torch.sqrt(torch.nn.utils.get_total_norm(others) ** 2 + squared)
    return total.tolist(), norm.item()


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


@contextmanager
def own_randomness(device: torch.device) -> Iterator[None]:
    """Leave the caller's random numbers as they were."""
    with torch.random.fork_rng(devices=[torch.cuda.current_device()] if device.type == "cuda" else []):
        yield


def dev_scorer(
    dev: str | Sequence[str], features: FeatureOptions, vocab: Vocab, options: TrainOptions, *, decoding: Decoding
) -> Evaluate:
    """A function that scores a model on NQ pages; their features are built anew each time, in little memory."""
    sources = [dev] if isinstance(dev, str) else list(dev)
    gold = list(read_gold(sources))  # now, so that a bad file stops the run at its start
    predict_options = PredictOptions(batch_size=options.batch_size, precision=options.precision)

    def evaluate(model: BertReader) -> Report:
        pages = page_stream(sources, features=features, vocab=vocab)
        predicted = predict_pages(model, pages, pad_id=vocab.pad, options=predict_options, decoding=decoding)
        return score(gold, (prediction for chunk in predicted for _, prediction in chunk))

    return evaluate


def command(
    name: str,
    records: Sequence[str],
    out: str,
    init: str,
    recipe: str,
    dev: str | Sequence[str] | None,
    options: Mapping[str, Any],
) -> str:
    """The command line that does the same as a call of train, or of another command with its arguments."""
    sources = [dev] if isinstance(dev, str) else list(dev or [])
    words = ["tinynq", name, *records, "--out", out, "--init", init, "--recipe", recipe]
    words += [word for source in sources for word in ("--dev", source)]
    given = {name.replace("_", "-"): str(value) for name, value in options.items() if value is not None}
    words += [word for name, value in given.items() for word in (f"--{name}", value)]
    return shlex.join(words)
