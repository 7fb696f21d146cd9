"""CX Insights, Agent Assist and Dialogflow in the shapes that their documents show; every text here is made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telling import joined, lines

from csr_assist.sources.google import PLATFORM

SOON = 1_769_851_800_000_000
"""2026-01-31T09:30:00Z in microseconds."""


def entry(text: str, role: str = "CUSTOMER", usec: Any = SOON, **fields: Any) -> dict[str, Any]:
    return {"start_timestamp_usec": usec, "text": text, "role": role, "user_id": 7, **fields}


def file(*entries: Any) -> dict[str, Any]:
    return {"conversation_info": {"categories": [{"display_name": "Billing"}]}, "entries": list(entries)}


def message_entry(text: str, role: str = "END_USER", second: int = 0) -> dict[str, Any]:
    return {"role": role, "text": text, "languageCode": "en-US", "createTime": f"2026-01-31T09:30:{second:02}.5Z"}


def message(key: str, text: str, role: str = "END_USER", second: int = 0) -> dict[str, Any]:
    return {
        "name": f"projects/p/locations/global/conversations/c-1/messages/{key}",
        "content": text,
        "languageCode": "en-US",
        "participant": "projects/p/conversations/c-1/participants/x",
        "participantRole": role,
        "createTime": f"2026-01-31T09:30:{second:02}.123456789Z",
    }


def event(kind: str, **payload: Any) -> dict[str, Any]:
    return {"conversation": "projects/p/conversations/c-1", "type": kind, **payload}


def requested(text: str, role: str = "END_USER", **request: Any) -> dict[str, Any]:
    return {
        "conversationId": "c-1",
        "participantRole": role,
        "request": {"textInput": {"text": text, "languageCode": "en"}, **request},
    }


def read(*values: Any) -> list[Any]:
    return list(PLATFORM.read(joined(values), "f.json"))


def told(*values: Any) -> list[str]:
    return lines(read(*values))


def spoken(*values: Any) -> list[str]:
    return [f"{turn.speaker}: {turn.text}" for turn in read(*values)]


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param(
            [file(entry("hi"), entry("good morning", "AGENT", SOON + 1))],
            ["f 1 customer: hi", "f 2 agent: good morning"],
            id="a conversation file",
        ),
        pytest.param(
            [file(entry("press one", "AUTOMATED_AGENT"), entry("hi", "END_USER"))],
            ["f 1 system: press one", "f 2 customer: hi"],
            id="a bot is no agent",
        ),
        pytest.param(
            [file(entry("later", usec=SOON + 2_000_000), entry("sooner", "AGENT"))],
            ["f 2 agent: sooner", "f 1 customer: later"],
            id="a file in the order of time",
        ),
        pytest.param(
            [file(entry("later", usec="10000000"), entry("sooner", "AGENT", "9000000"))],
            ["f 2 agent: sooner", "f 1 customer: later"],
            id="microseconds in strings are numbers",
        ),
        pytest.param([file(entry("I am [PERSON_NAME]"))], ["f 1 customer: I am [PERSON_NAME]"], id="a mask stays"),
        pytest.param(
            [{"messageEntries": [message_entry("yes"), message_entry("yes"), message_entry("bye", "HUMAN_AGENT", 9)]}],
            ["f 1 customer: yes", "f 2 customer: yes", "f 3 agent: bye"],
            id="entries in a list are numbered",
        ),
        pytest.param(
            [{"conversationContext": {"messageEntries": [message_entry("hi")]}, "triggerEvents": ["END_OF_UTTERANCE"]}],
            ["f 1 customer: hi"],
            id="the context of a request",
        ),
        pytest.param(
            [{"messageEntries": [{"text": "hi"}, {"role": "END_USER", "text": "hello"}]}],
            ["f.json:1: speaker is 'ROLE_UNSPECIFIED'; expected customer, agent, system", "f 2 customer: hello"],
            id="a role left out is named",
        ),
        pytest.param(
            [{"messages": [message("b", "later", "HUMAN_AGENT", 9), message("a", "sooner", second=1)]}],
            ["c-1 a customer: sooner", "c-1 b agent: later"],
            id="messages come newest first",
        ),
        pytest.param(
            [
                event("CONVERSATION_STARTED"),
                event("NEW_RECOGNITION_RESULT", newRecognitionResultPayload={"transcript": "h", "isFinal": False}),
                event("NEW_RECOGNITION_RESULT", newRecognitionResultPayload={"transcript": "hi", "isFinal": True}),
                event("NEW_MESSAGE", newMessagePayload=message("a", "hi")),
                event("CONVERSATION_FINISHED"),
            ],
            ["c-1 a customer: hi"],
            id="recognition gives way to its message",
        ),
        pytest.param(
            [event("NEW_MESSAGE", newMessagePayload=message("a", "hi"))] * 2, ["c-1 a customer: hi"], id="sent twice"
        ),
        pytest.param([{"messages": [message("a", ""), message("b", "hi")]}], ["c-1 b customer: hi"], id="nothing said"),
    ],
)
def test_what_was_said_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param(
            [message_entry("yes", "HUMAN_AGENT", 9), message_entry("yes", second=1), message_entry("yes", second=5)],
            ["customer: yes", "customer: yes", "agent: yes"],
            id="entries alone differ by time and role",
        ),
        pytest.param([message_entry("yes"), message_entry("yes")], ["customer: yes"], id="an entry sent twice"),
        pytest.param(
            [[message_entry("hi"), message_entry("hello", "AUTOMATED_AGENT", 1)]],
            ["customer: hi", "system: hello"],
            id="a bare array of entries",
        ),
        pytest.param(
            [requested("hi"), requested("good morning", "HUMAN_AGENT")],
            ["customer: hi", "agent: good morning"],
            id="what a module asks about",
        ),
        pytest.param([{"detail": requested("hi")}], ["customer: hi"], id="as it is dispatched"),
        pytest.param(
            [{"participantRole": "END_USER", "request": {"audioInput": {"audio": "AA=="}}}, requested("hi")],
            ["customer: hi"],
            id="sound has no words",
        ),
    ],
)
def test_what_has_no_id_is_read(values: list[Any], turns: list[str]) -> None:
    assert spoken(*values) == turns


@pytest.mark.parametrize("value", [message_entry("\ud800"), requested("\ud800")])
def test_half_a_character_is_named(value: Any) -> None:
    assert told(value) == ["f.json:1: text is damaged; expected a string of readable characters"]


def test_what_has_no_id_is_given_the_same_one_again() -> None:
    time = "2026-01-31T09:30:00Z"
    first, again, other = (read(requested(text, messageSendTime=time))[0] for text in ("hi", "hi", "hello"))
    assert first.turn_id == again.turn_id != other.turn_id


def test_what_has_neither_id_nor_time_may_be_said_twice() -> None:
    assert spoken(requested("yes"), requested("yes")) == ["customer: yes", "customer: yes"]


@pytest.mark.parametrize(
    ("value", "at"),
    [
        pytest.param(
            file(entry("x", usec=SOON + 123)),
            datetime(2026, 1, 31, 9, 30, 0, 123, tzinfo=UTC),
            id="microseconds since 1970",
        ),
        pytest.param(file(entry("x", usec=5_000_000)), None, id="microseconds of a recording"),
        pytest.param(file(entry("x", usec=0)), None, id="the beginning of a recording"),
        pytest.param(message_entry("x"), datetime(2026, 1, 31, 9, 30, 0, 500_000, tzinfo=UTC), id="an entry"),
        pytest.param({"role": "END_USER", "text": "x"}, None, id="an entry without time"),
        pytest.param(
            {"messages": [message("a", "x")]},
            datetime(2026, 1, 31, 9, 30, 0, 123_456, tzinfo=UTC),
            id="nanoseconds of a message",
        ),
        pytest.param(
            {"messages": [{**message("a", "x"), "sendTime": "2026-01-31T16:29:00+07:00"}]},
            datetime(2026, 1, 31, 9, 29, tzinfo=UTC),
            id="sent before it was stored",
        ),
        pytest.param(
            requested("x", messageSendTime="2026-01-31T09:30:00"),
            datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
            id="no zone is UTC",
        ),
    ],
)
def test_the_time_is_told_where_there_is_one(value: Any, at: datetime | None) -> None:
    (turn,) = read(value)
    assert turn.at == at


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(file(entry("x")), (None, None, "7"), id="the customer of a file"),
        pytest.param(file(entry("x", user_id="u-7")), (None, None, "u-7"), id="a customer's id in a string"),
        pytest.param(file(entry("x", "AGENT")), (None, None, None), id="an agent's id is no customer's"),
        pytest.param(message_entry("x"), ("en", None, None), id="an entry's language"),
        pytest.param({"messages": [message("a", "x")]}, ("en", None, None), id="a message's language"),
        pytest.param(requested("x"), ("en", "chat", None), id="a chat"),
    ],
)
def test_language_channel_and_customer_arrive(value: Any, expected: tuple[Any, ...]) -> None:
    (turn,) = read(value)
    assert (turn.language, turn.channel, turn.customer and turn.customer.id) == expected


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(
            file({"text": "x", "role": "AGENT"}),
            "f.json:2: entries.0.start_timestamp_usec: field required",
            id="a time is missing",
        ),
        pytest.param(
            file(entry("x", usec=SOON * 1000)),
            "f.json:2: entries.0.start_timestamp_usec: input should be less than",
            id="nanoseconds",
        ),
        pytest.param(
            file(entry("x", usec=-1)),
            "f.json:2: entries.0.start_timestamp_usec: input should be greater than",
            id="before 1970",
        ),
        pytest.param({"entries": "x"}, "f.json:2: entries: input should be", id="entries are no list"),
        pytest.param(
            {"messages": [{**message("a", "x"), "name": "x"}]}, "f.json:2: messages.0.name: string should", id="no name"
        ),
        pytest.param(
            {"messageEntries": [{**message_entry("x"), "createTime": "today"}]},
            "f.json:2: messageEntries.0.createTime: input should be",
            id="no time",
        ),
        pytest.param({"conversationContext": []}, "f.json:2: conversationContext: input should be", id="no context"),
        pytest.param({"detail": {"request": {}}}, "f.json:2: detail.participantRole: field required", id="no role"),
        pytest.param(event("NEW_MESSAGE", newMessagePayload=[]), "f.json:2: newMessagePayload: input", id="no message"),
        pytest.param({"role": "END_USER"}, "f.json:2: text: field required", id="none of the shapes"),
        pytest.param(7, "f.json:2: this is 7; expected an object of google", id="no object"),
    ],
)
def test_what_is_malformed_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    before, after = ({"messages": [message(key, key, second=second)]} for key, second in (("a", 1), ("b", 2)))
    problem, *turns = told(before, bad, after)
    assert problem.startswith(reason)
    assert turns == ["c-1 a customer: a", "c-1 b customer: b"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        pytest.param(file(entry("x")), True, id="file"),
        pytest.param(file(), True, id="file without entries"),
        pytest.param({"entries": [entry("x")]}, True, id="file without categories"),
        pytest.param({"messageEntries": []}, True, id="entries"),
        pytest.param({"conversationContext": {"messageEntries": []}}, True, id="context"),
        pytest.param(message_entry("x"), True, id="entry"),
        pytest.param({"messages": [message("a", "x")], "nextPageToken": "n"}, True, id="messages"),
        pytest.param(event("CONVERSATION_STARTED"), True, id="event"),
        pytest.param(requested("x"), True, id="request"),
        pytest.param({"detail": requested("x")}, True, id="dispatched request"),
        pytest.param({"speaker": "customer", "text": "hi"}, False, id="canonical"),
        pytest.param({"speaker": "customer", **message_entry("x")}, False, id="fields of the same names"),
        pytest.param({"role": "user", "text": "hi"}, False, id="a role and a text alone"),
        pytest.param({"entries": [{"text": "hi", "role": "x"}]}, False, id="entries of something else"),
        pytest.param({"messages": [{"role": "user", "content": "hi"}]}, False, id="a chat with a model"),
        pytest.param({"conversation": "c-1", "type": "message"}, False, id="a conversation elsewhere"),
        pytest.param({"detail": {"eventBody": {"transcripts": []}}}, False, id="Genesys"),
        pytest.param({"Transcript": [], "Participants": []}, False, id="Contact Lens"),
        pytest.param({"CallId": "c-1", "EventType": "START"}, False, id="Live Call Analytics"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_shapes_are_known_by_their_keys(value: dict[str, Any], fits: bool) -> None:
    assert PLATFORM.fits(value) is fits
