"""A student that learns from trained networks, on annotated turns and on real texts without labels.

What its teachers say of every window is asked once, before the first step. Where a turn is annotated, or its tone
known, that is part of the target; the rest is the teachers' word. A student has fewer layers than its teacher and
starts as some of them, copying its vectors, too, as it goes; or it is an earlier student that learns on.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.training.checkpoint import learn
from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, Piece, Shown, as_shown, collate, groups
from csr_assist.training.fit import tag_loss, vanishing_is_zero
from csr_assist.training.hearing import hear
from csr_assist.training.larger import Larger
from csr_assist.training.model import LABELS, CueModel, families, with_families
from csr_assist.training.optimise import Optimiser, Rates
from csr_assist.training.signs import UNHAPPY


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a student learns with."""

    layers: tuple[int, ...] | None = (0, 2, 4, 6, 9, 11)
    """The teacher's layers that it starts from; none for all of them."""
    epochs: int = 3
    batch_size: int = 32
    rates: Rates = field(default_factory=lambda: Rates(body=3e-4, by_layer=1.0, frozen_layers=0))
    share: float = 0.4
    """Of the annotation, or of the tone as it was said, in the target; the rest is the teachers' word."""
    tag_weight: float = 2.0
    logit_weight: float = 1.0
    """Of the distance between logits. It tells apart what is unlikely from what is hardly possible, which probabilities
    do not, and a student comes to agree with its teachers in fewer steps by it."""
    hidden_weight: float = 2.0
    """Of the angle between the student's vectors and its teacher's, while it starts as some of its layers."""
    tone_weight: float = 0.5
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
MORE = Lessons(rates=Rates(body=1.5e-4, heads=5e-4, by_layer=1.0, frozen_layers=0))
"""An earlier student learns on: at twice these rates it first loses much of what it knew."""
_SURE = (-7.0, 5.0)
"""Logits beyond are as good as sure: how far beyond, a student need not copy."""
_APART = (0.05, 0.5)
"""Weights of the squared distance of a label's logits and of a family's."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is read: annotated turns and plain texts, all of them in every epoch."""

    annotated: Sequence[Example]
    plain: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The windows of all steps, and what the teachers say of them, (windows, labels + 1)."""

    windows: Sequence[Piece]
    words: Tensor


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
    """What a student should say of a batch, as probabilities."""

    labels: Tensor
    """Of labels and families, (batch, labels + 2)."""
    unhappy: Tensor
    """Of an unhappy tone, (batch)."""


def targets_of(words: Tensor, batch: Batch, share: float) -> Targets:
    """Mix what is annotated, and the tone where it is known, with the teachers' word.

    Args:
        words: logits of the labels and of an unhappy tone, (batch, labels + 1).
        batch: the windows that they are about.
        share: of the annotation and of the known tone, 0 to 1.
    """
    logits = words[:, :LABELS]
    unhappy = with_tone(words[:, LABELS].sigmoid(), batch.tones, share)
    labels = torch.cat([logits, families(logits, torch.logit(unhappy, eps=1e-4))], -1).sigmoid()
    annotated = share * batch.judged
    return Targets(annotated * batch.targets + (1 - annotated) * labels, unhappy)


def with_tone(unhappy: Tensor, tones: Tensor, share: float) -> Tensor:
    """Chances of an unhappy tone with a share of the tone as it was said, where it was; all of them (windows)."""
    return unhappy + torch.where(tones.isnan(), 0.0, share * (tones - unhappy))


def loss_of(logits: Tensor, tags: Tensor, signs: Tensor, batch: Batch, target: Targets, lessons: Lessons) -> Tensor:
    """Cross-entropy of labels, families and tone, the distance of their logits; of tags where they are annotated.

    The families are those that ship: put together from labels and tone, not the heads that only teach.
    """
    own = with_families(logits, signs)
    entropy = nn.functional.binary_cross_entropy_with_logits
    labels = (entropy(own, target.labels, reduction="none") * batch.counts).sum() / len(batch.ids)
    weights = torch.tensor([_APART[0]] * LABELS + [_APART[1]] * (own.shape[-1] - LABELS))
    apart = (_distance(own, target.labels).square() * weights * batch.counts).sum() / len(batch.ids)
    tone = entropy(signs[:, UNHAPPY], target.unhappy)
    total: Tensor = labels + lessons.logit_weight * apart + lessons.tone_weight * tone
    return total + lessons.tag_weight * tag_loss(tags, batch)


def _distance(own: Tensor, wanted: Tensor) -> Tensor:
    """Of logits from those of what is wanted; none where both are as good as sure of the same."""
    least, most = _SURE
    sure = torch.logit(wanted, eps=1e-6).clamp(least, most)
    apart = own - sure
    apart = torch.where(sure <= least, apart.clamp(min=0), apart)
    return torch.where(sure >= most, apart.clamp(max=0), apart)


@vanishing_is_zero()
def distil(
    teacher: CueModel,
    tokenizer: Tokenizer,
    material: Material,
    lessons: Lessons,
    checkpoint: Path,
    start: CueModel | None = None,
    second: Larger | None = None,
) -> CueModel:
    """Train a student and return it; what ``checkpoint`` and the folder beside it hold is taken up again.

    ``start``: an earlier student, which learns on; what it says before counts as much as its teacher's word. Without it
    the student starts as layers of its teacher. ``second``: a larger network of one language, whose word counts there
    as much as every other's: the mean of all ranks better than the larger network alone.
    """
    torch.manual_seed(lessons.seed)
    rng = random.Random(lessons.seed)
    pieces = as_shown(tokenizer, material.annotated, lessons.shown, rng)
    pieces += as_shown(tokenizer, material.plain, replace(lessons.shown, joined=0.0), rng)
    rng.shuffle(pieces)
    teachers = [teacher.eval().requires_grad_(False)]
    if start:
        teachers.append(start.eval().requires_grad_(False))
    words = hear(teachers, second, pieces, checkpoint.with_name("heard"))
    student = copy.deepcopy(start) if start else student_of(teacher, lessons.layers)
    return follow(student, Pieces(pieces, words), lessons, checkpoint, rng, None if start else teacher)


@vanishing_is_zero()
def follow(
    student: CueModel,
    pieces: Pieces,
    lessons: Lessons,
    checkpoint: Path,
    rng: random.Random,
    teacher: CueModel | None = None,
) -> CueModel:
    """Train ``student`` in place on what was heard, and return it; with a ``teacher`` its vectors are copied, too."""
    student.requires_grad_(True).train()
    cut = [piece.window for piece in pieces.windows]
    todo = [places for _ in range(lessons.epochs) for places in groups(cut, lessons.batch_size, rng)]
    optimiser = Optimiser(student, student.encoder, lessons.rates, len(todo))

    def loss(places: list[int]) -> Tensor:
        batch = collate([pieces.windows[place] for place in places])
        own = student.hidden(batch.ids, batch.mask)
        logits, tags, _, signs = student.heads(own, batch.ids, batch.types)
        target = targets_of(pieces.words[places], batch, lessons.share)
        total = loss_of(logits, tags, signs, batch, target, lessons)
        return total + lessons.hidden_weight * _angle(own, teacher, batch) if teacher else total

    learn(student, optimiser, todo, loss, checkpoint, lessons.saved_every)
    return student.eval()


def _angle(own: Tensor, teacher: CueModel, batch: Batch) -> Tensor:
    """How far the vectors of the pieces point from the teacher's, 0 to 2."""
    with torch.no_grad():
        vectors = teacher.hidden(batch.ids, batch.mask)
    apart = (1 - nn.functional.cosine_similarity(own, vectors, dim=-1)) * batch.mask
    return apart.sum() / batch.mask.sum()
