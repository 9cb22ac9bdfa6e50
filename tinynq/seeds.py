"""Random numbers that follow from a seed and a name: the same wherever, and beside whatever else, they are drawn."""

import json
import random
from hashlib import blake2b

import numpy as np

from tinynq.types import ExampleId


def seeded(seed: int, key: str) -> int:
    """64 bits that a seed and a key come to."""
    return int.from_bytes(blake2b(f"{seed}|{key}".encode(), digest_size=8).digest(), "big")


def page_random(seed: int, example_id: ExampleId, *, stream: str = "") -> random.Random:
    """The random numbers of one page: the same wherever and beside whatever it is read; other ones in each stream."""
    return random.Random(seeded(seed, json.dumps(example_id) + stream))


def update_seed(seed: int, step: int, rank: int) -> int:
    """The seed of one update's dropout in one process."""
    return int(np.random.SeedSequence((seed, step, rank)).generate_state(1, np.uint64)[0])
