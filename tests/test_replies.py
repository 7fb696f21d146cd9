from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.advice.advisor import quotable
from csr_assist.advice.playbook import SLOTS
from csr_assist.advice.replies import Reply, compose

HURT, SORRY, DESERVED, OWN = ["We let you down."], ["I'm sorry."], ["You deserved better."], ["I'll see to it."]


def said(count: int) -> str:
    """A sentence of ``count`` words that is like no other of that length."""
    return " ".join(f"w{count}" for _ in range(count))


LINES = st.lists(
    st.sampled_from([f"{{{slot}}}" for slot in SLOTS] + ["we", "are", "sorry", "so", "it", "is."]),
    min_size=1,
    max_size=25,
).map(" ".join)
PARTS = st.lists(st.lists(LINES, max_size=8), max_size=4)
KNOWN = st.dictionaries(
    st.sampled_from(SLOTS),
    st.lists(st.sampled_from(["six", "years", "the", "fee", "{x}", "{"]), min_size=1, max_size=8).map(" ".join),
)


def filled(line: str, known: dict[str, str]) -> str | None:
    """The line as it would be said, or None when something in it is not known."""
    for slot in SLOTS:
        if f"{{{slot}}}" in line and slot not in known:
            return None
    return line.format(**known)


@given(PARTS, KNOWN, st.integers(0, 10**6))
def test_a_reply_is_at_most_25_words_of_the_given_lines(
    parts: list[list[str]], known: dict[str, str], turn: int
) -> None:
    reply = compose(parts, known, (), turn)
    if reply is None:
        return
    assert 1 <= len(reply.text.split()) <= 25
    assert reply.text == " ".join(str(filled(line, known)) for line in reply.lines)
    rest = iter(parts)
    assert all(any(line in part for part in rest) for line in reply.lines)


@given(PARTS, KNOWN, st.integers(0, 10**6), st.lists(LINES, max_size=3))
def test_there_is_a_reply_when_the_first_part_can_be_said_and_only_then(
    parts: list[list[str]], known: dict[str, str], turn: int, used: list[str]
) -> None:
    first = [text for line in (parts[0] if parts else []) if (text := filled(line, known))]
    reply = compose(parts, known, used, turn)
    if any(len(text.split()) <= 25 for text in first):
        assert reply is not None
        assert reply.lines[0] in parts[0]
    else:
        assert reply is None


@given(st.lists(LINES, min_size=1, max_size=8, unique=True), KNOWN, st.integers(0, 99), st.data())
def test_used_lines_come_last(lines: list[str], known: dict[str, str], turn: int, data: st.DataObject) -> None:
    used = data.draw(st.lists(st.sampled_from(lines), max_size=8))
    fresh = [line for line in lines if line not in used and (text := filled(line, known)) and len(text.split()) <= 25]
    reply = compose([lines], known, used, turn)
    if fresh:
        assert reply is not None
        assert reply.lines[0] in fresh


@pytest.mark.parametrize(
    ("parts", "known", "used", "text"),
    [
        pytest.param([HURT], {}, [], "We let you down.", id="one part"),
        pytest.param([HURT, SORRY], {}, [], "We let you down. I'm sorry.", id="in the order of the parts"),
        pytest.param([HURT, [], OWN], {}, [], "We let you down. I'll see to it.", id="a later part without lines"),
        pytest.param(
            [HURT, ["After {years}, sorry."], OWN],
            {},
            [],
            "We let you down. I'll see to it.",
            id="a later slot unknown",
        ),
        pytest.param([["After {years}."]], {"years": "6 years"}, [], "After 6 years.", id="a slot that is known"),
        pytest.param([["After {years}.", "Oh."]], {}, [], "Oh.", id="a slot that is not"),
        pytest.param([["{years}, {topic}.", "{years}."]], {"years": "6 years"}, [], "6 years.", id="one of two known"),
        pytest.param(
            [["Oh.", "{name}, oh.", "{name}, {topic}."]],
            {"name": "Ada", "topic": "the fee"},
            [],
            "Ada, the fee.",
            id="what names most of what is known comes first",
        ),
        pytest.param([["{name}, oh.", "Oh."]], {"name": "Ada"}, ["{name}, oh."], "Oh.", id="a used line comes last"),
        pytest.param([["A.", "B."]], {}, ["A.", "B.", "A."], "B.", id="of used lines the less used"),
        pytest.param([["A."]], {}, ["A."], "A.", id="a used line is better than none"),
        pytest.param(
            [["{topic} was bad."], ["Sorry for {topic}.", "Sorry."]],
            {"topic": "The fee"},
            [],
            "The fee was bad. Sorry.",
            id="the topic is named once",
        ),
        pytest.param([["{quote}"]], {"quote": "{name} 100%"}, [], "{name} 100%", id="braces of the customer"),
    ],
)
def test_replies_by_example(parts: list[list[str]], known: dict[str, str], used: list[str], text: str) -> None:
    reply = compose(parts, known, used, 0)
    assert reply is not None
    assert reply.text == text


@pytest.mark.parametrize(
    ("parts", "known"),
    [
        pytest.param([], {}, id="no part"),
        pytest.param([[]], {}, id="no line"),
        pytest.param([["{name}!"]], {}, id="nothing is known"),
        pytest.param([["{name}!"], SORRY], {}, id="the first part cannot be said"),
        pytest.param([["{quote}"]], {"quote": said(26)}, id="too long when it is filled"),
    ],
)
def test_nothing_is_said_when_nothing_fits(parts: list[list[str]], known: dict[str, str]) -> None:
    assert compose(parts, known, (), 0) is None


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [
        pytest.param([10, 5, 5, 5], [10, 5, 5, 5], id="25 words fit"),
        pytest.param([10, 9, 7, 6], [10, 7, 6], id="one too many: the second goes"),
        pytest.param([12, 9, 8, 7], [12, 7], id="then the third"),
        pytest.param([20, 9, 8, 7], [20], id="then the last"),
        pytest.param([10, 9, 7], [10, 7], id="three parts"),
        pytest.param([20, 5], [20, 5], id="two parts"),
        pytest.param([20, 6], [20], id="two parts, one too many"),
    ],
)
def test_parts_are_left_out_until_it_fits(lengths: list[int], kept: list[int]) -> None:
    lines = [f"{chr(97 + place)} {said(length - 1)}" for place, length in enumerate(lengths)]
    reply = compose([[line] for line in lines], {}, (), 0)
    assert reply is not None
    assert [len(line.split()) for line in reply.lines] == kept


def test_a_shorter_line_is_taken_before_a_part_is_left_out() -> None:
    assert compose([[said(18)], [said(10), said(7)]], {}, (), 0) == Reply(f"{said(18)} {said(7)}", (said(18), said(7)))


def test_a_short_line_is_found_behind_many_that_grow_too_long() -> None:
    long = [f"{said(20)} {{topic}} {n}" for n in range(6)]
    reply = compose([[*long, "Oh."]], {"topic": said(8)}, (), 0)
    assert reply is not None
    assert reply.text == "Oh."


def test_calls_do_not_sound_alike() -> None:
    replies = [compose([["A.", "B.", "C."]], {}, (), turn) for turn in range(6)]
    assert [reply.text for reply in replies if reply] == ["A.", "B.", "C."] * 2


def test_the_same_turn_gives_the_same_reply() -> None:
    parts = [["A.", "B."], ["C.", "D."]]
    assert compose(parts, {}, ["A."], 5) == compose(parts, {}, ["A."], 5)


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        ("this is ridiculous", True),
        ("third time I've called", True),
        ("saya sudah tiga kali telepon", True),
        ("بار سومه زنگ می‌زنم", True),
        pytest.param("Right now", False, id="two words say little"),
        pytest.param("I can use your company for", False, id="broken off"),
        pytest.param("pelayanan yang sangat buruk dan", False, id="broken off in Indonesian"),
        pytest.param("خیلی ناراحتم که", False, id="broken off in Persian"),
        pytest.param("if there's nobody inside", False, id="a condition"),
        pytest.param("useless, useless, useless", False, id="one word thrice"),
        pytest.param("my [PHONE] is dead", False, id="masked"),
        pytest.param("word " * 30, False, id="too long"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_only_whole_words_are_said_back(words: str, fit: bool) -> None:
    assert quotable(words) is fit
