"""What is alike for all platforms: each knows its own JSON, and what is broken costs itself alone."""

from __future__ import annotations

import copy
import json
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.sources import PLATFORMS, Problem, named, parse_text
from csr_assist.sources.events import heard_in

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


LISTS = {
    "transcribe": ("Transcript",),
    "post-call-analytics": ("SpeechSegments",),
    "contact-lens": ("Segments",),
    "google": ("entries",),
    "genesys": ("eventBody", "transcripts"),
    "azure": ("recognizedPhrases",),
    "zendesk": ("comments",),
}
"""Where the samples hold what is said, for those that hold more than one turn."""


def with_items(name: str, *items: Any) -> Any:
    """A sample with these items around its own."""
    sample = copy.deepcopy(SAMPLES[name])
    *path, last = LISTS[name]
    holder = reduce(lambda value, key: value[key], path, sample)
    holder[last] = [*items, *holder[last], *items]
    return sample


@pytest.mark.parametrize("bad", [{"x": 1}, 7, None, "x", []], ids=["empty", "number", "null", "string", "list"])
@pytest.mark.parametrize("name", LISTS)
def test_a_malformed_item_costs_itself_alone_and_is_named(name: str, bad: Any) -> None:
    if name == "contact-lens" and isinstance(bad, dict):
        bad = {"Transcript": bad}  # a segment may hold anything else
    value = with_items(name, bad, bad)
    found = read(value)
    assert [one.text for one in found if isinstance(one, Turn)] == ["hi"]
    places = [".".join((*LISTS[name], str(number))) for number in (0, 1, 3, 4)]
    problems = [one.reason for one in found if isinstance(one, Problem)]
    assert all(problem.startswith(place) for problem, place in zip(problems, places, strict=True)), problems
    turns, told = heard_in(next(one for one in PLATFORMS if one.name == name), value, ROLES, "c")
    assert [one.turn.text for one in turns] == ["hi"]
    assert len(told) == 4


def test_what_is_malformed_around_the_items_costs_all_of_them() -> None:
    bad = {**SAMPLES["transcribe"], "LanguageCode": 7, "Transcript": [*SAMPLES["transcribe"]["Transcript"], 7]}
    with pytest.raises(InputError, match=r"first problem is at f\.json:1: Transcript\.1: input should be"):
        read(bad)


def test_an_item_that_is_left_out_is_named_once() -> None:
    words = [{"start_time": "0.1", "type": "pronunciation", "alternatives": [{"content": "hi"}]}]
    words += [{"start_time": "0.2", "type": "pronunciation", "alternatives": [{"x": 1}]}]
    spoken = {"start_time": "0.1", "speaker_label": "speaker 1", "items": [{"start_time": "0.1"}, {"x": 1}]}
    found = read({"jobName": "j", "results": {"items": words, "speaker_labels": {"segments": [spoken]}}})
    reasons = [one.reason.partition(": ")[0] for one in found if isinstance(one, Problem)]
    assert reasons == [
        "results.speaker_labels.segments.0.items.1.start_time",
        "results.items.1.alternatives",
    ]
    assert [one.text for one in found if isinstance(one, Turn)] == ["hi"]


WHOLE: dict[str, Any] = {
    "transcribe": SAMPLES["transcribe"],
    "transcribe, plain": {
        "results": {
            "items": [{"start_time": "0.1", "type": "pronunciation", "alternatives": [{"content": "hi"}]}],
            "speaker_labels": {
                "segments": [{"start_time": "0.1", "speaker_label": "speaker 1", "items": [{"start_time": "0.1"}]}]
            },
        }
    },
    "post-call-analytics": SAMPLES["post-call-analytics"],
    "google": SAMPLES["google"],
    "google, messages": {"messageEntries": [{"text": "hi", "role": "END_USER"}]},
    "azure": SAMPLES["azure"],
    "azure, fast": {"combinedPhrases": [], "phrases": [{"text": "hi", "offset": 1, "speaker": 1}]},
}
"""Documents that are a whole conversation and do not name it."""


@pytest.mark.parametrize("value", WHOLE.values(), ids=WHOLE)
def test_conversations_without_an_id_are_told_apart(value: Any) -> None:
    def ids(*values: Any) -> list[str]:
        found = parse_text("\n".join(map(json.dumps, values)), "calls.json", roles=ROLES)
        return [one.conversation_id if isinstance(one, Turn) else str(one) for one in found]

    assert ids(value) == ["calls"]
    assert ids(value, value) == ["calls-1", "calls-2"]
    assert ids([value, value, value]) == ["calls-1", "calls-2", "calls-3"]
    assert ids(value, 7)[1:] == ["calls"]


def test_a_conversation_that_names_itself_keeps_its_id() -> None:
    nameless = SAMPLES["post-call-analytics"]
    named = {**nameless, "ConversationAnalytics": {**nameless["ConversationAnalytics"], "GUID": "g"}}
    assert [one.conversation_id for one in read([named, nameless]) if isinstance(one, Turn)] == ["f", "g"]
    found = read([nameless, named, nameless])
    assert [one.conversation_id for one in found if isinstance(one, Turn)] == ["f-1", "f-2", "g"]


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
