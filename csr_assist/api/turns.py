"""Turns in, updates out; conversations begun, read and ended."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi.openapi.models import Example

from csr_assist.api.access import Ingest, Read
from csr_assist.api.answers import ConversationOut, Done, Taking, TookOut, UpdateOut
from csr_assist.api.asked import EXAMPLE, EXAMPLES, Batch, ConversationId, ConversationIn, Posted, Words
from csr_assist.api.problems import unknown
from csr_assist.api.state import Served
from csr_assist.labels import Label
from csr_assist.state import Band
from csr_assist.store import Query as Wanted
from csr_assist.store import Result

router = APIRouter(tags=["conversations"])
single = APIRouter(tags=["conversations"])
"""Comes after all others: ids may have slashes, so its address fits those of the others, too."""
_POSTED = {"one": Example(summary="One turn", value=EXAMPLE), "many": Example(summary="A batch", value=EXAMPLES)}
After = Annotated[int, Query(ge=0, le=2**62, description="A revision: what changed later is given.")]


@router.post("/turns", summary="Post turns", dependencies=[Ingest])
def post_turns(body: Annotated[Posted, Body(openapi_examples=_POSTED)], service: Served) -> Taking:
    """One turn, or a batch of any conversations; unknown conversations begin with it.

    A turn is kept before it is acknowledged. To post it again changes nothing; a final result replaces the interim one
    of its `turn_id`; late turns are put in order by `order` or `at`.
    """
    turns = body.turns if isinstance(body, Batch) else [body]
    return Taking(turns=[TookOut.of(took) for took in service.take([turn.incoming() for turn in turns])])


@router.post("/conversations", summary="Begin a conversation", dependencies=[Ingest])
def begin(body: ConversationIn, service: Served) -> ConversationOut:
    """Say whose it is and with whom. To say it again adds what was not known."""
    return ConversationOut.of(service.start(body.conversation_id, body.about()))


@router.post("/conversations/{conversation_id:path}/end", summary="End a conversation", dependencies=[Ingest])
def end(conversation_id: ConversationId, service: Served) -> Done:
    """It leaves the board. What comes late is still taken."""
    if not service.end(conversation_id):
        raise unknown("conversation", conversation_id)
    return Done()


@router.get("/conversations", summary="Find conversations")
def find(
    service: Served,
    who: Annotated[str, Read],
    words: Words = None,
    label: Label | None = None,
    band: Band | None = None,
    outcome: Result | None = None,
    since: date | None = None,
    until: date | None = None,
    customer: Words = None,
    agent: Words = None,
    live: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[ConversationOut]:
    """By words, label, worst band, outcome, day, customer, agent; the last touched first.

    The audit trail notes who looks for words or a customer, not for which.
    """
    if told := [name for name, given in (("words", words), ("customer", customer)) if given]:
        service.store.privacy.note_once(who, "searched", f"by {' and '.join(told)}", service.clock())
    wanted = Wanted(words or "", label, band, outcome, since, until, customer, agent, live, limit, offset)
    return [ConversationOut.of(one) for one in service.store.search.find(wanted, service.clock())]


@router.get("/conversations/{conversation_id:path}/updates", summary="Updates of a conversation")
def updates(
    conversation_id: ConversationId, service: Served, who: Annotated[str, Read], after: After = 0
) -> list[UpdateOut]:
    """Turns with their updates as they are now, in the order of their changes, some 500 at once.

    Where more may have come, ask again with the last `revision` as `after`. The audit trail notes who reads, once an
    hour for each conversation.
    """
    conversations = service.store.conversations
    if conversations.summary(conversation_id) is None:
        raise unknown("conversation", conversation_id)
    service.store.privacy.note_once(who, "read", conversation_id, service.clock())
    return [UpdateOut.of(kept) for kept in conversations.updates_after(after, conversation_id)]


@single.get("/conversations/{conversation_id:path}", summary="One conversation", dependencies=[Read])
def one(conversation_id: ConversationId, service: Served) -> ConversationOut:
    """Where it stands."""
    found = service.store.conversations.summary(conversation_id)
    if found is None:
        raise unknown("conversation", conversation_id)
    return ConversationOut.of(found)
