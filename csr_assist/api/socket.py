"""Turns in and updates out on one web socket."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import anyio
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from csr_assist.api.access import caller
from csr_assist.api.answers import Taking, TookOut
from csr_assist.api.asked import Batch, Named, Posted, TurnIn
from csr_assist.api.fields import fields_of
from csr_assist.api.problems import RETRY_AFTER, Problem, answer
from csr_assist.api.state import service_of
from csr_assist.api.streams import changes, note_follower, update_of
from csr_assist.errors import CsrAssistError, StoreError
from csr_assist.privacy.keys import Scope

router = APIRouter()
LONGEST_MESSAGE = 1_000_000
"""Characters of a message."""
_POSTED: TypeAdapter[TurnIn | Batch] = TypeAdapter(Posted)
_ONE = "a turn, or an object of turns, as JSON"


@router.websocket("/stream")
async def stream(socket: WebSocket, conversation_id: Named = None) -> None:
    """Turns in, as for `POST /turns`, each answered; and with a key that may read, updates out as they come."""
    try:
        ingests, reads, begin = await run_in_threadpool(_opens, socket, conversation_id)
    except Problem as problem:
        await _refuse(socket, problem)
        return
    except CsrAssistError:
        await _refuse(socket, Problem(503, "The store is away", f"try again in {RETRY_AFTER} seconds"))
        return
    await socket.accept()
    async with anyio.create_task_group() as jobs:
        if reads:
            jobs.start_soon(_tell, socket, conversation_id, begin)
        with suppress(WebSocketDisconnect):
            await _listen(socket, ingests)
        jobs.cancel_scope.cancel()


def _opens(socket: WebSocket, conversation_id: str | None) -> tuple[bool, bool, int]:
    """Whether the caller may send turns, whether they may read updates, and the revision to go on from.

    Raises:
        Problem: neither.
        StoreError: the store is away.
    """
    opened: dict[Scope, str] = {}
    refusal: Problem | None = None
    for scope in (Scope.INGEST, Scope.READ):
        try:
            opened[scope] = caller(socket, scope)
        except Problem as problem:
            refusal = problem
    if refusal and not opened:
        raise refusal
    service = service_of(socket)
    if Scope.READ in opened:
        note_follower(service, opened[Scope.READ], conversation_id)
    return Scope.INGEST in opened, Scope.READ in opened, service.store.conversations.last_revision()


async def _refuse(socket: WebSocket, problem: Problem) -> None:
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(answer(problem.status, problem.title, problem.detail, problem.headers))
    else:
        await socket.close(1008, problem.title)


async def _tell(socket: WebSocket, conversation_id: str | None, begin: int) -> None:
    with suppress(WebSocketDisconnect):
        async for some in changes(socket, conversation_id, begin):
            for kept in some:
                await socket.send_json({"kind": "update"} | update_of(kept))


async def _listen(socket: WebSocket, ingests: bool) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if ingests:
            await socket.send_json(await run_in_threadpool(_answered, socket, text))
        else:
            await socket.send_json(_refused("not with this key", f"{Scope.INGEST} is needed to send turns"))


def _answered(socket: WebSocket, text: str | None) -> dict[str, Any]:
    """What one message gives: what became of its turns, or why not."""
    posted = _turns(text)
    if isinstance(posted, dict):
        return posted
    try:
        caller(socket, Scope.INGEST)  # the key may have been revoked meanwhile
        took = service_of(socket).take([turn.incoming() for turn in posted])
    except Problem as problem:
        return _refused(problem.title, problem.detail)
    except StoreError:
        return _refused("the store is away", f"nothing was acknowledged; try again in {RETRY_AFTER} seconds")
    return {"kind": "taken"} | Taking(turns=[TookOut.of(one) for one in took]).model_dump(mode="json")


def _turns(text: str | None) -> list[TurnIn] | dict[str, Any]:
    if text is None or len(text) > LONGEST_MESSAGE:
        return _refused("not as documented", f"allowed: {_ONE}, of at most {LONGEST_MESSAGE:,} characters")
    try:
        body = _POSTED.validate_python(json.loads(text))
    except ValidationError as error:
        return _refused("not as documented", fields_of(error.errors(include_url=False)))
    except (ValueError, RecursionError):
        return _refused("no JSON", f"allowed: {_ONE}")
    return body.turns if isinstance(body, Batch) else [body]


def _refused(title: str, detail: object) -> dict[str, Any]:
    """``errors``: a list of wrong fields as for requests, else empty; ``detail`` always says something."""
    errors = detail if isinstance(detail, list) else []
    said = detail if isinstance(detail, str) else f"{len(errors)} fields are wrong"
    return {"kind": "problem", "title": title, "detail": said, "errors": errors}
