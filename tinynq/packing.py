"""Runs packed to a quarter of their size: matrices of 8 bits, and no file that prediction can do without."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import torch
from torch import Tensor

import tinynq
from tinynq.bundled import CONFIG, is_run
from tinynq.checkpoint import PACKED, VOCAB, json_bytes, load_run, tensor_bytes
from tinynq.errors import RunError, UsageError
from tinynq.files import atomic_folder
from tinynq.quantization import SCALE, dequantized, quantized
from tinynq.vocab import Vocab

WORST = 5  # tensors that are named


@dataclass(frozen=True)
class PackSummary:
    """Bytes of the float32 weights and of the packed folder, and by tensor the error |packed - weights| / |weights|.

    Norms are Frobenius's; tensors that stay as they are have none.
    """

    weights: int
    folder: int
    errors: Mapping[str, float]

    def lines(self) -> Iterator[str]:
        """Sizes, and the largest errors."""
        yield f"{self.folder / 1e6:.1f} MB, of {self.weights / 1e6:.1f} MB of float32 weights"
        yield f"{len(self.errors)} matrices; the largest relative errors:"
        for name in sorted(self.errors, key=lambda name: -self.errors[name])[:WORST]:
            yield f"{self.errors[name]:8.3%}  {name}"


def pack(run: str, *, out: str, sixteen: str | Sequence[str] = ()) -> PackSummary:
    """Write a run whose matrices have 8 bits, and a scale a row; all that takes a run takes it.

    Matrices whose names match one of the globs ``sixteen`` have 16 bits; vectors stay float32. The vocabulary is
    left out where it is the shipped one. Raises RunError for what is no run or has weights that are not finite (in
    16 bits: above 65,504), and UsageError for a glob that matches no matrix, and an ``out`` that holds a run.
    """
    globs = [sixteen] if isinstance(sixteen, str) else list(sixteen)
    if is_run(out):
        raise UsageError(f"{out}: holds a run already; choose another --out")
    model, _, vocab, raw = load_run(run)
    weights = model.state_dict()
    matrices = {name: tensor for name, tensor in weights.items() if tensor.ndim == 2}
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in matrices):
            raise UsageError(
                f"--sixteen {glob}: no matrix of {run} has such a name; expected one as {next(iter(matrices))}"
            )
    packed = {name: tensor for name, tensor in weights.items() if name not in matrices}
    for name, matrix in matrices.items():
        if any(fnmatchcase(name, glob) for glob in globs):
            packed[name] = matrix.half()
        else:
            packed[name], packed[f"{name}{SCALE}"] = quantized(matrix)
        if not (packed[name] if packed[name].is_floating_point() else matrix).isfinite().all():
            raise RunError(f"{run}: tensor {name} has values that are not finite, or too large for 16 bits")
    words = ["tinynq", "pack", run, "--out", out, *(word for glob in globs for word in ("--sixteen", glob))]
    about = {**raw["tinynq"], "packed": {"version": tinynq.__version__, "command": shlex.join(words)}}
    files = {PACKED: tensor_bytes(packed), CONFIG: json_bytes({**raw, "tinynq": about})}
    if vocab.sha256 != Vocab.load(cased=vocab.cased).sha256:
        files[VOCAB] = vocab.text.encode()
    with atomic_folder(out) as folder:
        for file, content in files.items():
            (folder / file).write_bytes(content)
    again = dequantized(packed, where=out)
    errors = {name: _error(matrix, again[name]) for name, matrix in matrices.items()}
    return PackSummary(sum(each.nbytes for each in weights.values()), sum(map(len, files.values())), errors)


def _error(matrix: Tensor, packed: Tensor) -> float:
    norm = torch.linalg.vector_norm
    return float(norm(matrix - packed) / norm(matrix).clamp_min(torch.finfo(torch.float32).tiny))
