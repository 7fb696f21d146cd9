"""Contact Lens in the shapes that its documents show; every text here is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from telling import joined, lines

from csr_assist.conversation import Speaker, Turn
from csr_assist.sources import parse_text
from csr_assist.sources.contact_lens import PLATFORM
from csr_assist.sources.events import heard_in


def utterance(key: str, text: str, begin: int, role: str = "CUSTOMER") -> dict[str, Any]:
    return {
        "Utterance": {
            "Id": f"u-{key}-{begin}",
            "TranscriptId": key,
            "ParticipantId": role,
            "ParticipantRole": role,
            "PartialContent": text,
            "BeginOffsetMillis": begin,
            "EndOffsetMillis": begin + 500,
        }
    }


def transcript(key: str, text: str, begin: int, role: str = "CUSTOMER") -> dict[str, Any]:
    return {
        "Transcript": {
            "Id": key,
            "ParticipantId": role,
            "ParticipantRole": role,
            "Content": text,
            "BeginOffsetMillis": begin,
            "EndOffsetMillis": begin + 900,
            "Sentiment": "NEGATIVE",
            "IssuesDetected": [{"CharacterOffsets": {"BeginOffsetChar": 0, "EndOffsetChar": 4}}],
        }
    }


def live(*segments: dict[str, Any], kind: str = "SEGMENTS", contact: str = "c-1") -> dict[str, Any]:
    return {
        "Version": "1.0.0",
        "Channel": "VOICE",
        "AccountId": "1",
        "InstanceId": "i",
        "ContactId": contact,
        "LanguageCode": "en-US",
        "EventType": kind,
        "Segments": list(segments),
    }


def bare(kind: str, **fields: Any) -> dict[str, Any]:
    """A stream's first or last event: the common properties alone."""
    return {**{key: value for key, value in live(kind=kind).items() if key != "Segments"}, **fields}


def message(key: str, text: str, time: Any, role: str = "CUSTOMER") -> dict[str, Any]:
    """A chat's segment, live or polled by V2."""
    return {
        "Transcript": {
            "Id": key,
            "ParticipantId": role,
            "ParticipantRole": role,
            "DisplayName": "somebody",
            "Content": text,
            "ContentType": "text/plain",
            "Time": {"AbsoluteTime": time},
        }
    }


def chat(*segments: dict[str, Any], kind: str = "SEGMENTS") -> dict[str, Any]:
    """An event of a chat's stream."""
    common = {"Version": "1.0.0", "Channel": "CHAT", "ContactId": "c-3", "StreamingEventType": kind}
    return {
        **common,
        "StreamingSettings": {"LanguageCode": "id-ID"},
        **({"Segments": list(segments)} if segments else {}),
    }


NINE = "2026-01-31T09:30:00.000Z"
CALL = {
    "Version": "1.1.0",
    "Channel": "VOICE",
    "LanguageCode": "en-US",
    "CustomerMetadata": {"ContactId": "c-9"},
    "Participants": [
        {"ParticipantId": "p1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p2", "ParticipantRole": "CUSTOMER"},
    ],
    "Transcript": [
        {"Id": "a", "ParticipantId": "p1", "Content": "Good morning", "BeginOffsetMillis": 0, "EndOffsetMillis": 900},
        {
            "Id": "b",
            "ParticipantId": "p2",
            "Content": "My [PII] is gone",
            "BeginOffsetMillis": 950,
            "Sentiment": "NEUTRAL",
        },
    ],
}
CHAT = {
    "Version": "CHAT-1.0",
    "ChatTranscriptVersion": "2021-05-19",
    "Channel": "CHAT",
    "CustomerMetadata": {"ContactId": "c-7"},
    "Participants": [{"ParticipantId": "p2", "ParticipantRole": "CUSTOMER"}],
    "Transcript": [
        {
            "AbsoluteTime": "2026-01-31T09:30:00.000Z",
            "ContentType": "application/vnd.amazonaws.connect.event.participant.joined",
            "Id": "e",
            "ParticipantId": "p2",
            "ParticipantRole": "CUSTOMER",
            "Type": "EVENT",
        },
        {
            "AbsoluteTime": "2026-01-31T09:30:05.500Z",
            "Content": "hello?",
            "ContentType": "text/plain",
            "Id": "m",
            "ParticipantId": "p2",
            "ParticipantRole": "CUSTOMER",
            "Type": "MESSAGE",
        },
    ],
}


def told(*values: Any, source: str | None = None) -> list[str]:
    return lines(parse_text(joined(values), "f.json", source))


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param([live(transcript("t", "hi", 10))], ["c-1 t customer: hi"], id="a final segment"),
        pytest.param(
            [live(utterance("t", "h", 10)), live(utterance("t", "hi", 10)), live(transcript("t", "hi there", 10))],
            ["c-1 t customer: hi there"],
            id="partial results give way",
        ),
        pytest.param(
            [live(transcript("t", "hi there", 10)), live(utterance("t", "hi", 10))],
            ["c-1 t customer: hi there"],
            id="a late partial result changes nothing",
        ),
        pytest.param([live(utterance("t", "hi", 10))], ["c-1 t customer: hi"], id="a partial result is all there is"),
        pytest.param(
            [live(transcript("b", "later", 900)), live(transcript("a", "sooner", 100, "AGENT"))],
            ["c-1 a agent: sooner", "c-1 b customer: later"],
            id="in the order of the call",
        ),
        pytest.param(
            [live({"Categories": {"MatchedCategories": ["x"]}}, transcript("t", "hi", 0))],
            ["c-1 t customer: hi"],
            id="segments without words",
        ),
        pytest.param(
            [bare("STARTED"), live(transcript("t", "hi", 0)), bare("COMPLETED")], ["c-1 t customer: hi"], id="a stream"
        ),
        pytest.param([bare("FAILED"), live(transcript("t", "hi", 0))], ["c-1 t customer: hi"], id="a failed stream"),
        pytest.param(
            [chat(kind="STARTED"), chat(message("b", "later", NINE), message("a", "sooner", "2026-01-31T09:00:00Z"))],
            ["c-3 a customer: sooner", "c-3 b customer: later"],
            id="a chat's stream",
        ),
        pytest.param(
            [{"Channel": "CHAT", "Status": "IN_PROGRESS", "Segments": [message("t", "hi", 1769851800.5)]}],
            ["f t customer: hi"],
            id="a chat's poll answer",
        ),
        pytest.param(
            [{"Channel": "CHAT", "Status": "IN_PROGRESS", "Segments": []}, live(transcript("t", "hi", 0))],
            ["c-1 t customer: hi"],
            id="a poll answer without segments",
        ),
        pytest.param([{"Segments": [transcript("t", "hi", 0)]}], ["f t customer: hi"], id="the last poll answer"),
        pytest.param(
            [{"Segments": [utterance("t", "h", 0)]}], ["f t customer: h"], id="the last one, a partial result"
        ),
        pytest.param(
            [{**CALL, "CustomerMetadata": None}, {**CHAT, "CustomerMetadata": None}],
            ["f-1 a agent: Good morning", "f-1 b customer: My [PII] is gone", "f-2 m customer: hello?"],
            id="two files that name no contact",
        ),
        pytest.param(
            [{"Segments": [transcript("t", "hi", 0)]}, {"Segments": [transcript("u", "so", 5)]}],
            ["f t customer: hi", "f u customer: so"],
            id="two pages of one contact",
        ),
        pytest.param(
            [live(transcript("t", "press one", 0, "CUSTOM_BOT"), transcript("u", "hi", 5))],
            ["c-1 t system: press one", "c-1 u customer: hi"],
            id="a bot is no agent",
        ),
        pytest.param(
            [live(transcript("t", "one", 0)), live(transcript("t", "two", 0), contact="c-2")],
            ["c-1 t customer: one", "c-2 t customer: two"],
            id="two contacts",
        ),
        pytest.param([CALL], ["c-9 a agent: Good morning", "c-9 b customer: My [PII] is gone"], id="a call's file"),
        pytest.param([CHAT], ["c-7 m customer: hello?"], id="a chat's file, events left out"),
        pytest.param(
            [{"Segments": [transcript("t", "hi", 0)], "NextToken": "n"}], ["f t customer: hi"], id="a poll answer"
        ),
    ],
)
def test_what_was_said_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns


def test_time_language_and_channel_arrive() -> None:
    (turn,) = parse_text(json.dumps(CHAT), "f.json")
    assert isinstance(turn, Turn)
    assert turn.at == datetime(2026, 1, 31, 9, 30, 5, 500_000, tzinfo=UTC)
    assert turn.channel == "chat"
    agent, _ = parse_text(json.dumps(CALL), "f.json")
    assert isinstance(agent, Turn)
    assert (agent.at, agent.channel, agent.speaker) == (None, "call", Speaker.AGENT)


@pytest.mark.parametrize("time", [NINE, "2026-01-31T09:30:00", 1769851800])
def test_a_live_chat_says_when_and_in_which_language(time: Any) -> None:
    (turn,) = parse_text(json.dumps(chat(message("t", "hai", time))), "f.json")
    assert isinstance(turn, Turn)
    assert turn.at == datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert (turn.language, turn.channel) == ("id", "chat")


@pytest.mark.parametrize("kind", ["STARTED", "COMPLETED", "FAILED"])
@pytest.mark.parametrize("event", [bare, lambda kind: chat(kind=kind)], ids=["call", "chat"])
def test_the_ends_of_a_stream_say_nothing(event: Any, kind: str) -> None:
    assert heard_in(PLATFORM, event(kind)) == ([], [])


def test_a_malformed_segment_costs_itself_alone() -> None:
    segments = live(transcript("a", "one", 0), {"Transcript": {"Id": "t", "Content": "x"}}, transcript("b", "two", 9))
    reason = "Segments.1.Transcript.ParticipantRole: field required"
    assert told(segments) == [f"f.json:1: {reason}", "c-1 a customer: one", "c-1 b customer: two"]
    turns, problems = heard_in(PLATFORM, segments)
    assert [one.turn.text for one in turns] == ["one", "two"]
    assert problems == [reason]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(
            live({"Transcript": {"Id": "t", "ParticipantRole": "AGENT", "BeginOffsetMillis": 0}}),
            "f.json:2: Segments.0.Transcript.Content: field required",
            id="a field is missing",
        ),
        pytest.param(live("x"), "f.json:2: Segments.0: input should be", id="a segment is no object"),  # type: ignore[arg-type]
        pytest.param(7, "f.json:2: this is 7; expected an object of contact-lens", id="no object"),
    ],
)
def test_a_malformed_event_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(live(transcript("a", "one", 0)), bad, live(transcript("b", "two", 9)))
    assert problem.startswith(reason)
    assert turns == ["c-1 a customer: one", "c-1 b customer: two"]


def test_a_role_that_nobody_knows_is_named() -> None:
    known = {**CALL, "Participants": [{"ParticipantId": "p2", "ParticipantRole": "CUSTOMER"}]}
    assert told(known) == [
        "f.json:1: speaker is 'unknown'; expected customer, agent, system",
        "c-9 b customer: My [PII] is gone",
    ]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"speaker": "customer", "text": "hi"}, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "Transcript": "x"}, id="a field of the same name"),
        pytest.param({"speaker": "customer", "text": "hi", "Segments": []}, id="segments of something else"),
        pytest.param({"speaker": "customer", "text": "hi", "ContactId": "c", "EventType": "x"}, id="other columns"),
        pytest.param({"speaker": "customer", "text": "hi", "Segments": [], "Status": "x"}, id="a status of its own"),
    ],
)
def test_other_json_is_left_to_the_canonical_format(value: Any) -> None:
    assert told(value) == ["f 1 customer: hi"]
