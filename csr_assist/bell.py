"""A bell between threads and coroutines: rung when something was kept, waited for by whoever streams it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Lock


class Bell:
    """Wakes everybody who waits. A ring that nobody waits for is lost: look first, then wait."""

    def __init__(self) -> None:
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = Lock()

    def ring(self) -> None:
        """Wake all who wait, from any thread."""
        with self._lock:
            waiting = list(self._waiting)
        for loop, event in waiting:
            with suppress(RuntimeError):  # its loop was closed meanwhile
                loop.call_soon_threadsafe(event.set)

    async def wait(self, most: float) -> None:
        """Until the next ring, or for ``most`` seconds: another process may have kept something without ringing."""
        me = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(me)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(me[1].wait(), most)
        finally:
            with self._lock:
                self._waiting.discard(me)
