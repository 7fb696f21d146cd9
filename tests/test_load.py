from __future__ import annotations

import re
import runpy

import pytest

from csr_assist.privacy.masking import mask

LOAD = runpy.run_path("benchmarks/load.py")


def test_every_turn_ends_in_a_word_that_no_other_has_and_that_is_found_among_others() -> None:
    words = {LOAD["word_of"](number) for number in range(0, 1_000_000, 7)}
    assert len(words) == len(range(0, 1_000_000, 7))
    word = LOAD["word_of"](123_456)
    assert LOAD["number_of"](word) == 123_456
    assert re.findall("zq[a-z]{6}", f"third time {word}calls") == [word]
    assert all(mask(f"I am upset {word}") == f"I am upset {word}" for word in list(words)[:200])


@pytest.mark.parametrize("conversation", [0, 4, 13])
def test_an_example_call_goes_on_for_as_long_as_it_is_asked_to(conversation: int) -> None:
    turns = list(LOAD["said"](conversation, 90, 2.0))
    assert len({word for word, _ in turns}) == len({turn["text"] for _, turn in turns}) == 90
    assert [turn["order"] for _, turn in turns][:3] == [0.0, 2.0, 4.0]
    assert all(turn["turn_id"] == word and turn["text"].endswith(f" {word}") for word, turn in turns)


def test_delays_are_those_from_the_post() -> None:
    seen = LOAD["Seen"](posted={"a": 10.0, "b": 20.0, "c": 30.0}, acknowledged={"a": 10.1, "b": 20.3})
    delays = seen.delays(seen.acknowledged)
    assert delays["turns"] == 2
    assert delays["p50_ms"] == pytest.approx(200)
    assert delays["worst_ms"] == pytest.approx(300)
    assert seen.delays(seen.shown) is None


def test_turns_belong_to_their_conversation() -> None:
    words = [word for number in (0, 3) for word, _ in LOAD["said"](number, 3, 2.0)]
    seen = LOAD["Seen"](acknowledged=dict.fromkeys(words, 1.0))
    assert [seen.of(number) for number in range(4)] == [set(words[:3]), set(), set(), set(words[3:])]
