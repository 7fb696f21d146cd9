"""Amazon Transcribe Post-Call Analytics (PCA): a call's result file.

Segments name a speaker as ``spk_0``; who that is stands in ``SpeakerLabels``, where the name of an agent may have
replaced the word "Agent". What an IVR said is left out. Times of segments are seconds; ``ConversationTime`` is local to
``ConversationLocation``, and a mere copy of ``ProcessTime`` where PCA could not tell. ``None`` as a string is nothing.
Documented in "output_json_structure.md" of PCA.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from csr_assist.sources.platform import Json, Payload, Platform, Said

_OrNone = BeforeValidator(lambda value: None if value in ("", "None") else value)
_Name = Annotated[str | None, _OrNone]
_Time = Annotated[datetime, Field(ge=datetime(1970, 1, 1), lt=datetime(9000, 1, 1))]
_Seconds = Annotated[float, Field(ge=0, lt=1_000_000)]


class _Label(Payload):
    Speaker: str
    DisplayText: str


class _Job(Payload):
    TranscriptionJobName: _Name = None


class _Source(Payload):
    TranscribeJobInfo: _Job = _Job()


class _Analytics(Payload):
    GUID: _Name = None
    Agent: _Name = None
    Agents: tuple[str, ...] = ()
    Cust: _Name = None
    ConversationTime: Annotated[_Time | None, _OrNone] = None
    ConversationLocation: Annotated[ZoneInfo | None, _OrNone] = None
    ProcessTime: Annotated[_Time | None, _OrNone] = None
    LanguageCode: str | None = None
    SpeakerLabels: tuple[_Label, ...] = ()
    SourceInformation: tuple[_Source, ...] = ()

    @property
    def id(self) -> str | None:
        jobs = (source.TranscribeJobInfo.TranscriptionJobName for source in self.SourceInformation)
        return self.GUID or next(jobs, None)

    @property
    def begin(self) -> datetime | None:
        time = self.ConversationTime
        if time is None or time == self.ProcessTime:
            return None
        return (time if time.tzinfo else time.replace(tzinfo=self.ConversationLocation or UTC)).astimezone(UTC)

    @property
    def speakers(self) -> dict[str, str]:
        known = {self.Cust: "customer", **dict.fromkeys((self.Agent, *self.Agents), "agent")}
        return {label.Speaker: known.get(label.DisplayText, label.DisplayText) for label in self.SpeakerLabels}


class _Segment(Payload):
    """``DisplayText`` is what a person may have corrected; results of old versions have no ``IVRSegment``."""

    SegmentStartTime: _Seconds
    SegmentSpeaker: str
    OriginalText: str = ""
    DisplayText: str
    IVRSegment: bool = False


class _Result(Payload):
    ConversationAnalytics: _Analytics
    SpeechSegments: tuple[_Segment, ...]


def fits(value: Json) -> bool:
    """A result has the ``ConversationAnalytics`` of a call and its ``SpeechSegments``."""
    return isinstance(value.get("ConversationAnalytics"), Mapping) and isinstance(value.get("SpeechSegments"), list)


def said(value: Json) -> Iterator[Said]:
    """Turns of a result, numbered as those of its segments are that can be read."""
    result = _Result.model_validate(value)
    call = result.ConversationAnalytics
    begin, speakers = call.begin, call.speakers
    for number, segment in enumerate(result.SpeechSegments, 1):
        if segment.IVRSegment:
            continue
        yield Said(
            turn_id=str(number),
            speaker=speakers.get(segment.SegmentSpeaker, segment.SegmentSpeaker),
            text=segment.DisplayText or segment.OriginalText,
            conversation_id=call.id,
            at=begin + timedelta(seconds=segment.SegmentStartTime) if begin else None,
            start=segment.SegmentStartTime,
            language=call.LanguageCode,
            channel="call",
            customer=call.Cust,
            whole=True,
        )


PLATFORM = Platform("post-call-analytics", fits, said)
