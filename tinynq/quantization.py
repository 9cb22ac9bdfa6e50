"""Matrices of 8 bits: what a matrix is rounded to, and what it comes to again."""

from collections.abc import Mapping

import torch
from torch import Tensor

from tinynq.errors import RunError

SCALE = ".scale"  # behind a matrix's name: the name of its scales
LARGEST = 127
SHARES = torch.linspace(1.0, 0.6, 21).tolist()  # of a row's largest value, tried as what LARGEST stands for


def quantized(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """A matrix [rows, columns] as int8, and its float32 scales [rows]; their product is nearest to the matrix.

    Rounding is symmetric and by row. What exceeds the largest number is clipped: each row has the scale, of those
    of SHARES, that leaves the smallest squared error.
    """
    matrix = matrix.float()
    widest = matrix.abs().amax(1) / LARGEST
    widest = torch.where(widest > 0, widest, 1.0)
    best, scales = torch.full_like(widest, torch.inf), widest
    for share in SHARES:
        tried = widest * share
        error = (_rounded(matrix, tried) * tried[:, None] - matrix).square_().sum(1)
        better = error < best
        best, scales = torch.where(better, error, best), torch.where(better, tried, scales)
    return _rounded(matrix, scales).to(torch.int8), scales


def _rounded(matrix: Tensor, scales: Tensor) -> Tensor:
    return (matrix / scales[:, None]).round_().clamp_(-LARGEST, LARGEST)


def dequantized(tensors: Mapping[str, Tensor], *, where: str) -> dict[str, Tensor]:
    """Tensors by name in which each int8 matrix NAME is multiplied by its scales, NAME.scale; the rest as it is.

    Raises RunError for a matrix whose scales are missing, are not one a row, or are not finite.
    """
    matrices = {name for name, tensor in tensors.items() if tensor.dtype == torch.int8}
    found = {name: tensor for name, tensor in tensors.items() if name.removesuffix(SCALE) not in matrices}
    for name in matrices:
        matrix, scales = tensors[name], tensors.get(f"{name}{SCALE}")
        if scales is None:
            raise RunError(f"{where}: no tensor {name}{SCALE}, which tensor {name} needs; pack the run again")
        if matrix.ndim != 2 or scales.shape != matrix.shape[:1] or not scales.is_floating_point():
            kinds = " and ".join(f"{list(each.shape)} of {each.dtype}" for each in (matrix, scales))
            raise RunError(f"{where}: tensor {name} and its scales are {kinds}; expected a matrix, and a number a row")
        if not scales.isfinite().all():
            raise RunError(f"{where}: tensor {name}{SCALE} has values that are not finite; pack the run again")
        found[name] = matrix * scales.float()[:, None]
    return found
