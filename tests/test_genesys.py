"""Genesys Cloud in the shapes that its documents show; every text here is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from telling import told_by

from csr_assist.conversation import Speaker, Turn
from csr_assist.sources.genesys import PLATFORM, fits, said

BEGIN = 1769851800000
"""2026-01-31T09:30:00Z in milliseconds."""


def utterance(key: str, text: str, offset: float, channel: str = "EXTERNAL", final: bool = True) -> dict[str, Any]:
    return {
        "utteranceId": key,
        "isFinal": final,
        "channel": channel,
        "alternatives": [{"confidence": 0.7, "offsetMs": offset, "durationMs": 400, "transcript": text, "words": []}],
        "engineProvider": "GENESYS",
        "engineId": "r2d2",
        "dialect": "en-US",
    }


def live(*utterances: Any, begin: float = BEGIN, conversation: str = "c-1") -> dict[str, Any]:
    return {
        "eventTime": "2026-01-31T09:30:48.128Z",
        "conversationId": conversation,
        "communicationId": "m-1",
        "sessionStartTimeMs": BEGIN - 9,
        "transcriptionStartTimeMs": begin,
        "transcripts": list(utterances),
        "status": {"offsetMs": 0, "status": "SESSION_ONGOING"},
    }


def notified(event: Any, topic: str = "v2.conversations.c-1.transcription") -> dict[str, Any]:
    return {"topicName": topic, "version": "2", "eventBody": event, "metadata": {"CorrelationId": "1"}}


def bridged(event: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "e-1",
        "detail-type": "v2.conversations.{id}.transcription",
        "source": "aws.partner/genesys.com/cloud/1/x",
        "time": "2026-01-31T09:30:49Z",
        "detail": {"eventBody": event, "metadata": {"CorrelationId": "1"}},
    }


def phrase(index: int, text: str, start: float, purpose: str = "external", **more: Any) -> dict[str, Any]:
    return {"phraseIndex": index, "text": text, "startTimeMs": start, "participantPurpose": purpose, **more}


def present(purpose: str, start: float, end: float | None) -> dict[str, Any]:
    return {"participantPurpose": purpose, "userId": "u", "startTimeMs": start, "endTimeMs": end}


def stored(*phrases: Any, participants: Any = (), begin: float | None = BEGIN, **more: Any) -> dict[str, Any]:
    analytics = {"sentiment": [{"phraseIndex": 0, "sentiment": -1, "participant": "external", "startTimeMs": 0}]}
    transcript = {"transcriptId": "t", "language": "en-us", "phrases": list(phrases), "analytics": analytics}
    return {
        "conversationId": "c-9",
        "communicationId": "m-1",
        "mediaType": "call",
        **({} if begin is None else {"conversationStartTime": begin}),
        "transcripts": [transcript],
        "participants": list(participants),
        **more,
    }


HANDED_OVER = (present("ivr", 0, 5000), present("acd", 5000, 9000), present("agent", 8000, None))
"""The agent is there a second before the queue lets go."""


told = partial(told_by, PLATFORM)


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        pytest.param([live(utterance("u", "hi", 10))], ["c-1 u customer: hi"], id="a bare event"),
        pytest.param([notified(live(utterance("u", "hi", 10)))], ["c-1 u customer: hi"], id="a notification"),
        pytest.param([bridged(live(utterance("u", "hi", 10)))], ["c-1 u customer: hi"], id="from EventBridge"),
        pytest.param(
            [
                live(utterance("u", "h", 10, final=False)),
                live(utterance("u", "hi", 10, final=False)),
                live(utterance("u", "hi there", 10)),
            ],
            ["c-1 u customer: hi there"],
            id="partial results give way",
        ),
        pytest.param(
            [bridged(live(utterance("u", "hi there", 10))), live(utterance("u", "hi", 10, final=False))],
            ["c-1 u customer: hi there"],
            id="a late partial result changes nothing",
        ),
        pytest.param(
            [bridged(live(utterance("u", "hi", 10))), bridged(live(utterance("u", "hi", 10)))],
            ["c-1 u customer: hi"],
            id="delivered twice",
        ),
        pytest.param(
            [live(utterance("b", "later", 900), utterance("a", "sooner", 100, "INTERNAL"))],
            ["c-1 a agent: sooner", "c-1 b customer: later"],
            id="in the order of the call",
        ),
        pytest.param(
            [live(utterance("b", "after", 10), begin=BEGIN + 60_000), live(utterance("a", "before", 50_000))],
            ["c-1 a customer: before", "c-1 b customer: after"],
            id="offsets start anew after a transfer",
        ),
        pytest.param(
            [live(utterance("u", "one", 0)), live(utterance("u", "two", 0), conversation="c-2")],
            ["c-1 u customer: one", "c-2 u customer: two"],
            id="two conversations",
        ),
        pytest.param(
            [
                notified({"message": "WebSocket Heartbeat"}, "channel.metadata"),
                live(),
                {**live(), "transcripts": None},
                notified({"conversationId": "c-1", "status": {"status": "SESSION_ENDED"}}),
                live({**utterance("v", "x", 5), "alternatives": []}, utterance("u", "hi", 10)),
            ],
            ["c-1 u customer: hi"],
            id="events without words",
        ),
        pytest.param(
            [live(utterance("u", "both at once", 0, "BOTH"), utterance("v", "hi", 9))],
            ["f.json:1: speaker is 'BOTH'; expected customer, agent, system", "c-1 v customer: hi"],
            id="nobody knows which side it was",
        ),
        pytest.param(
            [{**live(utterance("u", "hi", 0)), "transcriptionStartTimeMs": str(BEGIN)}],
            ["c-1 u customer: hi"],
            id="a number in a string",
        ),
    ],
)
def test_what_was_said_live_is_read(values: list[Any], turns: list[str]) -> None:
    assert told(*values) == turns


@pytest.mark.parametrize(
    ("alternatives", "text"),
    [
        pytest.param([{"transcript": "ten dollars", "decoratedTranscript": "$10"}], "$10", id="decorated"),
        pytest.param([{"transcript": "ten dollars", "decoratedTranscript": None}], "ten dollars", id="raw"),
        pytest.param(
            [{"transcript": "tan", "confidence": 0.1}, {"transcript": "ten", "confidence": 0.9}],
            "ten",
            id="the likelier of two",
        ),
    ],
)
def test_the_best_text_is_taken(alternatives: list[dict[str, Any]], text: str) -> None:
    event = live({**utterance("u", "", 0), "alternatives": [{"offsetMs": 0, **one} for one in alternatives]})
    assert [one.text for one in said(event)] == [text]


@pytest.mark.parametrize(
    ("value", "turns"),
    [
        pytest.param(
            stored(phrase(0, "hello", BEGIN, "internal"), phrase(1, "my [PII] is gone", BEGIN + 900)),
            ["c-9 t.0 agent: hello", "c-9 t.1 customer: my [PII] is gone"],
            id="two sides, masks kept",
        ),
        pytest.param(
            stored(phrase(0, "ten dollars", BEGIN, decoratedText="$10"), phrase(1, "ok", BEGIN, decoratedText="")),
            ["c-9 t.0 customer: $10", "c-9 t.1 customer: ok"],
            id="decorated, raw",
        ),
        pytest.param(
            stored(phrase(1, "later", BEGIN + 900), phrase(0, "sooner", BEGIN)),
            ["c-9 t.0 customer: sooner", "c-9 t.1 customer: later"],
            id="in the order of the call",
        ),
        pytest.param(
            stored(
                phrase(0, "press one", 1000, "internal"),
                phrase(1, "one", 2000),
                phrase(2, "please hold", 6000, "internal"),
                phrase(3, "hello", 8500, "internal"),
                phrase(4, "how can I help", 9000, "internal"),
                participants=HANDED_OVER,
            ),
            ["c-9 t.1 customer: one", "c-9 t.3 agent: hello", "c-9 t.4 agent: how can I help"],
            id="menus and queues are left out by time",
        ),
        pytest.param(
            stored(
                phrase(0, "press one", 4999, "internal"),
                phrase(1, "hello", BEGIN + 5000, "internal"),
                participants=(present("ivr", BEGIN, BEGIN + 5000), present("agent", BEGIN + 5000, BEGIN + 9000)),
            ),
            ["c-9 t.1 agent: hello"],
            id="times from 1970 and from the beginning",
        ),
        pytest.param(
            stored(
                phrase(0, "I am a bot", 100, "internal"), phrase(1, "hi", 200), participants=[present("botflow", 0, 99)]
            ),
            ["c-9 t.0 agent: I am a bot", "c-9 t.1 customer: hi"],
            id="who has left does not speak",
        ),
        pytest.param(
            stored(phrase(0, "I am a bot", 100, "internal"), participants=[present("BotFlow", 0, None)]),
            ["c-9 t.0 system: I am a bot"],
            id="a bot is no agent",
        ),
        pytest.param(
            stored(
                *(
                    phrase(place, "x", place, purpose)
                    for place, purpose in enumerate(("IVR", "acd", "voicemail", "fax"))
                ),
                phrase(4, "hi", 4, "customer"),
                phrase(5, "hello", 5, "user"),
            ),
            ["c-9 t.4 customer: hi", "c-9 t.5 agent: hello"],
            id="purposes that say it themselves; a user is an agent here",
        ),
        pytest.param(
            stored(
                phrase(0, "one", 0),
                transcripts=[{"transcriptId": key, "phrases": [phrase(0, key, 0)]} for key in ("a", "b")],
            ),
            ["c-9 a.0 customer: a", "c-9 b.0 customer: b"],
            id="two transcripts count alike",
        ),
    ],
)
def test_what_was_stored_is_read(value: Any, turns: list[str]) -> None:
    assert told(value) == turns


@pytest.mark.parametrize(
    ("value", "at"),
    [
        pytest.param(live(utterance("u", "hi", 5500)), datetime(2026, 1, 31, 9, 30, 5, 500_000, UTC), id="live"),
        pytest.param(stored(phrase(0, "hi", BEGIN)), datetime(2026, 1, 31, 9, 30, tzinfo=UTC), id="from 1970"),
        pytest.param(
            stored(phrase(0, "hi", 1000)), datetime(2026, 1, 31, 9, 30, 1, tzinfo=UTC), id="from the beginning"
        ),
        pytest.param(stored(phrase(0, "hi", 1000), begin=None), None, id="from a beginning that nobody knows"),
        pytest.param(live(utterance("u", "hi", 5500), begin=0), None, id="live, begun at zero"),
    ],
)
def test_a_time_has_a_date_where_one_is_known(value: Any, at: datetime | None) -> None:
    (turn,) = PLATFORM.read(json.dumps(value), "f.json")
    assert isinstance(turn, Turn)
    assert (turn.at, turn.language, turn.channel, turn.speaker) == (at, "en", "call", Speaker.CUSTOMER)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("voice", "call"), ("VOICE", "call"), ("call", "call"), ("message", "message"), ("CHAT", "chat"), (None, None)],
)
def test_the_medium_is_the_channel(kind: str | None, channel: str | None) -> None:
    assert [one.channel for one in said(stored(phrase(0, "hi", 0), mediaType=kind))] == [channel]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(
            notified(live({"utteranceId": "x", "isFinal": True})),
            "f.json:2: eventBody.transcripts.0.channel: field required",
            id="a field is missing",
        ),
        pytest.param(live("x"), "f.json:2: transcripts.0: input should be", id="an utterance is no object"),
        pytest.param({"detail": 7}, "f.json:2: detail: input should be", id="nothing in the wrapping"),
        pytest.param({"detail": {"eventBody": []}}, "f.json:2: detail.eventBody: input should be", id="no event"),
        pytest.param(
            stored({"phraseIndex": 0, "text": "x", "startTimeMs": 0}),
            "f.json:2: transcripts.0.phrases.0.participantPurpose: field re",
            id="nobody speaks",
        ),
        pytest.param(
            live(utterance("x", "x", 1e300)), "f.json:2: transcripts.0.alternatives.0.offsetMs", id="a time beyond all"
        ),
        pytest.param(
            stored(participants=[present("ivr", float("nan"), None)]),
            "f.json:2: participants.0.startTimeMs",
            id="a time that is no number",
        ),
        pytest.param({}, "f.json:2: conversationId: field required", id="nothing"),
        pytest.param(7, "f.json:2: this is 7; expected an object of genesys", id="no object"),
    ],
)
def test_a_malformed_event_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(live(utterance("a", "one", 0)), bad, live(utterance("b", "two", 9)))
    assert problem.startswith(reason)
    assert turns == ["c-1 a customer: one", "c-1 b customer: two"]


@pytest.mark.parametrize(
    ("value", "known"),
    [
        pytest.param(live(), True, id="a bare event"),
        pytest.param(
            {"conversationId": "c", "communicationId": "m", "transcriptionStartTimeMs": 1}, True, id="a bare status"
        ),
        pytest.param(notified(live()), True, id="a notification"),
        pytest.param(notified({"message": "WebSocket Heartbeat"}, "channel.metadata"), True, id="a heartbeat"),
        pytest.param(bridged(live()), True, id="from EventBridge"),
        pytest.param(stored(), True, id="a stored transcript"),
        pytest.param({"speaker": "customer", "text": "hi"}, False, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "transcripts": []}, False, id="canonical with transcripts"),
        pytest.param({"speaker": "customer", "text": "hi", "detail": "x"}, False, id="canonical with a detail"),
        pytest.param({"speaker": "customer", "text": "hi", "eventBody": {}}, False, id="canonical with a body"),
        pytest.param(
            {"speaker": "customer", "text": "hi", "conversationId": "c", "communicationId": "m"},
            False,
            id="canonical with ids",
        ),
        pytest.param({"detail-type": "x", "detail": {"state": "ok"}}, False, id="another event of EventBridge"),
        pytest.param({"topicName": "x", "eventBody": "x"}, False, id="a body that is none"),
        pytest.param({"ContactId": "c", "Segments": []}, False, id="Contact Lens"),
        pytest.param({"durationMilliseconds": 9, "combinedPhrases": [], "phrases": []}, False, id="Azure"),
        pytest.param({"jobName": "j", "results": {"transcripts": []}}, False, id="Transcribe"),
    ],
)
def test_an_event_is_known_by_its_keys(value: Any, known: bool) -> None:
    assert fits(value) is known
