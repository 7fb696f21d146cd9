from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.conversation import Speaker
from csr_assist.cues import Reading
from csr_assist.detector import PhraseDetector, Utterance
from csr_assist.labels import Label, labels_for

PHRASES = {
    "ridiculous": Label.FRUSTRATION,
    "Six Years": Label.TENURE,
    "leaving": Label.CHURN_THREAT,
    "we can't": Label.REFUSAL,
}


def read(text: str, speaker: Speaker = Speaker.CUSTOMER) -> Reading:
    (reading,) = PhraseDetector(PHRASES).read([Utterance(speaker, text)])
    return reading


@pytest.mark.parametrize(
    ("speaker", "text", "found"),
    [
        pytest.param(Speaker.CUSTOMER, "this is ridiculous", [("ridiculous", Label.FRUSTRATION)], id="a phrase"),
        pytest.param(Speaker.CUSTOMER, "RIDICULOUS", [("RIDICULOUS", Label.FRUSTRATION)], id="in capitals"),
        pytest.param(Speaker.CUSTOMER, "six years", [("six years", Label.TENURE)], id="given in capitals"),
        pytest.param(
            Speaker.CUSTOMER,
            "leaving after six years, ridiculous",
            [
                ("leaving", Label.CHURN_THREAT),
                ("six years", Label.TENURE),
                ("ridiculous", Label.FRUSTRATION),
            ],
            id="several, in the order of the turn",
        ),
        pytest.param(Speaker.CUSTOMER, "we can't go on", [], id="an agent's phrase said by the customer"),
        pytest.param(Speaker.AGENT, "that is ridiculous", [], id="a customer's phrase said by the agent"),
        pytest.param(Speaker.AGENT, "Sorry, we can't.", [("we can't", Label.REFUSAL)], id="an agent's phrase"),
        pytest.param(Speaker.SYSTEM, "ridiculous, we can't", [], id="the system says nothing"),
        pytest.param(Speaker.CUSTOMER, "ridiculus", [], id="almost the phrase"),
        pytest.param(Speaker.CUSTOMER, "", [], id="an empty turn"),
        pytest.param(Speaker.CUSTOMER, "İstanbul: ridiculous", [("ridiculous", Label.FRUSTRATION)], id="a long i"),
    ],
)
def test_phrases_are_found(speaker: Speaker, text: str, found: list[tuple[str, Label]]) -> None:
    cues = read(text, speaker).cues
    assert [(cue.text, cue.label) for cue in cues] == found
    assert all(text[cue.start : cue.end] == cue.text and cue.probability == 0.9 for cue in cues)


@pytest.mark.parametrize(
    ("text", "dissatisfaction", "loyalty"),
    [("ridiculous", 0.9, 0.0), ("six years", 0.0, 0.9), ("six years, leaving", 0.9, 0.9), ("hello", 0.0, 0.0)],
)
def test_families_follow_the_labels(text: str, dissatisfaction: float, loyalty: float) -> None:
    reading = read(text)
    assert (reading.dissatisfaction, reading.loyalty) == (dissatisfaction, loyalty)


@pytest.mark.parametrize("speaker", Speaker)
def test_every_label_of_the_speaker_has_a_score(speaker: Speaker) -> None:
    scores = read("ridiculous, we can't", speaker).scores
    assert set(scores) == set(labels_for(speaker))
    assert {label for label, score in scores.items() if score > 0.5} == read("ridiculous, we can't", speaker).labels


@given(st.lists(st.tuples(st.sampled_from(Speaker), st.text(max_size=20) | st.sampled_from(list(PHRASES)))))
def test_readings_come_in_order_and_the_same_alone(said: list[tuple[Speaker, str]]) -> None:
    detector = PhraseDetector(PHRASES)
    utterances = [Utterance(speaker, text) for speaker, text in said]
    together = detector.read(utterances)
    assert together == [reading for utterance in utterances for reading in detector.read([utterance])]


@given(st.text(), st.text())
def test_a_phrase_is_shown_where_it_stands(before: str, after: str) -> None:
    text = f"{before}ridiculous{after}"
    detector = PhraseDetector({"ridiculous": Label.FRUSTRATION})
    ((cue,),) = (reading.cues for reading in detector.read([Utterance(Speaker.CUSTOMER, text)]))
    assert text[cue.start : cue.end] == cue.text
    assert cue.text.lower() == "ridiculous"
