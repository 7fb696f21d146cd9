"""What the API gives, as its pages document it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from csr_assist.heard import Taken
from csr_assist.service import Took
from csr_assist.store import Kept, Raised, Summary


class TookOut(BaseModel):
    """What became of a posted turn, and the update that it gave (the record of ``csr-assist scan``)."""

    conversation_id: str
    turn_id: str
    taken: Taken
    revision: int
    update: dict[str, Any] | None

    @classmethod
    def of(cls, took: Took) -> TookOut:
        """From the service's value."""
        return cls(
            conversation_id=took.conversation_id,
            turn_id=took.turn_id,
            taken=took.taken,
            revision=took.revision,
            update=took.update.to_dict() if took.update else None,
        )


class Taking(BaseModel):
    """What became of every posted turn, in the order in which they were posted."""

    turns: list[TookOut]


class UpdateOut(BaseModel):
    """An update with the number of its change, to go on from."""

    revision: int
    final: bool
    text: str
    at: datetime | None
    update: dict[str, Any]

    @classmethod
    def of(cls, kept: Kept) -> UpdateOut:
        """From the store's value."""
        turn = kept.heard.turn
        return cls(
            revision=kept.revision,
            final=kept.heard.final,
            text=turn.text,
            at=turn.at,
            update=kept.update.to_dict(),
        )


class ConversationOut(BaseModel):
    """A conversation in a list."""

    id: str
    revision: int
    opened_at: datetime
    touched_at: datetime
    ended_at: datetime | None
    channel: str | None
    language: str | None
    agent: str | None
    customer_id: str | None
    turns: int
    level: float
    peak: float
    band: str
    worst_band: str
    outcome: str | None

    @classmethod
    def of(cls, summary: Summary) -> ConversationOut:
        """From the store's value."""
        fields = {name: getattr(summary, name) for name in cls.model_fields if name != "customer_id"}
        return cls(**fields, customer_id=summary.customer.id if summary.customer else None)


class AlertOut(BaseModel):
    """An alert. ``held``: why it was shown on the board alone."""

    id: int
    conversation_id: str
    turn_id: str
    reason: str
    level: str
    at: datetime
    quote: str
    held: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None

    @classmethod
    def of(cls, alert: Raised) -> AlertOut:
        """From the store's value."""
        return cls(**{name: getattr(alert, name) for name in cls.model_fields})


class Done(BaseModel):
    """It was done."""

    status: Literal["done"] = "done"
