"""The way of one notice through one channel: tried, tried again, and kept when it is given up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from csr_assist.notify.channel import Channel, Clock
from csr_assist.notify.errors import DeliveryError, NotifyError
from csr_assist.notify.notice import Notice

WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""Between one try and the next; after the last one it is dead."""
JITTER = 0.1
"""Largest share that is added to a wait, so that many failures do not come back at once."""
LONGEST_WAIT = timedelta(days=1)
"""Who asks to be left alone for longer is tried after this."""
LONGEST_TRY = timedelta(minutes=2)
"""How long a try is left to who began it; should they be gone then, others try."""


class Status(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on its way through one channel."""

    notice_id: str
    channel: str
    """Name of the channel in the settings."""
    next_try: datetime
    """When it is due, with a time zone; once sent or dead, when it became so."""
    attempts: int = 0
    status: Status = Status.PENDING
    last_error: str = ""


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Whether to try now. No wait is longer than ``LONGEST_WAIT``, even if the clock was set back."""
    waits = timedelta() < delivery.next_try - now <= LONGEST_WAIT
    return delivery.status is Status.PENDING and not waits


def after_success(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery when the channel has taken the notice.

    Raises:
        NotifyError: it was not pending.
    """
    _must_be_pending(delivery)
    return replace(delivery, attempts=delivery.attempts + 1, status=Status.SENT, next_try=now, last_error="")


def after_failure(delivery: Delivery, now: datetime, error: DeliveryError, jitter: float = 0.0) -> Delivery:
    """The delivery when the channel has not taken the notice.

    Args:
        delivery: as it was.
        now: when it failed.
        error: why, whether to try again, and after how long at least.
        jitter: a number from 0 to 1, drawn anew each time.

    Raises:
        NotifyError: it was not pending.
    """
    _must_be_pending(delivery)
    failed = replace(delivery, attempts=delivery.attempts + 1, last_error=str(error))
    if not error.again or failed.attempts > len(WAITS):
        return replace(failed, status=Status.DEAD, next_try=now)
    wait = max(WAITS[delivery.attempts], error.after or timedelta()) * (1 + JITTER * jitter)
    return replace(failed, next_try=now + min(wait, LONGEST_WAIT))


def attempt(delivery: Delivery, notice: Notice, channel: Channel, clock: Clock, jitter: float = 0.0) -> Delivery:
    """Try once, and return where the delivery stands then."""
    try:
        channel.send(notice)
    except DeliveryError as error:
        return after_failure(delivery, clock(), error, jitter)
    return after_success(delivery, clock())


def _must_be_pending(delivery: Delivery) -> None:
    if delivery.status is not Status.PENDING:
        raise NotifyError(
            f"the delivery of notice {delivery.notice_id} by {delivery.channel} is {delivery.status}, not pending"
        )
