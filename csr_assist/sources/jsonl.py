"""JSONL, the canonical format: one turn an object, one object a line; or one JSON array of such objects.

``{"conversation_id": "c1", "turn_id": 1, "speaker": "customer", "text": "...", "at": "2026-01-31T09:30:00Z",
"language": "en", "channel": "chat", "customer": {"id": "7", "name": "...", "since": "2019-04-01"}}``

Only ``speaker`` and ``text`` must be there; ``record`` says what each field may hold and what a wrong one costs.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

from csr_assist.conversation import Turn
from csr_assist.sources.record import turns
from csr_assist.sources.roles import Named
from csr_assist.sources.rows import Problem, Row, shown

_EXPECTED = "expected an object with speaker and text"
_ARRAY = re.compile(r"\s*\[\s*[{\]]")
_BETWEEN = re.compile(r"[\s,\[\]]*")
_OBJECT_ON_NEW_LINE = re.compile(r"^[^\S\n]{0,99}[,\[]?[^\S\n]{0,9}(?=\{)", re.MULTILINE)


def read(text: str, name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the text."""
    return turns(_array(text, name) if _ARRAY.match(text) else _lines(text, name), name, roles)


def fits(text: str) -> bool:
    """Whether the text looks like JSON objects."""
    return text.lstrip().startswith("{") or _ARRAY.match(text) is not None


def _lines(text: str, name: str) -> Iterator[Row | Problem]:
    for number, line in enumerate(io.StringIO(text), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.strip())
        except (ValueError, RecursionError) as error:
            yield _broken(error, name, number, 1)
        else:
            yield _row(value, name, number)


def _array(text: str, name: str) -> Iterator[Row | Problem]:
    """Item by item, so that a broken one costs itself alone: reading goes on at the next line that opens an object."""
    decoder = json.JSONDecoder()
    line, counted, at = 1, 0, _skip(text, 0)
    while at < len(text):
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _broken(error, name, line, line)
            after = text.find("\n", at) + 1 or len(text)
            opening = _OBJECT_ON_NEW_LINE.search(text, after)
            at = opening.end() if opening else len(text)
        else:
            yield _row(value, name, line)
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _row(value: object, name: str, line: int) -> Row | Problem:
    if isinstance(value, dict):
        return Row(line, value)
    given = "a string" if isinstance(value, str) else shown(value)
    return Problem(f"{name}:{line}", f"the line is {given}; {_EXPECTED}")


def _broken(error: Exception, name: str, line: int, counted: int) -> Problem:
    """``counted`` is the line's number in what the decoder read: a column of another line would mislead."""
    column = ""
    if isinstance(error, json.JSONDecodeError) and error.lineno == counted:
        column = f" at column {error.colno}"
    return Problem(f"{name}:{line}", f"not JSON{column}; {_EXPECTED}")
