from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from time import sleep

import pytest
from doubles import PHRASES, advisor, assistant, turns

from csr_assist.conversation import Customer, Speaker, Turn
from csr_assist.detector import PhraseDetector
from csr_assist.errors import StoreError
from csr_assist.heard import Incoming, Taken
from csr_assist.notify import NotifySettings
from csr_assist.service import Service, Took
from csr_assist.state import Band
from csr_assist.store import About, Change, Store

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


def test_an_alert_that_falls_on_the_agent_s_turn_quotes_the_customer(store: Store) -> None:
    running = service(store)
    call = turns("C: this is the third time and I'm very upset", *["A: we can't, calm down"] * 4)
    running.take([Incoming(turn) for turn in call])
    (alert,) = store.alerts.of("c")
    assert alert.turn_id != call[0].turn_id
    assert alert.quote == call[0].text


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


@pytest.mark.parametrize(("per_hour", "reserve"), [(30, 10), (1, 1), (0, 10), (0, 0)])
def test_every_alert_is_on_the_board_whatever_the_budget(store: Store, per_hour: int, reserve: int) -> None:
    notify = NotifySettings.model_validate({
        "slack": {"url": "https://hooks.example/x"}, "per_hour": per_hour, "reserve": reserve,
    })  # fmt: skip
    running = service(store, notify)
    for text in ("I've been a customer for 6 years", "I want your manager", "I'm leaving"):
        running.take([Incoming(Turn("c", text, Speaker.CUSTOMER, text))])
    reasons = {alert.reason: bool(alert.held) for alert in store.alerts.waiting(NOW + timedelta(minutes=1))}
    within = per_hour + reserve
    assert reasons == {
        "asks for it to be escalated": within < 1,
        "a loyal customer says they may leave": within < 2,
    }
    assert len(store.deliveries.pending()) == min(within, 2)


def test_alerts_that_go_to_nobody_use_up_no_budget(store: Store) -> None:
    mail = {"host": "mail.example.com", "sender": "a@example.com", "recipients": ["b@example.com"]}
    notify = NotifySettings.model_validate({"email": {**mail, "levels": ["urgent"]}, "per_hour": 1, "reserve": 0})
    running = service(store, notify)
    for number in range(3):
        running.take(
            [Incoming(Turn(f"n{number}", str(n), Speaker.CUSTOMER, "third time, very upset")) for n in range(6)]
        )
    for number in range(2):
        running.take([Incoming(Turn(f"u{number}", "1", Speaker.CUSTOMER, "I want your manager"))])
    held = {alert.conversation_id: bool(alert.held) for alert in store.alerts.waiting(NOW + timedelta(hours=1))}
    assert held == {"n0": False, "n1": False, "n2": False, "u0": False, "u1": True}
    assert len(store.deliveries.pending()) == 1


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


def test_a_turn_that_was_not_kept_leaves_no_trace_in_the_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    running, entered, go_on = service(store), Event(), Event()
    running.take(live(STORY[:1]))
    keep, failed = store.conversations.keep, list[StoreError]()

    def away_once(change: Change) -> int:
        if entered.is_set():
            return keep(change)
        entered.set()
        go_on.wait(20)
        raise StoreError("away")

    def lost() -> None:
        try:
            running.take([Incoming(Turn("c", "lost", Speaker.CUSTOMER, "I'm leaving, your manager"), order=1.5)])
        except StoreError as error:
            failed.append(error)

    monkeypatch.setattr(store.conversations, "keep", away_once)
    monkeypatch.setattr(running, "_seats", nullcontext())
    one = Thread(target=lost)
    other = Thread(target=running.take, args=(live(STORY)[1:],))
    one.start()
    assert entered.wait(20)
    other.start()
    sleep(0.2)  # so that it waits for the conversation that the first one drops
    go_on.set()
    for job in (one, other):
        job.join()
    assert len(failed) == 1
    _, kept = store.conversations.read("c")
    assert [(one.update.state.level, one.update.state.band) for one in kept] == expected()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_turn_that_names_the_customer_by_id_alone_unsays_nothing(store: Store, restarted: bool) -> None:
    running = service(store)
    running.start("c", About(customer=Customer("17", "Rosa", date(2016, 3, 1))))
    running.take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "hello", customer=Customer("17")))])
    if restarted:
        running = service(store)
    (took,) = running.take([Incoming(Turn("c", "2", Speaker.CUSTOMER, "I am very upset"))])
    assert took.update is not None
    assert took.update.turn.customer == Customer("17", "Rosa", date(2016, 3, 1))
    assert took.update.state.facts.since == 2016
    _, kept = store.conversations.read("c")
    assert {one.heard.turn.customer for one in kept} == {Customer("17", "Rosa", date(2016, 3, 1))}


@pytest.mark.parametrize("customer", ["17", "18"])
def test_a_customer_whose_id_changed_or_came_with_a_repeat_is_erased(store: Store, customer: str) -> None:
    running = service(store)
    said = Incoming(Turn("c", "1", Speaker.CUSTOMER, "hello"))
    first, again, third = (
        running.take([replace(said, turn=replace(said.turn, customer=whose))])[0].taken
        for whose in (None, Customer("17", "Ann"), Customer("17"))
    )
    assert (first, again, third) == (Taken.NEW, Taken.CORRECTED, Taken.REPEATED)
    running.take([Incoming(Turn("c", "2", Speaker.CUSTOMER, "hello", customer=Customer("18", "Ben")))])
    _, kept = store.conversations.read("c")
    assert [one.heard.turn.customer for one in kept] == [Customer("17", "Ann"), Customer("18", "Ben")]
    assert running.erase(customer, "Ann") == 1


def test_a_review_shows_the_prompt_that_the_agent_saw(store: Store) -> None:
    running = service(store)
    (took,) = running.take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "I am very upset"))])
    assert took.update is not None
    assert took.update.prompt is not None
    running.start("c", About(customer=Customer("17", "Rosa", date(2016, 3, 1))))
    running.take([Incoming(Turn("c", "2", Speaker.CUSTOMER, "so"))])
    _, kept = store.conversations.read("c")
    assert kept[0].update.prompt == took.update.prompt
    assert store.conversations.as_heard("c")[1][0].update.prompt != took.update.prompt
    before = store.conversations.revision("c")
    service(store).take([Incoming(Turn("c", "2", Speaker.CUSTOMER, "so"))])
    assert store.conversations.revision("c") == before
    (edited,) = running.take([Incoming(Turn("c", "1", Speaker.CUSTOMER, "this is the third time"))])
    assert edited.update is not None
    assert store.conversations.read("c")[1][0].update.prompt == edited.update.prompt


def test_a_number_that_is_still_being_said_is_masked(store: Store) -> None:
    running = service(store)
    for text, final in (("my card number is 4111", False), ("my card number is 4111 1111", False)):
        running.take([Incoming(Turn("c", "1", Speaker.CUSTOMER, text), final)])
        assert [one.heard.turn.text for one in store.conversations.read("c")[1]] == ["my card number is [CARD]"]
    split = turns("C: my card number is 4111 1111 11", "A: mhm", "C: 11 1111", "A: thanks", "C: since 2016")
    for _ in range(2):
        running.take([Incoming(turn) for turn in split])
        texts = [one.heard.turn.text for one in store.conversations.read("c")[1]]
        assert texts == ["my card number is [CARD]", "mhm", "[CARD]", "thanks", "since 2016"]
