"""The canonical turn as every format gives it: checked once, here, with errors that name the field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails

from csr_assist.conversation import Customer, Language, Speaker, Turn
from csr_assist.sources.roles import Named, role_of, with_role
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
LONGEST_ID, LONGEST_NAME = 255, 500
"""Characters; databases index ids, and an index has short entries."""
_NEVER_SHOWN = frozenset({"text", "customer.name"})
_OPTIONAL = frozenset({"at", "language", "channel", "customer"})
"""Fields that a turn can do without: one that cannot be read is a problem, and the turn is kept without it."""
_EPOCH = re.compile(r"\d{9,}")
"""A count of seconds or less, which ``fromisoformat`` may take for a date long ago: 1711123012345 for the year 1711."""


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
    if not value:
        return None
    if _EPOCH.fullmatch(value.strip()):
        raise ValueError
    time = datetime.fromisoformat(value.strip())
    # a file may give the zone of some times only, and a time with a zone cannot be compared with one without
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    try:
        time.astimezone(UTC)
    except OverflowError:  # the first or the last day of all, in another zone
        raise ValueError from None
    return time


def _date(value: object) -> date | None:
    time = _time(value)
    return time and time.date()


def _language(value: object) -> object:
    return re.split("[-_]", value.strip().casefold())[0] if isinstance(value, str) else value


Text = Annotated[str, Strict(), AfterValidator(_sound)]
ShortText = Annotated[Text, StringConstraints(max_length=LONGEST_NAME)]
Identifier = Annotated[Text, StringConstraints(max_length=LONGEST_ID), BeforeValidator(_identifier)]
Time = Annotated[datetime | None, BeforeValidator(_time)]


class CustomerRecord(BaseModel):
    """Whom the conversation is with."""

    id: Identifier | None = None
    name: ShortText | None = None
    since: Annotated[date | None, BeforeValidator(_date)] = None


class Record(BaseModel):
    """One turn as JSON has it. Unknown keys are ignored, and names of roles may be any that ``roles`` knows.

    A time without a zone is taken for UTC, so that every ``at`` has one.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    conversation_id: Identifier
    turn_id: Identifier
    speaker: Annotated[Speaker, BeforeValidator(_speaker)]
    text: Text
    at: Time = None
    language: Annotated[Language | None, BeforeValidator(_language)] = None
    channel: ShortText | None = None
    customer: CustomerRecord | None = None

    def turn(self) -> Turn:
        """The same as a value of the core."""
        customer = Customer(**dict(self.customer)) if self.customer else None
        return Turn(**{name: getattr(self, name) for name in Record.model_fields} | {"customer": customer})


def turns(rows: Iterable[Row | Problem], name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Check rows, in order: fields that are wrong and turns that come twice become problems.

    A wrong field that is optional costs itself alone: its problem comes first, then the turn without it.
    A missing ``conversation_id`` is the file's name without its suffix, a missing ``turn_id`` the number of the line
    ("3", and "3.2" for the second turn of one line).
    """
    seen: dict[tuple[str, str], int] = {}
    on_line: Counter[int] = Counter()
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        on_line[row.line] += 1
        place = str(row.line) if on_line[row.line] == 1 else f"{row.line}.{on_line[row.line]}"
        turn, reasons = checked(_complete(with_role(row, roles), name, place))
        if turn:
            key = (turn.conversation_id, turn.turn_id)
            if key in seen:
                turn, reasons = None, [f"turn_id {shown(key[1])} came before, at line {seen[key]}; expected once"]
            else:
                seen[key] = row.line
        yield from (Problem(f"{name}:{row.line}", reason) for reason in reasons)
        if turn:
            yield turn


def _complete(row: Row, name: str, place: str) -> Mapping[str, object]:
    defaults = {"conversation_id": PurePath(name).stem or name, "turn_id": place}
    given = {key: value for key, value in row.fields.items() if key in ("speaker", "text") or value not in (None, "")}
    return {**defaults, **given}


def checked(fields: Mapping[str, object]) -> tuple[Turn | None, list[str]]:
    """The turn, unless a field that it needs is wrong, and what is wrong, by field."""
    try:
        return Record.model_validate(fields).turn(), []
    except ValidationError as error:
        wrong = error.errors(include_url=False)
    for details in wrong:
        if details["loc"][0] not in _OPTIONAL:
            return None, [_reason(details)]
        fields = _without(fields, details["loc"])
    return Record.model_validate(fields).turn(), [_reason(details) for details in wrong]


def _without(fields: Mapping[str, object], place: Sequence[int | str]) -> dict[str, object]:
    first, *inner = place
    rest = {key: value for key, value in fields.items() if key != first}
    below = fields.get(str(first))
    return {**rest, str(first): _without(below, inner)} if inner and isinstance(below, Mapping) else rest


def _reason(details: ErrorDetails) -> str:
    key = ".".join(str(part) for part in details["loc"])
    given = "missing" if details["type"] == "missing" else shown(details["input"])
    if details["type"] in ("too_long", "string_too_long"):
        return f"{key} has too many characters; at most {details['ctx']['max_length']}"
    if key in _NEVER_SHOWN and given.startswith("'"):
        given = "damaged"
    return f"{key} is {given}; expected {EXPECTED[key]}"
