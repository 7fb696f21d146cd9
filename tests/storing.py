"""Steps to keep: short conversations as the assistant hears them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from doubles import assistant, turns

from csr_assist.alerts import AlertLevel
from csr_assist.assistant import Update
from csr_assist.heard import Heard
from csr_assist.notify import Delivery, Status
from csr_assist.store import Change, Raised, Store

NOW = datetime(2026, 3, 1, 9, 30, 12, 345678, tzinfo=UTC)
Pairs = Sequence[tuple[Heard, Update]]


def heard(*lines: str, conversation: str = "c") -> list[tuple[Heard, Update]]:
    """Turns with their updates; lines as for ``turns``."""
    story = turns(*lines, conversation=conversation)
    updates = assistant().hear_all(story)
    return [(Heard(update.turn, number, float(number)), update) for number, update in enumerate(updates, 1)]


def change(pairs: Pairs, based_on: int = 0, **more: Any) -> Change:
    """A step that keeps all these turns: as new ones at first, then as changed ones; ``more`` as ``Change`` has."""
    ids = frozenset(one.turn.turn_id for one, _ in pairs)
    if not {"new", "changed"} & more.keys():
        more["changed" if based_on else "new"] = ids
    return replace(Change(pairs[0][0].turn.conversation_id, based_on, pairs, frozenset(), NOW), **more)


def keep(store: Store, *lines: str, conversation: str = "c", **more: Any) -> int:
    """Keep a new conversation; gives its revision."""
    return store.conversations.keep(change(heard(*lines, conversation=conversation), **more))


def raised(conversation: str = "c", turn: str = "1", **more: Any) -> Raised:
    """An alert; ``more`` as the fields of ``Raised``."""
    return replace(Raised(conversation, turn, "the call has become at risk", AlertLevel.NOTICE, NOW), **more)


def delivery(store: Store, alert_id: int, channel: str) -> Delivery:
    """Where the delivery of an alert through a channel stands, whether it is over or not."""
    kept = (one for status in Status for one in store.deliveries._with(status, 9999))
    return next(one for one in kept if (one.notice_id, one.channel) == (str(alert_id), channel))
