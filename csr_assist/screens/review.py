"""Review, for supervisors: who needs somebody now, and what was said before."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import streamlit as st

from csr_assist.export import rows_of, write_table
from csr_assist.labels import Label
from csr_assist.records import Format
from csr_assist.screens import board, conversation
from csr_assist.screens.access import Person
from csr_assist.screens.faults import said_by
from csr_assist.screens.live import CONVERSATION
from csr_assist.screens.services import Services
from csr_assist.state import Band
from csr_assist.store import ALL, Note, Query, Raised, Result

NOW, PAST = "Live", "Past"
_ABOUT = {NOW: "who needs somebody now", PAST: "whom we lost, why, and what saved them"}
LOOK = 1.0
"""Seconds between looks at the board."""
SHOWN_ALERTS = 5
FOUND = 50
"""Conversations on one page of a search."""
_ANY = "any"


def render(services: Services, who: Person) -> None:
    """Draw the page: one conversation where the address names it, else the board or the search."""
    if chosen := st.query_params.get(CONVERSATION):
        conversation.render(services, who, chosen)
        return
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="medium"):
        about = _ABOUT[st.session_state.get("which", NOW)]
        st.html(f'<div class="brand">Review<small>{about}</small></div>', width="content")
        mode = st.segmented_control(
            "Which", list(_ABOUT), default=NOW, required=True, key="which", label_visibility="collapsed"
        )
    if mode == NOW:
        st.fragment(_live, run_every=LOOK)(services, who)
    else:
        _past(services, who)


@said_by(st.error)
def _live(services: Services, who: Person) -> None:
    """Alerts on top, then all live conversations, the most at risk first."""
    now = services.service.clock()
    store = services.store
    alerts, found = store.alerts.waiting(now), store.search.board(now)
    updates = store.conversations.last_updates([one.id for one in found])
    by_conversation: dict[str, list[Raised]] = {}
    for alert in alerts:
        by_conversation.setdefault(alert.conversation_id, []).append(alert)
    with st.container(key="alerts", gap="xsmall"):
        for some in list(by_conversation.values())[:SHOWN_ALERTS]:
            _alert(services, who, some, now)
        if (more := len(by_conversation) - SHOWN_ALERTS) > 0:
            st.html(f'<div class="soft">and {more} more conversations with alerts, marked below</div>')
    st.html(board.table_html(found, updates, now, alerted=frozenset(by_conversation)))
    if dead := store.deliveries.dead(limit=20):
        st.html(board.dead_html(dead))


def _alert(services: Services, who: Person, some: Sequence[Raised], now: datetime) -> None:
    """One conversation's alerts in one line, the most urgent in words; who takes one takes them all."""
    alerts, alert = services.store.alerts, some[0]
    with st.container(key=f"alert-{alert.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(board.alert_html(alert, now, others=len(some) - 1), width="stretch")

        @said_by(st.toast)
        def acknowledge() -> None:
            for one in some:
                alerts.acknowledge(one.id, who.name, services.service.clock())

        @said_by(st.toast)
        def take_over() -> None:
            words = str(st.session_state.get(f"words-{alert.id}") or "")
            alerts.add_note(Note(alert.conversation_id, who.name, words, True), services.service.clock())
            acknowledge()

        st.button("Acknowledge", key=f"acknowledge-{alert.id}", on_click=acknowledge)
        with st.popover("Take over", key=f"take-{alert.id}"):
            st.text_input("A word to the desk", key=f"words-{alert.id}", placeholder="I join you in a minute")
            st.button("Send and take over", key=f"send-{alert.id}", on_click=take_over, type="primary")


@said_by(st.error)
def _past(services: Services, who: Person) -> None:
    """Conversations by words, label, band, outcome, day and customer."""
    query = _query()
    now = services.service.clock()
    count = services.store.search.count(query, now)
    pages = max(1, -(-count // FOUND))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<div class="soft">{count:,} conversations</div>', width="stretch")
        page = st.number_input("Page", 1, pages, key="page", label_visibility="collapsed", width=130)
        st.html(f'<div class="soft">of {pages}</div>', width="content")
    found = services.store.search.find(query.on_page(page, FOUND), now)
    updates = services.store.conversations.last_updates([one.id for one in found])
    st.html(board.table_html(found, updates, now))
    with st.container(horizontal=True, gap="small"):
        for form, name in ((Format.CSV, "CSV"), (Format.PARQUET, "Parquet")):
            st.download_button(
                f"Export {name}",
                data=partial(exported, services, who, query, form),
                file_name=f"conversations.{form}",
                key=f"export-{form}",
                disabled=not count,
            )


def exported(services: Services, who: Person, query: Query, form: Format) -> bytes:
    """All conversations that fit, one row each, as CSV or Parquet; the audit trail notes it."""
    now, out = services.service.clock(), io.BytesIO()
    found = services.store.search.find(query.on_page(1, ALL), now)
    count = write_table(out, form, rows_of(services.store, found))
    services.store.privacy.note(who.name, "exported conversations", f"{count} as {form}", now)
    return out.getvalue()


def _query() -> Query:
    with st.container(horizontal=True, gap="small"):
        words = st.text_input("Words", key="words", placeholder="words that were said")
        customer = st.text_input("Customer", key="customer", placeholder="id or name")
        label = st.selectbox(
            "Heard", [_ANY, *Label], key="label", format_func=lambda one: one if one == _ANY else Label(one).caption
        )
        band = st.selectbox("At its worst", [_ANY, *Band], key="band", format_func=board.band_name)
        outcome = st.selectbox("Outcome", [_ANY, *Result], key="outcome")
        given = st.date_input("Days", [], key="days")
    return Query(
        words=words,
        label=None if label == _ANY else Label(label),
        band=None if band == _ANY else Band(band),
        outcome=None if outcome == _ANY else Result(outcome),
        since=given[0] if given else None,
        until=given[-1] if given else None,
        customer=customer or None,
    )
