"""Tables, CSV and TSV, with a header in whatever words the exporting system uses."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.sources.record import turns
from csr_assist.sources.roles import Named, cast
from csr_assist.sources.rows import Problem, Row, shown

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "speaker": ("speaker", "role", "participant", "from"),
    "text": ("text", "utterance", "message", "content", "transcript", "body"),
    "conversation_id": ("conversation_id", "call_id", "contact_id", "session_id", "conversation"),
    "turn_id": ("turn_id", "id", "index"),
    "at": ("time", "at", "timestamp", "start_time"),
    "language": ("language", "lang"),
    "channel": ("channel",),
}
"""Names of columns that are understood, by field; the first that is found counts."""
_ID_OF_CONVERSATION = {**SYNONYMS, "conversation_id": ("id",), "turn_id": ("turn_id", "index")}
"""The same for tables where only ``id`` can say which conversation a row belongs to, for its values repeat."""
_NEEDED = ("speaker", "text")
_DELIMITERS = ",;\t|"
_SAMPLE = 4096
_MOST_COLUMNS = 12
_MOST_CHARACTERS = 2**31 - 1
_OFFSET = re.compile(r"\d{1,9}(?:[.,]\d+)?|\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?")
"""A time since the start of the call: seconds, or a clock. It has no date, so it says nothing for ``at``.

Longer numbers count from 1970: they are times that cannot be read."""


def read(text: str, name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the rows.

    Args:
        text: the table, its header first.
        name: the file's name, for messages.
        roles: who is who, where the names do not say it.

    Raises:
        InputError: no column holds the speaker or the text.
    """
    lines = text.split("\n")
    delimiter, header = _header(lines)
    places = _find(header)
    if missing := [field for field in _NEEDED if field not in places]:
        accepted = "; ".join(f"for {field}: {', '.join(SYNONYMS[field])}" for field in missing)
        raise InputError(f"{name}: no column for the {' and the '.join(missing)} in {_listed(header)}; {accepted}")
    by_id = _find(header, _ID_OF_CONVERSATION)
    if "conversation_id" not in places and _repeat_ids(_rows(lines, delimiter, by_id, len(header), name)):
        places = by_id
    return turns(cast(lambda: _rows(lines, delimiter, places, len(header), name), roles), name, roles)


def fits(text: str) -> bool:
    """Whether the text begins with a header that names a column for the speaker and one for the text."""
    _, header = _header(text[:_SAMPLE].split("\n"))
    return _complete(_find(header))


def _header(lines: list[str]) -> tuple[str, list[str]]:
    """The delimiter that makes a known header of the first line, else the one that makes most of it."""
    best = (",", [""])
    for delimiter in _delimiters(lines):
        header = next((cells for _, cells in _cells(lines, delimiter)), None) or [""]
        if _complete(_find(header)):
            return delimiter, header
        best = max(best, (delimiter, header), key=lambda found: len(found[1]))
    return best


def _delimiters(lines: list[str]) -> Iterator[str]:
    with suppress(csv.Error):
        yield csv.Sniffer().sniff("\n".join(lines[:20])[:_SAMPLE], _DELIMITERS).delimiter
    yield from _DELIMITERS


def _key(column: str) -> str:
    return re.sub(r"[\W_]+", "", column.casefold()) or column


def _find(header: list[str], synonyms: Mapping[str, tuple[str, ...]] = SYNONYMS) -> dict[str, int]:
    keys = [_key(column) for column in header]
    places = {}
    for field, names in synonyms.items():
        if found := [keys.index(key) for key in map(_key, names) if key in keys]:
            places[field] = found[0]
    return places


def _repeat_ids(rows: Iterable[Row | Problem]) -> bool:
    """Whether two rows have one ``conversation_id``. A row without one repeats nothing."""
    seen: set[object] = set()
    for row in rows:
        given = row.fields.get("conversation_id") if isinstance(row, Row) else None
        if given in seen:
            return True
        if given:
            seen.add(given)
    return False


def _complete(places: Mapping[str, int]) -> bool:
    return all(field in places for field in _NEEDED)


def _listed(header: list[str]) -> str:
    more = ", ..." if len(header) > _MOST_COLUMNS else ""
    return f"the header {', '.join(shown(column) for column in header[:_MOST_COLUMNS])}{more}"


def _cells(lines: list[str], delimiter: str, width: int | None = None) -> Iterator[tuple[int, list[str] | None]]:
    """Rows that are not blank, with the number of their first line; None where quotes do not match.

    They do not match either where a row of several lines has not ``width`` cells. After such a row, reading goes on
    at its second line, so that an open quote does not swallow the good rows that follow.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _MOST_CHARACTERS))  # for the whole process; 128 KB by default
    base = begun = 0
    while base < len(lines):
        rest = (f"{lines[place]}\n" for place in range(base, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            for cells in reader:
                if width and len(cells) != width and base + reader.line_num > begun + 1:
                    raise csv.Error
                if any(cell.strip() for cell in cells):
                    yield begun + 1, cells
                begun = base + reader.line_num
            return
        except csv.Error:
            # quotes often mean nothing in files with tabs
            yield begun + 1, lines[begun].split(delimiter) if delimiter == "\t" else None
            base = begun = begun + 1


def _rows(
    lines: list[str], delimiter: str, places: Mapping[str, int], width: int, name: str
) -> Iterator[Row | Problem]:
    rows = _cells(lines, delimiter, width)
    next(rows)  # the header
    for line, cells in rows:
        if cells is None:
            yield Problem(f"{name}:{line}", 'quotes do not match; expected "..." around a cell and "" inside')
        elif any(cell.strip() for cell in cells[width:]):
            yield Problem(f"{name}:{line}", f"the row has {len(cells)} cells; expected {width}, as in the header")
        else:
            given = {field: cells[place].strip() for field, place in places.items() if place < len(cells)}
            if _OFFSET.fullmatch(given.get("at", "")):
                del given["at"]
            yield Row(line, {field: value for field, value in given.items() if value})
