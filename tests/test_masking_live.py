from __future__ import annotations

import pytest
from doubles import turns
from test_masking import NOTHING, seconds

from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.privacy.masking import mask
from csr_assist.privacy.masking_live import mask_heard, mask_rest, may_be_rest


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111 uh 1111 1111 1111", "[CARD]"),
        ("it's 4111, um, 1111 1111... erm 1111 thanks", "it's [CARD] thanks"),
        ("my card number is, uh, 4111 1111 1111 1112", "my card number is, uh, [CARD]"),
        ("4111 1111\n1111 1111", "[CARD]"),
        ("4111 1111\r\n1111\u20281111", "[CARD]"),
        ("call me on 0812 eh 3456 anu 7890", "call me on [PHONE]"),
        ("۶۰۳۷ اوم ۹۹۳۴ ۱۶۷۲ ۱۱۰۸", "[CARD]"),
        ("3 um 4 times", "3 um 4 times"),
        ("since 2016 uh since 2017", "since 2016 uh since 2017"),
        ("order 55\n6 years with you", "order 55\n6 years with you"),
        ("room 212 uh 213", "room 212 uh 213"),
        ("2 and 3 and 2019", "2 and 3 and 2019"),
    ],
)
def test_a_pause_or_a_new_line_parts_a_number_no_more_than_a_blank(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "interim", "final"),
    [
        ("my card number is 4111", "my card number is [CARD]", None),
        ("my card number is 4111 1111 11", "my card number is [CARD]", "my card number is [CARD]"),
        ("my card is 4111 1111 1111 uh", "my card is [CARD] uh", "my card is [CARD] uh"),
        ("my card is 4111 1111 and then", "my card is [CARD] and then", None),
        ("it is 4111 1111", "it is [NUMBER]", None),
        ("شماره کارتم ۶۰۳۷ ۹۹۳۴", "شماره کارتم [CARD]", "شماره کارتم [CARD]"),
        ("my phone is 0791", "my phone is [PHONE]", None),
        ("my card number is 4111 1111 1111 1111", "my card number is [CARD]", "my card number is [CARD]"),
        ("my card", None, None),
        ("my card is 41", None, None),
        ("I have been with you for 6 years", None, None),
        ("customer since 2016", None, None),
        ("it was 2019", None, None),
        ("I paid $5,000", None, None),
        ("2500000 rupiah", None, None),
        ("order number 4155552671", None, None),
        ("I ordered 1500 of them", None, None),
        ("I ordered 1500", "I ordered [NUMBER]", None),
        ("gift card of 5000", "gift card of [CARD]", None),
        ("my card ends in 1234 by the way", None, None),
    ],
)
def test_a_number_that_is_still_being_said(text: str, interim: str | None, final: str | None) -> None:
    assert mask_heard(text, None, final=False) == (interim or text)
    assert mask_heard(text, None, final=True) == (final or text)


@pytest.mark.parametrize("text", NOTHING)
def test_final_words_stay_where_nothing_was_begun(text: str) -> None:
    assert mask_heard(text, None, final=True) == text


def said(*lines: str) -> list[str]:
    """Texts of a call as the service masks them, one after the other."""
    earlier: list[Turn] = []
    for turn in turns(*lines):
        heard = Turn("c", turn.turn_id, turn.speaker, mask_heard(turn.text, None, final=True))
        earlier.append(Turn("c", turn.turn_id, turn.speaker, mask_rest(heard, earlier)))
    return [turn.text for turn in earlier]


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (("C: my card number is 4111 1111 11", "A: mhm", "C: 11 1111"), "[CARD]"),
        (("C: my card number is 4111", "A: yes please", "C: uh 1111 1111 1111"), "uh [CARD]"),
        (("C: my card number is 4111", "C: and 1111, that is it"), None),
        (("C: my card number is 4111", "C: 1111 1111 that is it"), "[CARD] that is it"),
        (("C: my phone is 0791", "A: ok", "C: 1123 456"), "[PHONE]"),
        (("C: 4111 1111", "A: mhm", "C: 1111 1111"), "[CARD]"),
        (("C: 4111 1111", "S: recording", "C: 1111 1111."), "[CARD]."),
        (("C: ۶۰۳۷ ۹۹۳۴", "A: بله", "C: ۱۶۷۲ ۱۱۰۸"), "[CARD]"),
        (("A: my card number is 4111", "C: 1111 1111"), None),
        (("C: my card number is 4111 1111 11", "A: since when are you with us?", "C: 2016"), None),
        (("C: my card number is 4111 1111 11", "A: ok", "C: 2016 was when I joined"), None),
        (("C: my card number is 4111 1111 11", "A: ok", "C: $5,000 it was"), None),
        (("C: my card number is 4111 1111 11", "A: ok", "C: 6 years with you"), None),
        (("C: the order is 4155", "A: mhm", "C: 552671"), None),
        (("C: it was 2016", "A: ok", "C: 2017"), None),
        (("C: I ordered 1500", "A: ok", "C: 1600 later"), None),
        (("C: hello", "A: ok", "C: 1111 1111"), None),
        (("C: 1111 1111",), None),
    ],
)
def test_a_number_that_a_pause_splits_over_turns(lines: tuple[str, ...], last: str | None) -> None:
    assert said(*lines)[-1] == (last or lines[-1].removeprefix("C: "))


def test_nothing_is_looked_up_for_most_turns() -> None:
    assert [text for text in ("hello", "6 years", "order 4155552671", "2016 was good") if may_be_rest(text)] == []


@pytest.mark.parametrize("piece", ["4111 uh ", "uh um ", "and ", "card 4111 ", "1\n"])
def test_long_texts_take_no_longer(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert seconds(text) < 10
    mask_rest(Turn("c", "2", Speaker.CUSTOMER, text, language=Language.ENGLISH), [])
    mask_heard(text[:20_000], None, final=False)
