"""Azure's transcriptions in the shapes that its documents show; every text here is made up."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from telling import told_by

from csr_assist.conversation import Turn
from csr_assist.sources.azure import PLATFORM, fits, said
from csr_assist.sources.roles import named


def phrase(text: str, ticks: float, channel: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "recognitionStatus": "Success",
        "channel": channel,
        "offset": f"PT{ticks / 10_000_000}S",
        "duration": "PT1S",
        "offsetInTicks": ticks,
        "durationInTicks": 10_000_000,
        "nBest": [
            {"confidence": 0.9, "lexical": text.lower(), "itn": text, "maskedITN": text, "display": text},
            {"confidence": 0.2, "lexical": "x", "itn": "x", "maskedITN": "x", "display": "a worse guess"},
        ],
        **more,
    }


def older(text: str, ticks: float, speaker: int) -> dict[str, Any]:
    return phrase(text, ticks, nBest=[{"confidence": 0.9, "speaker": speaker, "lexical": text, "display": text}])


def batch(*phrases: Any, source: str = "https://store.example/calls/july/17.wav?sig=secret") -> dict[str, Any]:
    return {
        "source": source,
        "timestamp": "2026-01-31T09:30:00Z",
        "durationInTicks": 41200000,
        "duration": "PT4.12S",
        "combinedRecognizedPhrases": [{"channel": 0, "lexical": "all", "display": "All of it."}],
        "recognizedPhrases": list(phrases),
    }


def part(text: str, milliseconds: float, key: str = "offsetMilliseconds", **more: Any) -> dict[str, Any]:
    return {key: milliseconds, "durationMilliseconds": 480, "text": text, "confidence": 0.9, "words": [], **more}


def fast(*phrases: Any) -> dict[str, Any]:
    return {"durationMilliseconds": 9000, "combinedPhrases": [{"text": "All of it."}], "phrases": list(phrases)}


told = partial(told_by, PLATFORM)


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        pytest.param(
            batch(phrase("Hello.", 700000.0, speaker=1), phrase("My bill.", 15900000, speaker=2)),
            ["speaker 1 at 0.07: Hello.", "speaker 2 at 1.59: My bill."],
            id="speakers told apart, ticks to seconds",
        ),
        pytest.param(
            batch(older("Hello.", 0, 1), older("My bill.", 20_000_000, 2)),
            ["speaker 1 at 0.0: Hello.", "speaker 2 at 2.0: My bill."],
            id="the speaker in the best guess, as in older files",
        ),
        pytest.param(
            batch(phrase("Hello.", 0, channel=0), phrase("My bill.", 10_000_000, channel=1)),
            ["channel 0 at 0.0: Hello.", "channel 1 at 1.0: My bill."],
            id="a channel for each side",
        ),
        pytest.param(
            batch(phrase("", 0, recognitionStatus="Failure", nBest=[]), phrase("Hello.", 10_000_000)),
            ["channel 0 at 1.0: Hello."],
            id="what was not recognised is left out",
        ),
        pytest.param(
            batch(phrase("Hello.", 0, offsetInTicks="5000000", speaker="2")),
            ["speaker 2 at 0.5: Hello."],
            id="numbers in strings",
        ),
        pytest.param(
            fast(part("Hello.", 720, speaker=0), part("My bill.", 1200, speaker=1)),
            ["speaker 0 at 0.72: Hello.", "speaker 1 at 1.2: My bill."],
            id="fast, speakers told apart",
        ),
        pytest.param(
            fast(part("Hello.", 720, "offset", channel=0), part("My bill.", 1200, "offset", channel=1)),
            ["channel 0 at 0.72: Hello.", "channel 1 at 1.2: My bill."],
            id="fast, as in previews",
        ),
        pytest.param(
            fast(part("Hello.", 720, "offsetInMs", channel=1)), ["channel 1 at 0.72: Hello."], id="fast, from the SDK"
        ),
        pytest.param(fast(part("Hello.", 720)), ["unknown at 0.72: Hello."], id="fast, all in one"),
    ],
)
def test_phrases_are_read_with_their_time_and_a_neutral_speaker(value: Any, parts: list[str]) -> None:
    assert [f"{one.speaker} at {one.start}: {one.text}" for one in said(value)] == parts


@pytest.mark.parametrize(
    ("value", "roles", "turns"),
    [
        pytest.param(
            batch(phrase("My bill is ****, [PII].", 0, speaker=1), phrase("I see.", 9, speaker=2)),
            ("speaker 1=customer", "speaker 2=agent"),
            ["calls/july/17.wav 1 customer: My bill is ****, [PII].", "calls/july/17.wav 2 agent: I see."],
            id="masks are kept",
        ),
        pytest.param(
            fast(part("Hello.", 0, channel=0), part("Bye.", 5000, channel=0), part("My bill.", 1200, channel=1)),
            ("channel 0=agent", "channel 1=customer"),
            ["f 1 agent: Hello.", "f 3 customer: My bill.", "f 2 agent: Bye."],
            id="channels one after the other are woven",
        ),
        pytest.param(
            batch(phrase("Hello.", 0)),
            (),
            ["f.json:1: speaker is 'channel 0'; expected customer, agent, system"],
            id="nobody's role is guessed",
        ),
    ],
)
def test_the_user_says_who_is_who(value: Any, roles: tuple[str, ...], turns: list[str]) -> None:
    assert told(value, roles=roles) == turns


def test_phrases_have_a_language_and_no_date() -> None:
    (turn,) = PLATFORM.read(json.dumps(batch(phrase("Halo.", 0, locale="id-ID"))), "f", named(["channel 0=customer"]))
    assert isinstance(turn, Turn)
    assert (turn.at, turn.language) == (None, "id")
    (one,) = said(fast(part("Halo.", 0, locale="id-ID")))
    assert (one.at, one.language) == (None, "id-ID")


@pytest.mark.parametrize(
    ("source", "recording"),
    [
        pytest.param("https://store.example/calls/17.wav?sv=1&sig=s", "calls/17.wav", id="signed"),
        pytest.param("july/17.wav", "july/17.wav", id="from the root of a container"),
        pytest.param("", None, id="none"),
    ],
)
def test_the_recording_stands_for_the_conversation(source: str, recording: str | None) -> None:
    assert [one.conversation_id for one in said(batch(phrase("Hello.", 0), source=source))] == [recording]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(
            batch({"channel": 0, "nBest": [{"display": "x"}]}),
            "f.json:2: recognizedPhrases.0.offsetInTicks: field required",
            id="a time is missing",
        ),
        pytest.param(
            batch(phrase("x", 0, nBest=[{"lexical": "x"}])),
            "f.json:2: recognizedPhrases.0.nBest.0.display: field required",
            id="a text is missing",
        ),
        pytest.param(batch("x"), "f.json:2: recognizedPhrases.0: input should be", id="a phrase is no object"),
        pytest.param(fast(part("x", float("inf"))), "f.json:2: phrases.0.offset", id="a time without end"),
        pytest.param({"message": "quota exceeded"}, "f.json:2: phrases: field required", id="something else"),
        pytest.param(7, "f.json:2: this is 7; expected an object of azure", id="no object"),
    ],
)
def test_a_malformed_file_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    before, after = (batch(phrase("Hello.", 0), source=name) for name in ("a.wav", "b.wav"))
    problem, *turns = told(before, bad, after, roles=("channel 0=agent",))
    assert problem.startswith(reason)
    assert turns == ["a.wav 1 agent: Hello.", "b.wav 1 agent: Hello."]


@pytest.mark.parametrize(
    ("value", "known"),
    [
        pytest.param(batch(), True, id="batch"),
        pytest.param(fast(), True, id="fast"),
        pytest.param({"duration": 9000, "combinedPhrases": [], "phrases": []}, True, id="fast, as in previews"),
        pytest.param({"durationMilliseconds": 9000, "phrases": []}, True, id="fast, nothing combined"),
        pytest.param({"speaker": "customer", "text": "hi"}, False, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "phrases": []}, False, id="canonical with phrases"),
        pytest.param({"speaker": "customer", "text": "hi", "recognizedPhrases": 2}, False, id="canonical with a count"),
        pytest.param({"conversationId": "c", "transcripts": [{"phrases": []}]}, False, id="Genesys"),
        pytest.param({"Transcript": [], "Participants": []}, False, id="Contact Lens"),
        pytest.param({"entries": [], "conversation_info": {}}, False, id="Google"),
    ],
)
def test_a_file_is_known_by_its_keys(value: Any, known: bool) -> None:
    assert fits(value) is known
