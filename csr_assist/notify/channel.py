"""The one thing that every way out has in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from csr_assist.notify.notice import Notice

TIMEOUT = 5.0
"""Seconds to wait for the other side at each step: connecting, sending, the answer."""
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day, with a time zone."""
    return datetime.now(UTC)


class Channel(Protocol):
    """A way to bring notices to people."""

    def send(self, notice: Notice) -> None:
        """Hand over one notice.

        Raises:
            DeliveryError: it was not taken; says whether to try again.
        """
