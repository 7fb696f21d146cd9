"""An agent's word on a prompt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What the agent did with a prompt."""

    COPIED = "copied"
    CHOSEN = "chosen"
    NOT_NOW = "not_now"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One verdict. The texts are those that the agent saw; ``labels`` are the cues that caused the prompt."""

    conversation_id: str
    turn_id: str
    verdict: Verdict
    say: str = field(repr=False)
    labels: tuple[str, ...] = ()
    option_id: str | None = None
    at: datetime | None = None
    """When it was given, in UTC; set by the store."""
