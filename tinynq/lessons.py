"""What a teacher says of windows, computed once and kept in a folder: its logits, and its last hidden states.

about.json         what made them, how many windows there are, and how many are done
spans.npy          [pieces, 2] float16, start and end logits of all positions, window after window
answer_type.npy    [windows, 5] float16
hidden.npy         [pieces, units] float16, where hidden states are wanted
projection.npy     [teacher's units, units] float32, what they were multiplied by
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from tinynq.config import ForwardOptions
from tinynq.ensemble import Member, mean_logits
from tinynq.errors import RunError, UsageError
from tinynq.files import atomic_write, writing
from tinynq.inference import window_logits
from tinynq.model import BertReader
from tinynq.record import TrainingSet
from tinynq.types import Float32s, Int32s, Logits, Progress, Window

CHUNK = 1024  # windows that are sorted by length together, and the most that a kill loses
ABOUT, SPANS, TYPES, HIDDEN, PROJECTION = (
    "about.json", "spans.npy", "answer_type.npy", "hidden.npy", "projection.npy",
)  # fmt: skip


class Lesson(NamedTuple):
    """What a teacher says of a window of n positions; ``hidden`` [n, units] where it is kept."""

    logits: Logits
    hidden: Float32s | None


class TaughtWindow(Window, frozen=True, kw_only=True):
    """A window with its lesson."""

    lesson: Lesson


class _About(msgspec.Struct):
    made_from: str
    windows: int
    pieces: int
    units: int
    done: int = 0


@dataclass
class TaughtSet:
    """The windows of records, each with its lesson, which is read from disk as it is needed."""

    data: TrainingSet
    spans: NDArray[np.float16]
    answer_type: NDArray[np.float16]
    hidden: NDArray[np.float16] | None
    offsets: NDArray[np.int64] = field(repr=False)

    def __post_init__(self) -> None:
        self.lengths: Int32s = self.data.lengths

    def __len__(self) -> int:
        return len(self.data)

    def window(self, at: int, /) -> TaughtWindow:
        """The window of one row, with its lesson."""
        first, last = self.offsets[at : at + 2]
        start, end = self.spans[first:last].astype(np.float32).T
        hidden = None if self.hidden is None else self.hidden[first:last].astype(np.float32)
        lesson = Lesson(Logits(start, end, self.answer_type[at].astype(np.float32)), hidden)
        window = self.data.window(at)
        return TaughtWindow(**{name: getattr(window, name) for name in window.__struct_fields__}, lesson=lesson)


def write_lessons(
    folder: Path,
    teachers: Sequence[Member],
    data: TrainingSet,
    *,
    made_from: str,
    units: int,
    options: ForwardOptions,
    pad_id: int,
    progress: Progress,
) -> None:
    """Compute the lessons of all windows, or those that are still missing in the folder.

    Of several teachers they are the mean of probabilities, as of an ensemble. ``units`` of hidden states are kept,
    0 for none: the principal components of the teacher's, where it has more. Raises UsageError for a folder with
    lessons of other teachers or records (``made_from``), and RunError for one that is damaged.
    """
    about = _About(made_from, len(data), int(data.lengths.sum()), units)
    with writing(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / ABOUT).exists():
            there = _read_about(folder)
            if (there.made_from, there.units) != (made_from, units):
                raise UsageError(
                    f"{folder}: holds lessons of another teacher, or of other records; choose another folder"
                )
            about = there
        else:
            for name, shape in _shapes(about).items():
                open_memmap(folder / name, mode="w+", dtype=np.float16, shape=shape).flush()
            _write_about(folder, about)
        lessons = open_lessons(folder, data, writable=True)
        while about.done < len(data):
            rows = range(about.done, min(about.done + CHUNK, len(data)))
            _teach(lessons, rows, teachers, folder=folder, options=options, pad_id=pad_id)
            about.done = rows.stop
            _write_about(folder, about)
            progress(about.done, about.done / len(data))


def open_lessons(folder: Path, data: TrainingSet, *, writable: bool = False) -> TaughtSet:
    """The lessons in a folder beside the windows that they are about; raises RunError where they do not fit."""
    about = _read_about(folder)
    arrays: dict[str, NDArray[np.float16]] = {}
    for name, shape in _shapes(about).items():
        try:
            arrays[name] = np.load(folder / name, mmap_mode="r+" if writable else "r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise RunError(f"{folder / name}: no array that can be read ({error}); delete the folder") from None
        if arrays[name].shape != shape or arrays[name].dtype != np.float16:
            raise RunError(f"{folder / name}: {arrays[name].dtype} {arrays[name].shape}, expected float16 {shape}")
    offsets = np.concatenate([[0], np.cumsum(data.lengths, dtype=np.int64)])
    if (about.windows, about.pieces) != (len(data), offsets[-1]):
        raise RunError(f"{folder}: lessons of {about.windows:,} windows, but the records have {len(data):,}")
    return TaughtSet(data, arrays[SPANS], arrays[TYPES], arrays.get(HIDDEN), offsets)


def _teach(
    lessons: TaughtSet, rows: range, teachers: Sequence[Member], *, folder: Path, options: ForwardOptions, pad_id: int
) -> None:
    """Write the lessons of some windows; those of one length are computed together."""
    order = sorted(rows, key=lambda row: lessons.lengths[row])
    hidden: dict[int, Float32s] = {}
    for first in range(0, len(order), options.batch_size):
        chosen = order[first : first + options.batch_size]
        windows = [lessons.data.window(row) for row in chosen]
        each = []
        for name, model in teachers:
            with last_hidden(model) as states:
                each.append(window_logits(model, windows, pad_id=pad_id, options=options, run=name))
            if lessons.hidden is not None:
                for row, state, window in zip(chosen, states[0].float().cpu().numpy(), windows, strict=True):
                    hidden[row] = state[: len(window.input_ids)]
        for row, (start, end, answer_type) in zip(chosen, mean_logits(each), strict=True):
            lessons.spans[lessons.offsets[row] : lessons.offsets[row + 1]] = np.stack([start, end], axis=1)
            lessons.answer_type[row] = answer_type
    if lessons.hidden is not None:
        if rows.start == 0:
            every = np.concatenate([hidden[row] for row in rows])
            with atomic_write(folder / PROJECTION) as file:
                np.save(file, principal_components(every, lessons.hidden.shape[1]), allow_pickle=False)
        projection = np.load(folder / PROJECTION, allow_pickle=False)
        for row in rows:
            lessons.hidden[lessons.offsets[row] : lessons.offsets[row + 1]] = hidden[row] @ projection
    for array in (lessons.spans, lessons.answer_type, lessons.hidden):
        if isinstance(array, np.memmap):
            array.flush()


def principal_components(states: Float32s, units: int) -> Float32s:
    """The directions in which vectors [n, u] are longest, [u, units]; as many as there are stay as they are.

    They are scaled so that what they keep of the vectors has a mean square of 1 a unit, as LayerNorm gives it.
    """
    own = states.shape[1]
    directions = np.eye(own)
    if units < own:
        directions = np.linalg.eigh(states.T.astype(np.float64) @ states)[1][:, ::-1][:, :units]
    scale = np.sqrt(np.mean((states @ directions) ** 2)) if units < own else 1.0
    return np.asarray(directions / scale, np.float32)


def keep_hidden(model: BertReader) -> tuple[list[Tensor], RemovableHandle]:
    """As last_hidden, until the handle is removed."""
    states: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: object, output: tuple[Tensor, ...]) -> None:
        states[:] = [output[0]]

    return states, model.encoder.register_forward_hook(keep)


@contextmanager
def last_hidden(model: BertReader) -> Iterator[list[Tensor]]:
    """A list that holds the last hidden states [B, L, h] of the latest forward pass."""
    states, handle = keep_hidden(model)
    try:
        yield states
    finally:
        handle.remove()


def _shapes(about: _About) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {SPANS: (about.pieces, 2), TYPES: (about.windows, 5)}
    return {**shapes, HIDDEN: (about.pieces, about.units)} if about.units else shapes


def _read_about(folder: Path) -> _About:
    try:
        return msgspec.json.decode((folder / ABOUT).read_bytes(), type=_About)
    except (OSError, msgspec.MsgspecError) as error:
        raise RunError(f"{folder / ABOUT}: cannot be read ({error}); delete the folder, and start again") from None


def _write_about(folder: Path, about: _About) -> None:
    with atomic_write(folder / ABOUT) as file:
        file.write(msgspec.json.encode(about))
