"""Examples to training batches: windows with targets, cut once, shuffled by length for every epoch."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from csr_assist.conversation import Language, Speaker
from csr_assist.detector.base import Utterance
from csr_assist.detector.encoding import Window, batch, windows
from csr_assist.labels import Family, Label, labels_for
from csr_assist.training.corpus import Evidence, Example

_LABELS = list(Label)
_INDEX = {label: i for i, label in enumerate(_LABELS)}
_FAMILY = {
    family: [i for i, label in enumerate(_LABELS) if label.family is family]
    for family in (Family.DISSATISFACTION, Family.LOYALTY)
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One window of an example: what the model sees, and what it should say."""

    window: Window
    tags: tuple[tuple[int, int], ...]
    """(token, label) pairs inside evidence."""
    utterance: Utterance
    """The same stretch in words."""
    language: Language
    example: int | None
    """Whose meaning the window has; none where two turns were joined."""
    judged: frozenset[Label]
    """Labels that somebody looked for."""
    unhappy: bool | None = None
    """The turn's tone, where somebody said it; every window of a long turn has the whole turn's."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step.

    ``counts`` masks the labels that the speaker cannot carry, ``judged`` those of which targets and tags mean anything.
    Of (batch) are ``examples``, -1 for none, and ``tones``, 1 for unhappy, 0 for not, NaN where nobody said so.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor
    targets: Tensor
    counts: Tensor
    tags: Tensor
    examples: Tensor
    judged: Tensor
    tones: Tensor


def cut(tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Piece]:
    """Windows of every example, in order, each with the evidence that lies in it."""
    return [piece for number, example in enumerate(examples) for piece in _pieces(tokenizer, example, number)]


def _pieces(tokenizer: Tokenizer, example: Example, number: int | None, bare: bool = False) -> Iterator[Piece]:
    context = "" if bare else example.context
    for window in windows(tokenizer, example.text, context):
        tags = tuple(
            (1 + token, _INDEX[e.label])
            for token, (a, b) in enumerate(window.offsets)
            for e in example.evidence
            if a < e.end and b > e.start
        )
        words = example.text[window.offsets[0][0] : window.offsets[-1][1]] if window.offsets else ""
        yield Piece(
            window,
            tags,
            Utterance(example.speaker, words, context),
            example.language,
            number,
            frozenset(labels_for(example.speaker)) if example.judged is None else example.judged,
            example.unhappy,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """Shares of turns that are shown otherwise than they were written, by lot."""

    without_context: float = 0.2
    """Without the turn before, so that a lone message reads well too."""
    rough: float = 0.15
    """In lower case and without punctuation, as speech recognition gives them."""
    joined: float = 0.15
    """As one long turn with another of the same speaker, so that many cues in a story are all found."""


def as_shown(tokenizer: Tokenizer, examples: Sequence[Example], shown: Shown, rng: random.Random) -> list[Piece]:
    """Windows of every example as the lot has them shown."""
    partners = _pairs(examples, shown.joined, rng)
    taken = set(partners.values())
    pieces: list[Piece] = []
    for number, example in enumerate(examples):
        if number in taken:
            continue
        whose: int | None = number
        if number in partners:
            example, whose = joined(example, examples[partners[number]]), None
        if rng.random() < shown.rough:
            example = roughened(example, rng)
        pieces += _pieces(tokenizer, example, whose, rng.random() < shown.without_context)
    return pieces


def _pairs(examples: Sequence[Example], share: float, rng: random.Random) -> dict[int, int]:
    """First of a pair to its second; a ``share`` of all turns is in pairs, of one speaker, language and channel."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for number, example in enumerate(examples):
        if rng.random() < share and example.judged is None:
            kinds.setdefault((example.speaker, example.language, example.channel or example.source), []).append(number)
    pairs: dict[int, int] = {}
    for some in kinds.values():
        rng.shuffle(some)
        pairs |= dict(zip(some[::2], some[1::2], strict=False))
    return pairs


def joined(first: Example, second: Example) -> Example:
    """Two turns as one, with the context of the first. One who is unhappy in part of it is unhappy."""
    at = len(first.text) + 1
    moved = tuple(Evidence(e.label, e.start + at, e.end + at) for e in second.evidence)
    tones = {first.unhappy, second.unhappy}
    unhappy = True if True in tones else None if None in tones else False
    return replace(first, text=f"{first.text} {second.text}", evidence=first.evidence + moved, unhappy=unhappy)


def roughened(example: Example, rng: random.Random) -> Example:
    """The same turn as speech recognition or a hasty typist gives it: lower case, no punctuation, offsets kept."""
    text = "".join(c if c.isalnum() or c in "'%$€£@#" else " " for c in example.text)
    if rng.random() < 0.8:
        text = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return replace(example, text=text)


def collate(pieces: Sequence[Piece]) -> Batch:
    """Pad pieces into one batch with targets for labels, families and tags."""
    ids, mask, types = batch([piece.window for piece in pieces])
    targets = np.zeros((len(pieces), len(_LABELS) + len(_FAMILY)), dtype=np.float32)
    counts, judged = np.zeros_like(targets), np.zeros_like(targets)
    tags = np.zeros((*ids.shape, len(_LABELS)), dtype=np.float32)
    for row, piece in enumerate(pieces):
        for token, label in piece.tags:
            tags[row, token, label] = targets[row, label] = 1.0
        counts[row, [_INDEX[label] for label in labels_for(piece.utterance.speaker)]] = 1.0
        judged[row, [_INDEX[label] for label in piece.judged]] = 1.0
        for column, members in enumerate(_FAMILY.values(), len(_LABELS)):
            targets[row, column] = targets[row, members].max()
            judged[row, column] = judged[row, members].min()
            counts[row, column] = float(piece.utterance.speaker is Speaker.CUSTOMER)
    return Batch(
        ids=torch.from_numpy(ids),
        mask=torch.from_numpy(mask),
        types=torch.from_numpy(types),
        targets=torch.from_numpy(targets),
        counts=torch.from_numpy(counts),
        tags=torch.from_numpy(tags),
        examples=torch.tensor([-1 if piece.example is None else piece.example for piece in pieces]),
        judged=torch.from_numpy(judged),
        tones=tones_of(pieces),
    )


def tones_of(pieces: Sequence[Piece]) -> Tensor:
    """1 for unhappy, 0 for not, NaN where nobody said so; (pieces)."""
    return torch.tensor([math.nan if piece.unhappy is None else float(piece.unhappy) for piece in pieces])


def batches(pieces: Sequence[Piece], size: int, rng: random.Random) -> Iterator[Batch]:
    """All pieces once, in random batches of windows of like length."""
    for group in groups([piece.window for piece in pieces], size, rng):
        yield collate([pieces[i] for i in group])


def groups(cut: Sequence[Window], size: int, rng: random.Random) -> list[list[int]]:
    """Places of windows of like length together, at most ``size`` a group, in random order."""
    order = sorted(range(len(cut)), key=lambda i: len(cut[i].ids) + rng.random() * 12)
    found = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(found)
    return found


@torch.no_grad()
def read_all(
    cut: Sequence[Window], read: Callable[[Tensor, Tensor, Tensor], Tensor], size: int = 32
) -> NDArray[np.float32]:
    """What ``read`` makes of every window, (windows, ...), whatever batches they are read in."""
    order = sorted(range(len(cut)), key=lambda i: len(cut[i].ids))
    found = [
        read(*map(torch.from_numpy, batch([cut[i] for i in order[at : at + size]]))).numpy()
        for at in range(0, len(order), size)
    ]
    return np.asarray(np.concatenate(found)[np.argsort(order)])
