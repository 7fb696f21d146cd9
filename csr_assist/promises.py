"""Promises: what the agent said the company will do, and whether that has been broken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from dateparser.search import search_dates

from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.cues import Reading
from csr_assist.labels import Label


class PromiseStatus(StrEnum):
    """What became of a promise, as far as this conversation says."""

    OPEN = "open"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, in the agent's words; ``due`` is the day, where they named one."""

    turn_id: str
    text: str = field(repr=False)
    due: date | None = None
    status: PromiseStatus = PromiseStatus.OPEN

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a record."""
        return {
            "turn_id": self.turn_id,
            "text": self.text,
            "due": self.due.isoformat() if self.due else None,
            "status": self.status.value,
        }


def promises_after(
    promises: tuple[Promise, ...], turn: Turn, reading: Reading, language: Language | None
) -> tuple[Promise, ...]:
    """Add what the agent promised in this turn; a customer who says it was not done breaks those that are due.

    A promise that was made a moment ago cannot be broken yet: the customer speaks of an earlier one.
    """
    if turn.speaker is Speaker.AGENT:
        made = tuple(
            Promise(turn.turn_id, cue.text, _due(cue.text, turn, language))
            for cue in reading.cues
            if cue.label is Label.PROMISE
        )
        return promises + made
    if Label.BROKEN_PROMISE in reading.labels:
        return tuple(replace(p, status=PromiseStatus.BROKEN) if _overdue(p, turn) else p for p in promises)
    return promises


def _overdue(promise: Promise, turn: Turn) -> bool:
    return bool(promise.due and turn.at and promise.due < turn.at.date())


def _due(text: str, turn: Turn, language: Language | None) -> date | None:
    """The first day in the promise on or after the turn; nothing when the day of the turn is not known."""
    if turn.at is None:
        return None
    found = search_dates(
        text,
        languages=[(language or Language.ENGLISH).value],
        settings={"RELATIVE_BASE": turn.at.replace(tzinfo=None), "PREFER_DATES_FROM": "future"},
    )
    days = [moment.date() for _, moment in found or [] if moment.date() >= turn.at.date()]
    return days[0] if days else None
