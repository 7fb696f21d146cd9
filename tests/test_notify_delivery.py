from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOON, NOTICE

from csr_assist.notify import (
    Delivery,
    DeliveryError,
    Notice,
    NotifyError,
    Status,
    after_failure,
    after_success,
    attempt,
    is_due,
)
from csr_assist.notify.delivery import LONGEST_WAIT

NEW = Delivery("n-1", "slack", NOON)
BUSY = DeliveryError("https://hooks.example answered 503", again=True)
GONE = DeliveryError("https://hooks.example answered 404", again=False)
SECONDS = [10, 60, 300, 1800, 7200]


def test_back_off_until_it_is_dead() -> None:
    delivery, waits = NEW, list[float]()
    while delivery.status is Status.PENDING:
        delivery = after_failure(delivery, NOON, BUSY)
        waits.append((delivery.next_try - NOON).total_seconds())
    assert waits == [*SECONDS, 0]
    assert delivery == Delivery("n-1", "slack", NOON, 6, Status.DEAD, "https://hooks.example answered 503")


def test_what_is_not_worth_another_try_is_dead_at_once() -> None:
    dead = after_failure(NEW, NOON, GONE)
    assert (dead.status, dead.attempts, dead.last_error) == (Status.DEAD, 1, str(GONE))


@pytest.mark.parametrize(
    ("attempts", "after", "jitter", "seconds"),
    [
        (0, None, 0.0, 10),
        (0, None, 1.0, 11),
        (4, None, 0.5, 7560),
        (0, timedelta(seconds=120), 0.0, 120),
        (0, timedelta(seconds=3), 0.0, 10),
        (2, timedelta(seconds=299), 0.0, 300),
        (0, timedelta(days=30), 0.0, 86_400),
        (0, timedelta(days=1), 1.0, 86_400),
    ],
)
def test_waits(attempts: int, after: timedelta | None, jitter: float, seconds: float) -> None:
    failed = after_failure(replace(NEW, attempts=attempts), NOON, DeliveryError("busy", True, after), jitter)
    assert failed.next_try - NOON == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("ahead", "status", "due"),
    [
        (timedelta(0), Status.PENDING, True),
        (timedelta(seconds=-1), Status.PENDING, True),
        (timedelta(seconds=1), Status.PENDING, False),
        (LONGEST_WAIT, Status.PENDING, False),
        (LONGEST_WAIT + timedelta(seconds=1), Status.PENDING, True),
        (timedelta(seconds=-1), Status.SENT, False),
        (timedelta(seconds=-1), Status.DEAD, False),
    ],
)
def test_is_due(ahead: timedelta, status: Status, due: bool) -> None:
    assert is_due(Delivery("n-1", "slack", NOON + ahead, status=status), NOON) is due


def test_success_ends_it() -> None:
    failed = after_failure(NEW, NOON, BUSY)
    later = NOON + timedelta(seconds=12)
    assert after_success(failed, later) == Delivery("n-1", "slack", later, 2, Status.SENT)


@pytest.mark.parametrize("status", [Status.SENT, Status.DEAD])
def test_only_what_is_pending_goes_on(status: Status) -> None:
    done = replace(NEW, status=status)
    with pytest.raises(NotifyError, match=f"notice n-1 by slack is {status}, not pending"):
        after_success(done, NOON)
    with pytest.raises(NotifyError, match="not pending"):
        after_failure(done, NOON, BUSY)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.integers(0, 10**9)), max_size=20))
def test_every_wait_is_short_of_a_day_and_tries_end(failures: list[tuple[bool, float, int]]) -> None:
    delivery = NEW
    for again, jitter, after in failures:
        if delivery.status is Status.PENDING:
            delivery = after_failure(delivery, NOON, DeliveryError("no", again, timedelta(seconds=after)), jitter)
    assert delivery.attempts <= 6
    assert NOON <= delivery.next_try <= NOON + LONGEST_WAIT


@dataclass
class Answers:
    error: Exception | None

    def send(self, notice: Notice) -> None:
        assert notice is NOTICE
        if self.error:
            raise self.error


@pytest.mark.parametrize(("error", "status"), [(None, Status.SENT), (BUSY, Status.PENDING), (GONE, Status.DEAD)])
def test_attempt(error: DeliveryError | None, status: Status) -> None:
    tried = attempt(NEW, NOTICE, Answers(error), lambda: NOON)
    assert (tried.status, tried.attempts) == (status, 1)
