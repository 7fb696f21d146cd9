"""Where a label shows: from tag probabilities of tokens to character spans of the turn."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from csr_assist.cues import Cue
from csr_assist.labels import Label

EDGE = 0.5
"""A span reaches as far as tags stay above this share of its best tag."""
SECOND = 0.9
"""A further span of the same label is kept when its best tag reaches this share of the turn's best."""
LESSER = 0.5
"""And when its tags sum up to this share of the weightiest span's: two words beside a clause say little alone."""
GAP = 2
"""Tokens below the edge that a span may bridge: a comma, a filler word."""


def spans(
    text: str, offsets: Sequence[tuple[int, int]], tags: NDArray[np.float64], label: Label, probability: float
) -> list[Cue]:
    """Spans of one label in one window.

    ``tags[i]`` is the tag probability (0..1) of the token that covers ``offsets[i]`` of ``text``. At least
    one span is returned when there is a visible token, so that no cue is without evidence.
    """
    visible = [i for i, (a, b) in enumerate(offsets) if b > a]
    if not visible:
        return []
    top = max(float(tags[i]) for i in visible)
    runs: list[list[int]] = []
    for i in visible:
        if tags[i] < EDGE * top:
            continue
        if runs and i - runs[-1][-1] <= GAP + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    strong = [run for run in runs if max(float(tags[i]) for i in run) >= SECOND * top]
    weights = [sum(float(tags[i]) for i in run) for run in strong]
    found: dict[tuple[int, int], Cue] = {}
    for run, weight in zip(strong, weights, strict=True):
        if weight >= LESSER * max(weights):
            a, b = _whole_words(text, offsets[run[0]][0], offsets[run[-1]][1])
            found[a, b] = Cue(label, a, b, text[a:b], probability)
    return list(found.values())


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen to word borders, then drop blanks and closing punctuation at the ends."""
    while start > 0 and _of_word(text[start - 1]) and _of_word(text[start]):
        start -= 1
    while end < len(text) and _of_word(text[end - 1]) and _of_word(text[end]):
        end += 1
    while end - start > 1 and text[end - 1] in " \t\n,.;:\u060c\u061b":
        end -= 1
    while end - start > 1 and text[start] in " \t\n,.;:\u060c\u061b":
        start += 1
    return start, end


def _of_word(character: str) -> bool:
    """Letters, digits, the marks on them (Persian writes some as characters of their own), apostrophe, half space."""
    return character.isalnum() or unicodedata.combining(character) > 0 or character in "'\u2019\u200c"
