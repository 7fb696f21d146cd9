"""Brings alerts to the channels, from what the store says is due; every channel in a thread of its own."""

from __future__ import annotations

import logging
import random
from collections.abc import Collection, Mapping
from threading import Event, Thread
from urllib.parse import quote

from csr_assist.conversation import Language
from csr_assist.errors import StoreError
from csr_assist.notify import Channel, Delivery, Notice, attempt, is_due
from csr_assist.notify.channel import Clock
from csr_assist.notify.delivery import LONGEST_TRY
from csr_assist.store import Raised, Store

log = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between looks at what is due."""


class Dispatcher:
    """Tries what is due, and keeps what became of it.

    Args:
        store: where deliveries are kept.
        channels: ways out by name.
        address: where the screens are, for links.
        clock: the time, with a zone.
    """

    def __init__(self, store: Store, channels: Mapping[str, Channel], address: str, clock: Clock) -> None:
        self._store = store
        self._channels = channels
        self._address = address
        self._clock = clock
        self._stopped = Event()
        self._threads: list[Thread] = []

    def run_once(self, channels: Collection[str] | None = None) -> int:
        """Try everything that is due on these channels, or on all; gives how many were tried.

        Raises:
            StoreError: the store is away.
        """
        # What waits for a channel that was taken out of the settings stays: the channel may come back.
        pending = self._store.deliveries.pending(channels=self._channels if channels is None else channels)
        due = [one for one in pending if is_due(one, self._clock())]
        return sum(self._try(one) for one in due)

    def start(self) -> None:
        """Run in a thread a channel until ``stop``."""
        if not self._threads:
            self._threads = [Thread(target=self._run, args=(name,), name=name, daemon=True) for name in self._channels]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Let what is being tried end, and stop."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def _try(self, delivery: Delivery) -> bool:
        if not self._store.deliveries.claim(delivery, self._clock() + LONGEST_TRY):  # another process sends it
            return False
        alert = self._store.alerts.get(int(delivery.notice_id))
        if alert is None:  # erased meanwhile
            return False
        channel = self._channels[delivery.channel]
        tried = attempt(delivery, self._notice(alert), channel, self._clock, random.random())
        self._store.deliveries.save(tried)
        return True

    def _run(self, channel: str) -> None:
        while not self._stopped.wait(LOOK):
            try:
                self.run_once([channel])
            except StoreError as error:
                log.warning("alerts wait: %s", error)
            except Exception as error:  # whatever it is, the next alert must not be lost; its words may be a customer's
                log.error("alerts wait: %s", error.__class__.__name__)

    def _notice(self, alert: Raised) -> Notice:
        summary = self._store.conversations.summary(alert.conversation_id)
        last = self._store.conversations.last_updates([alert.conversation_id]).get(alert.conversation_id)
        language = summary.language if summary else None
        facts = last.state.facts.summary(language or Language.ENGLISH) if last else ()
        return Notice(
            id=f"alert-{alert.id}",
            conversation_id=alert.conversation_id,
            turn_id=alert.turn_id,
            reason=alert.reason,
            level=alert.level,
            at=alert.at,
            quote=alert.quote,
            language=language,
            facts=tuple(facts),
            customer_name=summary.customer.name if summary and summary.customer else None,
            link=f"{self._address}/review?conversation={quote(alert.conversation_id, safe='')}",
        )
