from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from csr_assist.alerts import AlertLevel
from csr_assist.conversation import Language
from csr_assist.notify import Notice

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUOTE = "six years with you, and now I am leaving"
NOTICE = Notice(
    id="n-1",
    conversation_id="call/7",
    turn_id="t3",
    reason="a loyal customer says they may leave",
    level=AlertLevel.URGENT,
    at=NOON,
    quote=QUOTE,
    language=Language.ENGLISH,
    facts=("customer for 6 years", "2 referrals"),
    customer_name="Mara Ilves",
    link="https://review.example/?conversation=call%2F7&turn=t3",
)


def notice(**changes: Any) -> Notice:
    return replace(NOTICE, **changes)


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """A server that answers as it is told and keeps what it hears."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    url: str = ""


@contextmanager
def web_server() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            web.heard.append(Heard(self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(web.status)
            for key, value in {"content-length": "0", **web.headers}.items():
                self.send_header(key, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    web.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
