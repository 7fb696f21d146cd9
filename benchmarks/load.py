"""How a live server keeps up: many conversations at once, each with a turn every other second, and desks that watch.

    python benchmarks/load.py [--conversations 50] [--every 2] [--seconds 180] [--screens 2]

Starts the product as its users do (one process with screens, API and the shipped detector) on loopback, with a fresh
SQLite database, and posts turns of the example calls. Each is posted when it is due, whether or not the one before
was answered, and ends in a word that was never said before, so that nothing is answered from memory. Server, clients
and browser share the machine. Writes ``load.json``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.async_api import Error, Page, async_playwright

from csr_assist.api import PREFIX
from csr_assist.conversation import Turn
from csr_assist.shipped import EXAMPLES
from csr_assist.sources import expand, read_turns
from csr_assist.store import Store

HERE = Path(__file__).parent
TURNS = ".st-key-turns"
"""The transcript on a desk, as a selector; turns lie in it."""
START, DRAIN = 180.0, 60.0
"""Seconds: the longest to wait for the server to start, and for what was posted to be answered."""
KEPT_OPEN = 3.0
"""Seconds that a quiet connection is used again: less than the server keeps it (5)."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]
_WATCH = """transcript => {
    const seen = new Set(); window.shown = [];
    const look = () => {
        const words = document.querySelector(transcript)?.textContent.match(/zq[a-z]{6}/g) ?? [];
        for (const word of words.filter(word => !seen.has(word))) {
            seen.add(word); window.shown.push([word, performance.timeOrigin + performance.now()]);
        }
    };
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


@dataclass
class Seen:
    """When each turn was posted, acknowledged, streamed and shown; keyed by its word, in seconds since 1970."""

    posted: dict[str, float] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    streamed: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def of(self, conversation: int) -> set[str]:
        """Words of the turns of one conversation that were acknowledged."""
        return {word for word in self.acknowledged if number_of(word) // 1_000 == conversation}

    def delays(self, later: dict[str, float]) -> dict[str, float] | None:
        """Milliseconds from the post; None where nothing was seen."""
        found = [1e3 * (at - self.posted[word]) for word, at in later.items()]
        if not found:
            return None
        p50, p95, p99 = np.percentile(found, [50, 95, 99])
        return {"p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "worst_ms": max(found), "turns": len(found)}


def word_of(number: int) -> str:
    """A word of its own for every number below a million: "zq" and three syllables."""
    return "zq" + "".join(_SYLLABLES[number // place % 100] for place in (10_000, 100, 1))


def number_of(word: str) -> int:
    """The number that a word was made of."""
    return sum(_SYLLABLES.index(word[at : at + 2]) * place for at, place in ((2, 10_000), (4, 100), (6, 1)))


def id_of(conversation: int) -> str:
    """What a conversation is called on the server."""
    return f"load-{conversation}"


def said(conversation: int, count: int, every: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Words and turns of one conversation as they are posted: an example call, over and over."""
    files = expand([EXAMPLES])
    calls = [[turn for turn in read_turns(path) if isinstance(turn, Turn)] for path in files]
    for number, turn in enumerate(islice(cycle(calls[conversation % len(calls)]), count)):
        word = word_of(conversation * 1_000 + number)
        yield (
            word,
            {
                "conversation_id": id_of(conversation),
                "turn_id": word,
                "speaker": turn.speaker,
                "text": f"{turn.text} {word}",
                "language": turn.language,
                "order": number * every,
            },
        )


@contextmanager
def product(folder: Path) -> Iterator[tuple[str, int]]:
    """The product on a free port of loopback, with a database in ``folder``; gives its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "csr_assist", "run", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, env=os.environ | {"CSR_ASSIST_DATABASE_URL": database(folder)}, stdout=log, stderr=log
        )
    try:
        address = f"http://localhost:{port}"
        _wait(address, server)
        yield address, server.pid
    finally:
        server.terminate()
        try:
            server.wait(DRAIN)
        except subprocess.TimeoutExpired:  # what was acknowledged is kept all the same, or it is counted as lost
            server.kill()
            server.wait()


def database(folder: Path) -> str:
    """Address of the run's own database."""
    return f"sqlite:///{folder / 'load.db'}"


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and server.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}{PREFIX}/health", timeout=START).is_success:
                return
        time.sleep(0.3)
    raise SystemExit("the server did not start")


async def speak(
    client: httpx.AsyncClient, turns: Sequence[tuple[str, dict[str, Any]]], every: float, seen: Seen
) -> None:
    """Post each turn when it is due."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number, (word, turn) in enumerate(turns):
            await asyncio.sleep(max(0.0, began + number * every - time.monotonic()))
            tasks.create_task(_post(client, word, turn, seen))


async def _post(client: httpx.AsyncClient, word: str, turn: dict[str, Any], seen: Seen) -> None:
    seen.posted[word] = time.time()
    try:
        answer = await client.post("turns", json=turn)
        answer.raise_for_status()
        if answer.json()["turns"][0]["update"]:
            seen.acknowledged[word] = time.time()
    except httpx.HTTPError as error:
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
        seen.refused.append(str(status or type(error).__name__))


@asynccontextmanager
async def listening(client: httpx.AsyncClient, seen: Seen) -> AsyncIterator[None]:
    """Follow the event stream of all conversations meanwhile."""

    async def follow(ready: asyncio.Event) -> None:
        async with client.stream("GET", "events", params={"after": 0}, timeout=None) as stream:
            ready.set()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    seen.streamed.setdefault(json.loads(line[5:])["turn_id"], time.time())

    ready = asyncio.Event()
    task = asyncio.create_task(follow(ready))
    await asyncio.wait_for(ready.wait(), DRAIN)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def desks(address: str, count: int, seen: Seen) -> AsyncIterator[None]:
    """Desks in a real browser meanwhile, one conversation each; what they have shown is read at the end."""
    if not count:
        yield
        return
    async with async_playwright() as playwright:
        found = next(filter(None, map(shutil.which, _BROWSERS)), None)
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        pages = [await _desk(await browser.new_page(), address, number) for number in range(count)]
        yield
        for number, page in enumerate(pages):
            if page:
                seen.shown |= await _shown(page, seen.of(number))
        await browser.close()


async def _desk(page: Page, address: str, conversation: int) -> Page | None:
    await page.goto(f"{address}/?conversation={id_of(conversation)}")
    try:
        await page.wait_for_selector(TURNS, timeout=DRAIN * 1e3)
        await page.evaluate(_WATCH, TURNS)
    except Error as error:
        print(f"desk of {id_of(conversation)}: {str(error).splitlines()[0]}", file=sys.stderr)
        return None
    return page


async def _shown(page: Page, expected: set[str]) -> dict[str, float]:
    """When each of these words was first in the transcript, once all are or no more come."""
    with suppress(Error):
        await page.wait_for_function("count => window.shown.length >= count", arg=len(expected), timeout=DRAIN * 1e3)
    return {word: at / 1e3 for word, at in await page.evaluate("window.shown") if word in expected}


async def loaded(address: str, asked: argparse.Namespace) -> Seen:
    """Let all conversations speak, beginning one after another within the time between turns."""
    seen = Seen()
    count = int(asked.seconds / asked.every)
    limits = httpx.Limits(max_connections=None, keepalive_expiry=KEPT_OPEN)
    async with (
        httpx.AsyncClient(base_url=f"{address}{PREFIX}", timeout=DRAIN, limits=limits, trust_env=False) as client,
        listening(client, seen),
        desks(address, asked.screens, seen),
    ):

        async def begin(conversation: int) -> None:
            turns = list(said(conversation, count, asked.every))
            await asyncio.sleep(1 + asked.every * conversation / asked.conversations)
            await speak(client, turns, asked.every, seen)

        await asyncio.gather(*map(begin, range(asked.conversations)))
        end = time.monotonic() + DRAIN
        while time.monotonic() < end and not seen.acknowledged.keys() <= seen.streamed.keys():
            await asyncio.sleep(0.1)
    return seen


def stored(folder: Path, conversations: int) -> set[str]:
    """Words of the turns that are in the database."""
    store = Store(database(folder))
    kept = [store.conversations.read(id_of(number))[1] for number in range(conversations)]
    store.close()
    return {
        one.heard.turn.turn_id for some in kept for one in some if one.heard.turn.text.endswith(one.heard.turn.turn_id)
    }


def machine() -> dict[str, Any]:
    """What it ran on."""
    model = ""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "processor": model or platform.processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
    }


def _peak_mb(pid: int) -> float | None:
    """The most memory that the server took, where the system tells."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return None


def main() -> None:
    """Measure and write ``load.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between the turns of a conversation")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--screens", type=int, default=2, help="desks that watch in a browser")
    parser.add_argument("--output", type=Path, default=HERE / "load.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with product(folder) as (address, pid):
            seen = asyncio.run(loaded(address, asked))
            peak = _peak_mb(pid)
        kept = stored(folder, asked.conversations)
    measured = {
        "about": machine()
        | {key: getattr(asked, key) for key in ("conversations", "every", "seconds", "screens")}
        | {"server_peak_mb": peak},
        "turns": {
            "posted": len(seen.posted),
            "acknowledged": len(seen.acknowledged),
            "refused": dict(Counter(seen.refused)),
            "lost": len(seen.acknowledged.keys() - kept),
            "not_streamed": len(seen.acknowledged.keys() - seen.streamed.keys()),
            "not_shown": sum(len(seen.of(number) - seen.shown.keys()) for number in range(asked.screens)),
        },
        "figures": {
            "acknowledged": seen.delays(seen.acknowledged),
            "streamed": seen.delays(seen.streamed),
            "shown": seen.delays(seen.shown),
        },
    }
    asked.output.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
