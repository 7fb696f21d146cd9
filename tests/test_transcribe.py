"""Amazon Transcribe in the shapes that its documents show; every text here is made up."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from telling import told_by

from csr_assist.conversation import Language, Turn
from csr_assist.sources.transcribe import PLATFORM, fits


def turn(key: str, text: str, begin: int, role: str = "CUSTOMER") -> dict[str, Any]:
    return {
        "LoudnessScores": [78.6, 77.9],
        "Content": text,
        "Items": [{"Content": text, "BeginOffsetMillis": begin, "Type": "pronunciation", "Confidence": "0.9"}],
        "Id": key,
        "BeginOffsetMillis": begin,
        "EndOffsetMillis": begin + 900,
        "Sentiment": "NEGATIVE",
        "ParticipantRole": role,
        "IssuesDetected": [{"CharacterOffsets": {"Begin": 0, "End": 4}}],
    }


def analysed(*turns: Any, **more: Any) -> dict[str, Any]:
    return {
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-US",
        "Transcript": list(turns),
        "Categories": {"MatchedCategories": [], "MatchedDetails": {}},
        "ConversationCharacteristics": {"TotalConversationDurationMillis": 42460},
        **more,
    }


def after_stream(session: str, *turns: Any) -> dict[str, Any]:
    roles = [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}]
    return analysed(*turns, AccountId="1", Channel="VOICE", Participants=roles, SessionId=session)


def utterance(key: str, text: str, begin: int, role: str = "CUSTOMER", partial: bool = False) -> dict[str, Any]:
    return {
        "UtteranceEvent": {
            "UtteranceId": key,
            "ParticipantRole": role,
            "IsPartial": partial,
            "Transcript": text,
            "BeginOffsetMillis": begin,
            "EndOffsetMillis": begin + 900,
            "Sentiment": "NEGATIVE",
            "Entities": [{"Content": "Sari", "Category": "PII", "Type": "NAME", "Confidence": 0.99}],
            "IssuesDetected": [{"CharacterOffsets": {"BeginOffsetChar": 0, "EndOffsetChar": 4}}],
        }
    }


def stream(event: dict[str, Any]) -> dict[str, Any]:
    return {"CallAnalyticsTranscriptResultStream": {"BadRequestException": {}, **event}}


def chime(event: dict[str, Any], metadata: Any) -> dict[str, Any]:
    return {"time": "2026-01-31T09:30:00Z", "service-type": "CallAnalytics", "metadata": metadata, **event}


CATEGORY = {"CategoryEvent": {"MatchedCategories": ["leaving"], "MatchedDetails": {}}}


def word(text: str, begin: str, **more: Any) -> dict[str, Any]:
    alternatives = [{"confidence": "0.9", "content": text}, {"confidence": "0.1", "content": "x"}]
    return {"start_time": begin, "end_time": begin, "alternatives": alternatives, "type": "pronunciation", **more}


def mark(text: str) -> dict[str, Any]:
    return {"alternatives": [{"confidence": "0.0", "content": text}], "type": "punctuation"}


def segment(speaker: str, *begins: str) -> dict[str, Any]:
    items = [{"start_time": begin, "speaker_label": speaker, "end_time": begin} for begin in begins]
    return {"start_time": begins[0], "speaker_label": speaker, "end_time": begins[-1], "items": items}


def plain(segments: list[Any], items: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "jobName": "job-1",
        "accountId": "111122223333",
        "results": {
            "transcripts": [{"transcript": "all of it"}],
            "speaker_labels": {"channel_label": "ch_0", "speakers": 2, "segments": segments},
            "items": items,
            **more,
        },
        "status": "COMPLETED",
    }


HOLD = plain(
    [segment("spk_0", "9.5", "9.9"), segment("spk_1", "10.25"), segment("spk_0", "11.0")],
    [word("On", "9.5"), word("hold", "9.9"), mark("."), word("Sorry", "10.25"), mark("!"), word("[PII]", "11.0")],
)
SPOKEN = ["job-1 1 agent: On hold.", "job-1 2 customer: Sorry!", "job-1 3 agent: [PII]"]


told = partial(told_by, PLATFORM)


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param(
            [analysed(turn("a", "My [PII] is gone", 0), turn("b", "Oh", 950, "AGENT"))],
            ["f a customer: My [PII] is gone", "f b agent: Oh"],
            id="a file, masks kept",
        ),
        pytest.param(
            [analysed(turn("b", "later", 1_000), turn("a", "sooner", 999))],
            ["f a customer: sooner", "f b customer: later"],
            id="a file, in the order of the call",
        ),
        pytest.param(
            [after_stream("s-2", turn("a", "two", 0)), after_stream("s-1", turn("a", "one", 0))],
            ["s-1 a customer: one", "s-2 a customer: two"],
            id="files after streams",
        ),
        pytest.param([stream(utterance("u", "hi", 0))], ["f u customer: hi"], id="a stream's event"),
        pytest.param([utterance("u", "hi", 0, "AGENT")], ["f u agent: hi"], id="an event without its outer name"),
        pytest.param(
            [
                utterance("u", "h", 0, partial=True),
                utterance("u", "hi", 0, partial=True),
                utterance("u", "hi there", 0),
            ],
            ["f u customer: hi there"],
            id="partial results give way",
        ),
        pytest.param(
            [utterance("u", "hi there", 0), utterance("u", "hi", 0, partial=True)],
            ["f u customer: hi there"],
            id="a late partial result changes nothing",
        ),
        pytest.param(
            [utterance("u", "h", 0, partial=True)], ["f u customer: h"], id="a partial result is all there is"
        ),
        pytest.param(
            [utterance("b", "later", 1_000), utterance("a", "sooner", 999, "AGENT")],
            ["f a agent: sooner", "f b customer: later"],
            id="events in the order of the call",
        ),
        pytest.param(
            [stream(CATEGORY), stream({**CATEGORY, **utterance("u", "hi", 0)}), stream({})],
            ["f u customer: hi"],
            id="events without words",
        ),
        pytest.param(
            [
                chime({"detail-type": "CallAnalyticsMetadata"}, '{"callId": "c-1"}'),
                chime(utterance("u", "one", 0), {"callId": "c-1", "direction": "Inbound"}),
                chime(utterance("u", "two", 0), {"callId": "c-2", "direction": "Inbound"}),
            ],
            ["c-1 u customer: one", "c-2 u customer: two"],
            id="two calls of Chime",
        ),
    ],
)
def test_call_analytics_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns
    assert all(map(fits, values))


@pytest.mark.parametrize(
    ("value", "turns"),
    [
        pytest.param(HOLD, SPOKEN, id="times as strings, sorted as numbers"),
        pytest.param(
            plain(
                [segment("spk_0", "1.0"), segment("spk_1", "2.0")], [word("So", "1.0"), word("yes", "1.5"), mark("?")]
            ),
            ["job-1 1 agent: So yes?"],
            id="a word that no segment lists, a segment without words",
        ),
        pytest.param(
            plain([segment("spk_1", "0.0")], [mark("-"), word("hi", "0.00", speaker_label="spk_1")]),
            ["job-1 1 customer: - hi"],
            id="a mark before any word",
        ),
        pytest.param(plain([], [word("hi", "0.0")]), [], id="no speaker was told apart"),
    ],
)
def test_words_go_to_the_speaker_who_said_them(value: Any, turns: list[str]) -> None:
    assert told(value, roles=("spk_0=agent", "spk_1=customer")) == turns
    assert fits(value)


def test_who_is_who_is_the_users_to_say() -> None:
    assert told(HOLD) == [f"f.json:1: speaker is 'spk_{n}'; expected customer, agent, system" for n in (0, 1, 0)]


@pytest.mark.parametrize(
    ("value", "start"),
    [
        pytest.param(analysed(turn("a", "hi", 19_010)), 19.01, id="milliseconds of a file"),
        pytest.param(utterance("u", "hi", 19_010), 19.01, id="milliseconds of a stream"),
        pytest.param(plain([segment("spk_0", "19.01")], [word("hi", "19.01")]), 19.01, id="seconds as a string"),
    ],
)
def test_time_is_seconds_from_the_beginning(value: Any, start: float) -> None:
    (said,) = PLATFORM.said(value)
    assert (said.start, said.at, said.channel) == (start, None, "call")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(analysed(turn("a", "hi", 0)), id="a file"),
        pytest.param(
            {"UtteranceEvent": {**utterance("u", "hi", 0)["UtteranceEvent"], "LanguageCode": "en-GB"}}, id="an event"
        ),
        pytest.param(plain([segment("agent", "0.0")], [word("hi", "0.0")], language_code="en-US"), id="a plain file"),
    ],
)
def test_the_language_arrives(value: Any) -> None:
    (item,) = PLATFORM.read(json.dumps(value), "f.json")
    assert isinstance(item, Turn)
    assert item.language == Language.ENGLISH


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(analysed({"Id": "t"}), "f.json:2: Transcript.0.ParticipantRole: field required", id="no role"),
        pytest.param(analysed("x"), "f.json:2: Transcript.0: input should be", id="a turn is no object"),
        pytest.param(
            stream(utterance("u", "hi", 10**400)),
            "f.json:2: CallAnalyticsTranscriptResultStream.UtteranceEvent.BeginOffsetMillis: input",
            id="a time beyond all times",
        ),
        pytest.param({"UtteranceEvent": 5}, "f.json:2: UtteranceEvent: input should be", id="an event is no object"),
        pytest.param({"results": {"items": []}}, "f.json:2: results.speaker_labels: field required", id="no speakers"),
        pytest.param(
            plain([segment("spk_0", "soon")], []),
            "f.json:2: results.speaker_labels.segments.0.start_time: input should be",
            id="a time is no number",
        ),
        pytest.param(
            plain([segment("spk_0", "1.0")], [{"type": "pronunciation", "start_time": "1.0", "alternatives": []}]),
            "f.json:2: results.items.0.alternatives: tuple should have at least 1 item",
            id="nothing was recognised",
        ),
        pytest.param(7, "f.json:2: this is 7; expected an object of transcribe", id="no object"),
    ],
)
def test_a_malformed_value_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(utterance("a", "one", 0), bad, utterance("b", "two", 9))
    assert problem.startswith(reason)
    assert turns == ["f a customer: one", "f b customer: two"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"speaker": "customer", "text": "hi"}, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "Transcript": "x", "JobStatus": "x"}, id="canonical, names"),
        pytest.param(
            {"speaker": "customer", "text": "hi", "UtteranceEvent": "x", "results": 5}, id="canonical, events"
        ),
        pytest.param(
            {
                "JobStatus": "COMPLETED",
                "Participants": [{"ParticipantId": "p", "ParticipantRole": "AGENT"}],
                "Transcript": [{"Id": "a", "ParticipantId": "p", "Content": "hi", "BeginOffsetMillis": 0}],
            },
            id="a call of Contact Lens",
        ),
        pytest.param(
            {"Transcript": [{"Id": "a", "ParticipantId": "p", "ParticipantRole": "AGENT", "Type": "EVENT"}]},
            id="a chat of Contact Lens",
        ),
        pytest.param({"Segments": [{"Utterance": {"PartialContent": "hi"}}], "ContactId": "c"}, id="live Contact Lens"),
        pytest.param({"ConversationAnalytics": {}, "SpeechSegments": []}, id="Post-Call Analytics"),
        pytest.param({"EventType": "ADD_TRANSCRIPT_SEGMENT", "CallId": "c", "Transcript": "hi"}, id="live call"),
        pytest.param({"conversation_info": {}, "entries": []}, id="Google"),
        pytest.param({"transcripts": [], "participants": [], "conversationId": "c"}, id="Genesys"),
        pytest.param({"recognizedPhrases": [], "combinedRecognizedPhrases": []}, id="Azure"),
        pytest.param({"results": {"channel_labels": {}, "items": []}}, id="channels instead of speakers"),
    ],
)
def test_other_json_is_left_to_others(value: Any) -> None:
    assert not fits(value)
