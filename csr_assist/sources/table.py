"""Tables, CSV and TSV, with a header in whatever words the exporting system uses."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.sources.record import turns
from csr_assist.sources.roles import NOBODY, Named, cast, known_role
from csr_assist.sources.rows import Problem, Row, shown

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "speaker": ("speaker", "role", "participant", "from"),
    "text": ("text", "utterance", "message", "content", "transcript", "body"),
    "conversation_id": ("conversation_id", "call_id", "contact_id", "session_id", "conversation"),
    "turn_id": ("turn_id", "id", "index"),
    "at": ("time", "at", "timestamp", "start_time"),
    "language": ("language", "lang"),
    "channel": ("channel",),
    "customer_id": ("customer_id",),
}
"""Names of columns that are understood, by field; the first that is found counts.

Of several columns for the speaker the one counts that holds most roles: names may stand beside them.
"""
Columns = Mapping[str, str]
"""Columns that the user names, header by field; they come before what the header says."""
NO_COLUMNS: Columns = MappingProxyType({})
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


@dataclass(frozen=True, slots=True)
class _Layout:
    lines: list[str]
    delimiter: str
    header: list[str]
    places: Mapping[str, int]
    """Columns by field, from 0."""


def read(text: str, name: str, roles: Named, columns: Columns = NO_COLUMNS) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the rows.

    Args:
        text: the table, its header first.
        name: the file's name, for messages.
        roles: who is who, where the names do not say it.
        columns: headers by field, where the headers do not say it.

    Raises:
        InputError: no column holds the speaker or the text, or a named column is not there.
    """
    layout = _layout(text, columns, roles)
    header, places = layout.header, layout.places
    for field, column in columns.items():
        if _place(column, header) is None:
            raise InputError(f"{name}: no column {shown(column)} for {field} in {_listed(header)}")
    if missing := [field for field in _NEEDED if field not in places]:
        accepted = "; ".join(f"for {field}: {', '.join(SYNONYMS[field])}" for field in missing)
        named = f"or name the column, as {missing[0]}=HEADER"
        needed = " and the ".join(missing)
        raise InputError(f"{name}: no column for the {needed} in {_listed(header)}; {accepted}; {named}")
    return turns(cast(lambda: _rows(layout, name), roles), name, roles)


def fits(text: str, columns: Columns = NO_COLUMNS) -> bool:
    """Whether the text begins with a header that names a column for the speaker and one for the text."""
    _, header = _header(text[:_SAMPLE].split("\n"), columns)
    return _complete(_find(header, columns))


def column_map(pairs: Iterable[str]) -> Columns:
    """Columns from ``FIELD=HEADER`` each, as ``speaker=Von``.

    Raises:
        InputError: a pair names no field or no header.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        field, _, column = (part.strip() for part in pair.partition("="))
        if field not in SYNONYMS or not column:
            raise InputError(f"column {shown(pair)} is not FIELD=HEADER, where FIELD is {', '.join(SYNONYMS)}")
        found[field] = column
    return found


def columns(text: str) -> tuple[str, ...]:
    """The header of a table, for a user to name its columns; nothing if there is none."""
    _, header = _header(text.split("\n"))
    return tuple(cell.strip() for cell in header) if any(header) else ()


def guessed(text: str) -> dict[str, str]:
    """Columns by field, as they are read if the user names none."""
    layout = _layout(text, NO_COLUMNS, NOBODY)
    return {field: layout.header[place].strip() for field, place in layout.places.items()}


def _layout(text: str, columns: Columns, roles: Named) -> _Layout:
    lines = text.split("\n")
    delimiter, header = _header(lines, columns)
    layout = _Layout(lines, delimiter, header, _find(header, columns))
    columns = {**_speakers_column(layout, columns, roles), **columns}
    layout = replace(layout, places=_find(header, columns))
    by_id = replace(layout, places=_find(header, columns, _ID_OF_CONVERSATION))
    unsaid = "conversation_id" in by_id.places and "conversation_id" not in layout.places
    return by_id if unsaid and _repeat_ids(_rows(by_id, "")) else layout


def _speakers_column(layout: _Layout, columns: Columns, roles: Named) -> Columns:
    """The column that holds most roles, where several may hold the speaker; the first of those that hold as many."""
    candidates = _named_so(SYNONYMS["speaker"], _free(layout.header, columns))
    if "speaker" in columns or len(candidates) < 2:
        return NO_COLUMNS

    def known(place: int) -> int:
        rows = _rows(replace(layout, places={"speaker": place}), "")
        return sum(1 for row in rows if isinstance(row, Row) and known_role(str(row.fields.get("speaker", "")), roles))

    return {"speaker": layout.header[max(candidates, key=known)].strip()}


def _header(lines: list[str], columns: Columns = NO_COLUMNS) -> tuple[str, list[str]]:
    """The delimiter that makes a known header of the first line, else the one that makes most of it."""
    best = (",", [""])
    for delimiter in _delimiters(lines):
        header = next((cells for _, cells in _cells(lines, delimiter)), None) or [""]
        if _complete(_find(header, columns)):
            return delimiter, header
        best = max(best, (delimiter, header), key=lambda found: len(found[1]))
    return best


def _delimiters(lines: list[str]) -> Iterator[str]:
    with suppress(csv.Error):
        yield csv.Sniffer().sniff("\n".join(lines[:20])[:_SAMPLE], _DELIMITERS).delimiter
    yield from _DELIMITERS


def _key(column: str) -> str:
    return re.sub(r"[\W_]+", "", column.casefold()) or column


def _find(header: list[str], columns: Columns, synonyms: Mapping[str, tuple[str, ...]] = SYNONYMS) -> dict[str, int]:
    """Columns that the user names, then what the other headers say."""
    chosen = ((field, _place(column, header)) for field, column in columns.items())
    places = {field: place for field, place in chosen if place is not None}
    keys = _free(header, columns)
    for field, names in synonyms.items():
        found = _named_so(names, keys)
        if found and field not in columns:
            places[field] = found[0]
    return places


def _free(header: list[str], columns: Columns) -> list[str]:
    """Keys of the header; nothing in place of those that the user names."""
    taken = {_place(column, header) for column in columns.values()}
    return ["" if place in taken else _key(column) for place, column in enumerate(header)]


def _named_so(names: Iterable[str], keys: list[str]) -> list[int]:
    """Where the names of a field stand among the keys of a header, in the order of the names."""
    return [keys.index(key) for key in map(_key, names) if key in keys]


def _place(column: str, header: list[str]) -> int | None:
    """Where a column is: the one of exactly that name, else the first that differs in case or marks only."""
    exact = [place for place, name in enumerate(header) if name.strip() == column]
    alike = [place for place, name in enumerate(header) if _key(name) == _key(column)]
    return next(iter(exact + alike), None)


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


def _rows(layout: _Layout, name: str) -> Iterator[Row | Problem]:
    width = len(layout.header)
    rows = _cells(layout.lines, layout.delimiter, width)
    next(rows, None)  # the header
    for line, cells in rows:
        if cells is None:
            yield Problem(f"{name}:{line}", 'quotes do not match; expected "..." around a cell and "" inside')
        elif any(cell.strip() for cell in cells[width:]):
            yield Problem(f"{name}:{line}", f"the row has {len(cells)} cells; expected {width}, as in the header")
        else:
            given = {field: cells[place].strip() for field, place in layout.places.items() if place < len(cells)}
            if _OFFSET.fullmatch(given.get("at", "")):
                del given["at"]
            customer = given.pop("customer_id", "")
            fields = {field: value for field, value in given.items() if value}
            yield Row(line, {**fields, "customer": {"id": customer}} if customer else fields)
