"""Turns and conversations: frozen values that know nothing of files, models or screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Speaker(StrEnum):
    """Who speaks. ``system`` turns are kept and shown, never read for cues."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class Language(StrEnum):
    """Languages the product hears and answers in (ISO 639-1)."""

    ENGLISH = "en"
    INDONESIAN = "id"
    PERSIAN = "fa"

    @property
    def rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self is Language.PERSIAN


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom the conversation is with, as far as the source says."""

    id: str | None = None
    name: str | None = field(default=None, repr=False)
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance or message. ``text`` stays out of ``repr``: customers' words belong in no log."""

    conversation_id: str
    turn_id: str
    speaker: Speaker
    text: str = field(repr=False)
    at: datetime | None = None
    language: Language | None = None
    channel: str | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one call or chat, in order."""

    id: str
    turns: tuple[Turn, ...] = ()
