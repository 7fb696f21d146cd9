"""Live events, in the shapes that the platforms document; every text here is made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_platforms import NAMES, ROLES, SAMPLES, damaged

from csr_assist.conversation import Language, Speaker
from csr_assist.heard import Incoming
from csr_assist.sources import PLATFORMS, named
from csr_assist.sources.events import heard_in

BY_NAME = {platform.name: platform for platform in PLATFORMS}
TRACKS = named(["inbound_track=customer", "outbound_track=agent"])


def hear(name: str, payload: object, roles: Mapping[str, Speaker] = ROLES) -> tuple[list[Incoming], list[str]]:
    return heard_in(BY_NAME[name], payload, roles, conversation="c")


def form(number: str = "2", text: str = "hi", **fields: str) -> dict[str, str]:
    """A body of Twilio's, in which all fields are strings."""
    return {
        "TranscriptionEvent": "transcription-content",
        "CallSid": "CA1",
        "TranscriptionSid": "GT1",
        "SequenceId": number,
        "Track": "inbound_track",
        "TranscriptionData": f'{{"transcript": "{text}", "confidence": 0.9}}',
        "Timestamp": "2026-01-31T09:30:07.250000Z",
        "Final": "true",
        "LanguageCode": "id-ID",
        **fields,
    }


def lens(kind: str, key: str, text: str) -> dict[str, Any]:
    words = {"Utterance": "PartialContent", "Transcript": "Content"}[kind]
    name = {"Utterance": "TranscriptId", "Transcript": "Id"}[kind]
    return {kind: {name: key, "ParticipantRole": "CUSTOMER", words: text, "BeginOffsetMillis": 2500}}


def connect(*segments: dict[str, Any]) -> dict[str, Any]:
    return {"ContactId": "c", "Channel": "VOICE", "EventType": "SEGMENTS", "Segments": list(segments)}


def genesys(text: str, final: bool, start: float = 1_769_851_800_000) -> dict[str, Any]:
    best = {"transcript": text, "offsetMs": 2500, "confidence": 0.9}
    spoken = {"utteranceId": "u", "isFinal": final, "channel": "EXTERNAL", "alternatives": [best]}
    body = {"conversationId": "c", "transcriptionStartTimeMs": start, "transcripts": [spoken]}
    return {"topicName": "v2.conversations.c.transcription", "eventBody": body}


def transcribe(text: str, partial: bool) -> dict[str, Any]:
    return {
        "UtteranceEvent": {
            "UtteranceId": "u",
            "ParticipantRole": "CUSTOMER",
            "IsPartial": partial,
            "Transcript": text,
            "BeginOffsetMillis": 2500,
        }
    }


def segment(text: str, partial: bool, channel: str = "CALLER") -> dict[str, Any]:
    return {
        "EventType": "ADD_TRANSCRIPT_SEGMENT",
        "CallId": "c",
        "SegmentId": "s",
        "Channel": channel,
        "Transcript": text,
        "IsPartial": partial,
        "StartTime": "2.5",
    }


PARTIALS = [
    ("contact-lens", connect(lens("Utterance", "t", "I want")), connect(lens("Transcript", "t", "I want out")), 2.5),
    ("genesys", genesys("I want", False), genesys("I want out", True), None),
    ("genesys", genesys("I want", False, start=0), genesys("I want out", True, start=0), 2.5),
    ("transcribe", transcribe("I want", True), transcribe("I want out", False), 2.5),
    ("live-call-analytics", segment("I want", True), segment("I want out", False), 2.5),
]


@pytest.mark.parametrize(("name", "partial", "final", "order"), PARTIALS)
def test_a_partial_result_and_its_final_one_share_an_id(name: str, partial: Any, final: Any, order: Any) -> None:
    ((first,), none), ((second,), nothing) = hear(name, partial), hear(name, final)
    assert not none + nothing
    assert (first.turn.text, first.final, second.turn.text, second.final) == ("I want", False, "I want out", True)
    assert first.turn.turn_id == second.turn.turn_id
    assert (first.order, second.order) == (order, order)
    assert order is not None or second.turn.at == datetime(2026, 1, 31, 9, 30, 2, 500_000, UTC)


@pytest.mark.parametrize(("name", "partial", "final", "order"), PARTIALS)
def test_in_one_body_the_final_result_stands_alone(name: str, partial: Any, final: Any, order: Any) -> None:
    for payload in ([partial, final], [final, partial]):
        (only,), problems = hear(name, payload)
        assert (only.turn.text, only.final, only.order, problems) == ("I want out", True, order, [])


def test_segments_of_one_event_come_in_the_order_of_the_call() -> None:
    early = {"Transcript": {**lens("Transcript", "a", "Hello")["Transcript"], "BeginOffsetMillis": 100}}
    heard, _ = hear("contact-lens", connect(lens("Utterance", "b", "I"), early, lens("Transcript", "b", "I left")))
    assert [(one.turn.turn_id, one.turn.text, one.order) for one in heard] == [
        ("a", "Hello", 0.1),
        ("b", "I left", 2.5),
    ]


def test_a_form_of_strings_is_an_event() -> None:
    (heard,), problems = hear("twilio", MappingProxyType(form()), TRACKS)
    turn = heard.turn
    assert (turn.conversation_id, turn.turn_id, turn.speaker, turn.text) == ("CA1", "GT1.2", Speaker.CUSTOMER, "hi")
    assert (turn.at, turn.language) == (datetime(2026, 1, 31, 9, 30, 7, 250_000, UTC), Language.INDONESIAN)
    assert (heard.final, heard.order, problems) == (True, None, [])


@pytest.mark.parametrize(
    "payload",
    [
        form(Final="false"),
        form(text="  "),
        {"TranscriptionEvent": "transcription-started", "CallSid": "CA1"},
        [],
    ],
    ids=["interim", "no words", "no content", "an empty batch"],
)
def test_what_has_no_words_to_keep_says_nothing(payload: object) -> None:
    assert hear("twilio", payload, TRACKS) == ([], [])


@pytest.mark.parametrize(
    ("name", "payload", "role"),
    [
        ("live-call-analytics", segment("hi", False, "AGENT"), Speaker.AGENT),
        ("live-call-analytics", segment("Press 1", False, "IVR"), Speaker.SYSTEM),
        ("google", {"role": "AUTOMATED_AGENT", "text": "hi", "createTime": "2026-01-31T09:30:00Z"}, Speaker.SYSTEM),
        ("google", {"role": "END_USER", "text": "hi", "createTime": "2026-01-31T09:30:00Z"}, Speaker.CUSTOMER),
        ("twilio", form(Track="outbound_track"), Speaker.AGENT),
    ],
)
def test_roles_are_those_of_the_platform_or_of_the_user(name: str, payload: object, role: Speaker) -> None:
    (heard,), problems = hear(name, payload, TRACKS)
    assert (heard.turn.speaker, problems) == (role, [])


@pytest.mark.parametrize(
    ("speaker", "shown"),
    [("inbound_track", "inbound_track"), ("whatsapp:+1 555 0100 2000 3000", "whatsapp:+1 555 0100 20…")],
)
def test_an_unknown_speaker_is_named_with_how_to_map_it(speaker: str, shown: str) -> None:
    heard, (problem,) = hear("twilio", form(Track=speaker, text="secret"))
    assert not heard
    assert problem == (
        f"speaker '{shown}' is unknown; say who it is, as '{shown}=ROLE', where ROLE is customer, agent, system"
    )
    assert [one.turn.text for one in hear("twilio", form(Track=speaker), named([f"{speaker}=agent"]))[0]] == ["hi"]


@pytest.mark.parametrize(
    ("name", "payload", "problem"),
    [
        ("twilio", form(SequenceId="secret"), "SequenceId: input should be"),
        ("twilio", {}, "no event of twilio: media_channel: field required"),
        ("twilio", form(CallSid="\ud800"), "conversation_id is ''; expected a string or a whole number"),
        ("twilio", "secret words", "this is a string; expected an object of twilio"),
        ("twilio", b"secret", "this is a bytes; expected an object of twilio"),
        ("twilio", None, "this is null; expected an object of twilio"),
        ("twilio", form(text="secret\\u0000"), "text is damaged; expected a string of readable characters"),
        ("contact-lens", segment("secret", False), "no event of contact-lens: Transcript: input should be"),
        ("live-call-analytics", {**segment("secret", False), "StartTime": "secret"}, "StartTime: input should be"),
    ],
)
def test_what_is_malformed_is_told_without_anyones_words(name: str, payload: object, problem: str) -> None:
    heard, (told,) = hear(name, payload, TRACKS)
    assert not heard
    assert told.startswith(problem)
    assert "secret" not in told


def test_a_field_that_is_optional_costs_itself_alone() -> None:
    (heard,), problems = hear("twilio", form(LanguageCode="de"), TRACKS)
    assert (heard.turn.language, problems) == (None, ["language is 'de'; expected en, id, fa"])


def test_one_bad_event_of_a_batch_costs_itself_alone() -> None:
    heard, problems = hear("twilio", [form("1", "one"), 7, form("2", "two")], TRACKS)
    assert [one.turn.text for one in heard] == ["one", "two"]
    assert problems == ["this is 7; expected an object of twilio"]


def test_a_call_without_an_id_takes_the_one_that_is_known() -> None:
    event = transcribe("hi", False)
    assert [one.turn.conversation_id for one in heard_in(BY_NAME["transcribe"], event, conversation="9")[0]] == ["9"]
    assert heard_in(BY_NAME["transcribe"], event) == (
        [],
        ["conversation_id is missing; expected a string or a whole number"],
    )
    assert heard_in(BY_NAME["twilio"], form(), TRACKS, conversation="9")[0][0].turn.conversation_id == "CA1"


def entry(text: str, role: str = "END_USER", at: str | None = "2026-01-31T09:30:00Z") -> dict[str, Any]:
    return {"role": role, "text": text, **({"createTime": at} if at else {})}


def ids(*entries: dict[str, Any]) -> list[str]:
    heard, problems = hear("google", {"messageEntries": list(entries)})
    assert not problems
    return [one.turn.turn_id for one in heard]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(entry("hi"), entry("hi"), True, id="sent again"),
        pytest.param(entry("hi"), entry("Hi."), True, id="corrected"),
        pytest.param(entry("hi"), entry("hi", "HUMAN_AGENT"), False, id="another speaker"),
        pytest.param(entry("hi"), entry("hi", at="2026-01-31T09:30:01Z"), False, id="another time"),
        pytest.param(entry("hi", at=None), entry("hi", at=None), True, id="sent again without a time"),
        pytest.param(entry("hi", at=None), entry("ho", at=None), False, id="other words without a time"),
    ],
)
def test_a_turn_without_an_id_has_one_that_lasts(one: Any, other: Any, same: bool) -> None:
    assert (ids(one) == ids(other)) is same


def test_an_id_does_not_depend_on_what_else_is_sent() -> None:
    first, second = entry("hi"), entry("yes?", "HUMAN_AGENT", "2026-01-31T09:30:05Z")
    assert ids(first, second) == ids(first) + ids(second)


@pytest.mark.parametrize("name", NAMES)
def test_every_platform_is_heard_and_alike_when_sent_again(name: str) -> None:
    heard, problems = hear(name, SAMPLES[name])
    assert ([(one.turn.speaker, one.turn.text) for one in heard], problems) == ([(Speaker.CUSTOMER, "hi")], [])
    assert hear(name, SAMPLES[name]) == (heard, [])


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.data(), JUNK)
def test_nothing_that_arrives_raises(name: str, draw: st.DataObject, junk: Any) -> None:
    for payload in (junk, damaged(SAMPLES[name], draw, junk)):
        heard, problems = hear(name, payload)
        assert all(isinstance(one, Incoming) for one in heard)
        assert all(isinstance(problem, str) and problem for problem in problems)
