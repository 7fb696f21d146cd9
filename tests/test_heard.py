from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.conversation import Customer, Speaker, Turn
from csr_assist.heard import Heard, Incoming, Taken, before, merged, take

START = datetime(2026, 1, 1, tzinfo=UTC)


def said(
    turn_id: str, text: str = "", final: bool = True, order: float | None = None, at: int | None = None
) -> Incoming:
    time = START + timedelta(seconds=at) if at is not None else None
    return Incoming(Turn("c", turn_id, Speaker.CUSTOMER, text or f"words {turn_id}", time), final, order)


def taken(*incoming: Incoming) -> tuple[tuple[Heard, ...], list[Taken]]:
    heard: tuple[Heard, ...] = ()
    what = []
    for one in incoming:
        heard, result = take(heard, one)
        what.append(result)
    return heard, what


@pytest.mark.parametrize(
    ("incoming", "texts", "last"),
    [
        pytest.param([said("1"), said("2")], ["words 1", "words 2"], Taken.NEW, id="one after the other"),
        pytest.param([said("1"), said("1")], ["words 1"], Taken.REPEATED, id="sent twice"),
        pytest.param([said("1", at=1), said("1")], ["words 1"], Taken.REPEATED, id="sent twice, once without time"),
        pytest.param([said("1", "I w", False), said("1", "I want")], ["I want"], Taken.CORRECTED, id="interim, final"),
        pytest.param([said("1", "I", False), said("1", "I w", False)], ["I w"], Taken.CORRECTED, id="interim, interim"),
        pytest.param([said("1", "I"), said("1", "I", False)], ["I"], Taken.OUTDATED, id="final, interim"),
        pytest.param([said("1", "I", False), said("1", "I")], ["I"], Taken.CORRECTED, id="final as interim was"),
        pytest.param([said("1", "Im"), said("1", "I'm")], ["I'm"], Taken.CORRECTED, id="message edited"),
        pytest.param([said("2", at=2), said("1", at=1)], ["words 1", "words 2"], Taken.NEW, id="late by time"),
        pytest.param([said("2", order=2), said("1", order=1)], ["words 1", "words 2"], Taken.NEW, id="late by order"),
        pytest.param(
            [said("1", at=9, order=1), said("2", at=5, order=2)], ["words 1", "words 2"], Taken.NEW, id="order first"
        ),
        pytest.param([said("1", at=1), said("2", at=1)], ["words 1", "words 2"], Taken.NEW, id="at the same time"),
        pytest.param(
            [said("1", at=1), said("2"), said("3", at=2)], ["words 1", "words 2", "words 3"], Taken.NEW, id="no time"
        ),
        pytest.param(
            [said("1", "a", False), said("2"), said("1", "ab")],
            ["ab", "words 2"],
            Taken.CORRECTED,
            id="keeps its place",
        ),
    ],
)
def test_turns_as_they_come(incoming: list[Incoming], texts: list[str], last: Taken) -> None:
    heard, what = taken(*incoming)
    assert [one.turn.text for one in heard] == texts
    assert what[-1] is last


@given(st.permutations(range(6)), st.data())
def test_however_turns_with_times_come_they_end_alike(order: list[int], data: st.DataObject) -> None:
    events = [said(str(n), at=n) for n in range(6)] + [said(str(n), "interim", False, at=n) for n in range(6)]
    mixed = data.draw(st.permutations([*events, *(events[n] for n in order)]))
    heard, _ = taken(*mixed)
    assert [one.turn.text for one in heard] == [f"words {n}" for n in range(6)]


def test_a_thousand_turns_stay_in_order() -> None:
    numbers = list(range(1000))
    random.Random(1).shuffle(numbers)
    heard, _ = taken(*(said(str(n), order=float(n)) for n in numbers))
    assert [int(one.turn.turn_id) for one in heard] == sorted(numbers)


ROSA = Customer("17", "Rosa", date(2016, 1, 1))


@pytest.mark.parametrize(
    ("known", "given_now", "together"),
    [
        (None, None, None),
        (None, ROSA, ROSA),
        (ROSA, None, ROSA),
        (ROSA, ROSA, ROSA),
        (ROSA, Customer("17"), ROSA),
        (ROSA, Customer(name="Rose"), Customer("17", "Rose", date(2016, 1, 1))),
        (Customer("17"), Customer(since=date(2016, 1, 1)), Customer("17", since=date(2016, 1, 1))),
        (Customer(name="Rosa"), Customer("17"), Customer("17", "Rosa")),
        (ROSA, Customer("18"), Customer("18")),
        (ROSA, Customer("18", "Ben"), Customer("18", "Ben")),
        (ROSA, Customer(), ROSA),
    ],
)
def test_what_is_known_of_a_customer_grows(
    known: Customer | None, given_now: Customer | None, together: Customer | None
) -> None:
    assert merged(known, given_now) == together


@pytest.mark.parametrize(
    ("customers", "last", "kept"),
    [
        ((None, ROSA), Taken.CORRECTED, ROSA),
        ((ROSA, None), Taken.REPEATED, ROSA),
        ((ROSA, Customer("17")), Taken.REPEATED, ROSA),
        ((Customer("17"), ROSA), Taken.CORRECTED, ROSA),
        ((ROSA, Customer("18")), Taken.CORRECTED, Customer("18")),
    ],
)
def test_a_repeat_that_says_more_of_the_customer_is_no_mere_repeat(
    customers: tuple[Customer | None, ...], last: Taken, kept: Customer
) -> None:
    one = said("1", at=1)
    heard, what = taken(*(replace(one, turn=replace(one.turn, customer=customer)) for customer in customers))
    assert (what[-1], heard[0].turn.customer, heard[0].turn.at) == (last, kept, one.turn.at)


@pytest.mark.parametrize(
    ("incoming", "ids"),
    [
        (said("4"), "123"),
        (said("4", order=1.5), "1"),
        (said("2", "other words", order=2), "1"),
        (said("1", order=1), ""),
    ],
)
def test_what_comes_before_a_turn(incoming: Incoming, ids: str) -> None:
    heard, _ = taken(*(said(str(n), order=n) for n in (1, 2, 3)))
    assert "".join(turn.turn_id for turn in before(heard, incoming)) == ids
