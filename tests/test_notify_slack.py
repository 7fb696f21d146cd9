from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOTICE, QUOTE, notice, web_server

from csr_assist.notify import Slack
from csr_assist.notify.http import json_body
from csr_assist.notify.slack import escaped, payload
from csr_assist.notify.text import shown

WORDS = st.one_of(st.text(), st.text(st.sampled_from("ab.@:/<>&|!#*_`~ \n\ud800م"), max_size=40))


def leaves(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "elements" not in value:
            yield value
        value = list(value.values())
    for part in value if isinstance(value, list) else []:
        yield from leaves(part)


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [leaf for leaf in leaves(message["blocks"]) if "type" in leaf]


def test_what_arrives() -> None:
    with web_server() as web:
        Slack(web.url + "/services/a/b").send(NOTICE)
    message = json.loads(web.heard[0].body)
    assert web.heard[0].path == "/services/a/b"
    assert [element["text"] for element in elements(message)] == [
        "Urgent: a loyal customer says they may leave",
        QUOTE,
        "Mara Ilves · customer for 6 years · 2 referrals · 2026-03-02 12:00 UTC",
        "Open the conversation",
    ]
    assert message["text"] == (
        "Urgent: a loyal customer says they may leave "
        "<https://review.example/?conversation=call%2F7&amp;turn=t3|Open the conversation>"
    )


def test_the_fallback_has_no_word_of_the_customer() -> None:
    assert QUOTE not in payload(NOTICE)["text"]
    assert "Mara" not in payload(NOTICE)["text"]


@given(WORDS, WORDS, WORDS, WORDS)
def test_words_make_no_link_mention_or_command(quote: str, name: str, fact: str, reason: str) -> None:
    said = notice(quote=quote, customer_name=name, facts=(fact,), reason=reason)
    message = payload(said)
    parts = elements(message)
    assert {part["type"] for part in parts} == {"text", "link"}
    assert [part["url"] for part in parts if part["type"] == "link"] == [NOTICE.link]
    assert all(0 < len(part["text"]) <= 3000 for part in parts)
    assert re.findall(r"<[^>]*>", message["text"]) == [
        "<https://review.example/?conversation=call%2F7&amp;turn=t3|Open the conversation>"
    ]
    if shown(quote):
        assert shown(quote) in [part["text"] for part in parts]
    json_body(message)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("a & b", "a &amp; b"),
        ("&lt;", "&amp;lt;"),
        ("3 > 2", "3 &gt; 2"),
        ("plain *words* می‌روم", "plain *words* می‌روم"),
    ],
)
def test_escaped(text: str, safe: str) -> None:
    assert escaped(text) == safe


@given(st.text())
def test_escaping_loses_nothing(text: str) -> None:
    safe = escaped(text)
    assert not set("<>") & set(safe)
    assert safe.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_without_a_quote_there_is_no_empty_block() -> None:
    assert len(elements(payload(notice(quote=" \n")))) == 3
