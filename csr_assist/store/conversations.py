"""Conversations and their turns in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from csr_assist.advice import Prompt
from csr_assist.assistant import Update
from csr_assist.conversation import Turn
from csr_assist.errors import StoreError
from csr_assist.heard import Heard, merged
from csr_assist.labels import Label
from csr_assist.state import Band
from csr_assist.store.alerts import add_alert
from csr_assist.store.database import Database
from csr_assist.store.folding import folded
from csr_assist.store.search import customer_of
from csr_assist.store.search import summary as summary_of
from csr_assist.store.tables import ConversationRow, CueRow, CustomerRow, OutcomeRow, PromptRow, TurnRow
from csr_assist.store.values import About, Kept, Raised, Summary

_UPDATE = TypeAdapter(Update)
_PROMPT = TypeAdapter(Prompt)
_NOT_KEPT: Any = {
    "reading": {"meaning": True},
    "state": {"meanings": True, "trouble": True, "answers": {"__all__": {"about"}}},
}
"""Vectors: large, and made anew from the words where they are needed."""
_BANDS = list(Band)


class OutOfDateError(StoreError):
    """A conversation has changed since it was read; read it again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one step makes of a conversation: its turns with their updates, all in order."""

    conversation_id: str
    based_on: int
    """The conversation's revision when it was read; 0 for a new one."""
    turns: Sequence[tuple[Heard, Update]]
    new: frozenset[str]
    """Ids of the turns that the conversation did not have before."""
    at: datetime
    changed: frozenset[str] = frozenset()
    """Ids of the turns that were corrected, or whose update is another than before."""
    about: About = field(default_factory=About)
    alerts: Sequence[Raised] = ()
    prompted: frozenset[str] = frozenset()
    """Ids of turns whose words have a prompt for the first time."""


class Conversations:
    """Reads and writes conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, conversation_id: str, about: About, at: datetime) -> Summary:
        """Open a conversation, or add to what is known of it."""
        with self._database.writing() as (session, revision):
            row = _row(session, conversation_id, about, at)
            row.revision = revision
            session.flush()
            _keep_ids(session, conversation_id, [about.customer.id if about.customer else None])
            return summary_of(row, None)

    def end(self, conversation_id: str, at: datetime) -> bool:
        """Note that it has ended; False where it is not known."""
        with self._database.writing() as (session, revision):
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return False
            row.ended_at, row.revision = row.ended_at or at, revision
            return True

    def keep(self, change: Change) -> int:
        """Keep a step whole or not at all; gives the new revision.

        Raises:
            OutOfDateError: the conversation has changed since ``based_on``.
            StoreError: the database cannot be written to.
        """
        fresh, prompts = _rows(change)  # made before the line of writers, so that nobody waits for it
        with self._database.writing() as (session, revision):
            known = session.get(ConversationRow, change.conversation_id)
            if (known.revision if known else 0) != change.based_on:
                raise OutOfDateError(f"conversation '{change.conversation_id}' has changed meanwhile")
            named = _ids(change) - {known.customer_id if known else None}
            row = _row(session, change.conversation_id, change.about, change.at)
            _stand(row, change, revision)
            session.flush()
            _keep_ids(session, change.conversation_id, named)
            _keep_turns(session, [values | {"revision": revision} for values, _ in fresh], change)
            _keep_cues(session, {str(values["turn_id"]): labels for values, labels in fresh}, change)
            session.add_all(prompts)
            for alert in change.alerts:
                add_alert(session, alert)
            return revision

    def read(self, conversation_id: str) -> tuple[int, list[Kept]]:
        """Revision and turns in order, with the prompts that the agent saw; 0 and none where it is not known.

        What becomes known later, such as the customer's name, words prompts anew that were shown before.
        """
        shown = select(PromptRow).where(PromptRow.conversation_id == conversation_id).order_by(PromptRow.id)
        with self._database.reading() as session:
            saw = {row.turn_id: _PROMPT.validate_json(row.prompt) for row in session.scalars(shown)}
        revision, kept = self.as_heard(conversation_id)
        prompts = ((one, saw.get(one.heard.turn.turn_id, one.update.prompt)) for one in kept)
        return revision, [replace(one, update=replace(one.update, prompt=prompt)) for one, prompt in prompts]

    def as_heard(self, conversation_id: str) -> tuple[int, list[Kept]]:
        """The same with the prompts that all turns together give: what the next turn is heard after."""
        with self._database.reading() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return 0, []
            turns = select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.place)
            return row.revision, [_kept(turn) for turn in session.scalars(turns)]

    def revision(self, conversation_id: str) -> int:
        """The number of its last change; 0 where it is not known."""
        with self._database.reading() as session:
            query = select(ConversationRow.revision).where(ConversationRow.id == conversation_id)
            return session.scalar(query) or 0

    def updates_after(self, revision: int, conversation_id: str | None = None, limit: int = 500) -> list[Kept]:
        """Turns changed after ``revision``, of one conversation or of all, in the order of their changes.

        Args:
            revision: the last one that is known.
            conversation_id: which conversation's, if not all.
            limit: how many; more come where one change has more turns, so that the last one's revision is whole.
        """
        wanted = [TurnRow.revision > revision]
        if conversation_id is not None:
            wanted.append(TurnRow.conversation_id == conversation_id)
        numbers = select(TurnRow.revision).where(*wanted).order_by(TurnRow.revision).limit(limit).subquery()
        upto = select(func.max(numbers.c.revision)).scalar_subquery()
        changed = select(TurnRow).where(*wanted, TurnRow.revision <= upto)
        with self._database.reading() as session:
            rows = session.scalars(changed.order_by(TurnRow.revision, TurnRow.place))
            return [_kept(row) for row in rows]

    def last_updates(self, conversation_ids: Sequence[str]) -> dict[str, Update]:
        """The last update of each conversation that has one."""
        last = (
            select(TurnRow)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(TurnRow.conversation_id.in_(conversation_ids), TurnRow.place == ConversationRow.turns - 1)
        )
        with self._database.reading() as session:
            return {row.conversation_id: _kept(row).update for row in session.scalars(last)}

    def last_revision(self) -> int:
        """The number of the newest change of any conversation."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(TurnRow.revision))) or 0

    def summary(self, conversation_id: str) -> Summary | None:
        """A conversation as it stands, or None."""
        with self._database.reading() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return None
            outcome = session.get(OutcomeRow, conversation_id)
            return summary_of(row, outcome.result if outcome else None)


def _row(session: Session, conversation_id: str, about: About, at: datetime) -> ConversationRow:
    """The conversation's row, made if it is new, with what is known of it now."""
    row = session.get(ConversationRow, conversation_id)
    if row is None:
        row = ConversationRow(
            id=conversation_id, opened_at=about.started_at or at, turns=0, level=0.0, peak=0.0,
            band=Band.CALM.value, worst_band=Band.CALM.value,
        )  # fmt: skip
        session.add(row)
    row.touched_at = at
    begun_in = about.language and about.language.value
    given = {"channel": about.channel, "begun_in": begun_in, "agent": about.agent}
    if not row.turns:  # later it is the one that is spoken
        given["language"] = begun_in
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    if about.customer and (customer := merged(customer_of(row), about.customer)):
        row.customer_id, row.customer_name = customer.id, customer.name
        row.customer_folded = customer.name and folded(customer.name)
        row.customer_since = customer.since.isoformat() if customer.since else None
    return row


def _ids(change: Change) -> set[str | None]:
    """Those of the customers whom the change names."""
    wanted = change.new | change.changed
    named = [heard.turn.customer for heard, _ in change.turns if heard.turn.turn_id in wanted]
    return {customer.id for customer in (*named, change.about.customer) if customer}


def _keep_ids(session: Session, conversation_id: str, customer_ids: Iterable[str | None]) -> None:
    for customer_id in customer_ids:
        if customer_id:
            session.merge(CustomerRow(conversation_id=conversation_id, customer_id=customer_id))


def _stand(row: ConversationRow, change: Change, revision: int) -> None:
    """Where the conversation stands after the change."""
    last = change.turns[-1][1].state
    bands = [update.state.band for _, update in change.turns]
    row.revision, row.turns = revision, len(change.turns)
    row.level, row.band = last.level, last.band.value
    row.peak = max(update.state.level for _, update in change.turns)
    row.worst_band = max(bands, key=_BANDS.index).value
    if last.language:
        row.language = last.language.value


def _rows(change: Change) -> tuple[list[tuple[dict[str, object], frozenset[Label]]], list[PromptRow]]:
    """Turns with their labels, and prompts, as they are kept."""
    wanted = change.new | change.changed
    try:
        turns = [
            (_turn_values(heard, update, place), update.reading.labels)
            for place, (heard, update) in enumerate(change.turns)
            if heard.turn.turn_id in wanted
        ]
        prompts = [
            _prompt_row(heard.turn, update.prompt, change.at)
            for heard, update in change.turns
            if heard.turn.turn_id in change.prompted and update.prompt
        ]
    except PydanticSerializationError as error:  # half a character is no text
        raise StoreError(f"the store cannot be written to ({error.__class__.__name__})") from error
    return turns, prompts


def _turn_values(heard: Heard, update: Update, place: int) -> dict[str, object]:
    """A turn's row without the number of its change."""
    turn = heard.turn
    return {
        "conversation_id": turn.conversation_id,
        "turn_id": turn.turn_id,
        "arrival": heard.arrival,
        "sequence": heard.sequence,
        "place": place,
        "speaker": turn.speaker.value,
        "text": turn.text,
        "folded": folded(turn.text),
        "at": turn.at,
        "language": turn.language and turn.language.value,
        "final": heard.final,
        "level": update.state.level,
        "update": _UPDATE.dump_json(update, exclude=_NOT_KEPT).decode(),
    }


def _kept(row: TurnRow) -> Kept:
    update = _UPDATE.validate_json(row.update)
    return Kept(Heard(update.turn, row.arrival, row.sequence, row.final), update, row.revision)


def _keep_turns(session: Session, rows: Sequence[dict[str, object]], change: Change) -> None:
    if new := [row for row in rows if row["turn_id"] in change.new]:
        session.execute(insert(TurnRow), new)
    if changed := [row for row in rows if row["turn_id"] in change.changed]:
        session.execute(update(TurnRow), changed)


def _keep_cues(session: Session, heard: Mapping[str, Iterable[Label]], change: Change) -> None:
    if change.changed:
        where = (CueRow.conversation_id == change.conversation_id, CueRow.turn_id.in_(change.changed))
        session.execute(delete(CueRow).where(*where))
    rows = [
        {"conversation_id": change.conversation_id, "turn_id": turn_id, "label": label.value}
        for turn_id, labels in heard.items()
        for label in labels
    ]
    if rows:
        session.execute(insert(CueRow), rows)


def _prompt_row(turn: Turn, prompt: Prompt, at: datetime) -> PromptRow:
    return PromptRow(
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        at=at,
        say=prompt.say,
        prompt=_PROMPT.dump_json(prompt).decode(),
    )
