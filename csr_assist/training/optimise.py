"""How steps are taken, alike in every stage: rates by depth, warm-up, clipping."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertModel


@dataclass(frozen=True, slots=True)
class Rates:
    """Learning rates and what goes with them."""

    body: float = 1.5e-4
    """Of the encoder's topmost layer."""
    heads: float = 1e-3
    by_layer: float = 0.9
    """Each layer learns at this share of the rate of the one above: what languages share lies deep."""
    frozen_layers: int = 3
    """Lowest layers that stay as they are, like the embeddings; they also need no backward pass."""
    warmup: float = 0.06
    """Share of all steps over which the rate rises; then it falls to zero."""
    weight_decay: float = 0.01


class Optimiser:
    """AdamW over an encoder and its heads, for a known number of steps."""

    def __init__(self, model: nn.Module, encoder: BertModel, rates: Rates, steps: int) -> None:
        layers = list(encoder.encoder.layer)
        encoder.requires_grad_(False)
        for layer in layers[rates.frozen_layers :]:
            layer.requires_grad_(True)
        inside = {id(p) for p in encoder.parameters()}
        groups = [
            {"params": list(layer.parameters()), "lr": rates.body * rates.by_layer ** (len(layers) - 1 - depth)}
            for depth, layer in enumerate(layers)
            if depth >= rates.frozen_layers
        ]
        heads = [p for p in model.parameters() if id(p) not in inside]
        self.adam = torch.optim.AdamW([*groups, {"params": heads, "lr": rates.heads}], weight_decay=rates.weight_decay)
        rising = max(1, int(rates.warmup * steps))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.adam, lambda step: min((step + 1) / rising, max(0.0, (steps - step) / max(1, steps - rising)))
        )
        self._model = model

    def step(self, loss: Tensor) -> None:
        """Go one step down the loss."""
        self.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([p for p in self._model.parameters() if p.requires_grad], 1.0)
        self.adam.step()
        self.schedule.step()
