"""Stages that are done once: what each reads, makes and is told decides whether it is done again."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tinynq
from tinynq.files import atomic_write
from tinynq.fingerprints import fingerprint, short_hash
from tinynq.types import Progress

MANIFEST = "stages.json"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of a longer job: ``work`` makes ``outputs`` from ``inputs``, as ``options`` say.

    Inputs and outputs are local paths; a folder stands for all files in it. ``unit`` is what its
    progress counts. ``resumes`` is for work that goes on by itself where it broke off.
    """

    name: str
    unit: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    options: Mapping[str, Any]
    work: Callable[[Progress], object]
    resumes: bool = False


class Manifest:
    """What the stages of a folder were made from, kept in its stages.json."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MANIFEST
        self._entries: dict[str, dict[str, str]] = {}
        try:
            entries = json.loads(self._path.read_bytes())
            self._entries = {str(name): dict(entry) for name, entry in entries.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            pass  # nothing is known, so everything is done again

    def is_current(self, stage: Stage) -> bool:
        """Whether the outputs are those that the stage made from the inputs and options of now."""
        entry = self._entries.get(stage.name, {})
        return (
            all(map(os.path.exists, stage.outputs))
            and entry.get("made_from") == made_from(stage)
            and entry.get("made") == fingerprint(stage.outputs)
        )

    def has_begun(self, stage: Stage) -> bool:
        """Whether the stage was begun with the inputs and options of now."""
        return self._entries.get(stage.name, {}).get("made_from") == made_from(stage)

    def begin(self, stage: Stage) -> None:
        """Note what the stage is about to be made from."""
        self._write(stage, {"made_from": made_from(stage)})

    def end(self, stage: Stage) -> None:
        """Note that the stage's outputs are whole."""
        self._write(stage, {"made_from": made_from(stage), "made": fingerprint(stage.outputs)})

    def _write(self, stage: Stage, entry: dict[str, str]) -> None:
        self._entries[stage.name] = entry
        with atomic_write(self._path) as file:
            file.write(json.dumps(self._entries, indent=2).encode() + b"\n")


def made_from(stage: Stage) -> str:
    """A hash of all that decides what the stage makes: its options, its inputs as they are, and the version."""
    return short_hash([tinynq.__version__, dict(stage.options), fingerprint(stage.inputs)])
