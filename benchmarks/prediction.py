"""How fast `tinynq predict` answers pages, against transformers on the same windows.

    python benchmarks/prediction.py --init bert-tiny PAGES...

What is measured of tinynq is the whole command, from the start of Python to the last prediction: pages are
read, cut into windows, computed in the precision that the machine is best at, decoded and written. The peer is
transformers' BertModel with the same weights and heads in fp32, given the same windows, made beforehand and
padded to the full length as the reference pads them, in the batch size of 8, 16, 32 and 64 that is fastest here.
Its reading, features, decoding and start are not counted. Both have the same threads, and take turns.
With --device cuda both compute on the GPU, the peer from batches that lie there already.
`busy` is the share of tinynq's time, from the loaded model to the last prediction, in which any thread is in the model.
On a machine that others use as well, take --cpu with one thread: all seconds are then those of the CPU.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from timing import peak_megabytes
from torch import nn

import tinynq
from tinynq import ensemble, inference
from tinynq.checkpoint import WEIGHTS, load_init, read_tensors, save_run
from tinynq.config import FeatureOptions
from tinynq.features import page_windows
from tinynq.model import Batch, BertReader, autocast, collate
from tinynq.pages import read_pages
from tinynq.types import Window
from tinynq.vocab import Vocab

Clock = Callable[[], float]


class Measured(NamedTuple):
    """One call of the command: seconds in all and from the loaded model on, of those in the model; windows; peak MB."""

    wall: float
    loaded: float
    model: float
    windows: int
    peak: float


class Peer(nn.Module):
    """transformers' BertModel with the two heads, from a run's folder."""

    def __init__(self, run: str) -> None:
        import transformers  # the command that is measured does without it

        super().__init__()
        self.bert = transformers.BertModel.from_pretrained(run)
        hidden = self.bert.config.hidden_size
        self.qa_outputs, self.answer_type = nn.Linear(hidden, 2), nn.Linear(hidden, 5)
        weights = read_tensors(Path(run) / WEIGHTS)
        for name in ("qa_outputs", "answer_type"):
            head = {part: weights[f"{name}.{part}"] for part in ("weight", "bias")}
            getattr(self, name).load_state_dict(head)
        self.eval()

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Start and end logits [B, L, 2], answer types [B, 5]."""
        output = self.bert(batch.input_ids, attention_mask=batch.mask.long(), token_type_ids=batch.segment_ids)
        return self.qa_outputs(output.last_hidden_state), self.answer_type(output.pooler_output)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", help="NQ files, globs or folders")
    parser.add_argument("--init", default="bert-tiny", help="as for `tinynq train`; what is missing is random")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="where both compute")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-windows", type=int, default=512, help="windows that the peer is given a round")
    parser.add_argument("--cpu", action="store_true", help="seconds of the CPU instead of the clock's")
    parser.add_argument("--run", help=argparse.SUPPRESS)  # the call that is measured
    arguments = parser.parse_args()
    if arguments.run:
        measured_call(arguments)
        return
    torch.set_num_threads(arguments.threads)
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    precision = "fp32" if isinstance(autocast(torch.device(arguments.device), "auto"), nullcontext) else "bf16"
    versions = f"Python {platform.python_version()}, torch {torch.__version__}, transformers {transformers.__version__}"
    if arguments.device == "cuda":
        print(torch.cuda.get_device_name(), end=", ")
    print(f"{os.cpu_count()} cores, {arguments.threads} threads, tinynq's precision {precision}; {versions}")
    with tempfile.TemporaryDirectory() as run:
        make_run(arguments.init, run)
        compare(run, arguments)


def make_run(init: str, folder: str) -> None:
    """A run that was not trained."""
    features, vocab = FeatureOptions(), Vocab.load()
    model = load_init(init, vocab, features=features)
    save_run(Path(folder), model, vocab, {"version": tinynq.__version__, "features": asdict(features)})


def compare(run: str, arguments: argparse.Namespace) -> None:
    """Print a line a round, and the medians."""
    features, vocab = FeatureOptions(), Vocab.load()
    every = [
        w for page in read_pages(arguments.pages) for w in page_windows(page, vocab=vocab, options=features).windows
    ]
    chosen = [every[i] for i in np.linspace(0, len(every) - 1, min(len(every), arguments.peer_windows)).astype(int)]
    peer, clock = Peer(run).to(arguments.device), clock_of(arguments)
    rates = {size: peer_rate(peer, chosen[: 4 * size], size, features, vocab, clock) for size in (8, 16, 32, 64)}
    size = max(rates, key=lambda size: rates[size])
    print(f"{len(every):,} windows; transformers, windows/s by batch size: ", end="")
    print(", ".join(f"{size}: {rate:.0f}" for size, rate in rates.items()), end="\n\n")
    calls, peers = [], []
    for _ in range(arguments.rounds):
        calls.append(call(run, arguments))
        peers.append(peer_rate(peer, chosen, size, features, vocab, clock))
        print(f"{calls[-1]}, peer {peers[-1]:.0f} windows/s", flush=True)
    whole = statistics.median(each.windows / each.wall for each in calls)
    loaded = statistics.median(each.windows / each.loaded for each in calls)
    busy = statistics.median(each.model / each.loaded for each in calls)
    theirs = statistics.median(peers)
    peak = max(each.peak for each in calls)
    print("\n| model | tinynq predict, windows/s | once loaded | busy | peak MB | transformers, windows/s | ratio |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {arguments.init} | {whole:.0f} | {loaded:.0f} | {busy:.1%} | {peak:.0f} "
        f"| {theirs:.0f} (batches of {size}) | {whole / theirs:.2f} |"
    )


@torch.inference_mode()
def peer_rate(
    peer: Peer, windows: list[Window], size: int, features: FeatureOptions, vocab: Vocab, clock: Clock
) -> float:
    """Windows a second through the peer, in batches that were made beforehand."""
    parts = [windows[first : first + size] for first in range(0, len(windows), size)]
    device = peer.qa_outputs.weight.device
    batches = [collate(part, length=features.max_seq_length, pad_id=vocab.pad).to(device) for part in parts]
    peer(batches[0])[0].cpu()
    start = clock()
    for batch in batches:
        start_end, answer_type = peer(batch)
        start_end.cpu().numpy(), answer_type.cpu().numpy()
    return len(windows) / (clock() - start)


def call(run: str, arguments: argparse.Namespace) -> Measured:
    """The command once, in a process of its own."""
    words = [sys.executable, __file__, *arguments.pages, "--run", run, "--threads", str(arguments.threads)]
    words += ["--device", arguments.device]
    words += ["--cpu"] if arguments.cpu else []
    start = time.perf_counter()
    output = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    cpu = output.pop("cpu")
    return Measured(cpu if arguments.cpu else time.perf_counter() - start, **output)


def measured_call(arguments: argparse.Namespace) -> None:
    """Predict as the command does, and print what Measured holds as JSON."""
    clock = clock_of(arguments)
    marks: dict[str, float] = {"model": 0.0}
    forward, load = BertReader.forward, ensemble.load_ensemble

    lock, since = threading.Lock(), []  # several threads compute at once: one start for each

    def timed_forward(self: BertReader, batch: Batch) -> Any:
        with lock:
            since.append(clock())
        scores = forward(self, batch)
        if arguments.device == "cuda":
            torch.cuda.synchronize()
        with lock:
            start = since.pop()
            if not since:
                marks["model"] += clock() - start
        return scores

    def timed_load(*names: Any, **options: Any) -> Any:
        loaded = load(*names, **options)
        marks["loaded"] = clock()
        return loaded

    BertReader.forward = timed_forward  # type: ignore[method-assign]
    inference.load_ensemble = timed_load  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/predictions.json"
        summary = inference.predict(
            arguments.run, arguments.pages, out=out, threads=arguments.threads, device=arguments.device
        )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    measured = {
        "loaded": clock() - marks["loaded"],
        "model": marks["model"],
        "windows": summary.windows,
        "peak": peak_megabytes(),
        "cpu": usage.ru_utime + usage.ru_stime,
    }
    print(json.dumps(measured))


def clock_of(arguments: argparse.Namespace) -> Clock:
    """The clock of the machine, or of this process."""
    return time.process_time if arguments.cpu else time.perf_counter


if __name__ == "__main__":
    main()
