from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOTICE, QUOTE, notice, web_server

from csr_assist.conversation import Language
from csr_assist.notify import Teams
from csr_assist.notify.http import json_body
from csr_assist.notify.teams import payload
from csr_assist.notify.text import shown

WORDS = st.one_of(st.text(), st.text(st.sampled_from("ab.@:/<>[](){}$*_` \n\ud800م"), max_size=40))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "TextRun":
            yield value["text"]
        assert value.get("type") not in {"TextBlock", "FactSet"}, "these read Markdown"
        value = list(value.values())
    for part in value if isinstance(value, list) else []:
        yield from texts(part)


def card(message: dict[str, Any]) -> dict[str, Any]:
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content: dict[str, Any] = attachment["content"]
    return content


def test_what_arrives() -> None:
    with web_server() as web:
        web.status = 202
        Teams(web.url + "/workflows/x?sig=y").send(NOTICE)
    message = json.loads(web.heard[0].body)
    assert web.heard[0].path == "/workflows/x?sig=y"
    assert message["type"] == "message"
    assert list(texts(card(message))) == [
        "Urgent: a loyal customer says they may leave",
        QUOTE,
        "Mara Ilves · customer for 6 years · 2 referrals · 2026-03-02 12:00 UTC",
    ]
    assert [action["url"] for action in card(message)["actions"]] == [NOTICE.link]


@pytest.mark.parametrize(
    ("language", "rtl"),
    [(Language.PERSIAN, True), (Language.ENGLISH, False), (Language.INDONESIAN, False), (None, False)],
)
def test_direction(language: Language | None, rtl: bool) -> None:
    assert card(payload(notice(language=language)))["body"][1]["rtl"] is rtl


@given(WORDS, WORDS, WORDS, WORDS)
def test_words_make_no_link_mention_or_template(quote: str, name: str, fact: str, reason: str) -> None:
    message = payload(notice(quote=quote, customer_name=name, facts=(fact,), reason=reason))
    seen = list(texts(card(message)))
    assert len(seen) == (3 if shown(quote) else 2)
    assert not any(mark in text for text in seen for mark in ("<at>", "{{", "://", "${a"))
    assert set(message) == {"type", "attachments"}
    assert set(card(message)) == {"$schema", "type", "version", "body", "actions"}
    assert len(json_body(message)) < 28_000
