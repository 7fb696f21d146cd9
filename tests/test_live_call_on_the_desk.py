from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from doubles import assistant, turns

from csr_assist.heard import Heard
from csr_assist.screens.call import Call
from csr_assist.store import Kept, Store, Verdict

HURT, PLAIN, SORRY = (
    "C: I'm very upset with the delivery.",
    "C: It is order 12.",
    "A: I'm sorry. What I can do is this.",
)


@pytest.fixture
def call(tmp_path: Path) -> Call:
    return Call(None, Store(f"sqlite:///{tmp_path / 'desk.db'}"))


def kept(*lines: str, interim: int | None = None) -> list[Kept]:
    updates = list(assistant().hear_all(turns(*lines)))
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
