"""Post-Call Analytics in the shape that its document shows; every text here is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from telling import told_by

from csr_assist.conversation import Language, Turn
from csr_assist.sources.post_call import PLATFORM, fits


def segment(speaker: str, text: str, begin: Any = 0.0, **more: Any) -> dict[str, Any]:
    return {
        "SegmentStartTime": begin,
        "SegmentEndTime": 99.0,
        "SegmentSpeaker": speaker,
        "SegmentInterruption": False,
        "IVRSegment": False,
        "OriginalText": text,
        "DisplayText": text,
        "TextEdited": 0,
        "SentimentIsNegative": True,
        "SentimentScore": -2.5,
        "EntitiesDetected": [],
        "WordConfidence": [{"Text": text, "Confidence": 0.9, "StartTime": 0.0, "EndTime": 0.5}],
        **more,
    }


def labels(**names: str) -> list[dict[str, str]]:
    return [{"Speaker": speaker, "DisplayText": name} for speaker, name in names.items()]


def result(*segments: Any, **more: Any) -> dict[str, Any]:
    return {
        "ConversationAnalytics": {
            "GUID": "g-1",
            "Agent": "AnaL",
            "Cust": "12345",
            "ConversationTime": "2026-03-21 17:51:51",
            "ConversationLocation": "Asia/Tehran",
            "ProcessTime": "2026-03-22 04:00:00.123456",
            "LanguageCode": "en-US",
            "Duration": "28.67",
            "SpeakerLabels": labels(spk_0="Customer", spk_1="Agent"),
            "SourceInformation": [{"TranscribeJobInfo": {"TranscriptionJobName": "job-1.wav"}}],
            **more,
        },
        "SpeechSegments": list(segments),
    }


told = partial(told_by, PLATFORM)


LEGACY = {key: value for key, value in segment("spk_0", "hi").items() if key != "IVRSegment"}


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param(
            [result(segment("spk_1", "Good day"), segment("spk_0", "My [PII] is gone", 2.5))],
            ["g-1 1 agent: Good day", "g-1 2 customer: My [PII] is gone"],
            id="roles from the labels, masks kept",
        ),
        pytest.param(
            [result(segment("spk_0", "later", 10.0), segment("spk_1", "sooner", 9.5))],
            ["g-1 2 agent: sooner", "g-1 1 customer: later"],
            id="in the order of the call, numbered as in the file",
        ),
        pytest.param(
            [
                result(
                    segment("IVR", "Press one", IVRSegment=True),
                    segment("spk_0", "hi", 4),
                    SpeakerLabels=labels(spk_0="Customer", spk_1="Agent", IVR="Genesys IVR"),
                )
            ],
            ["g-1 2 customer: hi"],
            id="an IVR is left out",
        ),
        pytest.param([result(LEGACY)], ["g-1 1 customer: hi"], id="before there were IVR segments"),
        pytest.param(
            [
                result(
                    segment("spk_1", "one", 0),
                    segment("spk_2", "two", 1),
                    segment("spk_0", "three", 2),
                    Agent="Ana Lim",
                    Agents=["Ana Lim", "Budi"],
                    SpeakerLabels=labels(spk_0="Customer", spk_1="Ana Lim", spk_2="Budi"),
                )
            ],
            ["g-1 1 agent: one", "g-1 2 agent: two", "g-1 3 customer: three"],
            id="agents by their names, after a transfer",
        ),
        pytest.param(
            [result(segment("spk_0", "hi"), Cust="Sari", SpeakerLabels=labels(spk_0="Sari"))],
            ["g-1 1 customer: hi"],
            id="the customer by name",
        ),
        pytest.param(
            [
                result(
                    segment("spk_0", "i", DisplayText="I leave", TextEdited=1),
                    segment("spk_0", "so", 1, DisplayText=""),
                )
            ],
            ["g-1 1 customer: I leave", "g-1 2 customer: so"],
            id="the text as it was corrected, else as it came",
        ),
        pytest.param(
            [
                result(segment("spk_0", "hi"), GUID="None"),
                result(segment("spk_0", "hi"), GUID="", SourceInformation=[]),
            ],
            ["f 1 customer: hi", "job-1.wav 1 customer: hi"],
            id="no identifier: the job's name, else the file's",
        ),
    ],
)
def test_what_was_said_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns
    assert all(map(fits, values))


def test_a_speaker_whom_nobody_knows_is_the_users_to_name() -> None:
    names = ("Unknown_2", "spk_3")
    call = result(segment("spk_2", "one"), segment("spk_3", "two", 1), SpeakerLabels=labels(spk_2="Unknown_2"))
    assert told(call) == [f"f.json:1: speaker is '{name}'; expected customer, agent, system" for name in names]
    assert told(call, roles=tuple(f"{name}=agent" for name in names)) == ["g-1 1 agent: one", "g-1 2 agent: two"]


@pytest.mark.parametrize(
    ("more", "at"),
    [
        pytest.param({}, datetime(2026, 3, 21, 14, 21, 53, 500_000, UTC), id="local to the place"),
        pytest.param(
            {"ConversationLocation": "Etc/UTC"}, datetime(2026, 3, 21, 17, 51, 53, 500_000, UTC), id="local to UTC"
        ),
        pytest.param({"ConversationLocation": ""}, datetime(2026, 3, 21, 17, 51, 53, 500_000, UTC), id="no place"),
        pytest.param(
            {"ConversationTime": "2026-03-21 17:51:51+07:00"},
            datetime(2026, 3, 21, 10, 51, 53, 500_000, UTC),
            id="with a zone of its own",
        ),
        pytest.param(
            {"ConversationTime": "2026-03-29 01:59:59.5", "ConversationLocation": "Europe/Berlin"},
            datetime(2026, 3, 29, 1, 0, 2, tzinfo=UTC),
            id="while the clock changes",
        ),
        pytest.param({"ConversationTime": "2026-03-22 04:00:00.123456"}, None, id="a copy of the time of processing"),
        pytest.param({"ConversationTime": ""}, None, id="none"),
    ],
)
def test_time_is_the_calls_time_and_the_segments_seconds(more: dict[str, str], at: datetime | None) -> None:
    (said,) = PLATFORM.said(result(segment("spk_0", "hi", 2.5), **more))
    assert (said.at, said.start) == (at, 2.5)


@pytest.mark.parametrize(
    ("cust", "customer"), [pytest.param("12345", "12345", id="known"), pytest.param("None", None, id="not known")]
)
def test_language_channel_and_customer_arrive(cust: str, customer: str | None) -> None:
    (turn,) = PLATFORM.read(json.dumps(result(segment("spk_0", "hi"), Cust=cust)), "f.json")
    assert isinstance(turn, Turn)
    assert (turn.language, turn.channel) == (Language.ENGLISH, "call")
    assert (turn.customer.id if turn.customer else None) == customer


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(
            result({"SegmentStartTime": 0.0, "DisplayText": "hi"}),
            "f.json:2: SpeechSegments.0.SegmentSpeaker: field required",
            id="a field is missing",
        ),
        pytest.param(result("x"), "f.json:2: SpeechSegments.0: input should be", id="a segment is no object"),
        pytest.param(
            result(segment("spk_0", "hi", float("nan"))),
            "f.json:2: SpeechSegments.0.SegmentStartTime: input should be",
            id="a time is no number",
        ),
        pytest.param(
            result(segment("spk_0", "hi", 1e300)),
            "f.json:2: SpeechSegments.0.SegmentStartTime: input should be",
            id="a call without an end",
        ),
        pytest.param(
            result(ConversationTime="0001-01-01 00:00:00"),
            "f.json:2: ConversationAnalytics.ConversationTime: input should be",
            id="a time before all calls",
        ),
        pytest.param(
            result(ConversationLocation="Mars/Base"),
            "f.json:2: ConversationAnalytics.ConversationLocation: invalid timezone",
            id="a place without a zone",
        ),
        pytest.param({"SpeechSegments": []}, "f.json:2: ConversationAnalytics: field required", id="half a result"),
        pytest.param(7, "f.json:2: this is 7; expected an object of post-call-analytics", id="no object"),
    ],
)
def test_a_malformed_result_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(result(segment("spk_0", "one")), bad, result(segment("spk_1", "two"), GUID="g-2"))
    assert problem.startswith(reason)
    assert turns == ["g-1 1 customer: one", "g-2 1 agent: two"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"speaker": "customer", "text": "hi"}, id="canonical"),
        pytest.param(
            {"speaker": "customer", "text": "hi", "ConversationAnalytics": "x", "SpeechSegments": []},
            id="canonical, names",
        ),
        pytest.param({"SpeechSegments": [segment("spk_0", "hi")]}, id="segments of something else"),
        pytest.param({"ConversationAnalytics": {"GUID": "g"}}, id="analytics without words"),
        pytest.param({"JobStatus": "COMPLETED", "Transcript": [{"ParticipantRole": "AGENT"}]}, id="Call Analytics"),
        pytest.param({"results": {"speaker_labels": {"segments": []}, "items": []}}, id="Transcribe"),
        pytest.param({"Transcript": [], "Participants": []}, id="Contact Lens"),
        pytest.param({"Segments": [], "ContactId": "c"}, id="live Contact Lens"),
        pytest.param({"EventType": "ADD_TRANSCRIPT_SEGMENT", "CallId": "c", "Transcript": "hi"}, id="live call"),
        pytest.param({"conversation_info": {}, "entries": []}, id="Google"),
        pytest.param({"transcripts": [], "participants": [], "conversationId": "c"}, id="Genesys"),
    ],
)
def test_other_json_is_left_to_others(value: Any) -> None:
    assert not fits(value)
