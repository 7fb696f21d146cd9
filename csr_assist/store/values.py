"""What the store gives and takes: frozen values that know no database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from csr_assist.alerts import AlertLevel
from csr_assist.assistant import Update
from csr_assist.conversation import Customer, Language
from csr_assist.heard import Heard
from csr_assist.labels import Label
from csr_assist.state import Band


class Result(StrEnum):
    """How a conversation ended for the relationship."""

    SAVED = "saved"
    LOST = "lost"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a conversation beside its turns; what is None stays as it was."""

    channel: str | None = None
    language: Language | None = None
    agent: str | None = None
    customer: Customer | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: where it stands, and where it stood at its worst."""

    id: str
    revision: int
    opened_at: datetime
    touched_at: datetime
    ended_at: datetime | None
    channel: str | None
    language: Language | None
    agent: str | None
    customer: Customer | None
    turns: int
    level: float
    peak: float
    band: Band
    worst_band: Band
    outcome: Result | None = None
    begun_in: Language | None = None
    """The language that it was said to be in, whatever is spoken now."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A turn as it is kept: how it was heard, what came of it, and the number of its last change."""

    heard: Heard
    update: Update
    revision: int


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert to keep. ``held``: why it goes to the board alone, if it does."""

    conversation_id: str
    turn_id: str
    reason: str
    level: AlertLevel
    at: datetime
    quote: str = field(default="", repr=False)
    held: str | None = None
    channels: tuple[str, ...] = ()
    """Whereby it is sent; not read back."""
    id: int = 0
    """Given by the store."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A supervisor's word to the desk of a conversation."""

    conversation_id: str
    author: str
    text: str = field(repr=False)
    takes_over: bool = False
    at: datetime | None = None
    """Set by the store."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result with its reason, and what the relationship is worth, in the company's currency."""

    conversation_id: str
    result: Result
    author: str
    reason: str | None = None
    value_at_risk: float | None = None
    note: str | None = field(default=None, repr=False)
    at: datetime | None = None
    """Set by the store."""


class MarkVerdict(StrEnum):
    """A reviewer's word on a cue."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Mark:
    """A cue that was found right or wrong, or that the detector missed: ``text[start:end]`` of the turn as it was."""

    conversation_id: str
    turn_id: str
    label: Label
    start: int
    end: int
    verdict: MarkVerdict
    author: str
    words: str = field(default="", repr=False)
    """Those that were marked, set by the store: the turn may be corrected afterwards."""
    at: datetime | None = None
    """Set by the store."""


ALL = 2**31 - 1
"""More conversations than there are, within what every database takes as a limit."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which conversations to list; all that is given must hold."""

    words: str = ""
    """In any turn, in any case, with or without marks; several words must all be there."""
    label: Label | None = None
    band: Band | None = None
    """The worst that it was."""
    outcome: Result | None = None
    since: date | None = None
    until: date | None = None
    """The last day, included."""
    customer: str | None = None
    """Id, or a part of the name."""
    agent: str | None = None
    live: bool | None = None
    limit: int = 100
    offset: int = 0

    def on_page(self, page: int, size: int) -> Query:
        """The same, of a page that is counted from 1."""
        return replace(self, limit=size, offset=(page - 1) * size)


@dataclass(frozen=True, slots=True)
class Audited:
    """Who did what, when."""

    at: datetime
    who: str
    action: str
    subject: str
