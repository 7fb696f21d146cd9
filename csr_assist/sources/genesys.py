"""Genesys Cloud: live transcription events, alone or in their wrappings, and the stored transcript.

An event may come bare, with its ``topicName`` from a notification channel, or in the ``detail`` of EventBridge; events
of other topics and of a session's status have no words. Offsets are milliseconds from ``transcriptionStartTimeMs``,
which starts anew when a call is transferred. A stored phrase only tells the two sides apart: which of those inside
spoke, a person or a machine, stands in ``participants`` by time. Its ``startTimeMs`` counts from 1970 or from
``conversationStartTime``. Texts come raw and decorated, with punctuation and digits.
Documented in "Transcription Notifications" and "Transcript URL".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from csr_assist.sources.platform import Json, Payload, Platform, Said, moment

_PEOPLE = frozenset({"agent", "user"})
_BOTS = frozenset({"bot", "botflow"})
_MACHINES = frozenset({"acd", "ivr", "voicemail", "fax"})
_EPOCH = 1e11
"""More milliseconds than this count from 1970, fewer from the beginning of something."""
_Milliseconds = Annotated[float, Field(gt=-1e13, lt=1e13)]
"""So few that two of them together are still a date."""


class _Camel(Payload):
    model_config = ConfigDict(alias_generator=to_camel)


class _Alternative(_Camel):
    transcript: str
    offset_ms: _Milliseconds
    confidence: float = 0
    decorated_transcript: str | None = None


class _Utterance(_Camel):
    utterance_id: str
    is_final: bool
    channel: str
    alternatives: tuple[_Alternative, ...] = ()
    dialect: str | None = None


class _Live(_Camel):
    conversation_id: str | None = None
    transcription_start_time_ms: _Milliseconds = 0
    transcripts: tuple[_Utterance, ...] | None = None


class _Notification(_Camel):
    event_body: _Live


class _Bridged(_Camel):
    detail: _Notification


class _Phrase(_Camel):
    phrase_index: int
    participant_purpose: str
    start_time_ms: _Milliseconds
    text: str
    decorated_text: str | None = None


class _Transcript(_Camel):
    transcript_id: str
    phrases: tuple[_Phrase, ...] = ()
    language: str | None = None


class _Participant(_Camel):
    participant_purpose: str
    start_time_ms: _Milliseconds
    end_time_ms: _Milliseconds | None = None


class _Stored(_Camel):
    conversation_id: str
    conversation_start_time: _Milliseconds = 0
    media_type: str | None = None
    transcripts: tuple[_Transcript, ...]
    participants: tuple[_Participant, ...] = ()

    def since(self, milliseconds: float) -> float:
        """Milliseconds since 1970, if the document says when it began."""
        return milliseconds if milliseconds > _EPOCH else self.conversation_start_time + milliseconds

    def present(self, time: float) -> frozenset[str]:
        """Purposes of those who take part at a time, the end not included: the next one begins there."""
        return frozenset(
            one.participant_purpose.lower()
            for one in self.participants
            if self.since(one.start_time_ms) <= time and (one.end_time_ms is None or time < self.since(one.end_time_ms))
        )


def fits(value: Json) -> bool:
    """A wrapped event has an ``eventBody``; a bare one and a document name conversation and communication."""
    event = value.get("detail") if "detail" in value else value if "topicName" in value else None
    if isinstance(event, dict) and isinstance(event.get("eventBody"), dict):
        return True
    spoken = "transcripts" in value or "transcriptionStartTimeMs" in value
    return spoken and "conversationId" in value and "communicationId" in value


def said(value: Json) -> Iterator[Said]:
    """Turns of an event or a document."""
    if "detail" in value:
        return _live(_Bridged.model_validate(value).detail.event_body)
    if "eventBody" in value:
        return _live(_Notification.model_validate(value).event_body)
    if "transcriptionStartTimeMs" in value:
        return _live(_Live.model_validate(value))
    return _stored(_Stored.model_validate(value))


def _live(event: _Live) -> Iterator[Said]:
    for utterance in event.transcripts or ():
        if not utterance.alternatives:
            continue
        best = max(utterance.alternatives, key=lambda one: one.confidence)
        time = event.transcription_start_time_ms + best.offset_ms
        yield Said(
            turn_id=utterance.utterance_id,
            speaker=utterance.channel,
            text=best.decorated_transcript or best.transcript,
            conversation_id=event.conversation_id,
            at=_date(time),
            start=time / 1000,
            final=utterance.is_final,
            language=utterance.dialect,
            channel="call",
        )


def _stored(document: _Stored) -> Iterator[Said]:
    for transcript in document.transcripts:
        for phrase in transcript.phrases:
            time = document.since(phrase.start_time_ms)
            speaker = _speaker(phrase.participant_purpose.lower(), document.present(time))
            if speaker is None:
                continue
            yield Said(
                turn_id=f"{transcript.transcript_id}.{phrase.phrase_index}",
                speaker=speaker,
                text=phrase.decorated_text or phrase.text,
                conversation_id=document.conversation_id,
                at=_date(time),
                start=time / 1000,
                language=transcript.language,
                channel=_channel(document.media_type),
            )


def _speaker(purpose: str, present: frozenset[str]) -> str | None:
    """Who speaks, None for a machine. Where a person and a machine are both inside, the person is taken to speak."""
    inside = present if purpose == "internal" else {purpose}
    if inside & _PEOPLE:
        return "agent"
    if inside & _BOTS:
        return "bot"
    return None if inside & _MACHINES else purpose


def _channel(kind: str | None) -> str | None:
    name = (kind or "").lower()
    return {"voice": "call"}.get(name, name) or None


def _date(milliseconds: float) -> datetime | None:
    return moment(milliseconds) if milliseconds > _EPOCH else None


PLATFORM = Platform("genesys", fits, said)
