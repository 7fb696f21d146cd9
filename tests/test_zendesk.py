"""Zendesk in the shapes that its documents show; every text here is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from telling import told_by

from csr_assist.conversation import Customer, Turn
from csr_assist.sources.platform import Said
from csr_assist.sources.zendesk import PLATFORM

MARIA, TOM, ANA = 35436, 883, 884
"""Who asks, who is assigned, and who else there is."""
USERS = [
    {"id": MARIA, "name": "Maria", "role": "end-user"},
    {"id": TOM, "name": "Tom", "role": "agent"},
    {"id": ANA, "name": "Ana", "role": "admin"},
]


def comment(number: int, text: str | None = None, author: int | str = MARIA, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "Comment",
        "author_id": author,
        "body": text,
        "html_body": f'<div class="zd-comment" dir="auto">{text or ""}</div>',
        "plain_body": text,
        "public": True,
        "attachments": [],
        "audit_id": number + 1,
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": f"2026-01-31T09:30:{number:02d}Z",
        **fields,
    }


def page(*comments: Any, **fields: Any) -> dict[str, Any]:
    return {"comments": list(comments), "next_page": None, "previous_page": None, "count": len(comments), **fields}


def ticket(*comments: Any, **fields: Any) -> dict[str, Any]:
    about = {"id": 47, "subject": "Help", "status": "open", "requester_id": MARIA, "assignee_id": TOM}
    return page(*comments, ticket=about, users=USERS, **fields)


def heard(value: dict[str, Any]) -> Said:
    (one,) = PLATFORM.said(ticket(value))
    return one


told = partial(told_by, PLATFORM)


@pytest.mark.parametrize(
    ("value", "turns"),
    [
        pytest.param(
            ticket(comment(1, "My [PII] is gone"), comment(2, "Sorry", TOM), comment(3, "Solved", ANA)),
            ["47 1 customer: My [PII] is gone", "47 2 agent: Sorry", "47 3 agent: Solved"],
            id="a ticket with its users",
        ),
        pytest.param(
            page(comment(1, "Hello"), comment(2, "Hi", TOM), users=USERS),
            ["f 1 customer: Hello", "f 2 agent: Hi"],
            id="users alone",
        ),
        pytest.param(
            page(comment(1, "Hello"), comment(2, "Hi", TOM), ticket={"requester_id": MARIA, "assignee_id": TOM}),
            ["f 1 customer: Hello", "f 2 agent: Hi"],
            id="the ticket alone",
        ),
        pytest.param(
            page(comment(1, "Hello", TOM), ticket={"id": 47, "requester_id": TOM}, users=USERS),
            ["47 1 customer: Hello"],
            id="an agent who asks is the customer",
        ),
        pytest.param(
            page(comment(1, "Hello"), comment(2, "Hi", TOM), ticket={"id": 47, "requester_id": MARIA}),
            ["47 1 customer: Hello", "f.json:1: speaker is 'author 883'; expected customer, agent, system"],
            id="an author whose role is nowhere",
        ),
        pytest.param(
            ticket(comment(9, "later"), comment(3, "sooner")),
            ["47 3 customer: sooner", "47 9 customer: later"],
            id="newest first",
        ),
        pytest.param(
            ticket(comment(1, "The ▇▇▇▇ one", author=str(MARIA), id="1")),
            ["47 1 customer: The ▇▇▇▇ one"],
            id="ids as strings, a redaction",
        ),
        pytest.param(ticket(comment(1), comment(2, "")), [], id="attachments only"),
        pytest.param(ticket(), [], id="no comments"),
    ],
)
def test_what_was_said_is_read(value: dict[str, Any], turns: list[str]) -> None:
    assert told(value) == turns


def test_tickets_one_after_the_other_stay_apart() -> None:
    other = {"id": 48, "requester_id": ANA}
    assert told(ticket(comment(1, "one")), page(comment(1, "two", ANA), ticket=other)) == [
        "47 1 customer: one",
        "48 1 customer: two",
    ]


@pytest.mark.parametrize(
    ("fields", "speaker"),
    [
        pytest.param({}, "customer", id="a public comment"),
        pytest.param({"public": False}, "system", id="a private note"),
        pytest.param({"type": "VoiceComment", "via": {"channel": "voice"}}, "system", id="an account of a call"),
        pytest.param({"via": {"channel": "rule"}}, "system", id="a rule, in the requester's name"),
        pytest.param({"via": {"channel": "system", "source": {"rel": "merge"}}}, "system", id="a merge"),
        pytest.param({"via": {"channel": 33}}, "customer", id="a channel by number"),
        pytest.param({"via": None}, "customer", id="no channel"),
    ],
)
def test_only_words_to_the_other_side_are_the_authors(fields: dict[str, Any], speaker: str) -> None:
    assert told(ticket(comment(1, "I want to leave", **fields))) == [f"47 1 {speaker}: I want to leave"]


def test_a_comment_is_public_unless_it_says_otherwise() -> None:
    value = comment(1, "hi")
    del value["public"]
    assert heard(value).speaker == "customer"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        pytest.param(
            {"plain_body": "plain", "body": "**mark**", "html_body": "<p>html</p>"}, "plain", id="plain first"
        ),
        pytest.param({"plain_body": None, "body": "mark", "html_body": "<p>html</p>"}, "mark", id="then the body"),
        pytest.param({"plain_body": "", "body": "", "html_body": "<p>html</p>"}, "html", id="then the HTML"),
        pytest.param({"plain_body": "1 < 2 &amp; <b>", "body": ""}, "1 < 2 &amp; <b>", id="plain words stay"),
    ],
)
def test_the_plainest_body_counts(fields: dict[str, Any], text: str) -> None:
    assert heard(comment(1, **fields)).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param('<div class="zd-comment" dir="auto">No <b>bill</b></div>', "No bill", id="tags"),
        pytest.param("<p>Hello,</p>\n<p>no\n bill</p>", "Hello,\nno bill", id="paragraphs"),
        pytest.param("one<br>two<BR/>three", "one\ntwo\nthree", id="breaks"),
        pytest.param("<ul><li>one</li><li>two</li></ul>end", "one\ntwo\nend", id="a list"),
        pytest.param("I&#39;m &lt;Tom&gt;&nbsp;&amp; &eacute;", "I'm <Tom> & é", id="entities"),
        pytest.param("5 < 6 and <3", "5 < 6 and <3", id="no tags"),
        pytest.param("a<style>p {color: red}</style>b<script>if (a<b) {}</script>c", "a b c", id="what is not shown"),
        pytest.param("a<!-- <p>x</p> -->b<!DOCTYPE html>c<![if !mso]>d", "a bcd", id="comments and declarations"),
        pytest.param("<style>never closed", "never closed", id="a part that is not closed"),
        pytest.param('<img alt="x" src="https://e.example/a.png">', "", id="an image only"),
        pytest.param("<p>سلام</p>", "سلام", id="Persian"),
    ],
)
def test_words_of_html(html: str, text: str) -> None:
    assert heard(comment(1, plain_body=None, body=None, html_body=html)).text == text


@pytest.mark.parametrize(
    ("fields", "at", "channel"),
    [
        pytest.param({"created_at": "2026-01-31T09:30:00Z"}, datetime(2026, 1, 31, 9, 30, tzinfo=UTC), None, id="web"),
        pytest.param(
            {"created_at": "2026-01-31T09:30:00", "via": {"channel": "email"}},
            datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
            "email",
            id="mail, no zone is UTC",
        ),
        pytest.param(
            {"created_at": "2026-01-31T09:30:00+07:00", "via": {"channel": "native_messaging"}},
            datetime(2026, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=7))),
            "chat",
            id="chat, a zone stays",
        ),
        pytest.param({"created_at": None, "via": {"channel": "voice"}}, None, "call", id="no time"),
    ],
)
def test_time_and_channel_arrive(fields: dict[str, Any], at: datetime | None, channel: str | None) -> None:
    one = heard(comment(1, "hi", **fields))
    assert (one.at, one.channel, one.start) == (at, channel, None)
    assert one.at is None or one.at.tzinfo is not None


def test_every_turn_knows_the_customer() -> None:
    turns = list(PLATFORM.read(json.dumps(ticket(comment(1, "Hello"), comment(2, "Hi", TOM))), "f.json"))
    assert [item.customer for item in turns if isinstance(item, Turn)] == [Customer(id=str(MARIA))] * 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(page({"id": 1, "body": "x"}), "comments.0.author_id: field required", id="a field is missing"),
        pytest.param(page(comment(1, "x", id="x")), "comments.0.id: input should be", id="no number"),
        pytest.param(page(comment(1, "x", plain_body=7)), "comments.0.plain_body: input should be", id="no text"),
        pytest.param(page(comment(1, "x", created_at="soon")), "comments.0.created_at: input should be", id="no time"),
        pytest.param(page(7), "comments.0: input should be", id="a comment is no object"),
        pytest.param(page(users=[{}]), "users.0.id: field required", id="a user without id"),
        pytest.param(page(comment(1, "x"), ticket=47), "ticket: input should be", id="a ticket is no object"),
        pytest.param({"speaker": "customer", "text": "x"}, "comments: field required", id="not Zendesk"),
        pytest.param(7, "this is 7; expected an object of zendesk", id="no object"),
    ],
)
def test_a_malformed_ticket_is_named_and_costs_itself_alone(bad: Any, reason: str) -> None:
    problem, *turns = told(ticket(comment(1, "one")), bad, ticket(comment(2, "two")))
    assert problem.startswith(f"f.json:2: {reason}")
    assert turns == ["47 1 customer: one", "47 2 customer: two"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        pytest.param(ticket(comment(1, "hi")), True, id="ticket"),
        pytest.param({"comments": [comment(1, "hi")]}, True, id="comments alone"),
        pytest.param({"speaker": "customer", "text": "hi"}, False, id="canonical"),
        pytest.param({"speaker": "customer", "text": "hi", "comments": "none"}, False, id="a field of the same name"),
        pytest.param({"speaker": "customer", "text": "hi", "comments": []}, False, id="no comments"),
        pytest.param({"comments": [{"author": {"id": 1}, "body": "hi"}, 7]}, False, id="comments of something else"),
        pytest.param({"Transcript": [], "Participants": []}, False, id="Contact Lens"),
        pytest.param({"sentences": [{"media_channel": 1, "transcript": "hi"}]}, False, id="Twilio"),
    ],
)
def test_what_is_taken_for_zendesk(value: dict[str, Any], fits: bool) -> None:
    assert PLATFORM.fits(value) is fits
