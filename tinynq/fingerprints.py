"""What tells one file, or one list of settings, from another, without reading the file."""

import json
import os
from collections.abc import Sequence
from glob import escape, glob
from hashlib import blake2b
from typing import Any

from tinynq.storage import facts_of, is_url


def fingerprint(paths: Sequence[str]) -> str:
    """A hash of the names, sizes and times of files; contents are not read.

    A folder stands for its files, and what is neither (a TF1 checkpoint) for those whose names begin so.
    """
    facts = []
    for path in paths:
        files = [path]
        if not is_url(path) and not os.path.isfile(path):
            files = sorted(glob(f"{escape(path)}{'/**' if os.path.isdir(path) else '*'}", recursive=True))
        facts += [[name, *known] for name in files if (known := facts_of(name))]
    return short_hash(facts)


def short_hash(value: Any) -> str:
    """A hash of what JSON can hold, as 32 characters."""
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()
