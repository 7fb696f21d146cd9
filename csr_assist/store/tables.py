"""The tables. What is in them is said by the values of ``store``; nothing outside of this folder sees a row."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """A time with its zone: kept in UTC without one, which every database can."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Into the database."""
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Out of it."""
        return value and value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Metadata of all tables."""

    type_annotation_map = {datetime: Instant}  # noqa: RUF012 - as SQLAlchemy wants it


class ClockRow(Base):
    """One row: the number of the last change. Taking the next one also puts writers in a line."""

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)


class ConversationRow(Base):
    """A conversation, and where it stood at its last turn."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, index=True)
    opened_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    language: Mapped[str | None]
    begun_in: Mapped[str | None]
    agent: Mapped[str | None] = mapped_column(index=True)
    customer_id: Mapped[str | None] = mapped_column(index=True)
    customer_name: Mapped[str | None]
    customer_folded: Mapped[str | None]
    customer_since: Mapped[str | None]
    turns: Mapped[int]
    level: Mapped[float]
    peak: Mapped[float]
    band: Mapped[str] = mapped_column(index=True)
    worst_band: Mapped[str]


class CustomerRow(Base):
    """An id that a conversation's customer was ever given: it is erased with each of them."""

    __tablename__ = "customers"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(primary_key=True, index=True)


class TurnRow(Base):
    """A turn as it was heard, with the update that it gave."""

    __tablename__ = "turns"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    arrival: Mapped[int]
    sequence: Mapped[float | None]
    place: Mapped[int]
    revision: Mapped[int] = mapped_column(BigInteger, index=True)
    speaker: Mapped[str]
    text: Mapped[str]
    folded: Mapped[str]
    at: Mapped[datetime | None]
    language: Mapped[str | None]
    final: Mapped[bool]
    level: Mapped[float]
    update: Mapped[str]


class CueRow(Base):
    """A cue of a turn, to search by."""

    __tablename__ = "cues"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_id: Mapped[str]
    label: Mapped[str]

    __table_args__ = (
        Index("cues_by_conversation", "conversation_id", "turn_id"),
        Index("cues_by_label", "label", "conversation_id"),
    )


class PromptRow(Base):
    """A prompt as it was first shown for the words of a turn; a later correction does not take it back."""

    __tablename__ = "prompts"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str]
    at: Mapped[datetime]
    say: Mapped[str]
    prompt: Mapped[str]


class AlertRow(Base):
    """An alert, and who took it."""

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    level: Mapped[str]
    quote: Mapped[str]
    held: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]


class DeliveryRow(Base):
    """An alert on its way to one channel."""

    __tablename__ = "deliveries"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(index=True)
    attempts: Mapped[int]
    next_try: Mapped[datetime]
    last_error: Mapped[str | None]


class NoteRow(Base):
    """A supervisor's note to the desk of a conversation."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    author: Mapped[str]
    text: Mapped[str]
    takes_over: Mapped[bool]


class OutcomeRow(Base):
    """How a conversation ended for the relationship."""

    __tablename__ = "outcomes"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    result: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]
    value_at_risk: Mapped[float | None]
    note: Mapped[str | None]
    author: Mapped[str]
    at: Mapped[datetime]


class FeedbackRow(Base):
    """What an agent did with a prompt."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    conversation_id: Mapped[str] = mapped_column(index=True)
    turn_id: Mapped[str]
    verdict: Mapped[str]
    say: Mapped[str]
    labels: Mapped[list[str]] = mapped_column(JSON)
    option_id: Mapped[str | None]


class MarkRow(Base):
    """A reviewer's word on a cue: right, wrong, or missed by the detector."""

    __tablename__ = "marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str]
    label: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    words: Mapped[str]
    verdict: Mapped[str]
    author: Mapped[str]


class TokenRow(Base):
    """A key to the API; only its hash is kept."""

    __tablename__ = "tokens"

    name: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    scope: Mapped[str]
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who looked at what, or changed it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
