from __future__ import annotations

from datetime import datetime, timedelta

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
    (promise,) = promises_after((), turn, reading, language)
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
    ("speaker", "days", "text", "status"),
    [
        (Speaker.CUSTOMER, 3, "you promised!", PromiseStatus.BROKEN),
        pytest.param(Speaker.CUSTOMER, 0, "you promised!", PromiseStatus.OPEN, id="it is not due yet"),
        pytest.param(Speaker.CUSTOMER, 1, "you promised!", PromiseStatus.OPEN, id="it is due today"),
        (Speaker.CUSTOMER, 3, "thank you", PromiseStatus.OPEN),
        (Speaker.AGENT, 3, "you promised!", PromiseStatus.OPEN),
    ],
)
def test_only_the_customer_breaks_a_promise_that_is_due(
    speaker: Speaker, days: int, text: str, status: PromiseStatus
) -> None:
    detector = PhraseDetector(PHRASES)
    said = "i'll call you tomorrow"
    made = Turn("c", "1", Speaker.AGENT, said, at=MONDAY)
    reading = Reading(cues=(Cue(Label.PROMISE, 0, len(said), said, 0.9),))
    promises = promises_after((), made, reading, None)
    turn = Turn("c", "2", speaker, text, at=MONDAY + timedelta(days=days))
    after = promises_after(promises, turn, detector.read([Utterance(speaker, text)])[0], None)
    assert [p.status for p in after] == [status]


def test_a_promise_without_a_day_stays_open() -> None:
    promises = promises_after(
        (), Turn("c", "1", Speaker.AGENT, "x"), Reading(cues=(Cue(Label.PROMISE, 0, 1, "x", 0.9),)), None
    )
    broken = Reading(cues=(Cue(Label.BROKEN_PROMISE, 0, 1, "y", 0.9),))
    assert promises_after(promises, Turn("c", "2", Speaker.CUSTOMER, "y"), broken, None) == promises
