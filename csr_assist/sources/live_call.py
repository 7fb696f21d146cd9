"""Live Call Analytics on AWS: the event of one transcript segment.

Times are seconds, written as strings. A partial segment carries the ``SegmentId`` of the one that corrects it. What
the assistant, the categories and the tone of voice add stands in channels of its own: nobody said it in the call.
``OriginalTranscript`` is the text before redaction and is never read.
Documented in "TranscriptLambdaHookFunction.md" and "Notifications.md".
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import FiniteFloat

from csr_assist.sources.platform import Json, Moment, Payload, Platform, Said

_UNSPOKEN = frozenset({"AGENT_ASSISTANT", "CHAT_ASSISTANT", "CATEGORY_MATCH", "AGENT_VOICETONE", "CALLER_VOICETONE"})


class _Event(Payload):
    EventType: str


class _Segment(Payload):
    CallId: str
    SegmentId: str
    Channel: str
    Transcript: str
    IsPartial: bool
    StartTime: FiniteFloat
    CreatedAt: Moment | None = None


def fits(value: Json) -> bool:
    """Every event of a call has ``EventType`` and ``CallId``; a category's notice has names of its own."""
    return {"EventType", "CallId"} <= value.keys() or _is_notice(value)


def said(value: Json) -> Iterator[Said]:
    """The turn of a segment; nothing for the start, the end and the categories of a call."""
    if _is_notice(value) or _Event.model_validate(value).EventType != "ADD_TRANSCRIPT_SEGMENT":
        return
    segment = _Segment.model_validate(value)
    if segment.Channel in _UNSPOKEN:
        return
    yield Said(
        turn_id=segment.SegmentId,
        speaker=segment.Channel,
        text=segment.Transcript,
        conversation_id=segment.CallId,
        at=segment.CreatedAt,
        start=segment.StartTime,
        final=not segment.IsPartial,
        channel="call",
    )


def _is_notice(value: Json) -> bool:
    return {"call_id", "category_name"} <= value.keys()


PLATFORM = Platform("live-call-analytics", fits, said)
