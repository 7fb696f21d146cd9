"""Google: conversation files of CX Insights and Agent Assist, and messages of Dialogflow as lists and as events.

- A file's times are microseconds since 1970; the document's own example counts from the call's beginning instead, so
  what lies before the year 2000 is a place in the recording. A file is one conversation and does not name it.
- A ``Message`` is named after its conversation, and lists of messages come newest first. A ``MessageEntry`` has
  neither name nor conversation: alone it is known by role, time and text, so that what is delivered twice is read once.
- Speech recognition's results name nobody and are left out: the message itself follows as ``NEW_MESSAGE``.

Documented in "Conversation data format" (CX Insights), in the REST reference of Dialogflow v2 under ``MessageEntry``,
``Message`` and ``ConversationEvent``, and in "Custom events" (Agent Assist).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from csr_assist.conversation import Speaker
from csr_assist.sources.platform import Json, Moment, Payload, Platform, Said, moment
from csr_assist.sources.roles import role_of

_YEAR_2000 = 946_684_800_000_000
_YEAR_3000 = 32_503_680_000_000_000


class _Entry(Payload):
    """A turn of a conversation file."""

    text: str
    role: str
    user_id: int | str | None = None
    start_timestamp_usec: Annotated[int, Field(ge=0, lt=_YEAR_3000)]


class _File(Payload):
    entries: tuple[_Entry, ...]


class _Dialogflow(Payload):
    model_config = ConfigDict(alias_generator=to_camel)


class _MessageEntry(_Dialogflow):
    text: str
    role: str = "ROLE_UNSPECIFIED"
    language_code: str | None = None
    create_time: Moment | None = None


class _Context(_Dialogflow):
    message_entries: tuple[_MessageEntry, ...]


class _Request(_Dialogflow):
    """What a generator is asked with."""

    conversation_context: _Context


class _Message(_Dialogflow):
    """``name`` is ``projects/p/conversations/c/messages/m``, with or without a location."""

    name: Annotated[str, Field(pattern=r"(^|/)conversations/[^/]+/messages/[^/]+$")]
    content: str = ""
    participant_role: str = "ROLE_UNSPECIFIED"
    language_code: str | None = None
    create_time: Moment | None = None
    send_time: Moment | None = None


class _Messages(_Dialogflow):
    messages: tuple[_Message, ...]


class _Event(_Dialogflow):
    """A ``ConversationEvent``."""

    conversation: str
    new_message_payload: _Message | None = None


class _TextInput(_Dialogflow):
    text: str
    language_code: str | None = None


class _Content(_Dialogflow):
    """An ``AnalyzeContentRequest``: without text it is sound or an event."""

    text_input: _TextInput | None = None
    message_send_time: Moment | None = None


class _Requested(_Dialogflow):
    """The details of ``analyze-content-requested``."""

    conversation_id: str | None = None
    participant_role: str
    request: _Content


class _Dispatched(_Dialogflow):
    detail: _Requested


def fits(value: Json) -> bool:
    """Whether the keys are those of one of the shapes that ``said`` reads."""
    match value:
        case {"speaker": _}:
            return False
        case {"entries": [{"start_timestamp_usec": _}, *_]} | {"entries": _, "conversation_info": _}:
            return True
        case {"messageEntries": _} | {"conversationContext": {"messageEntries": _}}:
            return True
        case {"messages": [{"participantRole": _}, *_]}:
            return True
        case {"conversation": str(name), "type": _}:
            return name.startswith("projects/")
        case {"participantRole": _, "request": _} | {"detail": {"participantRole": _, "request": _}}:
            return True
        case {"role": _, "text": _, "createTime": _} | {"role": _, "text": _, "languageCode": _}:
            return True
    return False


def said(value: Json) -> Iterator[Said]:
    """Turns of a file, a list or an event."""
    match value:
        case {"entries": _}:
            yield from _file(_File.model_validate(value))
        case {"messageEntries": _}:
            yield from _context(_Context.model_validate(value))
        case {"conversationContext": _}:
            yield from _context(_Request.model_validate(value).conversation_context)
        case {"messages": _}:
            yield from map(_message, _Messages.model_validate(value).messages)
        case {"conversation": _}:
            if message := _Event.model_validate(value).new_message_payload:
                yield _message(message)
        case {"request": _}:
            yield from _requested(_Requested.model_validate(value))
        case {"detail": _}:
            yield from _requested(_Dispatched.model_validate(value).detail)
        case _:
            yield _alone(_MessageEntry.model_validate(value))


def _file(document: _File) -> Iterator[Said]:
    for entry in document.entries:
        since_1970 = entry.start_timestamp_usec
        known = entry.user_id is not None and role_of(entry.role) is Speaker.CUSTOMER
        yield Said(
            turn_id=None,
            speaker=entry.role,
            text=entry.text,
            at=moment(since_1970 / 1000) if since_1970 >= _YEAR_2000 else None,
            start=since_1970 / 1_000_000,
            customer=str(entry.user_id) if known else None,
            whole=True,
        )


def _context(context: _Context) -> Iterator[Said]:
    for entry in context.message_entries:
        yield replace(_listed(entry), whole=True)


def _alone(entry: _MessageEntry) -> Said:
    return replace(_listed(entry), turn_id=_digest(entry.role, entry.create_time, entry.text))


def _listed(entry: _MessageEntry) -> Said:
    return Said(
        turn_id=None,
        speaker=entry.role,
        text=entry.text,
        at=entry.create_time,
        language=entry.language_code,
    )


def _message(message: _Message) -> Said:
    conversation, _, key = message.name.split("/")[-3:]
    return Said(
        turn_id=key,
        speaker=message.participant_role,
        text=message.content,
        conversation_id=conversation,
        at=message.send_time or message.create_time,
        language=message.language_code,
    )


def _requested(event: _Requested) -> Iterator[Said]:
    if words := event.request.text_input:
        time = event.request.message_send_time
        yield Said(
            turn_id=_digest(event.participant_role, time, words.text),
            speaker=event.participant_role,
            text=words.text,
            conversation_id=event.conversation_id,
            at=time,
            language=words.language_code,
            channel="chat",
        )


def _digest(role: str, time: datetime | None, text: str) -> str | None:
    """What is delivered twice is the same; without a time it might as well be said twice."""
    return hashlib.sha256(ascii((role, str(time), text)).encode()).hexdigest()[:16] if time else None


PLATFORM = Platform("google", fits, said)
