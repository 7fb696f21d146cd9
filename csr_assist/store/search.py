"""Finding conversations again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from csr_assist.conversation import Customer, Language
from csr_assist.state import Band
from csr_assist.store.database import Database
from csr_assist.store.folding import folded
from csr_assist.store.tables import ConversationRow, CueRow, OutcomeRow, TurnRow
from csr_assist.store.values import Query, Result, Summary

QUIET = timedelta(minutes=30)
"""A conversation without an end that nobody has spoken in for so long is no longer live."""


class Search:
    """Lists conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: Query, now: datetime) -> list[Summary]:
        """Conversations that fit, the last touched first."""
        order = ConversationRow.touched_at.desc(), ConversationRow.revision.desc()
        wanted = _joined().where(*_conditions(query, now)).order_by(*order)
        with self._database.reading() as session:
            rows = session.execute(wanted.limit(query.limit).offset(query.offset))
            return [summary(row, result) for row, result in rows]

    def board(self, now: datetime, limit: int = 100) -> list[Summary]:
        """Live conversations by risk, the highest first."""
        order = ConversationRow.level.desc(), ConversationRow.touched_at.desc(), ConversationRow.revision.desc()
        wanted = _joined().where(*_live(now)).order_by(*order)
        with self._database.reading() as session:
            return [summary(row, result) for row, result in session.execute(wanted.limit(limit))]

    def count(self, query: Query, now: datetime) -> int:
        """How many conversations fit."""
        counted = select(func.count()).select_from(ConversationRow).where(*_conditions(query, now))
        with self._database.reading() as session:
            return session.scalar(counted) or 0


def _joined() -> Select[ConversationRow, str]:
    """Conversations with the results of their outcomes, None where there is none."""
    return select(ConversationRow, OutcomeRow.result).outerjoin(
        OutcomeRow, OutcomeRow.conversation_id == ConversationRow.id
    )


def _live(now: datetime) -> Sequence[ColumnElement[bool]]:
    return ConversationRow.ended_at.is_(None), ConversationRow.touched_at >= now - QUIET


def _conditions(query: Query, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_said(word) for word in folded(query.words).split()]
    if query.label:
        of_label = CueRow.label == query.label.value
        found.append(exists().where(CueRow.conversation_id == ConversationRow.id, of_label))
    if query.band:
        found.append(ConversationRow.worst_band == query.band.value)
    if query.outcome is Result.OPEN:
        found.append(~_outcome(OutcomeRow.result != Result.OPEN.value))
    elif query.outcome:
        found.append(_outcome(OutcomeRow.result == query.outcome.value))
    if query.since:
        found.append(ConversationRow.touched_at >= datetime.combine(query.since, time.min, UTC))
    if query.until:
        found.append(ConversationRow.opened_at <= datetime.combine(query.until, time.max, UTC))
    if query.customer:
        name = ConversationRow.customer_folded.contains(folded(query.customer), autoescape=True)
        found.append(or_(ConversationRow.customer_id == query.customer, name))
    if query.agent:
        found.append(ConversationRow.agent == query.agent)
    if query.live is not None:
        live = _live(now)
        found.extend(live if query.live else [or_(~live[0], ~live[1])])
    return found


def _outcome(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is such an outcome; looked up on its own, for lists join outcomes already."""
    given = exists().where(OutcomeRow.conversation_id == ConversationRow.id, condition)
    return given.correlate(ConversationRow)


def _said(word: str) -> ColumnElement[bool]:
    contains = TurnRow.folded.contains(word, autoescape=True)
    return exists().where(TurnRow.conversation_id == ConversationRow.id, contains)


def summary(row: ConversationRow, result: str | None) -> Summary:
    """The row as a value."""
    return Summary(
        id=row.id,
        revision=row.revision,
        opened_at=row.opened_at,
        touched_at=row.touched_at,
        ended_at=row.ended_at,
        channel=row.channel,
        language=Language(row.language) if row.language else None,
        agent=row.agent,
        customer=customer_of(row),
        turns=row.turns,
        level=row.level,
        peak=row.peak,
        band=Band(row.band),
        worst_band=Band(row.worst_band),
        outcome=Result(result) if result else None,
        begun_in=Language(row.begun_in) if row.begun_in else None,
    )


def customer_of(row: ConversationRow) -> Customer | None:
    """Whom the conversation is with, as far as is known."""
    since = date.fromisoformat(row.customer_since) if row.customer_since else None
    known = row.customer_id or row.customer_name or since
    return Customer(row.customer_id, row.customer_name, since) if known else None
