"""The corpus: what the detector learnt from, counted and readable, for whoever trains it or trusts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from csr_assist.conversation import Language, Speaker
from csr_assist.cues import Cue
from csr_assist.errors import CorpusError
from csr_assist.labels import Family, Label
from csr_assist.screens import markup
from csr_assist.training.corpus import CHANNELS, Example, load_corpus
from csr_assist.training.inventory import Inventory, inventory

PAGE = 40
"""Turns on one page."""
NO_LABEL = "no label"
_NAMES = {Language.ENGLISH: "English", Language.INDONESIAN: "Indonesian", Language.PERSIAN: "Persian"}
_ANY = "any"


@st.cache_data(show_spinner="Reading the corpus")
def _examples(folder: Path, changed: float) -> list[Example]:  # noqa: ARG001 - a changed file is read anew
    return load_corpus(folder)


def render(folder: Path) -> None:
    """Draw the page for the corpus in ``folder``."""
    try:
        examples = _examples(folder, max((path.stat().st_mtime for path in folder.glob("*.jsonl")), default=0.0))
    except CorpusError as error:
        st.error(f"{error}. The corpus is part of the repository, not of the installed package.")
        return
    counts = inventory(examples)
    st.html(heading_html(counts))
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.html(counts_html(counts))
    with right:
        shown = _picked(examples)
        pages = max(1, -(-len(shown) // PAGE))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<div class="soft">{len(shown):,} turns</div>', width="stretch")
            page = st.number_input("Page", 1, pages, key="page", label_visibility="collapsed", width=130)
            st.html(f'<div class="soft">of {pages}</div>', width="content")
        st.html("".join(map(example_html, shown[(page - 1) * PAGE : page * PAGE])) or '<div class="quiet">None.</div>')


def _picked(examples: Sequence[Example]) -> list[Example]:
    """The turns that the reader asks for."""
    kinds = [_ANY, NO_LABEL, *(label.value for label in Label)]
    with st.container(horizontal=True, gap="small"):
        label = st.selectbox("Label", kinds, key="label", format_func=_caption)
        language = st.selectbox("Language", [_ANY, *_NAMES], key="language", format_func=lambda o: _NAMES.get(o, o))
        speaker = st.selectbox("Speaker", [_ANY, Speaker.CUSTOMER, Speaker.AGENT], key="speaker")
        channel = st.selectbox("Channel", [_ANY, *CHANNELS], key="channel")
    words = st.text_input("Words", key="words", placeholder="words in the turn, its trade or id").casefold()
    return [
        example
        for example in examples
        if _carries(example, label)
        and language in (_ANY, example.language)
        and speaker in (_ANY, example.speaker)
        and channel in (_ANY, example.channel)
        and words in f"{example.text} {example.trade} {example.id}".casefold()
    ]


def _caption(kind: str) -> str:
    return kind if kind in (_ANY, NO_LABEL) else Label(kind).caption


def _carries(example: Example, kind: str) -> bool:
    if kind == NO_LABEL:
        return not example.labels
    return kind == _ANY or Label(kind) in example.labels


def heading_html(counts: Inventory) -> str:
    """What there is, in one line."""
    return (
        f'<div class="brand">Corpus<small>{counts.total:,} turns written for this project, '
        f"{len(counts.trades):,} trades, {counts.silent / max(1, counts.total):.0%} without any label, "
        f"{counts.with_context / max(1, counts.total):.0%} with the turn before</small></div>"
    )


def counts_html(counts: Inventory) -> str:
    """Turns by language, and turns that carry each label."""
    head = "".join(f"<th>{name}</th>" for name in _NAMES.values())
    rows = [f"<tr><th>all turns</th>{_cells(counts.turns[language] for language in _NAMES)}</tr>"]
    for family in Family:
        rows.append(f'<tr><td colspan="4" class="family">{family.value}</td></tr>')
        rows += [
            f'<tr><td><span class="tag {family.value}">{escape(label.caption)}</span></td>'
            f"{_cells(counts.labels[label, language] for language in _NAMES)}</tr>"
            for label in Label
            if label.family is family
        ]
    return f'<table class="counts"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _cells(numbers: Iterable[int]) -> str:
    return "".join(f"<td>{number:,}</td>" for number in numbers)


def example_html(example: Example) -> str:
    """One turn as it was annotated, with the turn before it."""
    cues = [Cue(e.label, e.start, e.end, example.text[e.start : e.end], 1.0) for e in example.evidence]
    labels = [label for label in Label if label in example.labels]
    tags = "".join(f'<span class="tag {label.family.value}">{escape(label.caption)}</span>' for label in labels)
    before = f'<div class="before" dir="auto">{escape(example.context)}</div>' if example.context else ""
    about = escape(f"{example.speaker.value} · {example.channel} · {example.trade} · {example.id}")
    return (
        f'<div class="turn {example.speaker.value}"><div class="who">{about}</div>{before}'
        f'<div class="words" dir="{markup.direction(example.language)}">{markup.highlighted(example.text, cues)}</div>'
        f'<div class="tags">{tags}</div></div>'
    )
