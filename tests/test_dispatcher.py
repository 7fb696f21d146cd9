from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from urllib.parse import parse_qs, urlsplit

import pytest
from notify_doubles import Web, web_server
from storing import NOW, delivery, keep, raised

from csr_assist import dispatcher
from csr_assist.conversation import Customer
from csr_assist.dispatcher import Dispatcher
from csr_assist.errors import StoreError
from csr_assist.notify import Notice, NotifySettings, Status, channels_of
from csr_assist.store import About, Store

SECRET = "whsec_" + "c2VjcmV0" * 4
ADDRESS = "https://desk.example"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, **later: float) -> None:
        self.now += timedelta(**later)


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as served:
        yield served


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sending(store: Store, clock: Clock, *urls: str) -> Dispatcher:
    """Sends to webhooks of the names "first", "second"."""
    hooks = [{"url": url, "secret": SECRET, "name": name} for name, url in zip(("first", "second"), urls, strict=False)]
    settings = NotifySettings.model_validate({"webhooks": hooks})
    return Dispatcher(store, channels_of(settings, clock), ADDRESS, clock)


def status(store: Store, channel: str = "first") -> tuple[Status, int]:
    found = delivery(store, store.alerts.of("c")[0].id, channel)
    return found.status, found.attempts


def alerted(store: Store, *channels: str) -> None:
    customer = Customer("17", "Rosa", date(2019, 4, 1))
    keep(
        store,
        "C: I've been a customer for 6 years and I am very upset",
        about=About(customer=customer),
        alerts=[raised(quote="very upset", channels=channels)],
    )


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def test_an_alert_goes_out_once_with_all_that_is_known(store: Store, web: Web, clock: Clock) -> None:
    alerted(store, "first")
    running = sending(store, clock, web.url)
    assert [running.run_once() for _ in range(3)] == [1, 0, 0]
    (heard,) = web.heard
    data = json.loads(heard.body)["data"]
    assert data["id"] == heard.headers["webhook-id"] == f"alert-{store.alerts.of('c')[0].id}"
    assert (data["quote"], data["customer_name"], data["language"]) == ("very upset", "Rosa", "en")
    assert data["facts"] == ["customer for 6 years"]
    assert data["link"] == f"{ADDRESS}/review?conversation=c"
    assert status(store) == (Status.SENT, 1)


def test_a_target_that_was_down_gets_it_when_it_is_up(store: Store, web: Web, clock: Clock) -> None:
    alerted(store, "first")
    running, web.status = sending(store, clock, web.url), 503
    assert running.run_once() == 1
    assert status(store) == (Status.PENDING, 1)
    clock.on(seconds=9)
    assert running.run_once() == 0
    web.status = 200
    clock.on(seconds=3)
    restarted = sending(store, clock, web.url)
    assert restarted.run_once() == 1
    assert status(store) == (Status.SENT, 2)
    first, second = web.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_nobody_at_the_address_is_tried_again(sqlite_store: Store, clock: Clock) -> None:
    with web_server() as gone:
        url = gone.url
    alerted(sqlite_store, "first")
    running = sending(sqlite_store, clock, url)
    assert running.run_once() == 1
    assert status(sqlite_store) == (Status.PENDING, 1)


def test_after_the_last_wait_it_is_given_up_and_kept(store: Store, web: Web, clock: Clock) -> None:
    alerted(store, "first")
    running, web.status = sending(store, clock, web.url), 500
    for _ in range(10):
        running.run_once()
        clock.on(hours=3)
    assert len(web.heard) == 6
    (dead,) = store.deliveries.dead()
    assert (dead.attempts, dead.last_error) == (6, f"{web.url} answered 500")
    web.status = 204
    assert running.run_once() == 0
    assert status(store) == (Status.DEAD, 6)


def test_what_the_target_refuses_is_given_up_at_once(sqlite_store: Store, web: Web, clock: Clock) -> None:
    alerted(sqlite_store, "first")
    running, web.status = sending(sqlite_store, clock, web.url), 404
    assert running.run_once() == 1
    assert status(sqlite_store) == (Status.DEAD, 1)
    clock.on(days=2)
    assert running.run_once() == 0


def test_one_target_that_is_down_does_not_hold_up_the_other(sqlite_store: Store, web: Web, clock: Clock) -> None:
    alerted(sqlite_store, "first", "second")
    with web_server() as broken:
        broken.status = 500
        assert sending(sqlite_store, clock, broken.url, web.url).run_once() == 2
    assert status(sqlite_store, "first") == (Status.PENDING, 1)
    assert status(sqlite_store, "second") == (Status.SENT, 1)


def test_a_channel_that_is_out_of_the_settings_waits_until_it_is_back(store: Store, web: Web, clock: Clock) -> None:
    alerted(store, "second")
    assert sending(store, clock, web.url).run_once() == 0
    assert status(store, "second") == (Status.PENDING, 0)
    clock.on(days=30)
    assert sending(store, clock, web.url, f"{web.url}/second").run_once() == 1
    assert [heard.path for heard in web.heard] == ["/second"]


def test_what_waits_for_no_channel_does_not_hold_up_the_rest(sqlite_store: Store, web: Web, clock: Clock) -> None:
    stuck = [raised("old", turn=str(number), channels=("removed",)) for number in range(250)]
    keep(sqlite_store, "C: I am very upset", conversation="old", alerts=stuck)
    clock.on(minutes=1)
    alerted(sqlite_store, "first")
    assert sending(sqlite_store, clock, web.url).run_once() == 1
    assert status(sqlite_store) == (Status.SENT, 1)


def test_what_was_erased_is_not_sent(sqlite_store: Store, web: Web, clock: Clock) -> None:
    alerted(sqlite_store, "first")
    sqlite_store.privacy.erase_customer("17")
    assert sending(sqlite_store, clock, web.url).run_once() == 0
    assert web.heard == []


@pytest.mark.parametrize("name", ["a/b?c=d&e#f", "تماس ۱", "<https://elsewhere.example|click>", "%2F", 'x" y'])
def test_a_link_leads_to_any_conversation(sqlite_store: Store, web: Web, clock: Clock, name: str) -> None:
    keep(sqlite_store, "C: hello", conversation=name, alerts=[raised(name, channels=("first",))])
    assert sending(sqlite_store, clock, web.url).run_once() == 1
    link = urlsplit(json.loads(web.heard[0].body)["data"]["link"])
    assert (link.netloc, parse_qs(link.query)) == ("desk.example", {"conversation": [name]})


def test_it_runs_beside_until_it_is_stopped(
    sqlite_store: Store, web: Web, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LOOK", 0.01)
    running = sending(sqlite_store, clock, web.url)
    running.start()
    running.start()
    alerted(sqlite_store, "first")
    assert until(lambda: status(sqlite_store) == (Status.SENT, 1))
    running.stop()
    keep(sqlite_store, "C: hello", conversation="d", alerts=[raised("d", channels=("first",))])
    time.sleep(0.1)
    assert len(web.heard) == 1


def test_of_two_processes_one_sends_and_the_other_takes_over_if_it_is_gone(store: Store, clock: Clock) -> None:
    alerted(store, "first")
    sent: list[str] = []

    class Slow:
        """While it sends, others look at what is due."""

        def send(self, notice: Notice) -> None:
            sent.append(notice.id)
            assert Dispatcher(store, {"first": Slow()}, ADDRESS, clock).run_once() == 0

    class Dying:
        def send(self, _: Notice) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Dispatcher(store, {"first": Dying()}, ADDRESS, clock).run_once()
    running = Dispatcher(store, {"first": Slow()}, ADDRESS, clock)
    assert running.run_once() == 0
    clock.on(minutes=2)
    assert [running.run_once(), running.run_once()] == [1, 0]
    assert (len(sent), status(store)) == (1, (Status.SENT, 1))


def test_a_channel_that_hangs_holds_up_no_other(
    sqlite_store: Store, web: Web, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LOOK", 0.01)
    released = Event()

    class Hanging:
        def send(self, _: Notice) -> None:
            released.wait(20)

    settings = NotifySettings.model_validate({"webhooks": [{"url": web.url, "secret": SECRET, "name": "second"}]})
    running = Dispatcher(
        sqlite_store, {"first": Hanging(), **channels_of(settings, clock)}, "https://assist.example", clock
    )
    running.start()
    alerted(sqlite_store, "first", "second")
    assert until(lambda: status(sqlite_store, "second") == (Status.SENT, 1))
    assert status(sqlite_store, "first") == (Status.PENDING, 0)
    released.set()
    assert until(lambda: status(sqlite_store, "first") == (Status.SENT, 1))
    running.stop()


@pytest.mark.parametrize("trouble", [StoreError("the store cannot be read"), RuntimeError("said by a customer")])
def test_trouble_is_logged_without_words_and_passes(
    sqlite_store: Store,
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception,
) -> None:
    monkeypatch.setattr(dispatcher, "LOOK", 0.01)
    alerted(sqlite_store, "first")
    times = iter([trouble])

    def clock() -> datetime:
        if error := next(times, None):
            raise error
        return NOW

    settings = NotifySettings.model_validate({"webhooks": [{"url": web.url, "secret": SECRET, "name": "first"}]})
    running = Dispatcher(sqlite_store, channels_of(settings, lambda: NOW), ADDRESS, clock)
    running.start()
    assert until(lambda: status(sqlite_store) == (Status.SENT, 1))
    running.stop()
    assert "alerts wait" in caplog.text
    assert "customer" not in caplog.text


def test_without_channels_nothing_runs(sqlite_store: Store, clock: Clock) -> None:
    running = sending(sqlite_store, clock)
    running.start()
    alerted(sqlite_store, "first")
    assert running.run_once() == 0
    running.stop()
