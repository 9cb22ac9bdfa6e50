"""What made a score, in one line that can stand beside it, after the habit of sacreBLEU (Post 2018)."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

import tinynq
from tinynq.config import EvalOptions


def signature(*, pages: int, gold: str, predictions: Sequence[str], options: EvalOptions) -> str:
    """What made a score or a comparison: where it is the same, so are the numbers.

    ``gold`` and ``predictions`` are digests, of which eight digits stand for each. The parts: ``pages`` (``partial``
    where pages are left out), their ``gold``, the predictions, ``by`` how many annotators a long and a short answer
    counts, samples and seed of the bootstrap (``bs``), and the version of tinynq.
    """
    parts = {
        "partial" if options.partial else "pages": pages,
        "gold": gold[:8],
        "pred": ",".join(found[:8] for found in predictions),
        "by": f"{options.long_non_null_threshold},{options.short_non_null_threshold}",
        "bs": options.samples,
        "seed": options.seed,
        "v": tinynq.__version__,
    }
    return "|".join(f"{key}:{value}" for key, value in parts.items())


def digest(items: Iterable[object]) -> str:
    """The sha256 of the sorted sha256s of items as JSON: in any order, and without keeping what they are."""
    each = (hashlib.sha256(msgspec.json.encode(item)).digest() for item in items)
    return hashlib.sha256(b"".join(sorted(each))).hexdigest()
