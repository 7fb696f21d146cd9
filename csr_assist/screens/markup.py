"""HTML of what Streamlit has no element for: turns with their evidence, the state bar, the words to say.

Everything that a customer or agent said is escaped here; nothing else reaches the page as HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from html import escape
from itertools import pairwise

from csr_assist.advice import Prompt
from csr_assist.assistant import Update
from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.cues import Cue
from csr_assist.labels import Family
from csr_assist.promises import PromiseStatus
from csr_assist.state import Band, CallState, Trend

BANDS = {Band.CALM: "Calm", Band.WATCH: "Watch", Band.AT_RISK: "At risk"}
_TRENDS = {Trend.RISING: "↗ rising", Trend.FALLING: "↘ easing", Trend.STEADY: ""}
_SPEAKERS = {Speaker.CUSTOMER: "Customer", Speaker.AGENT: "Agent", Speaker.SYSTEM: "System"}


def direction(language: Language | None) -> str:
    """The ``dir`` attribute's value; the browser judges by the words where the language is not known."""
    if language is None:
        return "auto"
    return "rtl" if language.rtl else "ltr"


def highlighted(text: str, cues: Iterable[Cue]) -> str:
    """Escaped text with every stretch of evidence marked; overlapping cues share a mark with all their names."""
    spans = sorted(cues, key=lambda cue: (cue.start, cue.end))
    borders = sorted({0, len(text), *(c.start for c in spans), *(c.end for c in spans)})
    out: list[str] = []
    for start, end in pairwise(borders):
        here = [cue for cue in spans if cue.start <= start and end <= cue.end]
        body = escape(text[start:end])
        if here:
            family = min((cue.label.family for cue in here), key=list(Family).index)
            names = escape(", ".join(cue.label.caption for cue in here))
            body = f'<mark class="{family.value}" title="{names}">{body}</mark>'
        out.append(body)
    return "".join(out)


def turn_html(update: Update, zone: tzinfo | None = None) -> str:
    """One turn: who, when (in ``zone``, if given), the words with evidence, and what was heard in plain words."""
    turn, cues = update.turn, update.reading.cues
    names = list(dict.fromkeys(cue.label for cue in cues))
    tags = "".join(f'<span class="tag {label.family.value}">{escape(label.caption)}</span>' for label in names)
    return (
        f'<div class="turn {turn.speaker.value}">'
        f'<div class="who">{_SPEAKERS[turn.speaker]}{_clock(turn, zone)}</div>'
        f'<div class="words" dir="{direction(turn.language)}">{highlighted(turn.text, cues)}</div>'
        f'<div class="tags">{tags}</div></div>'
    )


def _clock(turn: Turn, zone: tzinfo | None) -> str:
    if turn.at is None:
        return ""
    return f" · {turn.at.astimezone(zone) if zone else turn.at:%H:%M:%S}"


def state_html(state: CallState, *, reviewed: bool = False) -> str:
    """The slim bar: band, trend, loyalty facts, noes, open promises. Words, never a score.

    ``reviewed``: also whether data were asked for while something that hurt was still to be acknowledged. The agent at
    the desk is told beforehand, by what the card holds back; afterwards it would only nag.
    """
    language = state.language or Language.ENGLISH
    chips = [f'<span class="band {state.band.value}">{BANDS[state.band]}</span>']
    if _TRENDS[state.trend]:
        chips.append(f'<span class="trend">{_TRENDS[state.trend]}</span>')
    if facts := state.facts.summary(language):
        chips.append(f'<span class="fact" dir="{direction(language)}">{escape(" · ".join(facts))}</span>')
    if state.refusals_in_all:
        chips.append(f'<span class="noes">{_counted(state.refusals_in_all, "no", "noes")}</span>')
    if reviewed and state.data_first:
        title = "The agent asked for data while something that hurt was still to be acknowledged"
        chips.append(f'<span class="order" title="{title}">data before empathy</span>')
    if open_ones := [p for p in state.promises if p.status is PromiseStatus.OPEN]:
        title = escape("; ".join(promise.text for promise in open_ones))
        chips.append(f'<span class="promise" title="{title}">{_counted(len(open_ones), "promise", "promises")}</span>')
    return f'<div class="state">{"".join(chips)}</div>'


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def sentence_html(prompt: Prompt, sentence: str) -> str:
    """The words to say, large, in the customer's writing direction."""
    return f'<div class="say" dir="{direction(prompt.language)}">{escape(sentence)}</div>'


def why_html(prompt: Prompt) -> str:
    """The cues that caused the prompt with the words quoted, and what to hold back."""
    reasons = "".join(
        f'<div class="because"><span class="tag {because.label.family.value}">{escape(because.label.caption)}</span>'
        f'<q dir="auto">{escape(_short(because.quote))}</q></div>'
        for because in prompt.why
    )
    held = "".join(f'<div class="hold" dir="auto">{escape(hint)}</div>' for hint in prompt.hold_back)
    return f'<div class="why">{reasons}</div><div class="holds">{held}</div>'


def _short(quote: str, longest: int = 90) -> str:
    return quote if len(quote) <= longest else quote[: longest - 1].rstrip() + "…"


def quiet_html(heard_anything: bool) -> str:
    """What the card shows when nothing is needed."""
    words = "Nothing needed right now." if heard_anything else "Listening…"
    return f'<div class="quiet">{words}</div>'
