"""Zendesk: the comments of a ticket, with its users side-loaded or with the ticket itself.

A comment has its author's id only: the ticket's requester is the customer, any other role stands beside the users.
Words come as ``plain_body``, in Markdown as ``body`` and as ``html_body``, not always all three. Private notes, voice
comments (a machine's account of a call) and what rules or merges wrote are no one's words to the other side: they
keep their place, as the system's. Documented in "Ticket Comments", "Side-Loading" and "Via Object".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from csr_assist.sources.platform import Json, Moment, Payload, Platform, Said

_MACHINES = ("rule", "system")
_CHANNELS = {"email": "email", "chat": "chat", "native_messaging": "chat", "voice": "call"}
_HIDDEN = re.compile(r"<(style|script)\b(?:(?!<\1\b).)*?</\1\s*>|<!--(?:(?!<!--).)*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"</?(?:br|p|div|li|[uo]l|t[rdh]|table|h[1-6]|pre|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)


class _Via(Payload):
    channel: str | int | None = None


class _User(Payload):
    id: int
    role: str | None = None
    """``end-user``, ``agent`` or ``admin``."""


class _Ticket(Payload):
    id: int | None = None
    requester_id: int | None = None
    assignee_id: int | None = None

    def role(self, author: int) -> str | None:
        """The author's role, as far as the ticket says."""
        return {self.assignee_id: "agent", self.requester_id: "customer"}.get(author)


class _Comment(Payload):
    id: int
    author_id: int
    type: str = "Comment"
    public: bool = True
    plain_body: str | None = None
    body: str | None = None
    html_body: str | None = None
    created_at: Moment | None = None
    via: _Via | None = None

    @property
    def channel(self) -> str:
        return str(self.via.channel) if self.via else ""

    @property
    def text(self) -> str:
        return self.plain_body or self.body or _words(self.html_body or "")

    @property
    def spoken(self) -> bool:
        """Whether a person says it to the other side."""
        return self.public and self.type != "VoiceComment" and self.channel not in _MACHINES


class _Page(Payload):
    comments: tuple[_Comment, ...]
    users: tuple[_User, ...] = ()
    ticket: _Ticket = _Ticket()


def fits(value: Json) -> bool:
    """Comments are told by the ids of their authors."""
    comments = value.get("comments")
    return isinstance(comments, list) and any(isinstance(one, dict) and "author_id" in one for one in comments)


def said(value: Json) -> Iterator[Said]:
    """Comments with words; those not meant for the other side are the system's."""
    page = _Page.model_validate(value)
    roles = {user.id: user.role for user in page.users}
    ticket = page.ticket
    for comment in page.comments:
        author = comment.author_id
        role = ticket.role(author) or roles.get(author) or f"author {author}"
        yield Said(
            turn_id=str(comment.id),
            speaker=role if comment.spoken else "system",
            text=comment.text,
            conversation_id=None if ticket.id is None else str(ticket.id),
            at=comment.created_at,
            channel=_CHANNELS.get(comment.channel),
            customer=None if ticket.requester_id is None else str(ticket.requester_id),
        )


def _words(html: str) -> str:
    """What a reader sees of HTML, blocks on lines of their own."""
    source = " ".join(_HIDDEN.sub(" ", html).split())
    lines = _TAG.sub("", _BREAK.sub("\n", source)).split("\n")
    return "\n".join(line for line in (" ".join(unescape(one).split()) for one in lines) if line)


PLATFORM = Platform("zendesk", fits, said)
