"""A student of fewer layers: learns from the trained network, on annotated turns and on real texts without labels.

It starts as some layers of its teacher. Where a turn is annotated, or its tone known, that is most of the target; the
rest is what the teacher says.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.training.checkpoint import learn
from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, Piece, Shown, as_shown, collate, steps
from csr_assist.training.fit import vanishing_is_zero
from csr_assist.training.larger import Larger, Said
from csr_assist.training.model import LABELS, CueModel, with_families
from csr_assist.training.optimise import Optimiser, Rates
from csr_assist.training.signs import UNHAPPY


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a student learns with."""

    layers: tuple[int, ...] | None = (0, 2, 4, 6, 9, 11)
    """The teacher's layers that it starts from; none for all of them."""
    epochs: int = 2
    batch_size: int = 32
    rates: Rates = field(default_factory=lambda: Rates(body=3e-4, by_layer=1.0, frozen_layers=0))
    share: float = 0.4
    """Of the annotation, or of the tone as it was said, in the target; the rest is the teacher's word."""
    tag_weight: float = 2.0
    hidden_weight: float = 2.0
    meaning_weight: float = 1.0
    sign_weight: float = 0.5
    shown: Shown = field(default_factory=Shown)
    seed: int = 11
    saved_every: int = 300
    """Steps."""


WHOLE = Lessons(
    layers=None,
    epochs=1,
    rates=Rates(body=1.2e-4, heads=5e-4, by_layer=0.92),
    share=0.85,
    hidden_weight=0.5,
)
"""With all layers it is no student: the trained network learns on, and holds to what it said before."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is read: annotated turns, all of them in every epoch; and plain texts, each in one epoch alone."""

    annotated: Sequence[Example]
    plain: Sequence[Example]


def student_of(teacher: CueModel, layers: Sequence[int] | None) -> CueModel:
    """A copy of the teacher with only these of its layers, or with all."""
    student = copy.deepcopy(teacher)
    bert: BertModel = student.encoder
    if layers is None:
        return student
    bert.encoder.layer = nn.ModuleList(bert.encoder.layer[place] for place in layers)
    bert.config.num_hidden_layers = len(layers)
    return student


@dataclass(frozen=True, slots=True)
class Targets:
    """What a student should say of a batch; every number but those of the vectors is a probability."""

    hidden: Tensor
    """The teacher's vectors of all pieces, (batch, tokens, width)."""
    labels: Tensor
    """Of labels and families, (batch, labels + 2)."""
    tags: Tensor
    """(batch, tokens, labels)."""
    meaning: Tensor
    """Unit vectors, (batch, width)."""
    signs: Tensor
    """(batch, signs)."""


@torch.no_grad()
def targets_of(teacher: CueModel, batch: Batch, share: float, second: Said | None = None) -> Targets:
    """Mix what is annotated, and the tone where it is known, with what the teacher says.

    ``share``: of the annotation and of the known tone, 0 to 1. ``second``: what a larger network says of some of the
    windows; there the teacher's word is the mean of both.
    """
    hidden = teacher.hidden(batch.ids, batch.mask)
    logits, tags, meaning, signs = teacher.heads(hidden, batch.ids, batch.types)
    labels = with_families(logits, signs).sigmoid()
    signs = signs.sigmoid()
    if second:
        labels[second.rows] = (labels[second.rows] + second.labels) / 2
        signs[second.rows, UNHAPPY] = (signs[second.rows, UNHAPPY] + second.unhappy) / 2
    annotated = share * batch.annotated.float()[:, None]
    signs[:, UNHAPPY] += torch.where(batch.tones.isnan(), 0.0, share * (batch.tones - signs[:, UNHAPPY]))
    return Targets(
        hidden=hidden,
        labels=annotated * batch.targets + (1 - annotated) * labels,
        tags=annotated[..., None] * batch.tags + (1 - annotated[..., None]) * tags.sigmoid(),
        meaning=meaning,
        signs=signs,
    )


def loss_of(student: CueModel, batch: Batch, target: Targets, lessons: Lessons) -> Tensor:
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
    second: Larger | None = None,
) -> CueModel:
    """Train a student and return it; what ``checkpoint`` holds is taken up again.

    ``start``: the checkpoint of an earlier student of the same layers, which learns on; without it the student starts
    as layers of its teacher. ``second``: a larger network of one language, heard beside the teacher.
    """
    torch.manual_seed(lessons.seed)
    student = student_of(teacher.eval().requires_grad_(False), lessons.layers).requires_grad_(True).train()
    if start is not None:
        student.load_state_dict(torch.load(start, weights_only=True)["model"])
    todo = list(_steps(tokenizer, material, lessons))
    optimiser = Optimiser(student, student.encoder, lessons.rates, len(todo))

    def loss(pieces: list[Piece]) -> Tensor:
        batch = collate(pieces)
        targets = targets_of(teacher, batch, lessons.share, second.of(pieces) if second else None)
        return loss_of(student, batch, targets, lessons)

    learn(student, optimiser, todo, loss, checkpoint, lessons.saved_every)
    return student.eval()


def _steps(tokenizer: Tokenizer, material: Material, lessons: Lessons) -> Iterator[list[Piece]]:
    """The pieces of every step: all annotated turns in every epoch, the plain texts spread over the epochs."""
    rng = random.Random(lessons.seed)
    whole = replace(lessons.shown, joined=0.0)
    for epoch in range(lessons.epochs):
        some = range(epoch, len(material.plain), lessons.epochs)
        pieces = as_shown(tokenizer, material.annotated, lessons.shown, rng)
        pieces += as_shown(tokenizer, [material.plain[i] for i in some], whole, rng)
        yield from steps(pieces, lessons.batch_size, rng)
