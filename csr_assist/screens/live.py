"""A live conversation on the desk: which one, and what has come of it since the last look."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import streamlit as st

from csr_assist.errors import StoreError
from csr_assist.heard import in_order
from csr_assist.screens import markup
from csr_assist.screens.access import Person, note_once
from csr_assist.screens.call import Call
from csr_assist.screens.services import Services
from csr_assist.service import Service
from csr_assist.store import Kept, Note, Query, Summary

CONVERSATION, AGENT = "conversation", "agent"
"""Parameters of the address: a phone system opens the desk of one conversation, or of one agent."""
LOOK = 0.25
"""Seconds between looks at whether anything is new; only then the desk is drawn again. A look takes 5 ms of a core."""
WAIT = 1.0
"""Seconds between looks of a desk that has no conversation yet."""


@dataclass
class Live:
    """Follows one conversation in the store, for one person."""

    service: Service
    who: Person
    conversation_id: str
    refused: bool | None = None
    """Whether it is not for them; None until the store has been asked."""
    revision: int = 0
    """Of the conversation at the last look."""
    kept: dict[str, Kept] = field(default_factory=dict)
    """Its turns so far, by id: only what changes is read again."""
    seen: int = 0
    """The newest change among them."""
    notes: list[Note] = field(default_factory=list)
    ended: bool = False
    away: bool = False
    """Whether the store could not be reached at the last look."""

    def follow(self, call: Call) -> None:
        """Hand on what is new to the desk's call; nothing is lost while the store is away."""
        store = self.service.store
        try:
            if self.refused is None:
                self.refused = self._refused()
            if self.refused:
                return
            if (revision := store.conversations.revision(self.conversation_id)) != self.revision:
                while some := store.conversations.updates_after(self.seen, self.conversation_id):
                    self.kept |= {one.heard.turn.turn_id: one for one in some}
                    self.seen = some[-1].revision
                order = in_order([one.heard for one in self.kept.values()])
                call.follow([self.kept[heard.turn.turn_id] for heard in order])
                summary = store.conversations.summary(self.conversation_id)
                self.ended = summary is not None and summary.ended_at is not None
                self.revision = revision
            self.notes = store.alerts.notes(self.conversation_id)
            self.away = False
        except StoreError:
            self.away = True

    def _refused(self) -> bool:
        """What has ended is for those who review; a call that ends while it is followed stays open."""
        summary = self.service.store.conversations.summary(self.conversation_id)
        if summary and summary.ended_at and not self.who.sees("review"):
            return True
        note_once(self.service, self.who, "opened on the desk", self.conversation_id)
        return False

    def changed(self) -> bool:
        """Whether there is more than was handed on at the last ``follow``."""
        if self.refused:
            return False
        store = self.service.store
        try:
            revision = store.conversations.revision(self.conversation_id)
            return (
                self.away
                or revision != self.revision
                or len(store.alerts.notes(self.conversation_id)) != len(self.notes)
            )
        except StoreError:
            return not self.away

    def banner_html(self) -> str:
        """One line on top of the transcript, always of one height: whose call it is, or what the supervisor says."""
        if self.away:
            return _banner("away", "The store is away; the call goes on, words will follow.")
        if self.notes:
            note = self.notes[-1]
            who = f"{note.author} takes over" if note.takes_over else note.author
            return _banner("note", f"{who}: {note.text}" if note.text else who)
        return _banner("", f"{self.conversation_id} · {'ended' if self.ended else 'live'}")


def _banner(kind: str, text: str) -> str:
    return f'<div class="banner {kind}" dir="auto" title="{escape(text)}">{escape(text)}</div>'


def chosen(services: Services) -> str | None:
    """The conversation that the address names or the agent picks; None while there is none to pick."""
    if given := st.query_params.get(CONVERSATION):
        return given
    found = _mine(services)
    if not found:
        return None
    names = {one.id: one for one in found}
    return st.selectbox(
        "Conversation", list(names), format_func=lambda key: _name(names[key]), key="live", label_visibility="collapsed"
    )


def waiting(services: Services) -> None:
    """Shown until a conversation begins; then the desk opens by itself."""
    st.html(markup.quiet_html(False))
    if _mine(services):
        st.rerun()


def _mine(services: Services) -> list[Summary]:
    """Live conversations of the agent whom the address names, or of all."""
    query = Query(agent=st.query_params.get(AGENT), live=True, limit=50)
    try:
        return services.store.search.find(query, services.service.clock())
    except StoreError as error:
        st.error(str(error))
        return []


def _name(summary: Summary) -> str:
    customer = summary.customer
    who = (customer.name or customer.id) if customer else None
    return f"{who} · {summary.id}" if who else summary.id
