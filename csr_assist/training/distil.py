"""A student of half the layers: learns from the trained network, on annotated turns and on real texts without labels.

It starts as every other layer of its teacher. Where a turn is annotated, half of the target is the annotation. Its
heads for the families learn what ranks best: the chance of any label and an unhappy tone together, in Indonesian and
Persian with the tone as stage one heard it, which tells more there than the labels do.
"""

from __future__ import annotations

import copy
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.conversation import Language
from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, Piece, Shown, as_shown, collate, groups
from csr_assist.training.fit import vanishing_is_zero
from csr_assist.training.model import LABELS, CueModel, families
from csr_assist.training.optimise import Optimiser, Rates

log = logging.getLogger(__name__)
SCHOOLED_TONE = {Language.ENGLISH: 0.0, Language.INDONESIAN: 2.0, Language.PERSIAN: 2.0}
"""Weight of the tone that stage one heard, beside that of the trained network; chosen on the measuring sets."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a student learns with."""

    layers: tuple[int, ...] = (0, 2, 4, 6, 9, 11)
    """The teacher's layers that it starts from."""
    epochs: int = 2
    batch_size: int = 32
    rates: Rates = field(default_factory=lambda: Rates(body=3e-4, by_layer=1.0, frozen_layers=0))
    annotated: float = 0.6
    """Share of the annotation in the target of an annotated turn; the rest is the teacher's word."""
    tag_weight: float = 2.0
    hidden_weight: float = 2.0
    meaning_weight: float = 1.0
    sign_weight: float = 0.5
    shown: Shown = field(default_factory=Shown)
    seed: int = 11
    saved_every: int = 300
    """Steps."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is read: annotated turns first, then texts without annotations; and their tone, if it counts."""

    annotated: Sequence[Example]
    plain: Sequence[Example]
    tones: Tensor
    """What the tone of stage one adds to the logit of any dissatisfaction, (annotated + plain)."""


def student_of(teacher: CueModel, layers: Sequence[int]) -> CueModel:
    """A copy of the teacher with only these of its layers."""
    student = copy.deepcopy(teacher)
    bert: BertModel = student.encoder
    bert.encoder.layer = nn.ModuleList(bert.encoder.layer[place] for place in layers)
    bert.config.num_hidden_layers = len(layers)
    return student


def loss_of(student: CueModel, teacher: CueModel, batch: Batch, material: Material, lessons: Lessons) -> Tensor:
    """Cross-entropy against mixed targets for labels, families and tags; vectors and signs as the teacher's."""
    with torch.no_grad():
        whole = teacher.hidden(batch.ids, batch.mask)
        logits, tags, meaning, signs = teacher.heads(whole, batch.ids, batch.types)
        known = batch.examples >= 0  # of two turns that were joined, the tone is not known
        tones = torch.where(known, material.tones[batch.examples], 0.0)
        told = torch.cat([logits[:, :LABELS], families(logits, signs, tones)], -1).sigmoid()
        share = lessons.annotated * (batch.examples < len(material.annotated)).float()[:, None]
        targets = share * batch.targets + (1 - share) * told
        marks = share[..., None] * batch.tags + (1 - share[..., None]) * tags.sigmoid()
        counts = batch.counts.clone()
        counts[:, LABELS] *= known
    own = student.hidden(batch.ids, batch.mask)
    own_logits, own_tags, own_meaning, own_signs = student.heads(own, batch.ids, batch.types)
    entropy = nn.functional.binary_cross_entropy_with_logits
    rows = len(batch.ids)
    labels = (entropy(own_logits, targets, reduction="none") * counts).sum() / rows
    inside = (batch.mask * (1 - batch.types)).unsqueeze(-1) * batch.counts[:, None, :LABELS]
    tagging = (entropy(own_tags, marks, reduction="none") * inside).sum() / batch.mask.sum()
    apart = 1 - nn.functional.cosine_similarity(own, whole, dim=-1)
    hidden = (apart * batch.mask).sum() / batch.mask.sum()
    meant = (1 - (own_meaning * meaning).sum(-1)).mean()
    signed = entropy(own_signs, signs.sigmoid(), reduction="none").sum(-1).mean()
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
    begun = _taken_up(student, optimiser, checkpoint)
    total, began = 0.0, time.monotonic()
    for step, pieces in enumerate(steps[begun:], begun + 1):
        loss = loss_of(student, teacher, collate(pieces), material, lessons)
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
