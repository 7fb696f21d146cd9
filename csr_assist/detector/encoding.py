"""Text to model input: one turn with its context, in windows, nothing dropped.

A window is ``<s> text </s> context </s>``. Token type 0 marks the turn, 1 the context, so that the model
reads the context but finds cues in the turn alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

START, PAD, STOP = 0, 1, 2
TEXT_TOKENS = 160
"""Pieces of the turn in one window; a longer turn is read in several."""
STRIDE = 128
"""Pieces from one window's start to the next: neighbours share the rest, so a cue at a seam is seen whole."""
CONTEXT_TOKENS = 32
"""The last pieces of the other speaker's turn before."""
_CONTEXT_CHARACTERS = 400
_SAME = str.maketrans("يىك’‘“”", "ییک''\"\"")
"""Arabic letters that Persian keyboards give, and typographic quotes: one character for one, so offsets hold."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """Model input for a stretch of one turn. ``offsets[i]`` are the characters of ``ids[1 + i]`` in the turn."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


def windows(tokenizer: Tokenizer, text: str, context: str = "") -> list[Window]:
    """Cut one turn into windows; an empty turn gives one empty window."""
    encoding = tokenizer.encode(text.translate(_SAME), add_special_tokens=False)
    spans = [_trimmed(text, a, b) for a, b in encoding.offsets]
    tail: list[int] = []
    if context:
        end = context[-_CONTEXT_CHARACTERS:].translate(_SAME)
        tail = tokenizer.encode(end, add_special_tokens=False).ids[-CONTEXT_TOKENS:]
    cut: list[Window] = []
    for at in range(0, max(len(spans), 1), STRIDE):
        ids = encoding.ids[at : at + TEXT_TOKENS]
        cut.append(
            Window(
                ids=(START, *ids, STOP, *tail, STOP) if tail else (START, *ids, STOP),
                types=(0,) * (len(ids) + 2) + ((1,) * (len(tail) + 1) if tail else ()),
                offsets=tuple(spans[at : at + TEXT_TOKENS]),
            )
        )
        if at + TEXT_TOKENS >= len(spans):
            break
    return cut


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A piece's characters without the blank that the tokenizer counts to it."""
    while start < end and text[start].isspace():
        start += 1
    return start, end


def batch(cut: Sequence[Window]) -> tuple[Ids, Ids, Ids]:
    """Pad windows to one length: ids, attention mask and token types, each (windows, tokens) of int64."""
    width = max(len(window.ids) for window in cut)
    ids = np.full((len(cut), width), PAD, dtype=np.int64)
    mask = np.zeros_like(ids)
    types = np.zeros_like(ids)
    for row, window in enumerate(cut):
        n = len(window.ids)
        ids[row, :n], mask[row, :n], types[row, :n] = window.ids, 1, window.types
    return ids, mask, types
