"""What is in a corpus: how often each label comes in each language, and in what kinds of talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from csr_assist.conversation import Language, Speaker
from csr_assist.labels import Label
from csr_assist.training.corpus import Example


@dataclass(frozen=True, slots=True)
class Inventory:
    """Counts over annotated turns."""

    turns: Counter[Language] = field(default_factory=Counter)
    labels: Counter[tuple[Label, Language]] = field(default_factory=Counter)
    """Turns that carry the label."""
    channels: Counter[str] = field(default_factory=Counter)
    speakers: Counter[Speaker] = field(default_factory=Counter)
    trades: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    """Turns that carry no label at all."""
    with_context: int = 0

    @property
    def total(self) -> int:
        """All turns."""
        return self.turns.total()


def inventory(examples: Iterable[Example]) -> Inventory:
    """Count."""
    counts = Inventory()
    silent = with_context = 0
    for example in examples:
        counts.turns[example.language] += 1
        counts.labels.update((label, example.language) for label in example.labels)
        counts.channels[example.channel] += 1
        counts.speakers[example.speaker] += 1
        counts.trades[example.trade] += 1
        silent += not example.labels
        with_context += bool(example.context)
    return Inventory(counts.turns, counts.labels, counts.channels, counts.speakers, counts.trades, silent, with_context)
