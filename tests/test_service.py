from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from doubles import PHRASES, advisor, assistant, turns

from csr_assist.conversation import Customer, Speaker, Turn
from csr_assist.detector import PhraseDetector
from csr_assist.heard import Incoming, Taken
from csr_assist.notify import NotifySettings
from csr_assist.service import Service, Took
from csr_assist.state import Band
from csr_assist.store import About, Store

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
STORY = turns(
    "C: I've been a customer for 6 years and I am very upset",
    "A: we can't do that, account number please",
    "C: this is the third time, I'm leaving",
    "A: I'm sorry, I see how hard that is. What I can do is this",
    "C: thank you, that helps",
)


class Clock:
    """A clock that goes a second further at every look, and can be set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


def service(store: Store, notify: NotifySettings | None = None, clock: Clock | None = None) -> Service:
    return Service(PhraseDetector(PHRASES), advisor(), store, notify, clock or Clock())


def live(story: list[Turn]) -> list[Incoming]:
    return [Incoming(turn, order=float(place)) for place, turn in enumerate(story)]


def states(took: list[Took]) -> list[tuple[float, Band]]:
    return [(one.update.state.level, one.update.state.band) for one in took if one.update]


def expected() -> list[tuple[float, Band]]:
    heard = assistant()
    return [(update.state.level, update.state.band) for update in heard.hear_all(STORY)]


def test_turns_one_by_one_in_a_batch_and_after_a_restart_give_the_same(store: Store) -> None:
    one_by_one = [took for one in live(STORY) for took in service(store).take([one])]
    assert states(one_by_one) == expected()
    batch = service(store).take(live([replace(turn, conversation_id="d") for turn in STORY]))
    assert states(batch) == expected()
    _, kept = store.conversations.read("c")
    assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()
    assert [one.heard.turn.text for one in kept] == [turn.text for turn in STORY]


@pytest.mark.parametrize(
    "order", [list(order) for order in itertools.islice(itertools.permutations(range(5)), 1, 120, 13)]
)
def test_turns_out_of_order_end_in_the_same_state(order: list[int], store: Store) -> None:
    running = service(store)
    for place in order:
        running.take([live(STORY)[place]])
    _, kept = store.conversations.read("c")
    assert [one.heard.turn.turn_id for one in kept] == [turn.turn_id for turn in STORY]
    assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()


def test_a_repeat_changes_nothing(store: Store) -> None:
    running = service(store)
    running.take(live(STORY))
    before = store.conversations.read("c")
    again = running.take(live(STORY))
    assert {one.taken for one in again} == {Taken.REPEATED}
    assert store.conversations.read("c") == before
    assert states(again) == expected()


def test_an_interim_result_gives_way_to_the_final_one(store: Store) -> None:
    running = service(store)
    running.take(live(STORY[:2]))
    interim = replace(STORY[2], text="this is the third")
    (first,) = running.take([Incoming(interim, final=False, order=2.0)])
    assert first.update is not None
    running.take(live(STORY)[3:])
    (last,) = running.take(live(STORY)[2:3])
    assert last.taken is Taken.CORRECTED
    _, kept = store.conversations.read("c")
    assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()


def test_an_interim_result_raises_no_alert_and_counts_no_prompt(store: Store) -> None:
    service(store).take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "I want your manager"), final=False)])
    assert store.alerts.of("c") == []
    service(store).take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "I want your manager"))])
    assert [alert.reason for alert in store.alerts.of("c")] == ["asks for it to be escalated"]


def test_the_same_alert_is_not_raised_again(store: Store) -> None:
    clock = Clock()
    running = service(store, clock=clock)
    for number in range(4):
        running.take([Incoming(Turn("c", str(number), Speaker.CUSTOMER, "I want your manager"))])
    assert len(store.alerts.of("c")) == 1
    later = service(store, clock=clock)
    later.take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "I want your manager!"))])
    assert len(store.alerts.of("c")) == 1


def test_what_was_quiet_in_the_cool_down_is_not_raised_when_it_is_over(store: Store) -> None:
    clock = Clock()
    running = service(store, clock=clock)
    sorry = ["A: I'm sorry, I see how hard that is. What I can do is this"] * 3
    risen_twice = turns("C: this is the third time, I'm leaving", *sorry, "C: this is the third time, I'm leaving")
    updates = [running.take([Incoming(turn)])[0].update for turn in risen_twice]
    assert [bool(update and update.alert) for update in updates] == [True, False, False, False, True]
    clock.now += timedelta(hours=2)
    running.take([Incoming(Turn("c", "thanks", Speaker.CUSTOMER, "thank you, that helps"))])
    assert [alert.turn_id for alert in store.alerts.of("c")] == [risen_twice[0].turn_id]


def test_alerts_beyond_the_budget_go_to_the_board_alone(store: Store) -> None:
    notify = NotifySettings.model_validate({"slack": {"url": "https://hooks.example/x"}, "per_hour": 1, "reserve": 1})
    running = service(store, notify)
    for number in range(4):
        running.take([Incoming(Turn(f"c{number}", "1", Speaker.CUSTOMER, "I want your manager"))])
    held = [store.alerts.of(f"c{number}")[0].held for number in range(4)]
    assert [bool(why) for why in held] == [False, False, True, True]
    assert len(store.deliveries.pending()) == 2
    assert len(store.alerts.waiting(NOW + timedelta(minutes=1))) == 4


def test_a_clock_that_jumps_back_breaks_nothing(store: Store) -> None:
    clock = Clock()
    running = service(store, clock=clock)
    for turn in STORY:
        running.take([Incoming(turn)])
        clock.now -= timedelta(hours=5)
    _, kept = store.conversations.read("c")
    assert [one.heard.turn.turn_id for one in kept] == [turn.turn_id for turn in STORY]
    assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()


def test_personal_data_is_masked_before_it_is_read_or_kept(store: Store) -> None:
    text = "I've been a customer for 6 years, my card is 4111 1111 1111 1111 and I am very upset"
    (took,) = service(store).take([Incoming(Turn("c", "1", Speaker.CUSTOMER, text))])
    assert took.update is not None
    assert "4111" not in took.update.turn.text
    for cue in took.update.reading.cues:
        assert took.update.turn.text[cue.start : cue.end] == cue.text
    assert {cue.text for cue in took.update.reading.cues} >= {"very upset"}
    _, kept = store.conversations.read("c")
    assert "[CARD]" in kept[0].heard.turn.text
    again = service(store).take([Incoming(Turn("c", "1", Speaker.CUSTOMER, text))])
    assert again[0].taken is Taken.REPEATED


def test_what_is_known_of_the_customer_reaches_the_prompts(store: Store) -> None:
    running = service(store)
    running.start("c", About(customer=Customer("17", "Rosa", date(2016, 3, 1)), agent="desk-4", channel="call"))
    (took,) = running.take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "I am very upset"))])
    assert took.update is not None
    assert took.update.state.facts.since == 2016
    summary = store.conversations.summary("c")
    assert summary is not None
    assert (summary.agent, summary.channel, summary.customer) == (
        "desk-4",
        "call",
        Customer("17", "Rosa", date(2016, 3, 1)),
    )


def test_two_processes_on_one_conversation_lose_nothing(store: Store) -> None:
    one, other = service(store), service(store)
    for place, incoming in enumerate(live(STORY)):
        (one, other)[place % 2].take([incoming])
    _, kept = store.conversations.read("c")
    assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()


def test_many_threads_lose_nothing(store: Store) -> None:
    running = [service(store), service(store)]
    calls = [[replace(turn, conversation_id=f"c{n}") for turn in STORY] for n in range(6)]
    jobs = [Thread(target=running[n % 2].take, args=(live(call),)) for n, call in enumerate(calls + calls)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    for n in range(6):
        _, kept = store.conversations.read(f"c{n}")
        assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()


def test_an_ended_conversation_is_no_longer_live(store: Store) -> None:
    running = service(store)
    running.take(live(STORY[:1]))
    assert [one.id for one in store.search.board(running.clock())] == ["c"]
    assert running.end("c")
    assert store.search.board(running.clock()) == []
    assert not running.end("unknown")
