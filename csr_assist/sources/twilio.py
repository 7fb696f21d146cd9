"""Twilio: transcribed calls, live and stored, and messages of Conversations.

Twilio never says who the customer is. A track is inbound or outbound as the call was, a recording has channels, and
a message has the name of its author: these are the speakers here, for the user to map. Webhooks send forms: all
fields are strings, and ``TranscriptionData`` is JSON in one of them. An interim result has no number in common with
the final one that replaces it, so interim results are left out. Media Streams are audio and have no words.
Documented in "TwiML Voice: <Transcription>", "Transcript Sentence subresource", "Conversations Webhooks" and, for
Event Streams, "Conversations: Message".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, FiniteFloat
from pydantic_core import from_json

from csr_assist.sources.platform import Json, Moment, Payload, Platform, Said

_STREAMED = "com.twilio."
_TRANSCRIPT = re.compile(r"/Transcripts/(\w+)")


def _opened(value: object) -> object:
    """JSON in a string of a form; only ``ValueError`` may come of it."""
    return from_json(value.encode()) if isinstance(value, str) else value


class _Data(Payload):
    transcript: str


class _Content(Payload):
    """A ``transcription-content`` event. ``SequenceId`` counts the events of one transcription of the call."""

    CallSid: str
    TranscriptionSid: str
    SequenceId: int
    Track: str
    TranscriptionData: Annotated[_Data, BeforeValidator(_opened)]
    Final: bool = True
    Timestamp: Moment | None = None
    LanguageCode: str | None = None


class _Sentence(Payload):
    media_channel: int
    sentence_index: int
    transcript: str | None
    start_time: FiniteFloat | None = None
    """Seconds; null or a string, depending on the transcript."""
    sid: str | None = None


class _Meta(Payload):
    url: str = ""


class _Page(Payload):
    sentences: tuple[_Sentence, ...]
    meta: _Meta = _Meta()


class _Message(Payload):
    """A message as Event Streams give it; the classic webhook calls its words ``Body``."""

    ConversationSid: str
    MessageSid: str
    Author: str | None = None
    text: str | None = Field(None, validation_alias=AliasChoices("MessageBody", "Body"))
    DateCreated: Moment | None = None


class _Streamed(Payload):
    data: _Message


def fits(value: Json) -> bool:
    """Webhooks and streamed events name their kind; a sentence has a ``media_channel``."""
    kind, page = value.get("type"), value.get("sentences")
    return (
        ("TranscriptionEvent" in value and "CallSid" in value)
        or ("EventType" in value and "ConversationSid" in value)
        or ("data" in value and isinstance(kind, str) and kind.startswith(_STREAMED))
        or any(
            isinstance(one, dict) and {"media_channel", "transcript"} <= one.keys()
            for one in (page if isinstance(page, list) else [value])
        )
    )


def said(value: Json) -> Iterator[Said]:
    """What an event, a page of sentences or one sentence says. An edited message comes again, under its id."""
    match value:
        case {"TranscriptionEvent": "transcription-content"}:
            yield from _content(_Content.model_validate(value))
        case {"type": "com.twilio.conversations.message.added" | "com.twilio.conversations.message.updated"}:
            yield from _message(_Streamed.model_validate(value).data)
        case {"EventType": "onMessageAdded" | "onMessageUpdated"}:
            yield from _message(_Message.model_validate(value))
        case {"TranscriptionEvent": _} | {"type": _} | {"EventType": _}:
            return
        case {"sentences": _}:
            page = _Page.model_validate(value)
            transcript = _TRANSCRIPT.search(page.meta.url)
            for sentence in page.sentences:
                yield from _sentence(sentence, transcript and transcript[1])
        case _:
            yield from _sentence(_Sentence.model_validate(value), None)


def _content(event: _Content) -> Iterator[Said]:
    if event.Final:
        yield Said(
            turn_id=f"{event.TranscriptionSid}.{event.SequenceId}",
            speaker=event.Track,
            text=event.TranscriptionData.transcript,
            conversation_id=event.CallSid,
            at=event.Timestamp,
            language=event.LanguageCode,
            channel="call",
        )


def _sentence(sentence: _Sentence, transcript: str | None) -> Iterator[Said]:
    if sentence.transcript:
        yield Said(
            turn_id=sentence.sid or str(sentence.sentence_index),
            speaker=f"channel {sentence.media_channel}",
            text=sentence.transcript,
            conversation_id=transcript,
            start=sentence.start_time,
            channel="call",
        )


def _message(message: _Message) -> Iterator[Said]:
    if message.text:
        yield Said(
            turn_id=message.MessageSid,
            speaker=message.Author or "system",
            text=message.text,
            conversation_id=message.ConversationSid,
            at=message.DateCreated,
            channel="chat",
        )


PLATFORM = Platform("twilio", fits, said)
