"""Stand-ins that several tests share: a detector of phrases, and an advisor over the shipped playbook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from csr_assist.advice import Advisor, OptionIndex, load_playbook
from csr_assist.advice.options import Matrix
from csr_assist.assistant import Assistant
from csr_assist.conversation import Speaker, Turn
from csr_assist.detector import PhraseDetector
from csr_assist.labels import Label
from csr_assist.shipped import PLAYBOOK

PHRASES = {
    "customer for 6 years": Label.TENURE,
    "referred": Label.REFERRAL,
    "very upset": Label.FRUSTRATION,
    "third time": Label.REPEAT_EFFORT,
    "i'm leaving": Label.CHURN_THREAT,
    "your manager": Label.ESCALATION,
    "you promised": Label.BROKEN_PROMISE,
    "the form is broken": Label.HELPFUL_FEEDBACK,
    "کلافه": Label.FRUSTRATION,
    "enam tahun": Label.TENURE,
    "kecewa": Label.DISAPPOINTMENT,
    "account number": Label.DATA_REQUEST,
    "we can't": Label.REFUSAL,
    "against policy": Label.REFUSAL,
    "what i can do": Label.OPTION,
    "i'm sorry": Label.APOLOGY,
    "how hard that is": Label.EMPATHY,
    "calm down": Label.DISMISSIVE,
    "i'll call you": Label.PROMISE,
}


def encode(texts: Sequence[str]) -> Matrix:
    """Bags of words as vectors: like words, like meaning; enough for tests."""
    vectors = np.zeros((len(texts), 256), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            vectors[row, sum(word.encode()) % 256] += 1.0
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@cache
def advisor() -> Advisor:
    """The shipped playbook with vectors that cost nothing."""
    playbook = load_playbook(PLAYBOOK)
    return Advisor(playbook, OptionIndex.build(playbook, encode))


def assistant() -> Assistant:
    """An assistant that hears the phrases above."""
    return Assistant(PhraseDetector(PHRASES), advisor())


def turns(*lines: str, conversation: str = "c") -> list[Turn]:
    """Lines "C: ..." of the customer, "A: ..." of the agent and "S: ..." of the system as turns."""
    speakers = {"C": Speaker.CUSTOMER, "A": Speaker.AGENT, "S": Speaker.SYSTEM}
    return [
        Turn(conversation, str(number), speakers[line[0]], line[2:].strip()) for number, line in enumerate(lines, 1)
    ]
