"""What people say: agents of prompts, reviewers of cues, and how a conversation ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from csr_assist.labels import Label
from csr_assist.privacy.masking import mask
from csr_assist.store.database import Database
from csr_assist.store.feedback import Feedback, Verdict
from csr_assist.store.tables import ConversationRow, FeedbackRow, MarkRow, OutcomeRow, TurnRow
from csr_assist.store.values import Mark, MarkVerdict, Outcome, Result


class Reviews:
    """Reads and writes feedback, marks and outcomes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_feedback(self, feedback: Feedback, now: datetime) -> None:
        """Keep one verdict of an agent; personal data in its texts is masked, as the words may be a customer's."""
        with self._database.writing() as (session, _):
            session.add(
                FeedbackRow(
                    at=now,
                    conversation_id=feedback.conversation_id,
                    turn_id=feedback.turn_id,
                    verdict=feedback.verdict.value,
                    say=mask(feedback.say),
                    labels=list(feedback.labels),
                    option_id=feedback.option_id and mask(feedback.option_id),
                )
            )

    def feedback(self, conversation_id: str | None = None) -> list[Feedback]:
        """Verdicts in the order in which they were given, of one conversation or of all."""
        query = select(FeedbackRow).order_by(FeedbackRow.id)
        if conversation_id is not None:
            query = query.where(FeedbackRow.conversation_id == conversation_id)
        with self._database.reading() as session:
            return [_feedback(row) for row in session.scalars(query)]

    def add_mark(self, mark: Mark, now: datetime) -> bool:
        """Keep a reviewer's word on a cue; False where the turn is not known."""
        with self._database.writing() as (session, _):
            turn = session.get(TurnRow, (mark.conversation_id, mark.turn_id))
            if turn is None or not 0 <= mark.start < mark.end <= len(turn.text):
                return False
            session.add(
                MarkRow(
                    at=now,
                    conversation_id=mark.conversation_id,
                    turn_id=mark.turn_id,
                    label=mark.label.value,
                    start=mark.start,
                    end=mark.end,
                    words=turn.text[mark.start : mark.end],
                    verdict=mark.verdict.value,
                    author=mark.author,
                )
            )
            return True

    def marks(self, conversation_id: str | None = None) -> list[Mark]:
        """Marks in the order in which they were made, of one conversation or of all."""
        query = select(MarkRow).order_by(MarkRow.id)
        if conversation_id is not None:
            query = query.where(MarkRow.conversation_id == conversation_id)
        with self._database.reading() as session:
            return [_mark(row) for row in session.scalars(query)]

    def set_outcome(self, outcome: Outcome, now: datetime) -> bool:
        """Keep how a conversation ended, in place of what was said before; False where it is not known."""
        with self._database.writing() as (session, _):
            if session.get(ConversationRow, outcome.conversation_id) is None:
                return False
            session.merge(
                OutcomeRow(
                    conversation_id=outcome.conversation_id,
                    result=outcome.result.value,
                    reason=outcome.reason,
                    value_at_risk=outcome.value_at_risk,
                    note=outcome.note,
                    author=outcome.author,
                    at=now,
                )
            )
            return True

    def outcome(self, conversation_id: str) -> Outcome | None:
        """How it ended, if somebody said so."""
        with self._database.reading() as session:
            row = session.get(OutcomeRow, conversation_id)
            if row is None:
                return None
            return Outcome(
                conversation_id=row.conversation_id,
                result=Result(row.result),
                author=row.author,
                reason=row.reason,
                value_at_risk=row.value_at_risk,
                note=row.note,
                at=row.at,
            )


def _feedback(row: FeedbackRow) -> Feedback:
    return Feedback(
        conversation_id=row.conversation_id,
        turn_id=row.turn_id,
        verdict=Verdict(row.verdict),
        say=row.say,
        labels=tuple(row.labels),
        option_id=row.option_id,
        at=row.at,
    )


def _mark(row: MarkRow) -> Mark:
    return Mark(
        conversation_id=row.conversation_id,
        turn_id=row.turn_id,
        label=Label(row.label),
        start=row.start,
        end=row.end,
        verdict=MarkVerdict(row.verdict),
        author=row.author,
        words=row.words,
        at=row.at,
    )
