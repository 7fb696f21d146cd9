from __future__ import annotations

from pathlib import Path

import pytest
from doubles import assistant, turns

from csr_assist.conversation import Speaker
from csr_assist.errors import StoreError
from csr_assist.screens.call import Call
from csr_assist.store import Store, Verdict

HURT, PLAIN = "C: I'm very upset with the delivery.", "C: It is order 12."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'desk.db'}")


def test_a_recording_is_heard_once_up_to_where_it_is_played(store: Store) -> None:
    call = Call(assistant(), store, turns(HURT, PLAIN, "A: ok"))
    call.hear_until(1)
    call.hear_until(1)
    assert len(call.updates) == 1
    call.hear_until(3)
    assert [update.turn.turn_id for update in call.updates] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        pytest.param((HURT, PLAIN), True, id="the hurt is still open"),
        pytest.param((HURT, "S: recording"), True, id="the system spoke"),
        pytest.param((HURT, "A: I'm sorry. What I can do is send it again."), False, id="it has been done"),
        pytest.param(("A: we can't", PLAIN), True, id="a no is unanswered"),
        pytest.param(("A: we can't", "A: what I can do is this"), False, id="an option followed the no"),
        pytest.param((HURT, "A: I'm sorry.", PLAIN), True, id="no way forward yet"),
        pytest.param((PLAIN,), False, id="nothing is wrong"),
    ],
)
def test_the_card_stays_only_as_long_as_it_is_needed(store: Store, lines: tuple[str, ...], shown: bool) -> None:
    call = Call(assistant(), store, turns(*lines))
    call.hear_until(len(lines))
    assert (call.prompt is not None) is shown


def test_what_the_agent_does_with_a_prompt_is_kept(store: Store) -> None:
    call = Call(assistant(), store, turns(HURT, PLAIN))
    call.hear_until(1)
    assert call.prompt is not None
    option = call.prompt.options[1]
    call.judge(Verdict.CHOSEN, option)
    assert call.sentence == option.say
    call.judge(Verdict.COPIED)
    call.judge(Verdict.WRONG)
    assert call.prompt is None
    assert call.sentence == ""
    call.judge(Verdict.NOT_NOW)
    kept = store.reviews.feedback("c")
    assert [(f.verdict, f.option_id, f.turn_id) for f in kept] == [
        (Verdict.CHOSEN, option.id, "1"),
        (Verdict.COPIED, None, "1"),
        (Verdict.WRONG, None, "1"),
    ]
    assert kept[1].say == option.say
    assert "frustration" in kept[0].labels


def test_a_prompt_that_was_put_away_stays_away_until_the_next(store: Store) -> None:
    call = Call(assistant(), store, turns(HURT, PLAIN, HURT))
    call.hear_until(1)
    call.judge(Verdict.NOT_NOW)
    call.hear_until(2)
    assert call.prompt is None
    call.hear_until(3)
    assert call.prompt is not None


def test_what_was_put_away_does_not_come_back_with_the_agents_next_words(store: Store) -> None:
    call = Call(assistant(), store, turns(HURT, "A: Let me check.", "A: One moment.", HURT))
    call.hear_until(1)
    call.judge(Verdict.WRONG)
    call.hear_until(3)
    assert call.prompt is None
    call.hear_until(4)
    assert call.prompt is not None


def test_a_store_that_fails_still_lets_the_card_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    call = Call(assistant(), store, turns(HURT))
    call.hear_until(1)
    monkeypatch.setattr(store.reviews, "add_feedback", full)
    with pytest.raises(StoreError):
        call.judge(Verdict.NOT_NOW)
    assert call.prompt is None


def test_typed_turns_are_heard(store: Store) -> None:
    call = Call(assistant(), store)
    call.say(Speaker.CUSTOMER, "I'm very upset")
    call.say(Speaker.AGENT, "account number?")
    assert [update.turn.turn_id for update in call.updates] == ["1", "2"]
    assert call.prompt is not None
    assert call.state.data_first


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("I'm very upset, my card is 4111 1111 1111 1111", "[CARD]"),
        ("I'm very upset, write to rosa@example.com", "[EMAIL]"),
        ("I'm very upset, call me at 0812-3456-7890", "[PHONE]"),
    ],
)
@pytest.mark.parametrize("played", [True, False])
def test_turns_are_masked_before_they_are_heard(store: Store, said: str, masked: str, played: bool) -> None:
    call = Call(assistant(), store, turns(f"C: {said}") if played else ())
    if played:
        call.hear_until(1)
    else:
        call.say(Speaker.CUSTOMER, said)
    (update,) = call.updates
    assert update.turn.text.endswith(masked)
    assert {cue.text.casefold() for cue in update.reading.cues} == {"very upset"}
    call.judge(Verdict.WRONG)
    assert said[-4:] not in "".join(one.say for one in store.reviews.feedback())
