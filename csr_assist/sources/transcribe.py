"""Amazon Transcribe: Call Analytics files, Call Analytics streams and plain files with speakers told apart.

A Call Analytics file looks like one of Contact Lens, and after a stream it names ``Participants`` too, but the role
stands on each turn and nothing has a ``ParticipantId``. A stream's events have no call; the Amazon Chime SDK wraps them
and says it. A plain file has times as strings of seconds, words apart from who said them, and nobody's role: speakers
stay ``spk_0``, ``spk_1``.
Documented in "Post-call analytics output", "Post-call analytics with real-time transcriptions", "Real-time Call
Analytics output", "Example diarization output (batch)" and the Chime SDK's "Processor and output destinations".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, FiniteFloat

from csr_assist.sources.platform import Json, Payload, Platform, Said


class _Turn(Payload):
    Id: str
    ParticipantRole: str
    Content: str
    BeginOffsetMillis: FiniteFloat


class _Analysed(Payload):
    """``SessionId`` is there after a stream only."""

    SessionId: str | None = None
    LanguageCode: str | None = None
    Transcript: tuple[_Turn, ...]


class _Utterance(Payload):
    UtteranceId: str
    ParticipantRole: str
    Transcript: str
    BeginOffsetMillis: FiniteFloat
    IsPartial: bool = False
    LanguageCode: str | None = None


class _Stream(Payload):
    UtteranceEvent: _Utterance | None = None


class _Call(Payload):
    id: str | None = Field(None, validation_alias="callId")


class _Event(_Stream):
    """An event as the stream, the SDKs (without the outer name) or Chime (with the call's ``metadata``) give it.

    Chime's ``metadata`` is a string in events that have no words.
    """

    CallAnalyticsTranscriptResultStream: _Stream | None = None
    metadata: _Call | str | None = None


class _Alternative(Payload):
    content: str


class _Item(Payload):
    """A word, or the punctuation behind one, which has no time."""

    start_time: FiniteFloat | None = None
    type: str
    alternatives: Annotated[tuple[_Alternative, ...], Field(min_length=1)]

    @property
    def text(self) -> str:
        best = self.alternatives[0].content
        return best if self.type == "punctuation" else f" {best}"


class _Time(Payload):
    start_time: FiniteFloat


class _Segment(Payload):
    start_time: FiniteFloat
    speaker_label: str
    items: tuple[_Time, ...]


class _Labels(Payload):
    segments: tuple[_Segment, ...]


class _Results(Payload):
    speaker_labels: _Labels
    items: tuple[_Item, ...]
    language_code: str | None = None


class _Job(Payload):
    name: str | None = Field(None, validation_alias="jobName")
    results: _Results


def fits(value: Json) -> bool:
    """Plain files have ``speaker_labels``, events their names; turns of Call Analytics have no ``ParticipantId``."""
    if isinstance(results := value.get("results"), Mapping):
        return "speaker_labels" in results
    if value.get("service-type") == "CallAnalytics" or "CallAnalyticsTranscriptResultStream" in value:
        return True
    if isinstance(turns := value.get("Transcript"), list):
        return "JobStatus" in value and not any(isinstance(turn, Mapping) and "ParticipantId" in turn for turn in turns)
    return any(isinstance(value.get(event), Mapping) for event in ("UtteranceEvent", "CategoryEvent"))


def said(value: Json) -> Iterator[Said]:
    """Turns of an event or a file."""
    if "results" in value:
        return _plain(_Job.model_validate(value))
    return _analysed(_Analysed.model_validate(value)) if "Transcript" in value else _live(_Event.model_validate(value))


def _analysed(document: _Analysed) -> Iterator[Said]:
    for turn in document.Transcript:
        yield Said(
            turn_id=turn.Id,
            speaker=turn.ParticipantRole,
            text=turn.Content,
            conversation_id=document.SessionId,
            start=turn.BeginOffsetMillis / 1000,
            language=document.LanguageCode,
            channel="call",
            whole=True,
        )


def _live(event: _Event) -> Iterator[Said]:
    if heard := (event.CallAnalyticsTranscriptResultStream or event).UtteranceEvent:
        yield Said(
            turn_id=heard.UtteranceId,
            speaker=heard.ParticipantRole,
            text=heard.Transcript,
            conversation_id=event.metadata.id if isinstance(event.metadata, _Call) else None,
            start=heard.BeginOffsetMillis / 1000,
            final=not heard.IsPartial,
            language=heard.LanguageCode,
            channel="call",
        )


def _plain(job: _Job) -> Iterator[Said]:
    segments = job.results.speaker_labels.segments
    texts = _texts(segments, job.results.items)
    for number, (segment, text) in enumerate(zip(segments, texts, strict=True), 1):
        yield Said(
            turn_id=str(number),
            speaker=segment.speaker_label,
            text=text.strip(),
            conversation_id=job.name,
            start=segment.start_time,
            language=job.results.language_code,
            channel="call",
            whole=True,
        )


def _texts(segments: tuple[_Segment, ...], items: tuple[_Item, ...]) -> list[str]:
    """Words go to the segment that lists their time; what has no time or is not listed, to that of the word before."""
    texts = [""] * len(segments)
    place = {word.start_time: number for number, segment in enumerate(segments) for word in segment.items}
    at = 0
    for item in items if segments else ():
        at = at if item.start_time is None else place.get(item.start_time, at)
        texts[at] += item.text
    return texts


PLATFORM = Platform("transcribe", fits, said)
