"""The desk: what the agent keeps open during a call. One card in a fixed place, the call beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from csr_assist.advice.prompt import Choice
from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.playback import Playback, playback_of
from csr_assist.screens import live, markup, upload
from csr_assist.screens.access import Person, here
from csr_assist.screens.call import Call
from csr_assist.screens.copy import copy_button
from csr_assist.screens.faults import said_by
from csr_assist.screens.live import AGENT, CONVERSATION, Live
from csr_assist.screens.services import Services
from csr_assist.store import Verdict

LIVE, EXAMPLE, TRANSCRIPT, TYPED = "Live", "Example call", "Transcript", "Type"
SPEEDS = {"Real time": 1.0, "2×": 2.0, "4×": 4.0, "10×": 10.0}
TICK = 0.5
"""Seconds between looks at a playing call."""
TRANSCRIPT_HEIGHT = 560
DRAWN_TOGETHER = 10
"""Turns in one piece of the transcript: the browser draws anew only the piece that has changed, not the whole call."""


@dataclass
class Desk:
    """What is open in one way of input; it stays as it is while another is looked at."""

    source: str
    call: Call
    playback: Playback | None
    live: Live | None = None


def render(services: Services, who: Person) -> None:
    """Draw the desk."""
    ways = _ways(who)
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="medium"):
        brand = '<div class="brand">CSR Assist<small>what to say, while they are still there</small></div>'
        st.html(brand, width="content")
        mode = st.segmented_control(
            "Input",
            list(ways),
            default=LIVE if {CONVERSATION, AGENT} & set(st.query_params) else EXAMPLE,
            required=True,
            key="mode",
            on_change=_pause_all,
            label_visibility="collapsed",
        )
        desk = ways[mode](services, _desks().get(mode))
    if desk is None and mode == LIVE:
        st.fragment(live.waiting, run_every=live.WAIT)(services)
        return
    if desk is None:
        st.info("Paste or upload a transcript to begin: JSONL, CSV, WebVTT, SRT, or lines such as “Customer: …”.")
        return
    _desks()[mode] = desk
    running = _running(desk)
    with st.container(key="desk"):
        st.fragment(_now, run_every=TICK if running and not desk.live else None)(services, desk, running)
        if desk.live is not None:
            st.fragment(_watch, run_every=live.LOOK)(desk.live)


def _desks() -> dict[str, Desk]:
    """What is open, by way of input."""
    desks: dict[str, Desk] = st.session_state.setdefault("desks", {})
    return desks


def _running(desk: Desk) -> bool:
    """Whether the call goes on by itself: it is live, or a recording that is played and has not come to its end."""
    if desk.live is not None:
        return True
    return desk.playback is not None and desk.playback.playing and not desk.playback.ended(time.monotonic())


def _pause_all() -> None:
    """A call that nobody looks at stands still."""
    for desk in _desks().values():
        if desk.playback is not None:
            desk.playback = desk.playback.paused(time.monotonic())


def _opened(services: Services, source: str, turns: Sequence[Turn]) -> Desk:
    """A desk with the call at its first turn; without turns they are typed."""
    pace = SPEEDS[st.session_state.get("speed", next(iter(SPEEDS)))]
    playback = playback_of(turns, time.monotonic(), pace) if turns else None
    return Desk(source, Call(services.kit.assistant(), services.store, turns), playback)


def _example(services: Services, desk: Desk | None) -> Desk:
    titles = [f"{example.title} · {example.ending}" for example in services.examples]
    place = st.selectbox(
        "Example", range(len(titles)), format_func=lambda i: titles[i], key="example", label_visibility="collapsed"
    )
    chosen = services.examples[place]
    if desk is None or desk.source != chosen.path.name:
        return _opened(services, chosen.path.name, chosen.turns())
    return desk


def _transcript(services: Services, desk: Desk | None) -> Desk | None:
    try:
        found = upload.chosen()
    except InputError as error:
        st.error(str(error))
        return None
    if found is None:
        return desk
    source, conversation = found
    return desk if desk and desk.source == source else _opened(services, source, conversation.turns)


def _typed(services: Services, desk: Desk | None) -> Desk:
    fresh = st.button("New call", key="new")
    return _opened(services, "typed", ()) if desk is None or fresh else desk


def _followed(who: Person, services: Services, desk: Desk | None) -> Desk | None:
    chosen = live.chosen(services)
    if chosen is None or (desk and desk.source == chosen):
        return desk if chosen else None
    return Desk(chosen, Call(None, services.store, id=chosen), None, Live(services.service, who, chosen))


def _ways(who: Person) -> dict[str, Callable[[Services, Desk | None], Desk | None]]:
    """Ways of input, by name, each with what opens its desk."""
    return {LIVE: partial(_followed, who), EXAMPLE: _example, TRANSCRIPT: _transcript, TYPED: _typed}


def _now(services: Services, desk: Desk, running: bool) -> None:
    """The only part that re-runs while a call goes on. ``running``: whether it re-runs by itself."""
    call = desk.call
    if desk.live is not None:
        desk.live.follow(call)
        if desk.live.refused:
            st.warning(f"The conversation “{call.id}” has ended; supervisors find it on Review.")
            return
    if desk.playback is not None:
        call.hear_until(desk.playback.due(time.monotonic()))
    left, right = st.columns([6, 5], gap="large")
    with left, st.container(key="now"):
        st.html(markup.state_html(call.state))
        with st.container(key="card"):
            _card(call)
    with right, st.container(key="transcript"):
        if desk.live is not None:
            st.html(desk.live.banner_html())
        if desk.playback is not None:
            _controls(services, desk, desk.playback)
        with st.container(height=TRANSCRIPT_HEIGHT, border=False, autoscroll=True, gap=None, key="turns"):
            zone = here() if desk.live else None  # a recording's times are those that were noted then
            for at in range(0, len(call.updates), DRAWN_TOGETHER):
                some = call.updates[at : at + DRAWN_TOGETHER]
                st.html("".join(markup.turn_html(update, zone) for update in some))
            if not call.updates:
                st.html(markup.quiet_html(False))
        if desk.playback is None and desk.live is None:
            _typing(call)
    if _running(desk) != running:
        st.rerun()  # the clock of this fragment is set outside of it


def _watch(followed: Live) -> None:
    """A look at a live call costs little; drawing the desk again, which costs much more, waits for something new."""
    if followed.changed():
        st.rerun()


def _card(call: Call) -> None:
    prompt = call.prompt
    if prompt is None:
        st.html(markup.quiet_html(bool(call.updates)))
        return

    @said_by(st.toast)
    def judge(verdict: Verdict, choice: Choice | None = None) -> None:
        call.judge(verdict, choice)

    st.html(markup.sentence_html(prompt, call.sentence))
    with st.container(key="options", gap="xsmall"):
        for place, choice in enumerate(prompt.options):
            kind: Literal["primary", "secondary"] = "primary" if call.chosen == choice else "secondary"
            chosen = (Verdict.CHOSEN, choice)
            st.button(choice.text, key=f"option-{place}", width="stretch", type=kind, on_click=judge, args=chosen)
    with st.container(key="actions", horizontal=True, gap="small"):
        with st.container(width=120):
            copy_button(call.sentence, key="copy", on_copied=lambda: judge(Verdict.COPIED))
        st.button("Not now", key="not_now", on_click=judge, args=(Verdict.NOT_NOW,), type="tertiary")
        why = "Kept as feedback: this prompt did not fit what was said."
        st.button("Wrong", key="wrong", on_click=judge, args=(Verdict.WRONG,), type="tertiary", help=why)
    st.html(markup.why_html(prompt))


def _controls(services: Services, desk: Desk, playback: Playback) -> None:
    """Play, step, restart and speed of a recording."""

    def change(how: Callable[[Playback, float], Playback]) -> None:
        desk.playback = how(playback, time.monotonic())

    def restart() -> None:
        fresh = _opened(services, desk.source, desk.call.turns)
        desk.call, desk.playback = fresh.call, fresh.playback

    def pace() -> None:
        desk.playback = playback.at_speed(SPEEDS[st.session_state.speed], time.monotonic())

    shown = next(name for name, speed in SPEEDS.items() if speed == playback.speed)
    if st.session_state.get("speed") != shown:
        st.session_state.speed = shown  # the box forgets while another way of input is looked at
    ended = playback.ended(time.monotonic())
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="controls"):
        if playback.playing and not ended:
            st.button("Pause", icon=":material/pause:", key="pause", on_click=change, args=(Playback.paused,))
        else:
            play = ":material/play_arrow:"
            st.button("Play", icon=play, key="play", disabled=ended, on_click=change, args=(Playback.resumed,))
        step = ":material/skip_next:"
        st.button("Next", icon=step, key="next", disabled=ended, on_click=change, args=(Playback.stepped,))
        st.button("Restart", icon=":material/replay:", key="restart", on_click=restart)
        st.selectbox("Speed", list(SPEEDS), key="speed", on_change=pace, label_visibility="collapsed", width=125)


def _typing(call: Call) -> None:
    """Type turns as customer or agent."""

    def typed() -> None:
        if text := st.session_state.typed:
            call.say(st.session_state.speaker, text)

    st.segmented_control(
        "Speaker",
        [Speaker.CUSTOMER, Speaker.AGENT],
        default=Speaker.CUSTOMER,
        required=True,
        key="speaker",
        format_func=lambda speaker: speaker.value.capitalize(),
        label_visibility="collapsed",
    )
    st.chat_input("What they say…", key="typed", on_submit=typed)
