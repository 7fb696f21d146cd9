"""The course of a call as a picture: risk after every turn, with the cues that moved it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from csr_assist.assistant import Update
from csr_assist.labels import Family
from csr_assist.state import ENTER, Band

HEIGHT = 230
"""Pixels."""
_COLOURS = {Family.DISSATISFACTION: "#b3363a", Family.LOYALTY: "#2f7d62", Family.CONDUCT: "#35608f"}
_NAMES = {Family.DISSATISFACTION: "what hurts", Family.LOYALTY: "loyalty", Family.CONDUCT: "the agent"}


def curve(updates: Sequence[Update], until: int) -> alt.LayerChart | alt.FacetChart:
    """Risk over the turns; what comes after ``until`` turns is drawn faint."""
    x = alt.X(
        "turn:Q",
        title="turn",
        axis=alt.Axis(tickMinStep=1, grid=False),
        scale=alt.Scale(domain=[1, max(2, len(updates))], nice=False),
    )
    names = alt.Axis(values=list(ENTER.values()), labelExpr="datum.value > 0.5 ? 'at risk' : 'watch'", grid=False)
    y = alt.Y("level:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=names)
    # By kind and not by turn: a line is as faint as its first point, so what comes after is a line of its own.
    faint = alt.Opacity("heard:N", scale=alt.Scale(domain=[True, False], range=[1.0, 0.25]), legend=None)
    levels = [
        {"turn": place, "level": update.state.level, "heard": heard}
        for heard, first, some in ((True, 1, updates[:until]), (False, until, updates[until - 1 :]))
        for place, update in enumerate(some, first)
    ]
    lines = alt.Chart(pd.DataFrame(levels)).mark_line(color="#64727d", interpolate="monotone")
    line = lines.encode(x=x, y=y, opacity=faint)
    borders = [{"level": ENTER[band]} for band in (Band.WATCH, Band.AT_RISK)]
    rules = alt.Chart(pd.DataFrame(borders)).mark_rule(strokeDash=[3, 3], color="#d9dfe2").encode(y="level:Q")
    here = alt.Chart(pd.DataFrame([{"turn": until}])).mark_rule(color="#35608f", opacity=0.35).encode(x=x)
    points = (
        alt.Chart(pd.DataFrame(_cues(updates, until)))
        .mark_circle(size=90)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "family:N",
                title=None,
                scale=alt.Scale(domain=list(_NAMES.values()), range=[_COLOURS[family] for family in _NAMES]),
                legend=alt.Legend(orient="top"),
            ),
            opacity=faint,
            tooltip=[alt.Tooltip("turn:Q"), alt.Tooltip("labels:N", title="heard"), alt.Tooltip("words:N")],
        )
    )
    return alt.layer(rules, here, line, points).properties(height=HEIGHT)


def _cues(updates: Sequence[Update], until: int) -> list[dict[str, Any]]:
    """A point a turn and family, with what was heard."""
    return [
        {
            "turn": place,
            "level": update.state.level,
            "family": _NAMES[family],
            "heard": place <= until,
            "labels": ", ".join(dict.fromkeys(cue.label.caption for cue in cues)),
            "words": cues[0].text[:80],
        }
        for place, update in enumerate(updates, 1)
        for family in Family
        if (cues := update.reading.of(family))
    ]
