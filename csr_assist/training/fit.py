"""The training loop: seeded, checkpointed after every epoch, resumable."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as entropy

from csr_assist.training.checkpoint import LAST, save, taken_up
from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, Shown, as_shown, batches
from csr_assist.training.model import CueModel
from csr_assist.training.optimise import Optimiser, Rates

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run depends on beside its data."""

    epochs: int = 3
    batch_size: int = 32
    rates: Rates = field(default_factory=Rates)
    tag_weight: float = 2.0
    meaning_weight: float = 0.5
    sign_weight: float = 0.3
    shown: Shown = field(default_factory=Shown)
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known from before and must not be forgotten, of every example."""

    meanings: Tensor
    """The base encoder's unit vectors, (examples, width)."""
    signs: Tensor
    """Probabilities of the signs by the schooled encoder, (examples, signs)."""


def loss_of(model: CueModel, batch: Batch, kept: Kept, settings: Settings) -> Tensor:
    """Labels and families by cross-entropy, tags likewise; signs and meaning by what they were."""
    logits, tags, meaning, signs = model(batch.ids, batch.mask, batch.types)
    known = (batch.examples >= 0).float()
    whole = known.sum().clamp(min=1.0)
    distance = ((1 - (meaning * kept.meanings[batch.examples]).sum(-1)) * known).sum() / whole
    forgotten = (entropy(signs, kept.signs[batch.examples], reduction="none").sum(-1) * known).sum() / whole
    learnt = annotated_loss(logits, tags, batch, settings.tag_weight)
    total: Tensor = learnt + settings.meaning_weight * distance + settings.sign_weight * forgotten
    return total


def annotated_loss(logits: Tensor, tags: Tensor, batch: Batch, tag_weight: float) -> Tensor:
    """Cross-entropy of labels and families, a turn; and of tags, a piece."""
    counted = batch.counts * batch.judged
    labels = (entropy(logits, batch.targets, reduction="none") * counted).sum() / len(batch.ids)
    total: Tensor = labels + tag_weight * tag_loss(tags, batch)
    return total


def tag_loss(tags: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy of tags, a piece, of the labels that were judged."""
    inside = (batch.mask * (1 - batch.types)).unsqueeze(-1)
    counted = inside * (batch.counts * batch.judged)[:, None, : tags.shape[-1]]
    return (entropy(tags, batch.tags, reduction="none") * counted).sum() / batch.mask.sum()


@contextmanager
def vanishing_is_zero() -> Iterator[None]:
    """Take numbers too small to matter for zero meanwhile: they cost a sixth of the time on a CPU."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@vanishing_is_zero()
def fit(
    model: CueModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    kept: Kept,
    settings: Settings,
    checkpoints: Path,
) -> CueModel:
    """Train in place and return the model; the last checkpoint in ``checkpoints`` is taken up again."""
    rng = random.Random(settings.seed)
    torch.manual_seed(settings.seed)
    pieces = len(as_shown(tokenizer, examples, settings.shown, rng))
    steps = settings.epochs * (pieces // settings.batch_size + 1)
    optimiser = Optimiser(model, model.encoder, settings.rates, steps)
    checkpoints.mkdir(parents=True, exist_ok=True)
    last = checkpoints / LAST
    for epoch in range(taken_up(last, model, optimiser), settings.epochs):
        rng.seed(settings.seed * 1000 + epoch)
        model.train()
        shown = as_shown(tokenizer, examples, settings.shown, rng)
        total, began, done = 0.0, time.monotonic(), 0
        for batch in batches(shown, settings.batch_size, rng):
            loss = loss_of(model, batch, kept, settings)
            optimiser.step(loss)
            total, done = total + loss.item(), done + 1
            if done % 50 == 0:
                log.info("epoch %d step %d loss %.4f %.0fs", epoch + 1, done, total / done, time.monotonic() - began)
        log.info("epoch %d of %d: loss %.4f", epoch + 1, settings.epochs, total / done)
        save(last, model, optimiser, epoch + 1)
    return model.eval()
