from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from storing import NOW, delivery, keep, raised

from csr_assist.alerts import AlertLevel
from csr_assist.notify import Delivery, Status
from csr_assist.store import Note, Raised, Store

MINUTE = timedelta(minutes=1)
ALERTS = [
    raised(turn="1", quote="« very upset »"),
    raised(turn="2", level=AlertLevel.URGENT, at=NOW + MINUTE, channels=("slack", "webhook-1")),
    raised(turn="3", held="The hour's budget is used up.", at=NOW + 2 * MINUTE),
    raised(turn="4", level=AlertLevel.URGENT, at=NOW + 3 * MINUTE, channels=("slack",)),
]


@pytest.fixture
def alerts(store: Store) -> list[Raised]:
    keep(store, "C: hello", conversation="other", alerts=[raised("other", at=NOW - timedelta(days=2))])
    keep(store, "C: I am very upset", alerts=ALERTS)
    return store.alerts.of("c")


def test_alerts_come_back_as_they_were_raised(store: Store, alerts: list[Raised]) -> None:
    assert [replace(one, id=0) for one in alerts] == [replace(one, channels=()) for one in ALERTS]
    assert len({one.id for one in alerts}) == 4
    assert store.alerts.get(alerts[1].id) == alerts[1]
    assert [one.conversation_id for one in store.alerts.of("other")] == ["other"]
    assert (store.alerts.of("C"), store.alerts.get(999), store.alerts.get(0)) == ([], None, None)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(-60, [1, 3]), (0, [1, 3]), (60, [1, 3]), (61, [3]), (180, [3]), (181, [])]
)
def test_alerts_that_were_sent_since_a_moment(
    store: Store, alerts: list[Raised], seconds: int, minutes: list[int]
) -> None:
    assert len(alerts) == 4
    sent = store.alerts.sent_since(NOW + timedelta(seconds=seconds))
    assert sent == [NOW + minute * MINUTE for minute in minutes]


def test_urgent_alerts_wait_first_then_the_newest_until_they_are_taken(store: Store, alerts: list[Raised]) -> None:
    def waiting(**later: float) -> str:
        return "".join(one.turn_id for one in store.alerts.waiting(NOW + timedelta(**later)))

    assert waiting(hours=1) == "4231"
    assert "".join(one.turn_id for one in store.alerts.waiting(NOW, limit=2)) == "42"
    store.alerts.acknowledge(alerts[3].id, "Ann", NOW + timedelta(hours=1))
    assert waiting(hours=1) == "231"
    assert waiting(days=1, minutes=1) == "23"
    assert waiting(days=2) == ""


def test_the_first_to_take_an_alert_has_it(store: Store, alerts: list[Raised]) -> None:
    taken = store.alerts.acknowledge(alerts[0].id, "Ann", NOW)
    assert taken is not None
    assert (taken.acknowledged_by, taken.acknowledged_at) == ("Ann", NOW)
    assert store.alerts.acknowledge(alerts[0].id, "Ben", NOW + MINUTE) == taken
    assert store.alerts.of("c")[0] == taken
    assert store.alerts.acknowledge(999, "Ann", NOW) is None


def test_notes_come_back_in_order(store: Store) -> None:
    keep(store, "C: hello")
    keep(store, "C: hello", conversation="other")
    notes = [Note("c", "Ann", "کمک می‌کنم", takes_over=True), Note("c", "Ben", "Offer the fee back.")]
    assert [store.alerts.add_note(note, NOW) for note in notes] == [True, True]
    assert store.alerts.add_note(Note("other", "Ann", "Well done."), NOW + MINUTE)
    assert not store.alerts.add_note(Note("unknown", "Ann", "Hello?"), NOW)
    assert store.alerts.notes("c") == [replace(note, at=NOW) for note in notes]
    assert store.alerts.notes("unknown") == []
    assert "fee" not in repr(notes)


def test_an_alert_is_due_at_once_by_its_channels(store: Store, alerts: list[Raised]) -> None:
    second, fourth = str(alerts[1].id), str(alerts[3].id)
    due, later = NOW + MINUTE, NOW + 3 * MINUTE
    first = [Delivery(second, "slack", due), Delivery(second, "webhook-1", due)]
    pending = store.deliveries.pending()
    assert sorted(pending[:2], key=lambda one: one.channel) == first
    assert pending[2:] == [Delivery(fourth, "slack", later)]
    assert store.deliveries.dead() == []
    assert store.deliveries.pending(channels=["webhook-1", "teams"]) == first[1:]
    assert store.deliveries.pending(channels=[]) == []
    assert store.deliveries.pending(limit=1, channels=["slack"]) == first[:1]


def test_deliveries_are_sent_or_given_up(store: Store, alerts: list[Raised]) -> None:
    slack, webhook = sorted(store.deliveries.pending()[:2], key=lambda one: one.channel)
    sent = replace(slack, status=Status.SENT, attempts=1, next_try=NOW + 2 * MINUTE)
    dead = replace(webhook, status=Status.DEAD, attempts=6, last_error="https://hooks.example answered 404")
    store.deliveries.save(sent)
    store.deliveries.save(dead)
    assert delivery(store, alerts[1].id, "slack") == sent
    assert store.deliveries.dead() == [dead]
    assert [one.notice_id for one in store.deliveries.pending()] == [str(alerts[3].id)]
    store.deliveries.save(replace(slack, attempts=1, last_error="a late answer"))
    assert delivery(store, alerts[1].id, "slack") == sent


def test_a_delivery_is_claimed_once(store: Store, alerts: list[Raised]) -> None:
    slack, webhook = sorted(store.deliveries.pending()[:2], key=lambda one: one.channel)
    assert store.deliveries.claim(slack, NOW + 5 * MINUTE)
    assert not store.deliveries.claim(slack, NOW + 6 * MINUTE)
    assert delivery(store, alerts[1].id, "slack") == replace(slack, next_try=NOW + 5 * MINUTE)
    assert store.deliveries.claim(webhook, NOW + 5 * MINUTE)
    store.deliveries.save(replace(webhook, status=Status.SENT))
    assert not store.deliveries.claim(webhook, NOW + 5 * MINUTE)
    assert not store.deliveries.claim(Delivery("999", "slack", NOW), NOW + MINUTE)


def test_a_delivery_that_is_not_known_is_not_made(store: Store, alerts: list[Raised]) -> None:
    before = store.deliveries.pending()
    store.deliveries.save(Delivery("999", "slack", NOW))
    store.deliveries.save(Delivery(str(alerts[0].id), "slack", NOW))
    assert store.deliveries.pending() == before
