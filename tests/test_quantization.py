"""Matrices of 8 bits: how near they stay, what is clipped, and what a damaged one is told."""

import pytest
import torch

from tinynq.errors import RunError
from tinynq.quantization import dequantized, quantized


def again(matrix: torch.Tensor) -> torch.Tensor:
    values, scales = quantized(matrix)
    return dequantized({"m": values, "m.scale": scales}, where="w")["m"]


def test_a_matrix_is_near_and_stays_where_it_is_when_packed_twice() -> None:
    torch.manual_seed(0)
    matrix = torch.randn(50, 300) * torch.logspace(-6, 3, 50)[:, None]
    values, scales = quantized(matrix)
    assert (values.dtype, scales.dtype, list(scales.shape)) == (torch.int8, torch.float32, [50])
    assert values.abs().max() == 127
    error = (again(matrix) - matrix).norm(dim=1) / matrix.norm(dim=1)
    assert error.max() < 0.012  # of each row, whatever its size
    by_largest = matrix.abs().amax(1, keepdim=True) / 127
    plain = (matrix / by_largest).round() * by_largest
    assert ((again(matrix) - matrix).norm(dim=1) <= (plain - matrix).norm(dim=1) * 1.0001).all()
    assert (again(again(matrix)) - again(matrix)).norm() < 0.01 * matrix.norm()


def test_one_large_value_is_clipped_where_that_is_better() -> None:
    torch.manual_seed(0)
    row = torch.randn(1, 4000).clamp(-3, 3)
    row[0, 0] = 4.0
    _, scales = quantized(row)
    assert scales.item() < 4.0 / 127
    few = torch.tensor([[4.0, 1.0, -1.0]])
    assert quantized(few)[1].item() == pytest.approx(4.0 / 127)
    assert quantized(few)[0].tolist() == [[127, 32, -32]]


def test_rows_of_zeros_and_halves() -> None:
    assert again(torch.zeros(2, 3)).tolist() == [[0.0] * 3] * 2
    assert again(torch.ones(2, 3, dtype=torch.float16)).dtype == torch.float32
    plain = {"v": torch.ones(3), "v.scale": torch.ones(1)}
    assert dequantized(plain, where="w") == plain  # a name is no scale where there is nothing to scale


@pytest.mark.parametrize(
    ("scales", "message"),
    [
        (None, "w: no tensor m.scale, which tensor m needs; pack the run again"),
        (torch.ones(3), r"w: tensor m and its scales are \[2, 3\] of torch.int8 and \[3\] of torch.float32; expected"),
        (torch.ones(2, dtype=torch.int32), r"are \[2, 3\] of torch.int8 and \[2\] of torch.int32; expected a matrix"),
        (torch.tensor([1.0, torch.nan]), "w: tensor m.scale has values that are not finite; pack the run again"),
    ],
)
def test_damage(scales: torch.Tensor | None, message: str) -> None:
    tensors = {"m": torch.ones(2, 3, dtype=torch.int8)} | ({} if scales is None else {"m.scale": scales})
    with pytest.raises(RunError, match=message):
        dequantized(tensors, where="w")


def test_a_vector_of_8_bits_is_damage() -> None:
    with pytest.raises(RunError, match=r"\[3\] of torch.int8"):
        dequantized({"v": torch.ones(3, dtype=torch.int8), "v.scale": torch.ones(3)}, where="w")
