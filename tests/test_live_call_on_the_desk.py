from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from doubles import PHRASES, advisor, assistant, turns

from csr_assist.conversation import Speaker, Turn
from csr_assist.detector import PhraseDetector
from csr_assist.heard import Heard, Incoming
from csr_assist.screens.access import Person
from csr_assist.screens.call import Call
from csr_assist.screens.live import Live
from csr_assist.service import Service
from csr_assist.store import Kept, Note, Store, Verdict
from csr_assist.store.conversations import Conversations

HURT, PLAIN, SORRY, LEAVING = (
    "C: I'm very upset with the delivery.",
    "C: It is order 12.",
    "A: I'm sorry. What I can do is this.",
    "C: I'm leaving.",
)


@pytest.fixture
def call(tmp_path: Path) -> Call:
    return Call(None, Store(f"sqlite:///{tmp_path / 'desk.db'}"))


def kept(*lines: str, interim: int | None = None, ids: str = "1234") -> list[Kept]:
    """A look at turns; ``interim``: the how-manieth is not final yet; ``ids``: a character for each turn."""
    story = [replace(turn, turn_id=key) for turn, key in zip(turns(*lines), ids, strict=False)]
    updates = list(assistant().hear_all(story))
    return [
        Kept(Heard(update.turn, place, None, place != interim), update, place)
        for place, update in enumerate(updates, 1)
    ]


@pytest.mark.parametrize(
    ("looks", "shown"),
    [
        pytest.param([kept(HURT)], True, id="a hurt"),
        pytest.param([kept(PLAIN)], False, id="nothing wrong"),
        pytest.param([kept(HURT), kept(HURT, PLAIN)], True, id="still open"),
        pytest.param([kept(HURT), kept(HURT, SORRY)], False, id="it has been done"),
        pytest.param([kept(HURT, SORRY)], False, id="done before anybody looked"),
        pytest.param([kept(HURT, interim=1)], False, id="an interim result raises nothing"),
        pytest.param([kept(HURT, interim=1), kept(HURT)], True, id="the final result does"),
        pytest.param([kept(HURT), kept(PLAIN)], False, id="the hurt was corrected away"),
        pytest.param([kept(HURT), kept(HURT, HURT, interim=2)], True, id="an interim result clears nothing"),
    ],
)
def test_the_card_follows_final_results(call: Call, looks: list[list[Kept]], shown: bool) -> None:
    for look in looks:
        call.follow(look)
    assert (call.prompt is not None) is shown
    assert [update.turn.text for update in call.updates] == [one.heard.turn.text for one in looks[-1]]


def test_what_was_put_away_does_not_come_back_at_the_next_look(call: Call) -> None:
    call.follow(kept(HURT))
    call.judge(Verdict.NOT_NOW)
    call.follow(kept(HURT))
    assert call.prompt is None
    call.follow(kept(HURT, PLAIN))
    assert call.prompt is None


@pytest.mark.parametrize(
    ("put_away_at", "then", "shown"),
    [
        pytest.param(kept(HURT, "C: I'm", interim=2), kept(HURT, LEAVING), True, id="still spoken"),
        pytest.param(kept(HURT, LEAVING, interim=2), kept(HURT, LEAVING), True, id="seen coming"),
        pytest.param(kept(HURT, "C: It", interim=2), kept(HURT, PLAIN), False, id="nothing said"),
        pytest.param(kept(PLAIN, HURT), kept(LEAVING, PLAIN, HURT, ids="312"), True, id="late, first of all"),
        pytest.param(kept(PLAIN, HURT), kept(PLAIN, PLAIN, HURT, ids="132"), False, id="late and plain"),
        pytest.param(kept(HURT), kept(HURT, LEAVING), True, id="the next turn"),
        pytest.param(kept(HURT), kept(HURT), False, id="the same turn"),
    ],
)
def test_what_is_put_away_hides_no_turn_that_was_not_final_then(
    call: Call, put_away_at: list[Kept], then: list[Kept], shown: bool
) -> None:
    call.follow(put_away_at)
    assert call.prompt is not None
    call.judge(Verdict.NOT_NOW)
    call.follow(then)
    assert (call.prompt is not None) is shown


def test_a_correction_elsewhere_leaves_the_card(call: Call) -> None:
    call.follow(kept(PLAIN, HURT))
    card = call.card
    call.follow([*kept("C: It is order 13.", HURT)])
    assert call.card is not None
    assert card is not None
    assert call.card.turn.turn_id == card.turn.turn_id


def test_feedback_on_a_live_call_names_the_call(call: Call) -> None:
    call.follow([replace(one) for one in kept(HURT)])
    call.judge(Verdict.WRONG)
    assert [one.conversation_id for one in call.store.reviews.feedback()] == ["c"]


@pytest.fixture
def followed(call: Call) -> Live:
    return Live(Service(PhraseDetector(PHRASES), advisor(), call.store), Person("Lee", "csr"), "c")


def say(followed: Live, first: int, many: int) -> None:
    turns = (Turn("c", str(number), Speaker.CUSTOMER, PLAIN) for number in range(first, first + many))
    for turn in turns:
        followed.service.take([Incoming(turn)])


def test_a_desk_that_is_opened_late_shows_the_whole_call(
    call: Call, followed: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(followed, 0, 7)
    monkeypatch.setattr(Conversations.updates_after, "__defaults__", (None, 3))  # turns that are read at once
    followed.follow(call)
    assert [update.turn.turn_id for update in call.updates] == [str(number) for number in range(7)]


def test_a_desk_is_drawn_again_only_when_something_is_new(call: Call, followed: Live) -> None:
    assert not followed.changed()
    say(followed, 0, 1)
    assert followed.changed()
    followed.follow(call)
    assert not followed.changed()
    call.store.alerts.add_note(Note("c", "Lee", "I am with you"), followed.service.clock())
    assert followed.changed()
    followed.follow(call)
    assert not followed.changed()
    followed.service.end("c")
    assert followed.changed()
