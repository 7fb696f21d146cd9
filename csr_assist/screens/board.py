"""Lists of conversations and alerts as HTML. Everything that a person said is escaped here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from urllib.parse import quote

from csr_assist.assistant import Update
from csr_assist.conversation import Language
from csr_assist.notify import Delivery
from csr_assist.screens.markup import BANDS, direction
from csr_assist.state import WEIGHTS, Band, Hurt
from csr_assist.store import Raised, Summary

_QUOTED = 110


def table_html(
    found: Sequence[Summary],
    updates: Mapping[str, Update],
    now: datetime,
    alerted: Collection[str] = (),
) -> str:
    """One line a conversation: where it stands, with whom, the words that raised it, how long ago.

    ``alerted``: conversations with an alert that nobody has taken.
    """
    if not found:
        return '<div class="quiet">No conversations.</div>'
    rows = "".join(_row(one, updates.get(one.id), now, one.id in alerted) for one in found)
    return f'<table class="board"><tbody>{rows}</tbody></table>'


def _row(one: Summary, update: Update | None, now: datetime, alerted: bool) -> str:
    language = one.language or Language.ENGLISH
    facts = " · ".join(update.state.facts.summary(language)) if update else ""
    link = f'<a href="review?conversation={quote(one.id, safe="")}" target="_self">{escape(_who(one))}</a>'
    cells = [
        f'<span class="band {one.band.value}">{BANDS[one.band]}</span>{_worst(one)}',
        f"{link}<small>{escape(one.agent or '')}</small>",
        _because(update, language),
        f'<span class="fact" dir="{direction(language)}">{escape(facts)}</span>' if facts else "",
        f"{one.outcome.value}" if one.outcome else "",
        f'<span class="soft">{ago(one.touched_at, now)}</span>',
    ]
    marked = ' class="alerted"' if alerted else ""
    return f"<tr{marked}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _who(one: Summary) -> str:
    name = (one.customer.name or one.customer.id) if one.customer else None
    return f"{name} · {one.id}" if name else one.id


def _worst(one: Summary) -> str:
    order = list(Band)
    if order.index(one.worst_band) <= order.index(one.band):
        return ""
    return f'<small class="soft">was {BANDS[one.worst_band].lower()}</small>'


def _because(update: Update | None, language: Language) -> str:
    """The words that raised it: what hurts still, the worst first."""
    if update is None or not update.state.hurts:
        return ""
    worst = max(update.state.hurts, key=_weight).cue
    tag = f'<span class="tag dissatisfaction">{escape(worst.label.caption)}</span>'
    return f'{tag}<q dir="{direction(language)}">{escape(short(worst.text))}</q>'


def _weight(hurt: Hurt) -> float:
    return WEIGHTS[hurt.cue.label] * hurt.cue.probability


def alert_html(alert: Raised, now: datetime, others: int = 0) -> str:
    """An alert in one line: why, the customer's words, where, how long ago; ``others`` of the same conversation."""
    link = f"review?conversation={quote(alert.conversation_id, safe='')}"
    more = f'<span class="soft">+{others}</span>' if others else ""
    held = f'<span class="soft" title="{escape(alert.held)}">not sent out</span>' if alert.held else ""
    return (
        f'<div class="alert {alert.level.value}"><b>{escape(alert.reason.capitalize())}</b>'
        f'<q dir="auto">{escape(short(alert.quote))}</q>'
        f'{more}<a href="{link}" target="_self">{escape(alert.conversation_id)}</a>'
        f'<span class="soft">{ago(alert.at, now)}</span>{held}</div>'
    )


def dead_html(dead: Sequence[Delivery]) -> str:
    """Alerts that could not be delivered, and why."""
    rows = "".join(
        f"<tr><td>alert {escape(one.notice_id)}</td><td>{escape(one.channel)}</td>"
        f"<td>{one.attempts} tries</td><td>{escape(one.last_error)}</td></tr>"
        for one in dead
    )
    return (
        f'<details class="dead"><summary>{len(dead)} alerts were not delivered</summary><table>{rows}</table></details>'
    )


def band_name(band: str) -> str:
    """A band in words; anything else as it is."""
    return BANDS[Band(band)] if band in list(Band) else band


def short(words: str) -> str:
    """At most so many characters of a quotation."""
    return words if len(words) <= _QUOTED else words[: _QUOTED - 1].rstrip() + "…"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in one short word or two."""
    passed = max(now - moment, timedelta())
    seconds = int(passed.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if passed < timedelta(days=1):
        return f"{seconds // 3600} h"
    return f"{moment:%Y-%m-%d}"
