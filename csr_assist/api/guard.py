"""Around all of the API: nothing of what people said or of who they are gets into logs, caches or other pages."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from csr_assist.api.problems import MOST_BYTES, answer

log = logging.getLogger(__name__)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; frame-ancestors 'none'"
    ),
}
"""The page of the documentation runs a script within it; nothing may be fetched from elsewhere."""

_STREAMS = ("/stream", "/events")


class Guard:
    """Wraps the application.

    Servers write the address of a request into their logs, so its query, which may hold a key, a customer's name or
    words that are looked for, is taken out of what the server sees. Errors that nobody foresaw are answered here, and
    logged by their kind and place: their text may hold what a customer said.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        inner = _with_key_in_header(scope)
        scope["query_string"] = b""
        begun, received = False, 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body") or b"")
            if received > MOST_BYTES:
                raise HTTPException(413)
            return message

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                _add_headers(message, scope["path"])
            await send(message)

        try:
            await self._app(inner, receiving, sending)
        except Exception as error:
            log.error("unforeseen %s at %s", type(error).__name__, _place(error))
            if scope["type"] == "websocket":
                with suppress(Exception):  # it may be closed already
                    await send({"type": "websocket.close", "code": 1011})
            elif not begun:
                gone_wrong = f"something went wrong here ({type(error).__name__})"
                await answer(500, "Unforeseen", gone_wrong)(inner, receive, sending)


def _with_key_in_header(scope: Scope) -> Scope:
    """A copy, in which a key that a stream was given in the query is given in the header.

    Browsers can give a web socket or an event stream no header.
    """
    if not scope["path"].endswith(_STREAMS):
        return dict(scope)
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    token = next((value for name, value in pairs if name == "token"), "")
    if not token or any(name == b"authorization" for name, _ in scope["headers"]):
        return dict(scope)
    rest = urlencode([(name, value) for name, value in pairs if name != "token"]).encode()
    header = (b"authorization", b"Bearer " + token.encode())
    return {**scope, "query_string": rest, "headers": [*scope["headers"], header]}


def _add_headers(message: Message, path: str) -> None:
    headers = MutableHeaders(raw=message["headers"])
    for name, value in _HEADERS.items():
        headers[name] = value
    if "/static" not in path:
        headers["Cache-Control"] = "no-store"


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
