"""Amazon Connect Contact Lens: live segments, the call's file and the chat's file.

Roles of a call stand beside its participants and are joined by ``ParticipantId``. A live ``Utterance`` is
partial; the ``Transcript`` that follows carries its ``TranscriptId``.
Documented in "Contact Lens example output files" and "Real-time contact analysis segments stream".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import FiniteFloat

from csr_assist.sources.platform import Json, Moment, Payload, Platform, Said


class _Spoken(Payload):
    ParticipantRole: str
    BeginOffsetMillis: FiniteFloat

    @property
    def seconds(self) -> float:
        return self.BeginOffsetMillis / 1000


class _Utterance(_Spoken):
    TranscriptId: str
    PartialContent: str


class _Transcript(_Spoken):
    Id: str
    Content: str


class _Segment(Payload):
    Utterance: _Utterance | None = None
    Transcript: _Transcript | None = None


class _Live(Payload):
    ContactId: str | None = None
    LanguageCode: str | None = None
    Channel: str | None = None
    Segments: tuple[_Segment, ...] = ()


class _Participant(Payload):
    ParticipantId: str
    ParticipantRole: str


class _Item(Payload):
    """A turn of a call (offset, participant) or a message of a chat (time, role)."""

    Id: str
    ParticipantId: str | None = None
    ParticipantRole: str | None = None
    Content: str | None = None
    BeginOffsetMillis: FiniteFloat | None = None
    AbsoluteTime: Moment | None = None
    Type: str = "MESSAGE"


class _Contact(Payload):
    ContactId: str


class _File(Payload):
    Channel: str | None = None
    LanguageCode: str | None = None
    CustomerMetadata: _Contact | None = None
    Participants: tuple[_Participant, ...] = ()
    Transcript: tuple[_Item, ...]


def fits(value: Json) -> bool:
    """A stream event or poll answer has ``Segments``; a file has a ``Transcript`` and its ``Participants``."""
    if "Segments" in value:
        return "ContactId" in value or "NextToken" in value or "EventType" in value
    return isinstance(value.get("Transcript"), list) and ("Participants" in value or "CustomerMetadata" in value)


def said(value: Json) -> Iterator[Said]:
    """Turns of an event or a file."""
    return _live(_Live.model_validate(value)) if "Segments" in value else _file(_File.model_validate(value))


def _live(event: _Live) -> Iterator[Said]:
    for segment in event.Segments:
        if part := segment.Utterance:
            heard = Said(part.TranscriptId, part.ParticipantRole, part.PartialContent, start=part.seconds, final=False)
        elif whole := segment.Transcript:
            heard = Said(whole.Id, whole.ParticipantRole, whole.Content, start=whole.seconds)
        else:
            continue
        yield replace(
            heard,
            conversation_id=event.ContactId,
            language=event.LanguageCode,
            channel=_channel(event.Channel),
        )


def _file(document: _File) -> Iterator[Said]:
    roles = {one.ParticipantId: one.ParticipantRole for one in document.Participants}
    for item in document.Transcript:
        if item.Type != "MESSAGE" or not item.Content:
            continue
        yield Said(
            turn_id=item.Id,
            speaker=item.ParticipantRole or roles.get(item.ParticipantId or "", "unknown"),
            text=item.Content,
            conversation_id=document.CustomerMetadata.ContactId if document.CustomerMetadata else None,
            at=item.AbsoluteTime,
            start=None if item.BeginOffsetMillis is None else item.BeginOffsetMillis / 1000,
            language=document.LanguageCode,
            channel=_channel(document.Channel),
        )


def _channel(name: str | None) -> str | None:
    return {"VOICE": "call", "CHAT": "chat"}.get(name or "")


PLATFORM = Platform("contact-lens", fits, said)
