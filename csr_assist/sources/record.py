"""The canonical turn as every format gives it: checked once, here, with errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import PurePath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict, ValidationError

from csr_assist.conversation import Customer, Language, Speaker, Turn
from csr_assist.sources.roles import role_of
from csr_assist.sources.rows import Problem, Row, shown

EXPECTED = {
    "conversation_id": "a string or a whole number",
    "turn_id": "a string or a whole number",
    "speaker": ", ".join(Speaker),
    "text": "a string of readable characters",
    "at": "a time as 2026-01-31T09:30:00",
    "language": ", ".join(Language),
    "channel": "a string",
    "customer": "an object of id, name, since",
    "customer.id": "a string or a whole number",
    "customer.name": "a string",
    "customer.since": "a date as 2019-04-01",
}
_NEVER_SHOWN = frozenset({"text", "customer.name"})


def _sound(text: str) -> str:
    """NUL and half characters would break tokenizers and databases later, far from the line they came from."""
    if "\0" in text or not text.strip():
        raise ValueError
    text.encode()  # raises UnicodeEncodeError, a ValueError
    return text


def _identifier(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _speaker(value: object) -> Speaker:
    role = role_of(value) if isinstance(value, str) else None
    if role is None:
        raise ValueError
    return role


def _time(value: object) -> datetime | None:
    if value is not None and not isinstance(value, str):
        raise ValueError
    return datetime.fromisoformat(value.strip()) if value else None


def _date(value: object) -> date | None:
    time = _time(value)
    return time and time.date()


def _language(value: object) -> object:
    return re.split("[-_]", value.strip().casefold())[0] if isinstance(value, str) else value


_Text = Annotated[str, Strict(), AfterValidator(_sound)]
_Identifier = Annotated[_Text, BeforeValidator(_identifier)]


class _Customer(BaseModel):
    id: _Identifier | None = None
    name: _Text | None = None
    since: Annotated[date | None, BeforeValidator(_date)] = None


class Record(BaseModel):
    """One turn as JSON has it. Unknown keys are ignored, and names of roles may be any that ``roles`` knows."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    conversation_id: _Identifier
    turn_id: _Identifier
    speaker: Annotated[Speaker, BeforeValidator(_speaker)]
    text: _Text
    at: Annotated[datetime | None, BeforeValidator(_time)] = None
    language: Annotated[Language | None, BeforeValidator(_language)] = None
    channel: _Text | None = None
    customer: _Customer | None = None

    def turn(self) -> Turn:
        """The same as a value of the core."""
        customer = Customer(**dict(self.customer)) if self.customer else None
        return Turn(**{**dict(self), "customer": customer})


def turns(rows: Iterable[Row | Problem], name: str) -> Iterator[Turn | Problem]:
    """Check rows, in order: fields that are wrong and turns that come twice become problems.

    A missing ``conversation_id`` is the file's name without its suffix, a missing ``turn_id`` the number of the line.
    """
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        turn = _checked(row, name)
        if isinstance(turn, Turn):
            key = (turn.conversation_id, turn.turn_id)
            if key in seen:
                reason = f"turn_id {shown(turn.turn_id)} came before, at line {seen[key]}; expected once"
                yield Problem(f"{name}:{row.line}", reason)
                continue
            seen[key] = row.line
        yield turn


def _checked(row: Row, name: str) -> Turn | Problem:
    defaults = {"conversation_id": PurePath(name).stem or name, "turn_id": row.line}
    given = {key: value for key, value in row.fields.items() if key not in defaults or value not in (None, "")}
    try:
        return Record.model_validate({**defaults, **given}).turn()
    except ValidationError as error:
        return Problem(f"{name}:{row.line}", _reason(error))


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    given = "missing" if first["type"] == "missing" else shown(first["input"])
    if key in _NEVER_SHOWN and given.startswith("'"):
        given = "damaged"
    return f"{key} is {given}; expected {EXPECTED[key]}"
