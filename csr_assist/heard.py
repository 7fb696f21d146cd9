"""Turns as they come in live: repeated, corrected, late. Pure: what has been heard stays in one order.

Platforms send events more than once, send interim results of speech recognition that the final one replaces, and
send them out of order. What counts is the conversation's turns and the name of each: the same turns give the same
order and the same state, however they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from csr_assist.conversation import Customer, Turn


@dataclass(frozen=True, slots=True)
class Incoming:
    """A turn as a platform or a client gives it.

    Attributes:
        turn: what was said.
        final: False for an interim result, which the final one of the same ``turn_id`` replaces.
        order: where it belongs: seconds from the start, or any number that grows. Without it the turn's ``at`` says
            so, and without that it follows the turn that came before it.
    """

    turn: Turn
    final: bool = True
    order: float | None = None

    @property
    def sequence(self) -> float | None:
        """What it is put in order by, if it says."""
        if self.order is not None:
            return self.order
        return self.turn.at.timestamp() if self.turn.at else None


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn that was taken in: the how-manieth of its conversation it came as, and where it belongs."""

    turn: Turn
    arrival: int
    sequence: float | None = None
    final: bool = True


class Taken(StrEnum):
    """What became of an incoming turn."""

    NEW = "new"
    REPEATED = "repeated"
    CORRECTED = "corrected"
    OUTDATED = "outdated"
    """An interim result that came after the final one."""


def take(heard: Sequence[Heard], incoming: Incoming) -> tuple[tuple[Heard, ...], Taken]:
    """All turns of a conversation with one more, in order, and what became of it."""
    known = next((one for one in heard if one.turn.turn_id == incoming.turn.turn_id), None)
    if known is None:
        last = max((one.arrival for one in heard), default=0)
        fresh = Heard(incoming.turn, last + 1, incoming.sequence, incoming.final)
        return in_order([*heard, fresh]), Taken.NEW
    if known.final and not incoming.final:
        return tuple(heard), Taken.OUTDATED
    if known.final == incoming.final and _same(known.turn, incoming.turn):
        customer = merged(known.turn.customer, incoming.turn.customer)
        if customer == known.turn.customer:
            return tuple(heard), Taken.REPEATED
        better = replace(known, turn=replace(known.turn, customer=customer))
    else:
        sequence = known.sequence if known.sequence is not None else incoming.sequence
        turn = replace(incoming.turn, at=incoming.turn.at or known.turn.at)
        better = replace(known, turn=turn, sequence=sequence, final=incoming.final)
    return in_order([better if one is known else one for one in heard]), Taken.CORRECTED


def before(heard: Sequence[Heard], incoming: Incoming) -> tuple[Turn, ...]:
    """The conversation's turns that come before this one, in order."""
    turns = [one.turn for one in take(heard, incoming)[0]]
    place = next(place for place, turn in enumerate(turns) if turn.turn_id == incoming.turn.turn_id)
    return tuple(turns[:place])


def merged(known: Customer | None, given: Customer | None) -> Customer | None:
    """What is known of the customer with what is given now, which counts more; another id is another customer."""
    if known is None or given is None:
        return known or given
    if known.id and given.id and known.id != given.id:
        return given
    return Customer(given.id or known.id, given.name or known.name, given.since or known.since)


def _same(known: Turn, given: Turn) -> bool:
    """Whether nothing that a person said has changed; a time may have been set when it came."""
    return (known.speaker, known.text) == (given.speaker, given.text)


def in_order(heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """Turns by their sequence; one without it stays behind the turn that came before it."""
    keyed: list[tuple[float, int, Heard]] = []
    last = float("-inf")
    for one in sorted(heard, key=lambda one: one.arrival):
        last = one.sequence if one.sequence is not None else last
        keyed.append((last, one.arrival, one))
    return tuple(one for _, _, one in sorted(keyed, key=lambda key: key[:2]))
