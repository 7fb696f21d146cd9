"""Options by meaning: which of the playbook's situations is the customer in?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csr_assist.advice.playbook import Option, Playbook, Situation
from csr_assist.conversation import Language
from csr_assist.labels import Label

Matrix = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]
"""Texts to unit vectors, (texts, width)."""

MOST = 3
"""Options on a card: three are read at a glance."""
AGE = 0.92
"""Weight of a customer's turn relative to the one after it."""
BONUS = 0.06
"""For a situation whose usual cues were heard."""
NEAR = 0.55
"""Similarity (-1..1, around the playbook's mean) below which no situation fits and the fallback serves."""
NAMED = 0.8
"""Similarity from which a reply names the situation: a wrong name does more harm than none."""
CLOSE = 0.05
"""A second situation this near to the first lends its best option to the card."""


@dataclass(frozen=True, slots=True)
class Match:
    """A situation and how like it the customer's words are; ``score`` counts the usual cues, too."""

    situation: Situation
    score: float
    similarity: float

    @property
    def fits(self) -> bool:
        """Whether its options belong on the card."""
        return self.similarity >= NEAR

    @property
    def sure(self) -> bool:
        """Whether a reply may name it."""
        return self.similarity >= NAMED


class OptionIndex:
    """The playbook's situations, searchable by meaning.

    Vectors are centred on the playbook's mean: encoders of sentences give all service talk high
    similarity to all other, and what sets situations apart is what is left.
    """

    def __init__(self, playbook: Playbook, vectors: Matrix) -> None:
        self._playbook = playbook
        self._owner = np.array([i for i, _ in heard(playbook)])
        if len(vectors) != len(self._owner):
            raise ValueError(f"{len(vectors)} vectors for {len(self._owner)} sentences of the playbook")
        self._mean = vectors.mean(axis=0) if len(vectors) else vectors
        self._vectors = _unit(vectors - self._mean)

    @classmethod
    def build(cls, playbook: Playbook, encode: Encode) -> OptionIndex:
        """Encode every sentence of the playbook that says how a situation is heard."""
        return cls(playbook, encode([text for _, text in heard(playbook)]))

    def search(self, meanings: Sequence[Sequence[float]], labels: frozenset[Label]) -> list[Match]:
        """Situations, the best first. ``meanings`` are vectors of the customer's turns, the latest first."""
        scores = np.full(len(self._playbook.situations), -1.0)
        for age, meaning in enumerate(meanings):
            query = _unit(np.asarray(meaning, dtype=np.float32)[None, :] - self._mean)[0]
            similar = (self._vectors @ query) * AGE**age
            np.maximum.at(scores, self._owner, similar)
        known = [
            score + BONUS * bool(labels & set(situation.labels))
            for situation, score in zip(self._playbook.situations, scores, strict=True)
        ]
        order = sorted(range(len(known)), key=lambda i: -known[i])
        return [Match(self._playbook.situations[i], float(known[i]), float(scores[i])) for i in order]

    def options(self, matches: Sequence[Match]) -> tuple[Option, ...]:
        """Up to three options for the card, from the best situation and from one that is nearly as good."""
        if not matches or not matches[0].fits:
            return self._fallback().options[:MOST]
        first, second = matches[0], matches[1] if len(matches) > 1 else None
        if second and second.fits and first.score - second.score < CLOSE:
            return (*first.situation.options[: MOST - 1], second.situation.options[0])
        return first.situation.options[:MOST]

    def _fallback(self) -> Situation:
        name = self._playbook.company.fallback
        return next(situation for situation in self._playbook.situations if situation.id == name)


def heard(playbook: Playbook) -> list[tuple[int, str]]:
    """Every way to say every situation, in all languages: (place of the situation, sentence)."""
    return [
        (place, line)
        for place, situation in enumerate(playbook.situations)
        for language in Language
        for line in situation.heard.of(language)
    ]


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)
