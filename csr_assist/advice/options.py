"""Options by meaning: which of the playbook's situations is the customer in?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
AGE = 0.85
"""Weight of a customer's turn relative to the one after it."""
BONUS = 0.06
"""For a situation whose usual cues were heard."""
NEAR = 0.25
"""Similarity (-1..1) below which no situation fits and the fallback serves."""
NAMED = 0.4
"""Similarity from which a reply may name the situation: a wrong name does more harm than none."""
AHEAD = 0.2
"""And by how much it must be ahead of the next situation. Anger without a topic is a little like all of them."""
SPOKEN = 0.1
"""By how much it must be ahead for its first option to be put into words unasked (``benchmarks/topics.py``)."""
CLOSE = 0.05
"""A second situation this near to the first lends its best option to the card."""
LIKELY = 3
"""Situations that a turn may be about: its own is among so many for most (``benchmarks/topics.py``)."""
NEIGHBOURS = 2
"""Sentences of a situation that speak for it: those most like the customer's words."""
SHRUNK = 0.3
"""How much of the spread within situations is taken to be alike in all directions; the rest is as measured."""


@dataclass(frozen=True, slots=True)
class Match:
    """A situation and how like it the customer's words are.

    ``score`` counts the usual cues, too; ``ahead`` is how much more like it they are than like any other situation.
    """

    situation: Situation
    score: float
    similarity: float
    ahead: float

    @property
    def fits(self) -> bool:
        """Whether its options belong on the card."""
        return self.similarity >= NEAR

    @property
    def leads(self) -> bool:
        """Whether its first option may be put into words before anybody has chosen one."""
        return self.fits and self.ahead >= SPOKEN

    @property
    def sure(self) -> bool:
        """Whether a reply may name it."""
        return self.similarity >= NAMED and self.ahead >= AHEAD


class OptionIndex:
    """The playbook's situations, searchable by meaning.

    Sentences of one situation differ in tone, language and wording, and encoders of service talk are full of that.
    Along directions in which they differ so, vectors are drawn together before they are compared (whitened by the
    spread within situations, as in linear discriminant analysis): what is left is what sets situations apart.
    """

    def __init__(self, playbook: Playbook, vectors: Matrix) -> None:
        self._playbook = playbook
        self._owner = np.array([i for i, _ in heard(playbook)])
        if len(vectors) != len(self._owner):
            raise ValueError(f"{len(vectors)} vectors for {len(self._owner)} sentences of the playbook")
        self._mean = vectors.mean(axis=0)
        self._apart = _apart(vectors - self._mean, self._owner)
        self._vectors = _unit((vectors - self._mean) @ self._apart)

    @classmethod
    def build(cls, playbook: Playbook, encode: Encode) -> OptionIndex:
        """Encode every sentence of the playbook that says how a situation is heard."""
        return cls(playbook, encode([text for _, text in heard(playbook)]))

    def search(self, meanings: Sequence[Sequence[float]], labels: frozenset[Label]) -> list[Match]:
        """Situations, the best first. ``meanings`` are vectors of the customer's turns, the latest first."""
        similar = np.full(len(self._playbook.situations), -1.0)
        for age, meaning in enumerate(meanings):
            similar = np.maximum(similar, self._like(np.asarray(meaning, dtype=np.float32)) * AGE**age)
        best, second = np.sort(similar)[::-1][:2] if len(similar) > 1 else (similar[0], -1.0)
        found = [
            Match(
                situation,
                score=float(own) + BONUS * bool(labels & set(situation.labels)),
                similarity=float(own),
                ahead=float(own - (second if own == best else best)),
            )
            for situation, own in zip(self._playbook.situations, similar, strict=True)
        ]
        return sorted(found, key=lambda match: -match.score)

    def apart(self, one: Sequence[float], other: Sequence[float]) -> bool:
        """Whether two troubles are clearly not the same; not where one of them is unknown or fits no situation.

        The situations that the first may be about are then not those of the other, and are far from being so.
        """
        if not one or not other or one == other:
            return False
        then, now = (self._like(np.asarray(meaning, dtype=np.float32)) for meaning in (one, other))
        likely = np.argsort(then)[-LIKELY:]
        return bool(min(then.max(), now.max()) >= NEAR and now.max() - now[likely].max() >= SPOKEN)

    def likely(self, meaning: Sequence[float]) -> frozenset[str]:
        """The situations that a turn by itself may be about."""
        like = self._like(np.asarray(meaning, dtype=np.float32))
        return frozenset(self._playbook.situations[place].id for place in np.argsort(like)[-LIKELY:])

    def _like(self, meaning: Matrix) -> Matrix:
        """How like every situation a turn is, (situations): the mean of its nearest sentences."""
        sentences = self._vectors @ _unit((meaning - self._mean) @ self._apart)
        every = range(len(self._playbook.situations))
        return np.array([np.sort(sentences[self._owner == i])[-NEIGHBOURS:].mean() for i in every])

    def options(
        self, matches: Sequence[Match], refused: Callable[[str], Collection[str]] = lambda _: ()
    ) -> tuple[Option, ...]:
        """Up to three options for the card, from the best situation and from one that is nearly as good.

        Where none leads, the first fits any trouble: it is what the reply says. ``refused``: remedies that the agent
        has said no to in a situation; what gives them is left out, and what fits any trouble fills the card up.
        """
        fallback = self._fallback()
        any_trouble = _without(fallback, refused)
        if not matches or not matches[0].fits:
            return any_trouble[:MOST]
        first, second = matches[0], matches[1] if len(matches) > 1 else None
        own = _without(first.situation, refused)
        other = _without(second.situation, refused)[:1] if second and second.fits else ()
        if not own or not first.leads:
            return _each_once(any_trouble[:1], own[:1], other, own[1:], any_trouble[1:])[:MOST]
        if second and first.score - second.score < CLOSE:
            return _each_once(own[: MOST - 1], other, own[MOST - 1 :], any_trouble)[:MOST]
        return _each_once(own, any_trouble)[:MOST]

    def _fallback(self) -> Situation:
        name = self._playbook.company.fallback
        return next(situation for situation in self._playbook.situations if situation.id == name)


def _without(situation: Situation, refused: Callable[[str], Collection[str]]) -> tuple[Option, ...]:
    return tuple(option for option in situation.options if not set(option.gives) & set(refused(situation.id)))


def _each_once(*some: Sequence[Option]) -> tuple[Option, ...]:
    return tuple({option.id: option for options in some for option in options}.values())


def heard(playbook: Playbook) -> list[tuple[int, str]]:
    """Every way to say every situation, in all languages: (place of the situation, sentence)."""
    return [
        (place, line)
        for place, situation in enumerate(playbook.situations)
        for language in Language
        for line in situation.heard.of(language)
    ]


def _apart(vectors: Matrix, owner: NDArray[np.int_]) -> Matrix:
    """What draws vectors together along the directions in which sentences of one situation differ, (width, width)."""
    means = np.array([vectors[owner == i].mean(axis=0) for i in range(owner.max() + 1)])
    within = vectors - means[owner]
    spread = within.T @ within / len(within)
    even = np.trace(spread) / len(spread)
    if even <= 0:  # one sentence each: nothing is known of how they differ
        return np.eye(len(spread), dtype=np.float32)
    sizes, directions = np.linalg.eigh((1 - SHRUNK) * spread + SHRUNK * even * np.eye(len(spread)))
    return np.asarray(directions / np.sqrt(sizes), dtype=np.float32)


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)
