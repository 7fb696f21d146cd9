"""The desk: what the agent keeps open during a call. One card in a fixed place, the call beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import streamlit as st

from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.screens import markup
from csr_assist.screens.call import Call
from csr_assist.screens.copy import copy_button
from csr_assist.screens.playback import Playback, playback_of
from csr_assist.screens.services import Services, conversations_in
from csr_assist.store import Verdict

EXAMPLE, TRANSCRIPT, TYPED = "Example call", "Transcript", "Type"
SPEEDS = {"Real time": 1.0, "2×": 2.0, "4×": 4.0, "10×": 10.0}
TICK = 0.5
"""Seconds between looks at a playing call."""
SHOWN_TURNS = 40
TRANSCRIPT_HEIGHT = 560


def render(services: Services) -> None:
    """Draw the desk."""
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(
            '<div class="brand">CSR Assist<small>what to say, while they are still there</small></div>', width="content"
        )
        mode = st.segmented_control(
            "Input",
            [EXAMPLE, TRANSCRIPT, TYPED],
            default=EXAMPLE,
            required=True,
            key="mode",
            label_visibility="collapsed",
        )
        if mode == EXAMPLE:
            _pick_example(services)
        elif mode == TRANSCRIPT:
            _pick_transcript(services)
        elif mode == TYPED:
            _start_typed(services)
    if "call" not in st.session_state:
        st.info("Paste or upload a transcript to begin: JSONL, CSV, WebVTT, SRT, or lines such as “Customer: …”.")
        return
    running = _running()
    with st.container(key="desk"):
        st.fragment(_live, run_every=TICK if running else None)(services, running)


def _running() -> bool:
    """Whether a recording is being played and has not come to its end."""
    playback: Playback | None = st.session_state.get("playback")
    return playback is not None and playback.playing and not playback.ended(time.monotonic())


def _open(services: Services, source: tuple[str, str], turns: Sequence[Turn]) -> None:
    """Make ``source`` the call on the desk, unless it is already."""
    if st.session_state.get("source") != source:
        st.session_state.source = source
        _begin(services, turns)


def _begin(services: Services, turns: Sequence[Turn]) -> None:
    """Start the call from its first turn; without turns they are typed."""
    pace = SPEEDS[st.session_state.get("speed", next(iter(SPEEDS)))]
    st.session_state.call = Call(services.kit.assistant(), services.store, turns)
    st.session_state.playback = playback_of(turns, time.monotonic(), pace) if turns else None


def _pick_example(services: Services) -> None:
    chosen = st.selectbox(
        "Example", services.examples, format_func=lambda e: f"{e.title} · {e.ending}", key="example",
        label_visibility="collapsed", width="stretch",
    )  # fmt: skip
    _open(services, (EXAMPLE, chosen.path.name), chosen.turns())


def _pick_transcript(services: Services) -> None:
    with st.popover("Paste or upload"):
        upload = st.file_uploader(
            "A transcript file", type=["jsonl", "json", "csv", "tsv", "vtt", "srt", "txt"], key="upload"
        )
        pasted = st.text_area(
            "or paste it here", key="pasted", placeholder="Customer: this is the third time I call\nAgent: ..."
        )
    if st.session_state.get("source", ("",))[0] != TRANSCRIPT:
        st.session_state.pop("call", None)
    try:
        if upload is not None:
            conversations, problems = conversations_in(upload.getvalue(), upload.name)
        elif pasted.strip():
            conversations, problems = conversations_in(pasted, "pasted")
        else:
            return
    except InputError as error:
        st.error(str(error))
        return
    if problems:
        st.warning(f"{len(problems)} lines were not read; the first: {problems[0]}")
    if len(conversations) > 1:
        chosen = st.selectbox("Conversation", conversations, format_func=lambda c: c.id, key="conversation")
    else:
        chosen = conversations[0]
    _open(services, (TRANSCRIPT, f"{chosen.id}:{hash(chosen.turns)}"), chosen.turns)


def _start_typed(services: Services) -> None:
    _open(services, (TYPED, ""), ())
    st.button("New call", on_click=_begin, args=(services, ()))


def _live(services: Services, running: bool) -> None:
    """The only part that re-runs while a call goes on. ``running``: whether it re-runs by itself."""
    call: Call = st.session_state.call
    playback: Playback | None = st.session_state.playback
    if playback is not None:
        call.hear_until(playback.due(time.monotonic()))
    left, right = st.columns([6, 5], gap="large")
    with left, st.container(key="now"):
        st.html(markup.state_html(call.state))
        with st.container(key="card"):
            _card(call)
    with right, st.container(key="transcript"):
        if playback is not None:
            _controls(services, call, playback)
        with st.container(height=TRANSCRIPT_HEIGHT, border=False, autoscroll=True, key="turns"):
            shown = "".join(markup.turn_html(update) for update in call.updates[-SHOWN_TURNS:])
            st.html(shown or markup.quiet_html(False))
        if playback is None:
            _typing(call)
    if _running() != running:
        st.rerun()  # the clock of this fragment is set outside of it


def _card(call: Call) -> None:
    prompt = call.prompt
    if prompt is None:
        st.html(markup.quiet_html(bool(call.updates)))
        return
    st.html(markup.sentence_html(prompt, call.sentence))
    with st.container(key="options", gap="xsmall"):
        for place, choice in enumerate(prompt.options):
            picked = call.chosen is not None and call.chosen.id == choice.id
            st.button(
                choice.text, key=f"option-{place}", width="stretch", type="primary" if picked else "secondary",
                on_click=call.judge, args=(Verdict.CHOSEN, choice),
            )  # fmt: skip
    with st.container(key="actions", horizontal=True, gap="small"):
        with st.container(width=120):
            copy_button(call.sentence, key="copy", on_copied=lambda: call.judge(Verdict.COPIED))
        st.button("Not now", key="not_now", on_click=call.judge, args=(Verdict.NOT_NOW,), type="tertiary")
        st.button("Wrong", key="wrong", on_click=call.judge, args=(Verdict.WRONG,), type="tertiary",
                  help="Kept as feedback: this prompt did not fit what was said.")  # fmt: skip
    st.html(markup.why_html(prompt))


def _controls(services: Services, call: Call, playback: Playback) -> None:
    """Play, step, restart and speed of a recording."""

    def change(how: Callable[[Playback, float], Playback]) -> None:
        st.session_state.playback = how(st.session_state.playback, time.monotonic())

    ended = playback.ended(time.monotonic())
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="controls"):
        if playback.playing and not ended:
            st.button("Pause", icon=":material/pause:", key="pause", on_click=change, args=(Playback.paused,))
        else:
            play = ":material/play_arrow:"
            st.button("Play", icon=play, key="play", disabled=ended, on_click=change, args=(Playback.resumed,))
        step = ":material/skip_next:"
        st.button("Next", icon=step, key="next", disabled=ended, on_click=change, args=(Playback.stepped,))
        again = ":material/replay:"
        st.button("Restart", icon=again, key="restart", on_click=_begin, args=(services, call.turns))
        st.selectbox(
            "Speed", list(SPEEDS), key="speed", label_visibility="collapsed", width=125,
            on_change=lambda: change(lambda p, now: p.at_speed(SPEEDS[st.session_state.speed], now)),
        )  # fmt: skip


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
