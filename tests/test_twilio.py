"""Twilio in the shapes that its documents show; every text here is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from telling import told_by

from csr_assist.sources.platform import Said
from csr_assist.sources.twilio import PLATFORM

MESSAGE_ADDED = "com.twilio.conversations.message.added"
MESSAGE_UPDATED = "com.twilio.conversations.message.updated"


def content(number: int, text: str, track: str = "inbound_track", **fields: Any) -> dict[str, Any]:
    """A form's fields: strings, one of them with JSON inside."""
    return {
        "LanguageCode": "en-US",
        "TranscriptionSid": "GT1",
        "TranscriptionEvent": "transcription-content",
        "CallSid": "CA1",
        "TranscriptionData": json.dumps({"transcript": text, "confidence": 0.93}),
        "Timestamp": f"2026-01-31T09:30:{number:02d}.250000Z",
        "AccountSid": "AC1",
        "Track": track,
        "Final": "true",
        "SequenceId": str(number),
        **fields,
    }


def lifecycle(event: str) -> dict[str, Any]:
    return {"TranscriptionEvent": f"transcription-{event}", "CallSid": "CA1", "TranscriptionSid": "GT1"}


def sentence(index: int, text: str | None, channel: int = 1, start: Any = None, **fields: Any) -> dict[str, Any]:
    return {
        "media_channel": channel,
        "sentence_index": index,
        "start_time": start,
        "end_time": None,
        "transcript": text,
        "sid": f"GX{index}",
        "confidence": None,
        "words": [],
        **fields,
    }


def page(*sentences: dict[str, Any]) -> dict[str, Any]:
    url = "https://intelligence.twilio.com/v2/Transcripts/GT9/Sentences?PageSize=50&Page=0"
    meta = {"key": "sentences", "page": 0, "page_size": 50, "url": url, "next_page_url": None}
    return {"sentences": list(sentences), "meta": meta}


def streamed(sid: str, body: str | None, author: str = "Customer", kind: str = MESSAGE_ADDED, at: int = 0) -> Any:
    return {
        "specversion": "1.0",
        "type": kind,
        "source": "AB1",
        "id": f"NO{sid}",
        "data": {
            "AccountSid": "AC1",
            "Author": author,
            "ParticipantSid": "MB1",
            "ConversationSid": "CH1",
            "MessageSid": sid,
            "Index": at,
            "MessageBody": body,
            "DateCreated": f"2026-01-31T09:30:{at:02d}.000Z",
            "Media": [],
        },
    }


def classic(sid: str, body: str, author: str = "Customer", event: str = "onMessageAdded") -> dict[str, Any]:
    return {
        "EventType": event,
        "AccountSid": "AC1",
        "ConversationSid": "CH2",
        "MessageSid": sid,
        "Index": "0",
        "Source": "SDK",
        "Author": author,
        "Body": body,
        "DateCreated": "2026-01-31T09:30:00.000Z",
    }


def heard(value: dict[str, Any]) -> Said:
    (one,) = PLATFORM.said(value)
    return one


told = partial(told_by, PLATFORM)


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param([content(2, "hi", "customer")], ["CA1 GT1.2 customer: hi"], id="a live result"),
        pytest.param(
            [content(2, "", "agent", TranscriptionData={"transcript": "hi"}, SequenceId=2, Final=True)],
            ["CA1 GT1.2 agent: hi"],
            id="fields with types, not strings",
        ),
        pytest.param(
            [
                content(2, "my", "user", Final="false"),
                content(3, "my bill", "user", Final="false"),
                content(4, "My [PII] bill.", "user"),
            ],
            ["CA1 GT1.4 customer: My [PII] bill."],
            id="interim results have no number in common with the final one",
        ),
        pytest.param(
            [content(3, "later", "agent"), content(2, "sooner", "customer")],
            ["CA1 GT1.2 customer: sooner", "CA1 GT1.3 agent: later"],
            id="in the order of the call",
        ),
        pytest.param([content(2, "hi", "agent")] * 2, ["CA1 GT1.2 agent: hi"], id="a webhook that is sent again"),
        pytest.param(
            [content(2, "one", "agent"), content(2, "two", "agent", TranscriptionSid="GT2")],
            ["CA1 GT1.2 agent: one", "CA1 GT2.2 agent: two"],
            id="numbers begin again with a second transcription of the call",
        ),
        pytest.param(
            [lifecycle("started"), content(2, "hi", "agent"), lifecycle("error"), lifecycle("stopped")],
            ["CA1 GT1.2 agent: hi"],
            id="events without words",
        ),
        pytest.param(
            [streamed("IM2", "Yes?", "Agent", at=9), streamed("IM1", "Hello", at=3)],
            ["CH1 IM1 customer: Hello", "CH1 IM2 agent: Yes?"],
            id="streamed messages",
        ),
        pytest.param(
            [[streamed("IM1", "Hello"), streamed("IM2", "Welcome", "system", at=1)]],
            ["CH1 IM1 customer: Hello", "CH1 IM2 system: Welcome"],
            id="a batch of them",
        ),
        pytest.param(
            [streamed("IM1", "Helo"), streamed("IM1", "Hello", kind=MESSAGE_UPDATED)],
            ["CH1 IM1 customer: Hello"],
            id="an edited message",
        ),
        pytest.param(
            [streamed("IM1", "Hello"), streamed("IM1", None, kind=MESSAGE_UPDATED), streamed("IM2", None)],
            ["CH1 IM1 customer: Hello"],
            id="messages without words",
        ),
        pytest.param(
            [
                {"type": "com.twilio.conversations.conversation.added", "data": {"MessageBody": "Hello"}},
                streamed("IM1", "Hello"),
                streamed("IM1", "Hello", kind="com.twilio.conversations.message.removed"),
            ],
            ["CH1 IM1 customer: Hello"],
            id="other streamed events",
        ),
        pytest.param(
            [
                classic("IM0", "Hello", event="onMessageAdd"),
                classic("IM1", "Hello"),
                classic("IM2", "Yes?", "Agent"),
                classic("IM3", "", event="onParticipantAdded"),
            ],
            ["CH2 IM1 customer: Hello", "CH2 IM2 agent: Yes?"],
            id="classic webhooks, not those before the action",
        ),
    ],
)
def test_what_was_said_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns


@pytest.mark.parametrize(
    ("value", "speaker"),
    [
        pytest.param(content(2, "hi", "inbound_track"), "inbound_track", id="a track"),
        pytest.param(content(2, "hi", "outbound_track"), "outbound_track", id="the other track"),
        pytest.param(sentence(0, "hi", 2), "channel 2", id="a channel"),
        pytest.param(streamed("IM1", "hi", "whatsapp:+15550100"), "whatsapp:+15550100", id="an address"),
        pytest.param(classic("IM1", "hi", "maria"), "maria", id="a name"),
    ],
)
def test_who_is_who_is_left_to_the_user(value: dict[str, Any], speaker: str) -> None:
    assert heard(value).speaker == speaker
    (problem,) = told(value)
    assert problem == f"f.json:1: speaker is '{speaker}'; expected customer, agent, system"


def test_a_message_without_an_author_is_the_systems() -> None:
    value = classic("IM1", "Welcome")
    del value["Author"]
    assert told(value) == ["CH2 IM1 system: Welcome"]


def test_sentences_come_with_the_id_of_their_transcript() -> None:
    first, second = PLATFORM.said(page(sentence(0, "Good morning", 1), sentence(1, None), sentence(2, "hi", 2)))
    assert first == Said("GX0", "channel 1", "Good morning", conversation_id="GT9", channel="call")
    assert second == Said("GX2", "channel 2", "hi", conversation_id="GT9", channel="call")


@pytest.mark.parametrize(
    ("value", "conversation", "turn", "start"),
    [
        pytest.param(sentence(4, "hi"), None, "GX4", None, id="null"),
        pytest.param(sentence(4, "hi", start="12.5"), None, "GX4", 12.5, id="a string of seconds"),
        pytest.param(sentence(4, "hi", start=12.5), None, "GX4", 12.5, id="a number of seconds"),
        pytest.param({"sentences": [sentence(4, "hi", start=1)]}, None, "GX4", 1.0, id="a page without meta"),
        pytest.param(sentence(4, "hi", sid=None), None, "4", None, id="no id but a number"),
    ],
)
def test_a_sentence_has_its_place(value: Any, conversation: str | None, turn: str, start: float | None) -> None:
    one = heard(value)
    assert (one.conversation_id, one.turn_id, one.start, one.at) == (conversation, turn, start, None)


@pytest.mark.parametrize(
    ("value", "at", "channel", "language"),
    [
        pytest.param(content(7, "hi"), datetime(2026, 1, 31, 9, 30, 7, 250_000, UTC), "call", "en-US", id="live"),
        pytest.param(content(7, "hi", Timestamp=None, LanguageCode=None), None, "call", None, id="live, no time"),
        pytest.param(
            content(7, "hi", Timestamp="2026-01-31T09:30:07"),
            datetime(2026, 1, 31, 9, 30, 7, tzinfo=UTC),
            "call",
            "en-US",
            id="no zone is UTC",
        ),
        pytest.param(
            content(7, "hi", Timestamp="2026-01-31T09:30:07+07:00"),
            datetime(2026, 1, 31, 9, 30, 7, tzinfo=timezone(timedelta(hours=7))),
            "call",
            "en-US",
            id="a zone stays",
        ),
        pytest.param(streamed("IM1", "hi", at=8), datetime(2026, 1, 31, 9, 30, 8, tzinfo=UTC), "chat", None, id="chat"),
        pytest.param(classic("IM1", "hi"), datetime(2026, 1, 31, 9, 30, tzinfo=UTC), "chat", None, id="classic"),
    ],
)
def test_time_language_and_channel_arrive(value: Any, at: datetime | None, channel: str, language: str | None) -> None:
    one = heard(value)
    assert (one.at, one.channel, one.language) == (at, channel, language)
    assert one.at is None or one.at.tzinfo is not None


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: field for name, field in value.items() if name != key}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(without(content(2, "x"), "CallSid"), "CallSid: field required", id="a field is missing"),
        pytest.param(content(2, "x", TranscriptionData="{x"), "TranscriptionData: value error, ", id="no JSON inside"),
        pytest.param(content(2, "x", TranscriptionData="[" * 9999), "TranscriptionData: value error, ", id="too deep"),
        pytest.param(content(2, "x", TranscriptionData='"\ud800"'), "TranscriptionData: value error, ", id="half"),
        pytest.param(
            content(2, "x", TranscriptionData="[1]"), "TranscriptionData: input should be", id="a list inside"
        ),
        pytest.param(
            content(2, "x", TranscriptionData="{}"), "TranscriptionData.transcript: field required", id="no words"
        ),
        pytest.param(content(2, "x", SequenceId="two"), "SequenceId: input should be", id="no number"),
        pytest.param(content(2, "x", Timestamp="soon"), "Timestamp: input should be", id="no time"),
        pytest.param({"type": MESSAGE_ADDED, "data": 7}, "data: input should be", id="a message is no object"),
        pytest.param({"type": MESSAGE_ADDED}, "data: field required", id="no message"),
        pytest.param(
            without(classic("IM1", "x"), "MessageSid"), "MessageSid: field required", id="a message without id"
        ),
        pytest.param({"sentences": 7}, "sentences: input should be", id="sentences of no page"),
        pytest.param(page(sentence(0, "x", start="nan")), "sentences.0.start_time: input should be", id="not a number"),
        pytest.param(page(7), "sentences.0: input should be", id="a sentence is no object"),  # type: ignore[arg-type]
        pytest.param({"speaker": "customer"}, "media_channel: field required", id="not Twilio"),
        pytest.param(7, "this is 7; expected an object of twilio", id="no object"),
    ],
)
def test_a_malformed_event_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(content(1, "one", "agent"), bad, content(9, "two", "customer"))
    assert problem.startswith(f"f.json:2: {reason}")
    assert turns == ["CA1 GT1.1 agent: one", "CA1 GT1.9 customer: two"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        pytest.param(content(2, "hi"), True, id="live result"),
        pytest.param(lifecycle("started"), True, id="live event"),
        pytest.param(streamed("IM1", "hi"), True, id="streamed message"),
        pytest.param({"type": "com.twilio.conversations.conversation.added", "data": {}}, True, id="streamed event"),
        pytest.param(classic("IM1", "hi"), True, id="classic webhook"),
        pytest.param(sentence(0, "hi"), True, id="sentence"),
        pytest.param(page(sentence(0, "hi")), True, id="page"),
        pytest.param({"speaker": "customer", "text": "hi"}, False, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "type": MESSAGE_ADDED}, False, id="a type without data"),
        pytest.param({"type": 7, "data": {}}, False, id="another type"),
        pytest.param({"sentences": [{"text": "hi", "start": 0}, 7]}, False, id="other sentences"),
        pytest.param({"sentences": "hi"}, False, id="no list of sentences"),
        pytest.param({"EventType": "SEGMENTS", "ContactId": "c", "Segments": []}, False, id="Contact Lens"),
        pytest.param({"EventType": "ADD_TRANSCRIPT_SEGMENT", "CallId": "c", "Channel": "CALLER"}, False, id="LCA"),
        pytest.param({"event": "media", "streamSid": "MZ1", "media": {"payload": ""}}, False, id="audio"),
        pytest.param({"comments": [{"id": 1, "author_id": 2, "type": "Comment"}]}, False, id="Zendesk"),
    ],
)
def test_what_is_taken_for_twilio(value: dict[str, Any], fits: bool) -> None:
    assert PLATFORM.fits(value) is fits
