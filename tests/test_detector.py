"""The shipped detector, as it is shipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.evaluation.measure import measure
from csr_assist.evaluation.sets import load_sets
from csr_assist.labels import Family, Label, labels_for
from csr_assist.shipped import MODEL

DEV = Path("../shared/data/dev")
DETECTOR = OnnxDetector(MODEL, threads=2)
words = st.sampled_from(
    ["this is ridiculous", "I've been a customer for 6 years", "thank you", "third time I call", "آدم کلافه میشه", "ok",
     "saya kecewa", "where is it", "😡", "\u200c", "\n", "  ", "<b>", "what I can do is send it again"]
)  # fmt: skip
texts = st.one_of(st.lists(words, max_size=6).map(" ".join), st.text(max_size=60))
utterances = st.builds(Utterance, st.sampled_from([Speaker.CUSTOMER, Speaker.AGENT]), texts, texts)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("I've been a customer for 6 years and I've never had a problem before.", {Label.TENURE}),
        ("This is the third time I've called about this and I'm sick of it.", {Label.REPEAT_EFFORT, Label.FRUSTRATION}),
        ("Get me your supervisor, now.", {Label.ESCALATION}),
        ("Sudah enam tahun saya langganan di sini.", {Label.TENURE}),
        ("هشت ساله مشتری شمام", {Label.TENURE}),
        ("I'm done with you, I'm switching to another provider.", {Label.CHURN_THREAT}),
    ],
)
def test_plain_cues_are_heard(text: str, labels: set[Label]) -> None:
    (reading,) = DETECTOR.read([Utterance(Speaker.CUSTOMER, text)])
    assert labels <= reading.labels


@pytest.mark.parametrize(
    "text",
    ["Where can I see the tracking for 88213?", "Fine, thanks!", "Hi, I'd like to change my address please.",
     "Makasih kak, sudah sampai.", "ممنون، رسید دستم.", "Yes, that works for me."],
)  # fmt: skip
def test_calm_turns_stay_calm(text: str) -> None:
    (reading,) = DETECTOR.read([Utterance(Speaker.CUSTOMER, text)])
    assert not reading.of(Family.DISSATISFACTION)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I'm so sorry about the mix-up.", Label.APOLOGY),
        ("Unfortunately we can't refund that.", Label.REFUSAL),
        ("Could I have your account number, please?", Label.DATA_REQUEST),
    ],
)
def test_the_agents_conduct_is_heard(text: str, label: Label) -> None:
    (reading,) = DETECTOR.read([Utterance(Speaker.AGENT, text)])
    assert label in reading.labels


@settings(max_examples=40)
@given(st.lists(utterances, max_size=6))
def test_batch_equals_one_by_one(some: list[Utterance]) -> None:
    assert DETECTOR.read(some) == [DETECTOR.read([one])[0] for one in some]


@settings(max_examples=60)
@given(utterances)
def test_readings_are_sound(utterance: Utterance) -> None:
    (reading,) = DETECTOR.read([utterance])
    for cue in reading.cues:
        assert 0 <= cue.start < cue.end <= len(utterance.text)
        assert utterance.text[cue.start : cue.end] == cue.text
        assert cue.text.strip()
        assert cue.label.speaker is utterance.speaker
        assert 0.0 < cue.probability <= 1.0
    if utterance.text.strip():
        assert set(reading.scores) == set(labels_for(utterance.speaker))
    assert 0.0 <= reading.dissatisfaction <= 1.0


def test_a_long_turn_is_read_to_its_end() -> None:
    text = "the parcel is blue and the box is red. " * 300 + "I want to speak to your manager right now!"
    (reading,) = DETECTOR.read([Utterance(Speaker.CUSTOMER, text)])
    assert any(cue.label is Label.ESCALATION and cue.start > 11_000 for cue in reading.cues)


def test_it_runs_without_torch_and_without_a_network() -> None:
    script = (
        "import sys, socket\n"
        "class Never(socket.socket):\n"
        "    def connect(self, *_): raise SystemExit('it called out')\n"
        "socket.socket = Never\n"
        "from csr_assist.shipped import Kit\n"
        "Kit().assistant()\n"
        "bad = {'torch', 'transformers', 'sentence_transformers', 'streamlit'} & set(sys.modules)\n"
        "sys.exit(f'imported {bad}' if bad else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not DEV.is_dir(), reason="the measuring sets are not part of the repository")
def test_it_reaches_what_was_promised_on_the_labelled_set() -> None:
    labelled = [one for one in load_sets(DEV) if one.labelled]
    report = measure(DETECTOR, labelled)
    assert report.labelled[labelled[0].name].micro.f1 >= 0.65
