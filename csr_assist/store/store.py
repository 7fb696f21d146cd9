"""The store: SQLAlchemy over SQLite by default, any database that it knows by URL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, Engine, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from csr_assist.errors import StoreError
from csr_assist.store.feedback import Feedback, Verdict


class _Base(DeclarativeBase):
    pass


class _FeedbackRow(_Base):
    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    conversation_id: Mapped[str] = mapped_column(index=True)
    turn_id: Mapped[str]
    verdict: Mapped[str]
    say: Mapped[str]
    labels: Mapped[list[str]] = mapped_column(JSON)
    option_id: Mapped[str | None]


class Store:
    """Opens the database at ``url`` and makes its tables where they are absent.

    Raises:
        StoreError: the database cannot be reached or written to.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        try:
            _Base.metadata.create_all(self._engine)
        except SQLAlchemyError as error:
            raise StoreError(
                f"the store at {self._engine.url!r} cannot be opened ({error.__class__.__name__})"
            ) from error

    def add(self, feedback: Feedback) -> None:
        """Keep one verdict.

        Raises:
            StoreError: the database cannot be written to.
        """
        row = _FeedbackRow(
            at=datetime.now(UTC).replace(tzinfo=None),
            conversation_id=feedback.conversation_id,
            turn_id=feedback.turn_id,
            verdict=feedback.verdict.value,
            say=feedback.say,
            labels=list(feedback.labels),
            option_id=feedback.option_id,
        )
        try:
            with Session(self._engine) as session:
                session.add(row)
                session.commit()
        except SQLAlchemyError as error:
            raise StoreError(f"the feedback could not be kept ({error.__class__.__name__})") from error

    def feedback(self, conversation_id: str | None = None) -> list[Feedback]:
        """Verdicts in the order in which they were given, of one conversation or of all."""
        query = select(_FeedbackRow).order_by(_FeedbackRow.id)
        if conversation_id is not None:
            query = query.where(_FeedbackRow.conversation_id == conversation_id)
        with Session(self._engine) as session:
            return [_value(row) for row in session.scalars(query)]

    def close(self) -> None:
        """Let go of the database's connections."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)  # no customer's words in errors
    except (SQLAlchemyError, ImportError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreError(f"'{url.partition(':')[0]}' is no database address that can be opened here") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA journal_mode=WAL"))
    return engine


def _value(row: _FeedbackRow) -> Feedback:
    return Feedback(
        conversation_id=row.conversation_id,
        turn_id=row.turn_id,
        verdict=Verdict(row.verdict),
        say=row.say,
        labels=tuple(row.labels),
        option_id=row.option_id,
        at=row.at.replace(tzinfo=UTC),
    )
