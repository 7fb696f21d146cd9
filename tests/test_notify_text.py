from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOTICE, notice

from csr_assist.notify.text import about, one_line, shown, title

BREAK = "\u200b"
TRICKY = st.text(st.sampled_from("ab.@:/<>&|{}$*_`[]()!# \n\u200b\u202e\ud800م1"), max_size=40)


@pytest.mark.parametrize(
    ("given_text", "line"),
    [
        ("", ""),
        ("  two\r\n lines\t", "two lines"),
        ("bell\x07 \x1b[31mred", "bell [31mred"),
        ("turned \u202eround", "turned round"),
        ("می‌خواهم بروم", "می‌خواهم بروم"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("x" * 500, "x" * 500),
        ("x" * 501, "x" * 499 + "…"),
    ],
)
def test_one_line(given_text: str, line: str) -> None:
    assert one_line(given_text) == line


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        ("see https://evil.example/x", f"see https:{BREAK}//evil.{BREAK}example/x"),
        ("www.evil.example", f"www.{BREAK}evil.{BREAK}example"),
        ("@here now", f"@{BREAK}here now"),
        ("<!channel>", f"<{BREAK}!channel>"),
        ("<at>Mara</at>", f"<{BREAK}at>Mara<{BREAK}/at>"),
        ("{{DATE(x)}} ${a}", f"{{{BREAK}{{{BREAK}DATE(x)}}}} ${{{BREAK}a}}"),
        ("it cost 3.50, since 10:30. Really", "it cost 3.50, since 10:30. Really"),
        ("شش سال است.", "شش سال است."),
    ],
)
def test_shown(given_text: str, text: str) -> None:
    assert shown(given_text) == text


@given(st.one_of(st.text(), TRICKY))
def test_nothing_live_is_shown_and_no_word_is_lost(words: str) -> None:
    text = shown(words)
    assert not re.search(r"@\w|://|<[\w/!@#]|\{\{|\$\{\w|\.[a-zA-Z]", text)
    assert text.replace(BREAK, "") == one_line(words).replace(BREAK, "")
    assert shown(text) == text or len(text) > 500
    text.encode()


def test_title_and_about() -> None:
    assert title(NOTICE) == "Urgent: a loyal customer says they may leave"
    assert about(NOTICE) == "Mara Ilves · customer for 6 years · 2 referrals · 2026-03-02 12:00 UTC"
    assert about(notice(customer_name=None, facts=("", " "))) == "2026-03-02 12:00 UTC"
