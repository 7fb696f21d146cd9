from __future__ import annotations

from datetime import datetime

import pytest
from doubles import PHRASES

from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.cues import Cue, Reading
from csr_assist.detector import PhraseDetector, Utterance
from csr_assist.labels import Label
from csr_assist.promises import PromiseStatus, promises_after

MONDAY = datetime(2026, 11, 16, 10, 0)


def promised(text: str, at: datetime | None = MONDAY, language: Language = Language.ENGLISH) -> str | None:
    turn = Turn("c", "1", Speaker.AGENT, text, at=at, language=language)
    reading = Reading(cues=(Cue(Label.PROMISE, 0, len(text), text, 0.9),))
    (promise,) = promises_after((), turn, reading)
    return promise.due.isoformat() if promise.due else None


@pytest.mark.parametrize(
    ("text", "language", "due"),
    [
        ("I'll call you back tomorrow", Language.ENGLISH, "2026-11-17"),
        ("you will have it by Friday", Language.ENGLISH, "2026-11-20"),
        ("it will be with you in 3 days", Language.ENGLISH, "2026-11-19"),
        ("saya telepon besok", Language.INDONESIAN, "2026-11-17"),
        ("فردا با شما تماس می‌گیرم", Language.PERSIAN, "2026-11-17"),
        ("we'll look into it", Language.ENGLISH, None),
        ("I'll take care of this for you", Language.ENGLISH, None),
    ],
)
def test_due_days(text: str, language: Language, due: str | None) -> None:
    assert promised(text, MONDAY, language) == due


def test_without_the_turns_time_no_day_is_guessed() -> None:
    assert promised("I'll call you back tomorrow", at=None) is None


@pytest.mark.parametrize(
    ("speaker", "text", "status"),
    [
        (Speaker.CUSTOMER, "you promised!", PromiseStatus.BROKEN),
        (Speaker.CUSTOMER, "thank you", PromiseStatus.OPEN),
        (Speaker.AGENT, "you promised!", PromiseStatus.OPEN),
    ],
)
def test_only_the_customer_breaks_a_promise(speaker: Speaker, text: str, status: PromiseStatus) -> None:
    detector = PhraseDetector(PHRASES)
    made = Turn("c", "1", Speaker.AGENT, "i'll call you")
    promises = promises_after((), made, detector.read([Utterance(made.speaker, made.text)])[0])
    turn = Turn("c", "2", speaker, text)
    after = promises_after(promises, turn, detector.read([Utterance(speaker, text)])[0])
    assert [p.status for p in after] == [status]
