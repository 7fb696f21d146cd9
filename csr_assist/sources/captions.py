"""Captions, WebVTT and SRT: who speaks is said by ``<v Name>`` or by ``Name: text``, or else inferred from the words.

Times of captions count from the start of a recording whose date nobody knows, so ``at`` stays empty.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from webvtt import WebVTT
from webvtt.errors import MalformedCaptionError

from csr_assist.conversation import Turn
from csr_assist.sources import script
from csr_assist.sources.inference import LINES
from csr_assist.sources.record import turns
from csr_assist.sources.roles import Named, cast
from csr_assist.sources.rows import Problem, Row
from csr_assist.sources.unlabelled import inferred, with_roles

_ARROW = "-->"
_NOT_SPOKEN = ("WEBVTT", "NOTE", "STYLE", "REGION")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]*)>")
_MARKUP = re.compile(r"<[^<>\n]*>|\{\\[^{}\n]*\}")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_BEGINNING = re.compile(r"WEBVTT|(?:\d+[^\S\n]*\n)?\s*\d[\d:.,]*\s*-->")

_Block = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Cue:
    """The words of one caption, marked up as they are, and the line where they begin."""

    line: int
    marked: str


def read(text: str, name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the text: one for each time that a name is given, with the captions that go on.

    Where nobody is named, problems come first, then a turn for what one side is taken to say in a row.
    """
    found = list(_cues(text, name))
    cues = [item for item in found if isinstance(item, _Cue)]
    if _names_anyone(cues, roles):
        return turns(cast(lambda: _joined(_rows(found)), roles), name, roles)
    said = [(cue.line, words) for cue in cues if (words := " ".join(_plain(cue.marked).split()))]
    problems = (item for item in found if isinstance(item, Problem))
    return chain(problems, inferred(list(with_roles(said, LINES, joined=True)), name, roles))


def fits(text: str) -> bool:
    """Whether the text looks like WebVTT or SRT."""
    return _BEGINNING.match(text.lstrip()) is not None


def _names_anyone(cues: Sequence[_Cue], roles: Named) -> bool:
    voices = any(_VOICE.search(cue.marked) for cue in cues)
    return voices or script.fits("\n".join(_plain(cue.marked) for cue in cues), roles)


def _rows(found: Iterable[_Cue | Problem]) -> Iterator[Row | Problem]:
    for item in found:
        yield from [item] if isinstance(item, Problem) else _voices(item)


def _cues(text: str, name: str) -> Iterator[_Cue | Problem]:
    for block in _blocks(text):
        timing = next((place for place, (_, line) in enumerate(block) if _ARROW in line), None)
        if timing is not None:
            yield from _caption(block[timing:], name)
        elif not block[0][1].startswith(_NOT_SPOKEN) and not block[0][1].strip().isdigit():
            yield Problem(f"{name}:{block[0][0]}", "words without a time line; expected 00:01.000 --> 00:02.000 above")


def _joined(found: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """Join captions to turns: one that names no speaker goes on with what was said before."""
    held: list[Row | Problem] = []
    for item in found:
        goes_on = not held or isinstance(held[0], Row)
        if isinstance(item, Row) and (item.fields.get("speaker") or not goes_on):
            yield from _as_one(held)
            held = []
        held.append(item)
    yield from _as_one(held)


def _as_one(held: list[Row | Problem]) -> Iterator[Row | Problem]:
    """One row of all rows, with the first one's speaker; then the problems."""
    rows = [item for item in held if isinstance(item, Row)]
    if rows:
        text = " ".join(part for row in rows if (part := str(row.fields["text"])))
        yield Row(rows[0].line, {**rows[0].fields, "text": text})
    yield from (item for item in held if isinstance(item, Problem))


def _blocks(text: str) -> Iterator[_Block]:
    """Numbered lines between blank lines; a second time line opens a new block, for files that lack the blank line."""
    block: _Block = []
    timed = False
    for number, line in enumerate(text.split("\n"), 1):
        if timed and _ARROW in line:
            index = [block.pop()] if block[-1][1].strip().isdigit() else []
            yield block
            block, timed = index, False
        if line.strip():
            block.append((number, line))
            timed = timed or _ARROW in line
        elif block:
            yield block
            block, timed = [], False
    if block:
        yield block


def _caption(block: _Block, name: str) -> Iterator[_Cue | Problem]:
    (number, timing), *words = block
    if not words:
        return
    lines = [_COMMA.sub(".", timing), *(line for _, line in words)]
    try:
        captions = WebVTT.from_string("WEBVTT\n\n" + "\n".join(lines)).captions
    except (MalformedCaptionError, ValueError):
        captions = []
    if not captions:
        yield Problem(f"{name}:{number}", "the time line is malformed; expected 00:01.000 --> 00:02.000")
    yield from (_Cue(number + 1, "\n".join(caption.lines)) for caption in captions)


def _voices(cue: _Cue) -> Iterator[Row]:
    before, *voices = _VOICE.split(cue.marked)
    yield from script.spoken(enumerate(_plain(before).split("\n"), cue.line))
    number = cue.line + before.count("\n")
    on_line = Counter[int]()
    for speaker, words in zip(voices[::2], voices[1::2], strict=True):
        on_line[number] += 1
        turn_id = f"{number}.{on_line[number]}" if on_line[number] > 1 else str(number)
        yield Row(
            number, {"turn_id": turn_id, "speaker": _plain(speaker).strip(), "text": " ".join(_plain(words).split())}
        )
        number += words.count("\n")


def _plain(marked: str) -> str:
    return html.unescape(_MARKUP.sub("", marked))
