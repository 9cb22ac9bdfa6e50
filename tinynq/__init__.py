"""Small BERT readers for Google's Natural Questions: prepare, train, predict, evaluate.

import tinynq

tinynq.prepare("nq-train-*.jsonl.gz", out="train.parquet")
tinynq.train("train.parquet", out="runs/tiny", init="bert-tiny")
tinynq.predict("runs/tiny", "nq-dev-*.jsonl.gz", out="predictions.json")
print(*tinynq.evaluate("nq-dev-*.jsonl.gz", predictions="predictions.json").lines(), sep="\\n")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinynq.calibration import calibrate
    from tinynq.comparison import compare
    from tinynq.conversion import convert
    from tinynq.describe import show, stats
    from tinynq.distillation import distill
    from tinynq.download import fetch
    from tinynq.ensemble import average
    from tinynq.experiments import run
    from tinynq.inference import predict
    from tinynq.metrics import evaluate
    from tinynq.mining import mine
    from tinynq.packing import pack
    from tinynq.pages import read_pages
    from tinynq.planning import plan
    from tinynq.preparation import prepare
    from tinynq.reader import Reader, ask
    from tinynq.report import write_report
    from tinynq.shards import merge
    from tinynq.squad import evaluate_squad
    from tinynq.squad_pages import convert_squad
    from tinynq.training import train

__version__ = "0.1.0"

__all__ = [
    "Reader",
    "ask",
    "average",
    "calibrate",
    "compare",
    "convert",
    "convert_squad",
    "distill",
    "evaluate",
    "evaluate_squad",
    "fetch",
    "merge",
    "mine",
    "pack",
    "plan",
    "predict",
    "prepare",
    "read_pages",
    "run",
    "show",
    "stats",
    "train",
    "write_report",
]

# Imported when first used: whoever only reads pages does not wait for torch.
_HOME = {
    "Reader": "reader",
    "ask": "reader",
    "average": "ensemble",
    "calibrate": "calibration",
    "compare": "comparison",
    "convert": "conversion",
    "convert_squad": "squad_pages",
    "distill": "distillation",
    "evaluate": "metrics",
    "evaluate_squad": "squad",
    "fetch": "download",
    "merge": "shards",
    "mine": "mining",
    "pack": "packing",
    "plan": "planning",
    "predict": "inference",
    "prepare": "preparation",
    "read_pages": "pages",
    "run": "experiments",
    "show": "describe",
    "stats": "describe",
    "train": "training",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tinynq' has no attribute {name!r}")
    return getattr(import_module(f"tinynq.{_HOME[name]}"), name)
