"""Amazon Connect Contact Lens: live segments, the call's file and the chat's file.

Roles of a call's file stand beside its participants and are joined by ``ParticipantId``. A live ``Utterance`` is
partial; the ``Transcript`` that follows carries its ``TranscriptId``. Live segments of a call are placed by
milliseconds from its beginning, those of a chat by ``Time``. A stream's first and last events have no segments, and a
chat's stream has names of its own for the kind of event and the language.
Documented in "Contact Lens example output files", "Real-time contact analysis segment streams" (voice and chat) and,
for what is polled, ``ListRealtimeContactAnalysisSegments`` and ``ListRealtimeContactAnalysisSegmentsV2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import AliasChoices, AliasPath, Field, FiniteFloat

from csr_assist.sources.platform import Json, Moment, Payload, Platform, Said


class _Time(Payload):
    """A union; so far ``AbsoluteTime`` is all that it may be."""

    AbsoluteTime: Moment | None = None


class _Spoken(Payload):
    id: str
    text: str
    final: ClassVar[bool]
    ParticipantRole: str
    BeginOffsetMillis: FiniteFloat | None = None
    Time: _Time = _Time()


class _Utterance(_Spoken):
    id: str = Field(validation_alias="TranscriptId")
    text: str = Field(validation_alias="PartialContent")
    final = False


class _Transcript(_Spoken):
    id: str = Field(validation_alias="Id")
    text: str = Field(validation_alias="Content")
    final = True


class _Segment(Payload):
    Utterance: _Utterance | None = None
    Transcript: _Transcript | None = None


class _Live(Payload):
    ContactId: str | None = None
    LanguageCode: str | None = Field(
        None, validation_alias=AliasChoices("LanguageCode", AliasPath("StreamingSettings", "LanguageCode"))
    )
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
    """An event names contact and kind, a polled page has segments, a file has a ``Transcript`` and who takes part."""
    if "speaker" in value:
        return False
    if "Segments" in value:
        return _is_page(value)
    if isinstance(value.get("Transcript"), list):
        return "Participants" in value or "CustomerMetadata" in value
    return _is_event(value)


def said(value: Json) -> Iterator[Said]:
    """Turns of an event, a page or a file; nothing for the first and the last event of a stream."""
    live = "Segments" in value or _is_event(value)
    return _live(_Live.model_validate(value)) if live else _file(_File.model_validate(value))


def _is_event(value: Json) -> bool:
    return "ContactId" in value and ("EventType" in value or "StreamingEventType" in value)


def _is_page(value: Json) -> bool:
    """The last page has no ``NextToken``, and that of a call then nothing but its segments."""
    if value.keys() & {"ContactId", "EventType", "NextToken", "Status"}:
        return True
    segments = value["Segments"]
    return isinstance(segments, list) and any(
        isinstance(one, dict) and ("Transcript" in one or "Utterance" in one) for one in segments
    )


def _live(event: _Live) -> Iterator[Said]:
    for segment in event.Segments:
        if spoken := segment.Utterance or segment.Transcript:
            yield Said(
                turn_id=spoken.id,
                speaker=spoken.ParticipantRole,
                text=spoken.text,
                conversation_id=event.ContactId,
                at=spoken.Time.AbsoluteTime,
                start=_seconds(spoken.BeginOffsetMillis),
                final=spoken.final,
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
            start=_seconds(item.BeginOffsetMillis),
            language=document.LanguageCode,
            channel=_channel(document.Channel),
            whole=True,
        )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _channel(name: str | None) -> str | None:
    return {"VOICE": "call", "CHAT": "chat"}.get(name or "")


PLATFORM = Platform("contact-lens", fits, said)
