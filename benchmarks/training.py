"""Training against transformers: the same encoder, windows, machine and threads, in turns.

    python benchmarks/training.py RECORD [--init bert-tiny FOLDER] [--threads N] [--device cuda]

A round is some updates of ours (recipe `fast`: bf16 where the hardware has it, padded to the longest window of
the batch, no attention dropout) and as many of transformers' BertModel as it comes (fp32, its default attention,
dropout 0.1 everywhere, windows padded to the record's full length, AdamW, gradients clipped), with two linear heads
and the same three losses. Both take the same batches, drawn as `tinynq train` draws them. The speed of a side is the
median of its rounds. Each side is a process of its own, and one waits while the other computes.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, replace
from itertools import islice
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from torch import Tensor, nn

from tinynq.checkpoint import load_init
from tinynq.config import RECIPES, Precision
from tinynq.errors import TinynqError
from tinynq.layers import ModelConfig
from tinynq.memory import kept_memory
from tinynq.model import BertReader, autocast, choose_device, collate
from tinynq.objectives import joint_objective
from tinynq.optimization import adamw, descend
from tinynq.record import TrainingSet
from tinynq.training import backward, batches
from tinynq.types import Window

Update = Callable[[Sequence[Window]], float]
RATE = 1e-5


class Theirs(nn.Module):
    """transformers' encoder with the heads of BERT joint."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        dropout = {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}
        self.bert = transformers.BertModel(transformers.BertConfig(**{**asdict(config), **dropout}))
        self.qa_outputs = nn.Linear(config.hidden_size, 2)
        self.answer_type = nn.Linear(config.hidden_size, 5)

    def forward(self, input_ids: Tensor, segment_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        output = self.bert(input_ids=input_ids, token_type_ids=segment_ids, attention_mask=mask.long())
        start, end = self.qa_outputs(output.last_hidden_state).unbind(-1)
        return start, end, self.answer_type(output.pooler_output)


def ours(model: BertReader, pad_id: int, precision: Precision) -> Update:
    """An update as `tinynq train --recipe fast` makes it; returns the loss."""
    options = replace(RECIPES["fast"], precision=precision)
    optimizer = adamw(model.train(), options)

    def update(windows: Sequence[Window]) -> float:
        losses, norm = backward(
            model, windows, objective=joint_objective(padded=False), options=options, length=None, pad_id=pad_id
        )
        descend(optimizer, norm, rate=RATE, clip=options.clip)
        return sum(losses) / 3

    return update


def theirs(model: Theirs, pad_id: int, length: int) -> Update:
    """An update as one writes it with transformers; returns the loss."""
    optimizer = torch.optim.AdamW(model.train().parameters(), lr=RATE)

    def update(windows: Sequence[Window]) -> float:
        optimizer.zero_grad()
        device = model.qa_outputs.weight.device
        target = torch.tensor([window.target for window in windows], device=device)
        scores = model(*collate(windows, length=length, pad_id=pad_id).to(device))
        pairs = zip(scores, target.unbind(1), strict=True)
        loss = torch.stack([nn.functional.cross_entropy(logits, classes) for logits, classes in pairs]).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    return update


class Side:
    """One of the two, in a process of its own: what it does to memory is no help to the other."""

    def __init__(self, init: str, arguments: argparse.Namespace, whose: str) -> None:
        if arguments.threads:
            torch.set_num_threads(arguments.threads)
        transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        self.data = TrainingSet.load([arguments.record])
        features, vocab = self.data.info.features, self.data.info.vocab
        fast = RECIPES["fast"]
        reader = load_init(
            init, vocab, features=features, dropout=fast.dropout, attention_dropout=fast.attention_dropout
        )
        device = choose_device(arguments.device)
        self.clock = time.process_time if arguments.cpu else time.perf_counter
        self.kept = kept_memory() if whose == "ours" else nullcontext()  # as fit does
        self.kept.__enter__()
        if whose == "ours":
            self.update = ours(reader.to(device), vocab.pad, arguments.precision)
            return
        other = Theirs(reader.config)
        other.load_state_dict(reader.state_dict())  # the names are the same
        self.update = theirs(other.to(device), vocab.pad, features.max_seq_length)

    def seconds(self, batches: Sequence[NDArray[np.int64]]) -> float:
        """What these batches take."""
        begun = self.clock()
        for batch in batches:
            self.update([self.data.window(int(row)) for row in batch])
        return self.clock() - begun


side: Side


def begin(*arguments: Any) -> None:
    """Make the Side of this process."""
    global side
    side = Side(*arguments)


def seconds(batches: Sequence[NDArray[np.int64]]) -> float:
    """What these batches take the Side of this process."""
    return side.seconds(batches)


def race(init: str, data: TrainingSet, arguments: argparse.Namespace) -> tuple[list[float], list[float], float]:
    """The windows/s of each of our rounds and of theirs, and the mean length of the windows."""
    speeds: list[list[float]] = [[], []]
    rows = batches(data.lengths, batch_size=arguments.batch_size, seed=0, bucket=True)
    used = []
    with ExitStack() as stack:
        sides = [
            stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"), begin, (init, arguments, whose)))
            for whose in ("ours", "theirs")
        ]
        for number in range(arguments.rounds + 1):  # the first warms up
            chosen = list(islice(rows, arguments.steps if number else 1))
            for speed, pool in zip(speeds, sides, strict=True):
                took = pool.submit(seconds, chosen).result()
                if number:
                    speed.append(arguments.batch_size * len(chosen) / took)
            used += [float(data.lengths[batch].mean()) for batch in chosen if number]
    return speeds[0], speeds[1], statistics.mean(used)


def named(precision: Precision, device: torch.device) -> str:
    """What a precision is here."""
    with autocast(device, precision):
        return "bf16" if torch.is_autocast_enabled(device.type) else "fp32"


def cpu() -> str:
    """The name of the processor, where the system says it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown CPU"


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", help="what `tinynq prepare` made")
    parser.add_argument("--init", nargs="+", default=["bert-tiny"], help="sizes, or folders of encoders")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--steps", type=int, default=4, help="updates a round and side")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["auto", "fp32", "bf16"], default="auto", help="of ours")
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds: for a busy machine, with one thread")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    try:
        data = TrainingSet.load([arguments.record])
        length, threads = data.info.features.max_seq_length, torch.get_num_threads()
        device = choose_device(arguments.device)
        where = cpu() if device.type == "cpu" else torch.cuda.get_device_name()
        print(f"{where}, {threads} threads, torch {torch.__version__}, transformers {transformers.__version__}")
        precision = named(arguments.precision, device)
        print(f"ours in {precision}, batch {arguments.batch_size}, windows of {length} pieces at most")
        print(f"windows a second{' of CPU' * arguments.cpu}, median of {arguments.rounds} (range)")
        for init in arguments.init:
            mine, others, mean = race(init, data, arguments)
            ratio = statistics.median(mine) / statistics.median(others)
            cells = [f"{statistics.median(each):6.2f} ({min(each):.2f} to {max(each):.2f})" for each in (mine, others)]
            print(f"{init[-24:]:24} mean {mean:.0f}   ours {cells[0]}   transformers {cells[1]}   {ratio:.2f} times")
    except TinynqError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
