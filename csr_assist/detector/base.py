"""What a detector is, as far as the rest of the product knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from csr_assist.conversation import Speaker
from csr_assist.cues import Reading


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn as a detector sees it; ``context`` is the last turn of the other speaker, or empty."""

    speaker: Speaker
    text: str = field(repr=False)
    context: str = field(default="", repr=False)


class Detector(Protocol):
    """Reads utterances. Pure: the same utterance gives the same reading, alone or among others."""

    def read(self, utterances: Sequence[Utterance]) -> list[Reading]:
        """One reading an utterance, in order."""
        ...
