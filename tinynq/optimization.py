"""BERT's optimizer (Devlin et al. 2019): AdamW without bias correction, clipped gradients, warm-up and decay."""

import torch

from tinynq.config import TrainOptions
from tinynq.model import BertReader

NO_BIAS_CORRECTION = 1e9  # a step count at which Adam's 1 - beta ** step is 1


def adamw(model: BertReader, options: TrainOptions) -> torch.optim.AdamW:
    """BERT's AdamW: no bias correction, eps 1e-6, and no weight decay on LayerNorm and biases."""
    named = list(model.named_parameters())
    plain = [p for _, p in named if p.ndim == 1]
    decayed = [p for _, p in named if p.ndim > 1]
    groups = [{"params": decayed, "weight_decay": options.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.999), eps=1e-6, fused=True)
    for _, p in named:
        moments = {"exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
        optimizer.state[p] = {"step": torch.tensor(NO_BIAS_CORRECTION, device=p.device), **moments}
    return optimizer


def descend(optimizer: torch.optim.Optimizer, norm: float, *, rate: float, clip: float) -> None:
    """One update: clip the gradients, whose global norm is ``norm``, to ``clip`` (0: do not), and follow them."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    if clip:
        torch.nn.utils.clip_grads_with_norm_(parameters, clip, torch.tensor(norm))
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()


def learning_rate(step: int, steps: int, options: TrainOptions) -> float:
    """The rate of update ``step`` (1 to ``steps``): it rises in a line, then falls in one that runs from update 0."""
    warmup = int(steps * options.warmup)
    if step < warmup:
        return options.learning_rate * step / warmup
    return options.learning_rate * (1 - step / steps if options.decay == "linear" else 1.0)
