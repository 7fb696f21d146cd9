"""Updates as they come, as server-sent events."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.requests import HTTPConnection
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from csr_assist.api.access import Read, caller
from csr_assist.api.answers import UpdateOut
from csr_assist.api.asked import ConversationId
from csr_assist.api.problems import Problem
from csr_assist.api.state import Served, service_of
from csr_assist.errors import StoreError
from csr_assist.privacy.keys import Scope
from csr_assist.service import Service
from csr_assist.store import Kept

router = APIRouter(tags=["streams"])
LOOK = 1.0
"""Seconds after which to look for changes that another process has made; our own ring at once."""
_REVISION = re.compile(r"[0-9]{1,18}")


def begin_at(
    service: Served,
    after: Annotated[
        int | None, Query(ge=0, le=2**62, description="A revision to go on from; without it, from now on.")
    ] = None,
    last_event_id: Annotated[str | None, Header(description="As browsers send it when they connect again.")] = None,
) -> int:
    """The revision to go on from; found before the answer begins, so that nothing is missed in between."""
    if last_event_id and _REVISION.fullmatch(last_event_id):
        return int(last_event_id)
    return service.store.conversations.last_revision() if after is None else after


def note_follower(service: Service, who: str, conversation_id: str | None) -> None:
    """The audit trail notes who follows what; connecting again within the hour is still the same."""
    service.store.privacy.note_once(who, "followed", conversation_id or "all conversations", service.clock())


def _noted(asked: Request, service: Served, who: Annotated[str, Read]) -> None:
    note_follower(service, who, asked.path_params.get("conversation_id"))


Begin = Annotated[int, Depends(begin_at)]
_Noted = Depends(_noted)


@router.get(
    "/events", summary="Updates of all conversations", response_class=EventSourceResponse, dependencies=[_Noted]
)
async def all_events(asked: Request, begin: Begin) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events named `update`; their ids are revisions, to go on from."""
    async for event in _events(asked, None, begin):
        yield event


@router.get(
    "/conversations/{conversation_id:path}/events",
    summary="Updates of one conversation",
    response_class=EventSourceResponse,
    dependencies=[_Noted],
)
async def events(conversation_id: ConversationId, asked: Request, begin: Begin) -> AsyncIterator[ServerSentEvent]:
    """As for all; the conversation need not have begun."""
    async for event in _events(asked, conversation_id, begin):
        yield event


async def _events(asked: Request, conversation_id: str | None, begin: int) -> AsyncIterator[ServerSentEvent]:
    async for some in changes(asked, conversation_id, begin):
        for kept, following in zip(some, [*some[1:], None], strict=True):
            # one change may touch many turns: who has seen but some of them must go on from before it
            whole = following is None or following.revision != kept.revision
            yield ServerSentEvent(data=update_of(kept), event="update", id=str(kept.revision) if whole else None)


async def changes(connection: HTTPConnection, conversation_id: str | None, after: int) -> AsyncIterator[list[Kept]]:
    """Turns as they change after a revision, whole changes at once, until nobody listens or may listen any more."""
    service = service_of(connection)

    def look() -> list[Kept]:
        caller(connection, Scope.READ)  # the key may have been revoked meanwhile
        return service.store.conversations.updates_after(after, conversation_id)

    while True:
        found: list[Kept] = []
        try:
            found = await run_in_threadpool(look)
        except StoreError:
            pass  # it may come back while somebody listens
        except Problem:
            return
        if found:
            yield found
            after = found[-1].revision
        else:
            await service.bell.wait(LOOK)


def update_of(kept: Kept) -> dict[str, Any]:
    """An update as it is streamed."""
    turn = kept.heard.turn
    named = {"conversation_id": turn.conversation_id, "turn_id": turn.turn_id}
    return named | UpdateOut.of(kept).model_dump(mode="json")
