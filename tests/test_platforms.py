"""What is alike for all platforms: each knows its own JSON, and what is broken costs itself alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Turn
from csr_assist.sources import PLATFORMS, Problem, named, parse_text

SAMPLES: dict[str, dict[str, Any]] = {
    "transcribe": {
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-US",
        "Transcript": [{"Id": "a", "ParticipantRole": "CUSTOMER", "Content": "hi", "BeginOffsetMillis": 0}],
    },
    "post-call-analytics": {
        "ConversationAnalytics": {
            "Cust": "Customer",
            "SpeakerLabels": [{"Speaker": "spk_0", "DisplayText": "Customer"}],
        },
        "SpeechSegments": [{"SegmentStartTime": 0.5, "SegmentSpeaker": "spk_0", "DisplayText": "hi"}],
    },
    "contact-lens": {
        "ContactId": "c",
        "Segments": [
            {"Transcript": {"Id": "t", "ParticipantRole": "CUSTOMER", "Content": "hi", "BeginOffsetMillis": 0}}
        ],
    },
    "live-call-analytics": {
        "EventType": "ADD_TRANSCRIPT_SEGMENT",
        "CallId": "c",
        "SegmentId": "s",
        "Channel": "CALLER",
        "Transcript": "hi",
        "IsPartial": False,
        "StartTime": "0.5",
    },
    "google": {
        "conversation_info": {},
        "entries": [{"text": "hi", "role": "CUSTOMER", "user_id": 1, "start_timestamp_usec": 1000000}],
    },
    "genesys": {
        "eventBody": {
            "conversationId": "c",
            "transcriptionStartTimeMs": 1,
            "transcripts": [
                {
                    "utteranceId": "u",
                    "isFinal": True,
                    "channel": "EXTERNAL",
                    "alternatives": [{"transcript": "hi", "offsetMs": 1, "confidence": 0.9}],
                }
            ],
        },
        "topicName": "v2.conversations.c.transcription",
    },
    "twilio": {
        "TranscriptionEvent": "transcription-content",
        "CallSid": "c",
        "TranscriptionSid": "t",
        "SequenceId": "1",
        "Track": "customer",
        "TranscriptionData": '{"transcript": "hi"}',
    },
    "azure": {"recognizedPhrases": [{"offsetInTicks": 1, "speaker": 1, "nBest": [{"display": "hi"}]}]},
    "zendesk": {"comments": [{"id": 1, "author_id": 7, "body": "hi"}], "ticket": {"id": 5, "requester_id": 7}},
    "knowledge-mining": {"ConversationId": "c", "StartTime": "2026-01-31 09:30:00", "Content": "**Customer:** hi"},
}
"""One small document or event of each platform, in which a customer says hi."""
NAMES = [platform.name for platform in PLATFORMS]
ROLES = named(["speaker 1=customer"])
"""Azure never says who is who."""


def read(value: Any, indent: int | None = None) -> list[Turn | Problem]:
    return list(parse_text(json.dumps(value, indent=indent), "f.json", roles=ROLES))


def test_every_platform_has_a_sample() -> None:
    assert sorted(SAMPLES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_is_told_by_its_json_alone(name: str) -> None:
    fitting = [platform.name for platform in PLATFORMS if platform.fits(SAMPLES[name])]
    assert fitting[0] == name
    assert [(one.speaker, one.text) for one in read(SAMPLES[name]) if isinstance(one, Turn)] == [("customer", "hi")]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_pretty_printed_too(name: str) -> None:
    assert read(SAMPLES[name], indent=2) == read(SAMPLES[name])


def test_what_is_no_json_between_events_is_named() -> None:
    event = json.dumps(SAMPLES["contact-lens"])
    problem, turn = parse_text(f"{event}\n{{broken\n{event}", "f.json")
    assert str(problem) == "f.json:2: this is 'no JSON'; expected an object of contact-lens"
    assert isinstance(turn, Turn)


PATHS = st.sampled_from(NAMES)
JUNK: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({})
)


def damaged(value: Any, draw: st.DataObject, junk: Any) -> Any:
    """The value with one place in it replaced."""
    if isinstance(value, dict) and value and draw.draw(st.booleans()):
        key = draw.draw(st.sampled_from(sorted(value)))
        return {**value, key: damaged(value[key], draw, junk)}
    if isinstance(value, list) and value:
        return [damaged(value[0], draw, junk), *value[1:]]
    return junk


@settings(max_examples=400)
@given(PATHS, st.data(), JUNK)
def test_whatever_a_platform_sends_gives_turns_or_problems(name: str, draw: st.DataObject, junk: Any) -> None:
    value = damaged(SAMPLES[name], draw, junk)
    found = list(parse_text(json.dumps([value, SAMPLES[name]]), "f.json", name, ROLES))
    assert all(isinstance(one, Turn | Problem) for one in found)
    assert any(isinstance(one, Turn) and one.text == "hi" for one in found)
