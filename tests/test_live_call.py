"""Live Call Analytics in the shape that its documents show; every text here is made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telling import joined, lines

from csr_assist.sources.live_call import PLATFORM


def segment(key: str, text: str, start: str = "0.5", channel: str = "CALLER", **fields: Any) -> dict[str, Any]:
    return {
        "Transcript": text,
        "Channel": channel,
        "TransactionId": "x-1",
        "CallId": "c-1",
        "SegmentId": key,
        "StartTime": start,
        "EndTime": "99.0",
        "IsPartial": False,
        "EventType": "ADD_TRANSCRIPT_SEGMENT",
        "CreatedAt": "2026-01-31T09:30:00.172Z",
        "ExpiresAfter": 1777777777,
        **fields,
    }


def event(kind: str) -> dict[str, Any]:
    return {"EventType": kind, "CallId": "c-1", "CreatedAt": "2026-01-31T09:29:00Z", "CustomerPhoneNumber": "+1555"}


NOTICE = {"call_id": "c-1", "category_name": "Cancellation", "alert": True}


def read(*values: Any) -> list[Any]:
    return list(PLATFORM.read(joined(values), "f.json"))


def told(*values: Any) -> list[str]:
    return lines(read(*values))


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param(
            [segment("a", "hi"), segment("b", "good morning", "2.1", "AGENT")],
            ["c-1 a customer: hi", "c-1 b agent: good morning"],
            id="caller and agent",
        ),
        pytest.param(
            [segment("a", "I wa", IsPartial=True), segment("a", "I want", IsPartial=True), segment("a", "I want out")],
            ["c-1 a customer: I want out"],
            id="partial segments give way",
        ),
        pytest.param(
            [segment("a", "I want out"), segment("a", "I want", IsPartial=True)],
            ["c-1 a customer: I want out"],
            id="a late partial segment changes nothing",
        ),
        pytest.param(
            [segment("a", "I wa", IsPartial=True)], ["c-1 a customer: I wa"], id="a partial segment is all there is"
        ),
        pytest.param(
            [segment("b", "later", "10.25"), segment("a", "sooner", "9.5", "AGENT")],
            ["c-1 a agent: sooner", "c-1 b customer: later"],
            id="seconds in strings are numbers",
        ),
        pytest.param(
            [segment("b", "later", StartTime=10.25), segment("a", "sooner", StartTime=9)],
            ["c-1 a customer: sooner", "c-1 b customer: later"],
            id="seconds in numbers",
        ),
        pytest.param(
            [event("START"), segment("a", "hi"), event("UPDATE_AGENT"), NOTICE, event("END")],
            ["c-1 a customer: hi"],
            id="events without words",
        ),
        pytest.param(
            [segment("a", "hi"), segment("b", "hi", CallId="c-2")],
            ["c-1 a customer: hi", "c-2 b customer: hi"],
            id="two calls",
        ),
        pytest.param(
            [segment("a", "my number is [PIN]", OriginalTranscript="my number is 1234")],
            ["c-1 a customer: my number is [PIN]"],
            id="the redacted text, never the original",
        ),
        pytest.param([segment("a", "  "), segment("b", "hi")], ["c-1 b customer: hi"], id="nothing said"),
        pytest.param(
            [segment("a", "hi", channel="EXTRA")],
            ["f.json:1: speaker is 'EXTRA'; expected customer, agent, system"],
            id="a channel that nobody knows is named",
        ),
    ],
)
def test_what_was_said_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns


@pytest.mark.parametrize(
    "channel", ["AGENT_ASSISTANT", "CHAT_ASSISTANT", "CATEGORY_MATCH", "AGENT_VOICETONE", "CALLER_VOICETONE"]
)
def test_what_is_noted_beside_the_call_was_not_said(channel: str) -> None:
    assert told(segment("a", "offer a refund", channel=channel), segment("b", "hi")) == ["c-1 b customer: hi"]


@pytest.mark.parametrize(
    ("given", "at"),
    [
        pytest.param("2026-01-31T09:30:00.172Z", datetime(2026, 1, 31, 9, 30, 0, 172_000, tzinfo=UTC), id="UTC"),
        pytest.param("2026-01-31T16:30:00+07:00", datetime(2026, 1, 31, 9, 30, tzinfo=UTC), id="a zone"),
        pytest.param("2026-01-31T09:30:00", datetime(2026, 1, 31, 9, 30, tzinfo=UTC), id="no zone is UTC"),
        pytest.param(None, None, id="no time"),
    ],
)
def test_the_time_and_the_channel_arrive(given: str | None, at: datetime | None) -> None:
    (turn,) = read(segment("a", "hi", CreatedAt=given))
    assert (turn.at, turn.channel) == (at, "call")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(
            {key: value for key, value in segment("t", "x").items() if key != "Transcript"},
            "f.json:2: Transcript: field required",
            id="a field is missing",
        ),
        pytest.param(segment("t", "x", "soon"), "f.json:2: StartTime: input should be a valid number", id="no number"),
        pytest.param(segment("t", "x", "NaN"), "f.json:2: StartTime: input should be a finite number", id="not finite"),
        pytest.param(segment("t", "x", SegmentId=None), "f.json:2: SegmentId: input should be", id="no id"),
        pytest.param({"CallId": "c-1"}, "f.json:2: EventType: field required", id="no type"),
        pytest.param("x", "f.json:2: this is 'x'; expected an object of live-call-analytics", id="no object"),
    ],
)
def test_a_malformed_event_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(segment("a", "one", "1.0"), bad, segment("b", "two", "2.0"))
    assert problem.startswith(reason)
    assert turns == ["c-1 a customer: one", "c-1 b customer: two"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        pytest.param(segment("a", "hi"), True, id="segment"),
        pytest.param(event("START"), True, id="start"),
        pytest.param(NOTICE, True, id="category"),
        pytest.param({"speaker": "customer", "text": "hi"}, False, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "CallId": "c-1"}, False, id="a field of the same name"),
        pytest.param({"EventType": "SEGMENTS", "ContactId": "c-1", "Segments": []}, False, id="Contact Lens"),
        pytest.param({"CallSid": "c-1", "EventType": "x"}, False, id="Twilio"),
        pytest.param({"call_id": "c-1", "text": "hi"}, False, id="a call's id alone"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_events_are_known_by_their_keys(value: dict[str, Any], fits: bool) -> None:
    assert PLATFORM.fits(value) is fits
