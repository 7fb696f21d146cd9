"""What is let go of, who may come in, and who looked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from csr_assist.store.database import Database
from csr_assist.store.tables import AuditRow, ConversationRow, CustomerRow, FeedbackRow, TokenRow
from csr_assist.store.values import Audited

ONCE = timedelta(hours=1)
"""How long one line of the trail stands for all that somebody does of one kind with one thing."""


class Privacy:
    """Erases, purges, knows the API's keys by their hashes, and keeps the audit trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase_customer(self, customer_id: str) -> int:
        """Erase every conversation that ever named this customer and all that hangs on it; gives how many."""
        named = select(CustomerRow.conversation_id).where(CustomerRow.customer_id == customer_id)
        with self._database.writing() as (session, _):
            erased = _erase(session, ConversationRow.id.in_(named))
        self._database.wipe()
        return erased

    def purge(self, before: datetime) -> int:
        """Erase conversations that nobody has touched since then; gives how many. The audit trail stays.

        Feedback goes by its own age: that on pasted and typed calls belongs to no conversation that is kept.
        """
        with self._database.writing() as (session, _):
            erased = _erase(session, ConversationRow.touched_at < before)
            session.execute(delete(FeedbackRow).where(FeedbackRow.at < before))
        self._database.wipe()
        return erased

    def add_token(self, name: str, digest: str, scope: str, now: datetime) -> bool:
        """Keep a key's hash; False where the name is taken."""
        with self._database.writing() as (session, _):
            if session.get(TokenRow, name):
                return False
            session.add(TokenRow(name=name, hash=digest, scope=scope, made_at=now, revoked_at=None))
            return True

    def token(self, digest: str) -> tuple[str, str] | None:
        """Name and scope of the key with this hash, unless it was revoked."""
        query = select(TokenRow).where(TokenRow.hash == digest, TokenRow.revoked_at.is_(None))
        with self._database.reading() as session:
            row = session.scalar(query)
            return (row.name, row.scope) if row else None

    def tokens(self) -> list[tuple[str, str, datetime, datetime | None]]:
        """Name, scope, when it was made and revoked, of every key."""
        with self._database.reading() as session:
            rows = session.scalars(select(TokenRow).order_by(TokenRow.made_at))
            return [(row.name, row.scope, row.made_at, row.revoked_at) for row in rows]

    def has_tokens(self) -> bool:
        """Whether any key opens anything."""
        with self._database.reading() as session:
            return bool(session.scalar(select(exists().where(TokenRow.revoked_at.is_(None)))))

    def revoke_token(self, name: str, now: datetime) -> bool:
        """Let a key open nothing from now on; False where there is none of that name."""
        with self._database.writing() as (session, _):
            known = update(TokenRow).where(TokenRow.name == name, TokenRow.revoked_at.is_(None))
            return bool(session.execute(known.values(revoked_at=now)).rowcount)  # type: ignore[attr-defined]

    def note(self, who: str, action: str, subject: str, now: datetime) -> None:
        """Add a line to the audit trail."""
        with self._database.writing() as (session, _):
            session.add(AuditRow(at=now, who=who, action=action, subject=subject))

    def note_once(self, who: str, action: str, subject: str, now: datetime) -> None:
        """Add a line to the audit trail, unless it has the same of the last hour."""
        same = (AuditRow.who == who, AuditRow.action == action, AuditRow.subject == subject)
        with self._database.reading() as session:
            known = session.scalar(select(exists().where(AuditRow.at.between(now - ONCE, now), *same)))
        if not known:
            self.note(who, action, subject, now)

    def audit(self, limit: int = 200, subject: str | None = None) -> list[Audited]:
        """The last lines of the trail, the newest first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self._database.reading() as session:
            return [Audited(row.at, row.who, row.action, row.subject) for row in session.scalars(query)]


def _erase(session: Session, condition: ColumnElement[bool]) -> int:
    ids = list(session.scalars(select(ConversationRow.id).where(condition)))
    for some in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        session.execute(delete(FeedbackRow).where(FeedbackRow.conversation_id.in_(some)))
        session.execute(delete(ConversationRow).where(ConversationRow.id.in_(some)))
    return len(ids)
