"""What a run that learns step by step leaves behind, so that it can be taken up where it was."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from csr_assist.files import whole
from csr_assist.training.optimise import Optimiser

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
    return int(state["step"])


def save(checkpoint: Path, model: nn.Module, optimiser: Optimiser, step: int) -> None:
    """Write all of it, or leave what was there."""
    state = {"model": model.state_dict(), "step": step}
    state |= {"optimizer": optimiser.adam.state_dict(), "schedule": optimiser.schedule.state_dict()}
    with whole(checkpoint) as part:
        torch.save(state, part)
