from __future__ import annotations

import asyncio
import time
from threading import Thread

import pytest

from csr_assist.bell import Bell

LONG = 30.0


async def waited(bell: Bell, most: float) -> float:
    """Seconds until it rang or the time was up."""
    begin = time.monotonic()
    await bell.wait(most)
    return time.monotonic() - begin


async def rung(bell: Bell, waiting: asyncio.Task[float]) -> float:
    """Ring from another thread until the task has heard it: it may not have begun to wait."""
    while not waiting.done():
        await asyncio.to_thread(bell.ring)
        await asyncio.sleep(0.005)
    return waiting.result()


def test_a_ring_in_another_thread_wakes_all_who_wait() -> None:
    async def run() -> list[float]:
        bell = Bell()
        waiting = [asyncio.create_task(waited(bell, LONG)) for _ in range(5)]
        await asyncio.sleep(0)
        await asyncio.to_thread(bell.ring)
        return await asyncio.gather(*waiting)

    assert max(asyncio.run(run())) < LONG / 2


def test_loops_of_several_threads_are_woken() -> None:
    bell, took = Bell(), list[float]()
    threads = [Thread(target=lambda: took.append(asyncio.run(waited(bell, LONG)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        bell.ring()
        time.sleep(0.005)
    assert len(took) == 3
    assert max(took) < LONG / 2


@pytest.mark.parametrize("most", [0.0, 0.01, 0.2])
def test_without_a_ring_the_time_is_up(most: float) -> None:
    assert most <= asyncio.run(waited(Bell(), most)) + 0.001 < LONG


def test_a_ring_before_is_lost_and_one_wakes_once() -> None:
    async def run() -> tuple[float, float]:
        bell = Bell()
        bell.ring()
        before = await waited(bell, 0.05)
        await rung(bell, asyncio.create_task(waited(bell, LONG)))
        return before, await waited(bell, 0.05)

    assert min(asyncio.run(run())) >= 0.049


def test_who_gives_up_waiting_is_forgotten() -> None:
    async def run() -> Bell:
        bell = Bell()
        waiting = asyncio.create_task(bell.wait(LONG))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await bell.wait(0.0)
        return bell

    assert not asyncio.run(run())._waiting


def test_a_loop_that_was_closed_does_not_silence_the_others() -> None:
    bell = Bell()
    closed = asyncio.new_event_loop()
    left = bell.wait(LONG)
    task = closed.create_task(left)
    closed.run_until_complete(asyncio.sleep(0.01))
    task.get_loop().close()

    async def run() -> float:
        return await rung(bell, asyncio.create_task(waited(bell, LONG)))

    bell.ring()
    assert asyncio.run(run()) < LONG / 2
