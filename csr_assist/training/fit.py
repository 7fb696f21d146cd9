"""The training loop: seeded, checkpointed after every epoch, resumable."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, batches, cut, roughened
from csr_assist.training.model import CueModel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run depends on beside its data."""

    epochs: int = 4
    batch_size: int = 32
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 1e-3
    warmup: float = 0.06
    """Share of all steps over which the rate rises."""
    weight_decay: float = 0.01
    tag_weight: float = 2.0
    meaning_weight: float = 0.5
    without_context: float = 0.2
    """Share of turns that are shown without the turn before, so that a lone message reads well too."""
    rough: float = 0.15
    """Share of turns that are shown in lower case and without punctuation, as speech recognition gives them."""
    seed: int = 7


def loss_of(model: CueModel, batch: Batch, meanings: Tensor, settings: Settings) -> Tensor:
    """Labels and families by cross-entropy, tags likewise, meaning by its distance from the base encoder's."""
    logits, tags, meaning = model(batch.ids, batch.mask, batch.types)
    entropy = nn.functional.binary_cross_entropy_with_logits
    labels = (entropy(logits, batch.targets, reduction="none") * batch.counts).sum() / len(batch.ids)
    inside = (batch.mask * (1 - batch.types)).unsqueeze(-1) * batch.counts[:, None, : tags.shape[-1]]
    tagging = (entropy(tags, batch.tags, reduction="none") * inside).sum() / batch.mask.sum()
    distance = 1 - (meaning * meanings[batch.examples]).sum(-1).mean()
    total: Tensor = labels + settings.tag_weight * tagging + settings.meaning_weight * distance
    return total


def fit(
    model: CueModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    meanings: Tensor,
    settings: Settings,
    checkpoints: Path,
) -> CueModel:
    """Train in place and return the model; the last checkpoint in ``checkpoints`` is taken up again.

    ``meanings`` holds the base encoder's unit vector of every example, (examples, width).
    """
    rng = random.Random(settings.seed)
    torch.set_flush_denormal(True)  # vanishing numbers cost a sixth of the time on a CPU
    torch.manual_seed(settings.seed)
    np.random.seed(settings.seed)
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.") and p.requires_grad]
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": settings.learning_rate}, {"params": heads, "lr": settings.head_learning_rate}],
        weight_decay=settings.weight_decay,
    )
    steps = settings.epochs * (len(cut(tokenizer, examples)) // settings.batch_size + 1)
    rising = max(1, int(settings.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rising, max(0.0, (steps - step) / (steps - rising)))
    )
    checkpoints.mkdir(parents=True, exist_ok=True)
    (checkpoints / "settings.json").write_text(json.dumps(asdict(settings), indent=1), encoding="utf-8")
    last = checkpoints / "last.pt"
    first = 0
    if last.exists():
        state = torch.load(last, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["epoch"]
    for epoch in range(first, settings.epochs):
        rng.seed(settings.seed * 1000 + epoch)
        model.train()
        shown = [roughened(e, rng) if rng.random() < settings.rough else e for e in examples]
        bare = [rng.random() < settings.without_context for _ in examples]
        with_context, without = cut(tokenizer, shown), cut(tokenizer, shown, drop_context=True)
        pieces = [a if not bare[a.example] else b for a, b in zip(with_context, without, strict=True)]
        total, began, done = 0.0, time.monotonic(), 0
        for batch in batches(pieces, settings.batch_size, rng):
            loss = loss_of(model, batch, meanings, settings)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total, done = total + loss.item(), done + 1
            if done % 50 == 0:
                log.info("epoch %d step %d loss %.4f %.0fs", epoch + 1, done, total / done, time.monotonic() - began)
        log.info("epoch %d of %d: loss %.4f", epoch + 1, settings.epochs, total / done)
        torch.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "epoch": epoch + 1,
            },
            last,
        )
    return model.eval()
