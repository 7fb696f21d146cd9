"""Captions, WebVTT and SRT: who speaks is said by ``<v Name>`` or by ``Name: text``.

Times of captions count from the start of a recording whose date nobody knows, so ``at`` stays empty.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from webvtt import WebVTT
from webvtt.errors import MalformedCaptionError

from csr_assist.conversation import Turn
from csr_assist.sources.record import turns
from csr_assist.sources.roles import Named, cast
from csr_assist.sources.rows import Problem, Row
from csr_assist.sources.script import spoken

_ARROW = "-->"
_NOT_SPOKEN = ("WEBVTT", "NOTE", "STYLE", "REGION")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]*)>")
_MARKUP = re.compile(r"<[^<>\n]*>|\{\\[^{}\n]*\}")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_BEGINNING = re.compile(r"WEBVTT|(?:\d+[^\S\n]*\n)?\s*\d[\d:.,]*\s*-->")

_Block = list[tuple[int, str]]


def read(text: str, name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the text: one for each time that a name is given, with the captions that go on."""
    return turns(cast(lambda: _joined(_rows(text, name)), roles), name, roles)


def fits(text: str) -> bool:
    """Whether the text looks like WebVTT or SRT."""
    return _BEGINNING.match(text.lstrip()) is not None


def _rows(text: str, name: str) -> Iterator[Row | Problem]:
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


def _caption(block: _Block, name: str) -> Iterator[Row | Problem]:
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
    for caption in captions:
        yield from _voices(caption.lines, number + 1)


def _voices(lines: list[str], first: int) -> Iterator[Row]:
    before, *voices = _VOICE.split("\n".join(lines))
    yield from spoken(enumerate(_plain(before).split("\n"), first))
    number = first + before.count("\n")
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
