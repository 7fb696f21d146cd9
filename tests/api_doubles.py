"""The API over phrases instead of a detector: for the tests' client, and as a real server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from doubles import PHRASES, advisor
from starlette.applications import Starlette
from starlette.testclient import TestClient

from csr_assist.api import PREFIX, create_api, standalone
from csr_assist.detector import PhraseDetector
from csr_assist.dispatcher import Dispatcher
from csr_assist.privacy.keys import Scope, make_key
from csr_assist.service import Service
from csr_assist.serving import Serving
from csr_assist.settings import Settings
from csr_assist.store import Store

HERE = {"host": "localhost"}
"""The header with which the tests' web sockets come from this machine."""
SAID = {
    "conversation_id": "c",
    "turn_id": "1",
    "speaker": "customer",
    "text": "I am very upset, this is the third time",
}


def make_token(running: Service, name: str, scope: Scope) -> str:
    """A key to the API of this service."""
    return make_key(running.store, name, scope, running.clock())


def turn(**fields: Any) -> dict[str, Any]:
    """A turn as it is posted."""
    return {**SAID, **fields}


def now() -> datetime:
    """The time as the service takes it."""
    return datetime.now(UTC)


def service(store: Store, clock: Callable[[], datetime] = now) -> Service:
    """One that knows the phrases."""
    return Service(PhraseDetector(PHRASES), advisor(), store, clock=clock)


def application(running: Service, settings: Settings | None = None) -> Starlette:
    """The API as it is mounted."""
    dispatcher = Dispatcher(running.store, {}, "http://localhost:8501", running.clock)
    serving = Serving(running, settings or Settings(), dispatcher)
    return standalone(create_api(lambda: serving))


def client_of(application: Starlette, host: str = "localhost:8501", caller: str = "127.0.0.1") -> TestClient:
    """A client at ``caller`` that calls ``host``; paths are those below the prefix."""
    return TestClient(application, base_url=f"http://{host}{PREFIX}", client=(caller, 50000))


@contextmanager
def server(application: Starlette) -> Iterator[str]:
    """A real server on a free port of loopback, in a thread; gives the API's address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()  # who comes before the server has started waits
        config = uvicorn.Config(application, log_level="info", log_config=None, timeout_graceful_shutdown=1)
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}{PREFIX}"
        finally:
            running.should_exit = True
            thread.join(timeout=10)
