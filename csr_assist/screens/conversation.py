"""One conversation under review: as of any turn, with what the agent saw then; cues are marked, the outcome is set."""

from __future__ import annotations

from html import escape

import streamlit as st

from csr_assist.advice import Prompt
from csr_assist.conversation import Speaker
from csr_assist.cues import Cue
from csr_assist.labels import Label, labels_for
from csr_assist.reviewed import in_words
from csr_assist.screens import markup
from csr_assist.screens.access import Person, here, note_once
from csr_assist.screens.call import Call
from csr_assist.screens.curve import curve
from csr_assist.screens.faults import said_by
from csr_assist.screens.services import Services
from csr_assist.service import Service
from csr_assist.store import Kept, Mark, MarkVerdict, Outcome, Result, Summary

LOOK = 2.0
"""Seconds between looks at a conversation that is under way."""
REASONS = ("quality", "value", "service", "delivery", "changed rules", "moved away", "other")
"""Why customers leave or nearly did."""


@said_by(st.error)
def render(services: Services, who: Person, conversation_id: str) -> None:
    """Draw the conversation."""
    service = services.service
    summary = service.store.conversations.summary(conversation_id)
    if summary is None:
        st.warning(f"There is no conversation “{conversation_id}”.")
        return
    note_once(service, who, "reviewed", conversation_id)
    live = summary.ended_at is None
    st.fragment(_body, run_every=LOOK if live else None)(service, who, conversation_id)


@said_by(st.error)
def _body(service: Service, who: Person, conversation_id: str) -> None:
    summary = service.store.conversations.summary(conversation_id)
    _, kept = service.store.conversations.read(conversation_id)
    if summary is None or not kept:
        st.html('<div class="quiet">Nothing was said yet.</div>')
        return
    st.html(_heading_html(summary))
    until = _as_of(len(kept))
    update = kept[until - 1].update
    card = Call(None, service.store)
    card.follow(kept[:until])
    left, right = st.columns([6, 5], gap="large")
    with right, st.container(height=640, border=False, autoscroll=True, key="turns"):
        st.html("".join(markup.turn_html(one.update, here()) for one in kept[:until]))
    with left, st.container(key="now"):
        st.html(markup.state_html(update.state, reviewed=True))
        with st.container(key="card"):
            st.html(card_html(card.prompt))
        st.altair_chart(curve([one.update for one in kept], until), width="stretch")
        _marks(service, who, kept[until - 1])
        _outcome(service, who, conversation_id)


def _heading_html(summary: Summary) -> str:
    customer = summary.customer
    about = [summary.channel, summary.agent, f"{summary.opened_at.astimezone(here()):%Y-%m-%d %H:%M}"]
    name = (customer.name or customer.id or "") if customer else ""
    words = " · ".join(escape(part) for part in about if part)
    return (
        '<div class="heading"><a href="review" target="_self">← Board</a>'
        f"<b>{escape(f'{name} · {summary.id}' if name else summary.id)}</b><span class='soft'>{words}</span></div>"
    )


def _as_of(turns: int) -> int:
    """Which turn is looked at: the last one, until the reviewer goes back; then that one, while the call goes on."""
    state = st.session_state
    before, state.turns = state.get("turns"), turns
    if state.get("as_of", before) == before:
        state.as_of = turns
    elif turns != before:
        state.as_of = min(state.as_of, turns)  # set anew: a slider with another end has forgotten where it stood
    if turns == 1:
        return 1
    return int(st.slider("As of turn", 1, turns, key="as_of"))


def card_html(prompt: Prompt | None) -> str:
    """What the agent saw, without its buttons."""
    if prompt is None:
        return markup.quiet_html(True)
    choices = "".join(f'<li dir="auto">{escape(choice.text)}</li>' for choice in prompt.options)
    offered = f'<ul class="offered" dir="{markup.direction(prompt.language)}">{choices}</ul>'
    return f"{markup.sentence_html(prompt, prompt.say)}{offered}{markup.why_html(prompt)}"


def _marks(service: Service, who: Person, kept: Kept) -> None:
    """Every cue of the turn, to be called right or wrong; and one that was missed."""
    turn = kept.heard.turn
    if turn.speaker is Speaker.SYSTEM:
        return

    def mark(label: Label, start: int, end: int, verdict: MarkVerdict) -> None:
        new = Mark(turn.conversation_id, turn.turn_id, label, start, end, verdict, who.name)
        with said_by(st.toast):
            service.store.reviews.add_mark(new, service.clock())
            st.toast(f"{label.caption}: {verdict.value}")

    given = [one for one in service.store.reviews.marks(turn.conversation_id) if one.turn_id == turn.turn_id]
    placed = [one for mark in given if (one := in_words(mark, turn.text))]
    marked = {(one.label, one.start, one.end): one.verdict for one in placed}
    st.html(f'<div class="soft">Heard in turn {turn.turn_id}</div>')
    for place, cue in enumerate(kept.update.reading.cues):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"cue-{place}"):
            st.html(cue_html(cue, marked.get((cue.label, cue.start, cue.end))), width="stretch")
            for verdict in (MarkVerdict.RIGHT, MarkVerdict.WRONG):
                args = (cue.label, cue.start, cue.end, verdict)
                st.button(verdict.value.capitalize(), key=f"{verdict}-{place}", on_click=mark, args=args)
    with st.popover("A cue was missed"):
        label = st.selectbox(
            "Label", labels_for(turn.speaker), key="missed-label", format_func=lambda one: Label(one).caption
        )
        words = st.text_input("The words that show it, as they stand in the turn", key="missed-words")
        start = turn.text.casefold().find(words.casefold()) if words else -1
        if words and start < 0:
            st.warning("These words are not in the turn.")
        args = (label, start, start + len(words), MarkVerdict.MISSED)
        st.button("Keep", key="missed", on_click=mark, args=args, disabled=start < 0)


def cue_html(cue: Cue, verdict: MarkVerdict | None) -> str:
    """A cue with its words, and what a reviewer has said of it."""
    said = f'<span class="soft">{verdict.value}</span>' if verdict else ""
    tag = f'<span class="tag {cue.label.family.value}">{escape(cue.label.caption)}</span>'
    return f'<div class="because">{tag}<q dir="auto">{escape(cue.text)}</q>{said}</div>'


def _outcome(service: Service, who: Person, conversation_id: str) -> None:
    """How it ended for the relationship."""
    known = service.store.reviews.outcome(conversation_id)
    with st.form("outcome", border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        results = list(Result)
        result = st.segmented_control("Outcome", results, default=known.result if known else Result.OPEN, required=True)
        place = REASONS.index(known.reason) if known and known.reason in REASONS else None
        reason = st.selectbox("Reason", REASONS, index=place, placeholder="reason", width=170)
        value = st.number_input(
            "Value at risk", min_value=0.0, value=known.value_at_risk if known else None, step=100.0, width=170
        )
        if st.form_submit_button("Save"):
            outcome = Outcome(conversation_id, Result(result), who.name, reason, value)
            with said_by(st.toast):
                service.store.reviews.set_outcome(outcome, service.clock())
                st.toast("Kept.")
