"""A student of fewer layers: learns from the trained network, on annotated turns and on real texts without labels.

It starts as some layers of its teacher. Where a turn is annotated, or its tone known, that is most of the target; the
rest is what the teacher says.
"""

from __future__ import annotations

import copy
import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, Piece, Shown, as_shown, collate, groups
from csr_assist.training.fit import vanishing_is_zero
from csr_assist.training.model import LABELS, CueModel, families
from csr_assist.training.optimise import Optimiser, Rates
from csr_assist.training.signs import SIGNS

log = logging.getLogger(__name__)
UNHAPPY = SIGNS.index("unhappy")


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a student learns with."""

    layers: tuple[int, ...] = (0, 2, 4, 6, 9, 11)
    """The teacher's layers that it starts from."""
    epochs: int = 2
    batch_size: int = 32
    rates: Rates = field(default_factory=lambda: Rates(body=3e-4, by_layer=1.0, frozen_layers=0))
    annotated: float = 0.6
    """Share of the annotation, or of the tone as it was said, in the target; the rest is the teacher's word."""
    tag_weight: float = 2.0
    hidden_weight: float = 2.0
    meaning_weight: float = 1.0
    sign_weight: float = 0.5
    shown: Shown = field(default_factory=Shown)
    seed: int = 11
    saved_every: int = 300
    """Steps."""


WHOLE = Lessons(
    layers=tuple(range(12)),
    epochs=1,
    rates=Rates(body=1.2e-4, heads=5e-4, by_layer=0.92),
    annotated=0.85,
    hidden_weight=0.5,
)
"""With all layers it is no student: the trained network learns on, and holds to what it said before."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is read: annotated turns, and texts without annotations."""

    annotated: Sequence[Example]
    plain: Sequence[Example]

    def tones(self) -> Tensor:
        """Whether each text is unhappy, 0 or 1, or NaN where nobody said so; (annotated + plain + 1).

        The last is for two turns that were joined, of which it is not known.
        """
        said = [one.unhappy for one in (*self.annotated, *self.plain)]
        return torch.tensor([math.nan if one is None else float(one) for one in (*said, None)])


def student_of(teacher: CueModel, layers: Sequence[int]) -> CueModel:
    """A copy of the teacher with only these of its layers."""
    student = copy.deepcopy(teacher)
    bert: BertModel = student.encoder
    bert.encoder.layer = nn.ModuleList(bert.encoder.layer[place] for place in layers)
    bert.config.num_hidden_layers = len(layers)
    return student


@dataclass(frozen=True, slots=True)
class Told:
    """Targets of one batch, mixed of what is annotated and what the teacher says."""

    hidden: Tensor
    labels: Tensor
    tags: Tensor
    meaning: Tensor
    signs: Tensor


@torch.no_grad()
def told(teacher: CueModel, batch: Batch, annotated: Tensor, tones: Tensor, share: float) -> Told:
    """What a student should say.

    Args:
        teacher: says the rest.
        batch: what is read.
        annotated: whether each turn is, (batch).
        tones: whether each is unhappy, or NaN, (batch).
        share: of the annotation and of the tones, where there are any.
    """
    hidden = teacher.hidden(batch.ids, batch.mask)
    logits, tags, meaning, signs = teacher.heads(hidden, batch.ids, batch.types)
    labels = torch.cat([logits[:, :LABELS], families(logits, signs)], -1).sigmoid()
    part = share * annotated.float()[:, None]
    signs = signs.sigmoid()
    signs[:, UNHAPPY] += torch.where(tones.isnan(), 0.0, share * (tones - signs[:, UNHAPPY]))
    return Told(
        hidden=hidden,
        labels=part * batch.targets + (1 - part) * labels,
        tags=part[..., None] * batch.tags + (1 - part[..., None]) * tags.sigmoid(),
        meaning=meaning,
        signs=signs,
    )


def loss_of(student: CueModel, batch: Batch, target: Told, lessons: Lessons) -> Tensor:
    """Cross-entropy of labels, families, tags and signs; vectors by their angle."""
    own = student.hidden(batch.ids, batch.mask)
    logits, tags, meaning, signs = student.heads(own, batch.ids, batch.types)
    entropy = nn.functional.binary_cross_entropy_with_logits
    labels = (entropy(logits, target.labels, reduction="none") * batch.counts).sum() / len(batch.ids)
    inside = (batch.mask * (1 - batch.types)).unsqueeze(-1) * batch.counts[:, None, :LABELS]
    tagging = (entropy(tags, target.tags, reduction="none") * inside).sum() / batch.mask.sum()
    apart = 1 - nn.functional.cosine_similarity(own, target.hidden, dim=-1)
    hidden = (apart * batch.mask).sum() / batch.mask.sum()
    meant = (1 - (meaning * target.meaning).sum(-1)).mean()
    signed = entropy(signs, target.signs, reduction="none").sum(-1).mean()
    total: Tensor = labels + lessons.tag_weight * tagging + lessons.hidden_weight * hidden
    return total + lessons.meaning_weight * meant + lessons.sign_weight * signed


@vanishing_is_zero()
def distil(
    teacher: CueModel,
    tokenizer: Tokenizer,
    material: Material,
    lessons: Lessons,
    checkpoint: Path,
    start: Path | None = None,
) -> CueModel:
    """Train a student and return it; what ``checkpoint`` holds is taken up again.

    ``start``: the checkpoint of an earlier student of the same layers, which learns on; without it the student starts
    as layers of its teacher.
    """
    torch.manual_seed(lessons.seed)
    student = student_of(teacher.eval().requires_grad_(False), lessons.layers).requires_grad_(True).train()
    if start is not None:
        student.load_state_dict(torch.load(start, weights_only=True)["model"])
    steps = list(_steps(tokenizer, material, lessons))
    optimiser = Optimiser(student, student.encoder, lessons.rates, len(steps))
    tones = material.tones()
    begun = _taken_up(student, optimiser, checkpoint)
    total, began = 0.0, time.monotonic()
    for step, pieces in enumerate(steps[begun:], begun + 1):
        batch = collate(pieces)
        annotated = batch.examples < len(material.annotated)
        target = told(teacher, batch, annotated, tones[batch.examples], lessons.annotated)
        loss = loss_of(student, batch, target, lessons)
        optimiser.step(loss)
        total += loss.item()
        if step % 50 == 0:
            passed = time.monotonic() - began
            log.info("student: step %d of %d loss %.4f %.0fs", step, len(steps), total / (step - begun), passed)
        if step % lessons.saved_every == 0 or step == len(steps):
            _save(student, optimiser, step, checkpoint)
    return student.eval()


def _steps(tokenizer: Tokenizer, material: Material, lessons: Lessons) -> Iterator[list[Piece]]:
    """The pieces of every step: all annotated turns in every epoch, the plain texts spread over the epochs."""
    rng = random.Random(lessons.seed)
    whole = replace(lessons.shown, joined=0.0)
    for epoch in range(lessons.epochs):
        some = range(epoch, len(material.plain), lessons.epochs)
        pieces = as_shown(tokenizer, material.annotated, lessons.shown, rng)
        for piece in as_shown(tokenizer, [material.plain[i] for i in some], whole, rng):
            pieces.append(replace(piece, example=len(material.annotated) + some[piece.example or 0]))
        for group in groups([piece.window for piece in pieces], lessons.batch_size, rng):
            yield [pieces[i] for i in group]


def _taken_up(student: CueModel, optimiser: Optimiser, checkpoint: Path) -> int:
    """Steps that were done before."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    student.load_state_dict(state["model"])
    optimiser.adam.load_state_dict(state["optimizer"])
    optimiser.schedule.load_state_dict(state["schedule"])
    return int(state["step"])


def _save(student: CueModel, optimiser: Optimiser, step: int, checkpoint: Path) -> None:
    state = {"model": student.state_dict(), "step": step}
    state |= {"optimizer": optimiser.adam.state_dict(), "schedule": optimiser.schedule.state_dict()}
    part = checkpoint.with_suffix(".part")
    torch.save(state, part)
    part.replace(checkpoint)
