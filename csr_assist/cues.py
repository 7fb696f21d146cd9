"""Cues and readings: what was found in one turn, and how the spans of one label may lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from csr_assist.labels import Family, Label


@dataclass(frozen=True, slots=True)
class Cue:
    """A label, the characters that show it (``text[start:end]`` of the turn) and its probability in 0..1."""

    label: Label
    start: int
    end: int
    text: str = field(repr=False)
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the detector says of one turn.

    ``scores`` holds a calibrated probability for every label of the turn's speaker; ``dissatisfaction``
    and ``loyalty`` are the probabilities that the turn carries any such cue (0 for an agent's turn).
    ``meaning`` is a unit vector for search by meaning, or empty: of the words that say what the trouble is, where
    others say something else, else of the whole turn.
    """

    cues: tuple[Cue, ...] = ()
    scores: Mapping[Label, float] = field(default_factory=dict)
    dissatisfaction: float = 0.0
    loyalty: float = 0.0
    meaning: tuple[float, ...] = field(default=(), repr=False)

    @property
    def labels(self) -> frozenset[Label]:
        """The labels that the turn carries."""
        return frozenset(cue.label for cue in self.cues)

    def of(self, family: Family) -> tuple[Cue, ...]:
        """The cues of one family, in the order of the turn."""
        return tuple(cue for cue in self.cues if cue.label.family is family)


def merge(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The one overlap rule: cues of different labels may overlap, of one label never.

    Where two spans of one label overlap, the more probable stays (the earlier, longer one on a tie).
    The result is in the order of the turn.
    """
    kept: list[Cue] = []
    for cue in sorted(cues, key=lambda c: (-c.probability, c.start, -c.end)):
        if all(cue.label is not k.label or cue.end <= k.start or cue.start >= k.end for k in kept):
            kept.append(cue)
    order = list(Label)
    return tuple(sorted(kept, key=lambda c: (c.start, c.end, order.index(c.label))))
