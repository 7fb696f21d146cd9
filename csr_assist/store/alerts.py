"""Alerts, their deliveries, and notes to the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from csr_assist.alerts import AlertLevel
from csr_assist.notify.delivery import Delivery
from csr_assist.store.database import Database
from csr_assist.store.deliveries import delivery_row
from csr_assist.store.tables import AlertRow, ConversationRow, DeliveryRow, NoteRow
from csr_assist.store.values import Note, Raised


class Alerts:
    """Reads alerts and what supervisors did with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent_since(self, moment: datetime) -> list[datetime]:
        """When alerts were raised since then that go to anybody away from the screens, the oldest first."""
        sent = exists().where(DeliveryRow.alert_id == AlertRow.id)
        query = select(AlertRow.at).where(AlertRow.at >= moment, sent).order_by(AlertRow.id)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def of(self, conversation_id: str) -> list[Raised]:
        """Alerts of one conversation, in order."""
        query = select(AlertRow).where(AlertRow.conversation_id == conversation_id).order_by(AlertRow.id)
        with self._database.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def get(self, alert_id: int) -> Raised | None:
        """One alert, or None."""
        with self._database.reading() as session:
            row = session.get(AlertRow, alert_id)
            return _value(row) if row else None

    def waiting(self, now: datetime, limit: int = 50) -> list[Raised]:
        """Alerts of the last day that nobody has taken: urgent ones first, then the newest."""
        query = select(AlertRow).where(AlertRow.acknowledged_at.is_(None), AlertRow.at >= now - timedelta(days=1))
        urgent = AlertRow.level == AlertLevel.URGENT.value
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(urgent.desc(), AlertRow.id.desc()).limit(limit))
            return [_value(row) for row in rows]

    def acknowledge(self, alert_id: int, author: str, now: datetime) -> Raised | None:
        """Note who takes it; the first who did stays. None where there is no such alert."""
        with self._database.writing() as (session, _):
            row = session.get(AlertRow, alert_id)
            if row is None:
                return None
            if row.acknowledged_at is None:
                row.acknowledged_at, row.acknowledged_by = now, author
            session.flush()
            return _value(row)

    def add_note(self, note: Note, now: datetime) -> bool:
        """Keep a note for the desk; False where the conversation is not known."""
        with self._database.writing() as (session, _):
            if session.get(ConversationRow, note.conversation_id) is None:
                return False
            session.add(
                NoteRow(
                    conversation_id=note.conversation_id,
                    at=now,
                    author=note.author,
                    text=note.text,
                    takes_over=note.takes_over,
                )
            )
            return True

    def notes(self, conversation_id: str) -> list[Note]:
        """Notes to the desk of a conversation, in order."""
        query = select(NoteRow).where(NoteRow.conversation_id == conversation_id).order_by(NoteRow.id)
        with self._database.reading() as session:
            return [
                Note(row.conversation_id, row.author, row.text, row.takes_over, row.at)
                for row in session.scalars(query)
            ]


def add_alert(session: Session, alert: Raised) -> None:
    """Keep an alert with its deliveries, due at once."""
    row = AlertRow(
        conversation_id=alert.conversation_id,
        turn_id=alert.turn_id,
        at=alert.at,
        reason=alert.reason,
        level=alert.level.value,
        quote=alert.quote,
        held=alert.held,
    )
    session.add(row)
    session.flush()
    session.add_all(delivery_row(Delivery(str(row.id), channel, alert.at)) for channel in alert.channels)


def _value(row: AlertRow) -> Raised:
    return Raised(
        conversation_id=row.conversation_id,
        turn_id=row.turn_id,
        reason=row.reason,
        level=AlertLevel(row.level),
        at=row.at,
        quote=row.quote,
        held=row.held,
        id=row.id,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
    )
