"""A run that learns step by step, and leaves behind what it needs to be taken up where it was."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from csr_assist.files import whole
from csr_assist.training.optimise import Optimiser

log = logging.getLogger(__name__)
Step = TypeVar("Step")
LAST = "last.pt"
"""A run's checkpoint: the network, and how far it is."""


def taken_up(checkpoint: Path, model: nn.Module, optimiser: Optimiser) -> int:
    """Load what ``checkpoint`` holds into both, if it exists; the steps (or epochs) that were done before."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.adam.load_state_dict(state["optimizer"])
    optimiser.schedule.load_state_dict(state["schedule"])
    torch.set_rng_state(state["rng"])
    return int(state["step"])


def save(checkpoint: Path, model: nn.Module, optimiser: Optimiser, step: int) -> None:
    """Write all of it, or leave what was there."""
    state = {"model": model.state_dict(), "step": step}
    state |= {"optimizer": optimiser.adam.state_dict(), "schedule": optimiser.schedule.state_dict()}
    state |= {"rng": torch.get_rng_state()}
    with whole(checkpoint) as part:
        torch.save(state, part)


def learn(
    model: nn.Module,
    optimiser: Optimiser,
    steps: Sequence[Step],
    loss: Callable[[Step], Tensor],
    checkpoint: Path,
    saved_every: int,
) -> None:
    """Go the steps that ``checkpoint`` does not hold yet; it is written every ``saved_every`` steps and at the end."""
    begun = taken_up(checkpoint, model, optimiser)
    total, began = 0.0, time.monotonic()
    for done, step in enumerate(steps[begun:], begun + 1):
        cost = loss(step)
        optimiser.step(cost)
        total += cost.item()
        if done % 50 == 0:
            passed = time.monotonic() - began
            log.info("step %d of %d loss %.4f %.0fs", done, len(steps), total / (done - begun), passed)
        if done % saved_every == 0 or done == len(steps):
            save(checkpoint, model, optimiser, done)
