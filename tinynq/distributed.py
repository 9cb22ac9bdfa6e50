"""The processes that train together, as torchrun starts them: whose share is whose, and sums over all.

torchrun tells each process its RANK, LOCAL_RANK and WORLD_SIZE in the environment; without them a process
is alone. On CPUs they talk by gloo, on CUDA by nccl.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from tinynq.errors import RunError, UsageError

Item = TypeVar("Item")

PATIENCE = timedelta(days=1)  # the first process may score dev pages for hours while the others wait


@dataclass(frozen=True)
class Group:
    """The processes of one training, of which this is number ``rank``; ``store`` is a table that all can read."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    store: Store | None = field(default=None, repr=False)

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes and speaks."""
        return self.rank == 0

    def share(self, items: Sequence[Item]) -> Sequence[Item]:
        """The part of a sequence that is this process's; the parts differ in length by one at most."""
        return items[len(items) * self.rank // self.size : len(items) * (self.rank + 1) // self.size]

    def told(self, name: str, text: str) -> str:
        """What the first process says under ``name``, once; what the others say is not heard."""
        if self.store is None:
            return text
        if self.first:
            self.store.set(name, text)
        while not self.store.check([name]):  # get would hear no signal while it waits
            time.sleep(0.02)
        return str(self.store.get(name), "utf-8")

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all processes, which all must call this with tensors of the same shapes.

        Raises RunError where another process has gone.
        """
        self._exchange(tensors, dist.all_reduce)

    def spread(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by that of the first process; otherwise as add_up."""
        self._exchange(tensors, partial(dist.broadcast, src=0))

    def _exchange(self, tensors: Sequence[Tensor], exchange: Callable[[Tensor], object]) -> None:
        if self.size == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        flat = flat if flat.is_cuda else flat.cpu()  # there is no library for the others
        try:
            exchange(flat)
        except RuntimeError as error:
            reason = str(error).splitlines()[0]
            raise RunError(
                f"process {self.rank} of {self.size}: another has gone ({reason}); start all again with --resume"
            ) from error
        pieces = torch.split(flat, [tensor.numel() for tensor in tensors])
        for tensor, piece in zip(tensors, pieces, strict=True):
            tensor.copy_(piece.view_as(tensor))

    def own(self, device: torch.device) -> torch.device:
        """The device of this process: of several GPUs the one with its local rank.

        Raises UsageError for more processes on a machine than it has GPUs.
        """
        if device.type == "cuda" and self.size > 1:
            if self.local_rank >= torch.cuda.device_count():
                raise UsageError(
                    f"{self.local_rank + 1} processes or more on a machine with {torch.cuda.device_count()} GPUs; "
                    "start one a GPU: torchrun --nproc-per-node gpu"
                )
            torch.cuda.set_device(self.local_rank)
        return device


ALONE = Group()
MEETINGS = count()  # the store keeps what was said in earlier trainings of this process


@contextmanager
def joined() -> Iterator[Group]:
    """The group that this process belongs to, for as long as it lasts.

    When one process fails, all do: the first raises its error, the others leave with a silent SystemExit.
    Raises UsageError where the others are not found.
    """
    try:
        rank, size, local_rank = (int(os.environ.get(name, "0")) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    except ValueError as error:
        raise UsageError(f"RANK, WORLD_SIZE or LOCAL_RANK: {error}; let torchrun set them") from None
    if size < 2:
        yield ALONE
        return
    try:
        table, _, _ = next(rendezvous("env://", timeout=PATIENCE))
    except (ValueError, RuntimeError) as error:
        raise UsageError(f"process {rank} of {size} does not find the others ({error}); start it by torchrun") from None
    store = PrefixStore(f"tinynq/{next(MEETINGS)}", table)
    # Imported later, by the first optimizer, its functions would hold the group as a default argument: gloo's threads
    # would then outlive the interpreter, which ends some processes with SIGABRT.
    import torch.distributed.nn.functional

    try:
        # Of gloo and nccl, the place of a tensor decides.
        dist.init_process_group(store=store, rank=rank, world_size=size, timeout=PATIENCE)
        group = Group(rank, size, local_rank, store)
        yield group
        group.add_up([torch.zeros(1)])  # none leaves before the last has finished
    except BaseException:
        if not _first_to_fail(store, rank):
            raise SystemExit(2) from None
        raise
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def _first_to_fail(store: Store, rank: int) -> bool:
    try:
        return int(store.add("failures", 1)) == 1
    except RuntimeError:  # the store has gone with torchrun
        return rank == 0
