"""JSON as platforms send it, to turns: what is alike for all of them.

A platform's module says how to know its JSON and what is said in one event or document. Here partial results
give way to final ones, turns come in the order in which they were said, and what is malformed costs itself alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from csr_assist.conversation import Turn
from csr_assist.sources.record import turns
from csr_assist.sources.roles import NOBODY, Named
from csr_assist.sources.rows import INFERRED, Problem, Row, shown

Json = Mapping[str, Any]
_DECODER = json.JSONDecoder()


def _zoned(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_zoned)]
"""A time as a platform writes it; UTC where it says no zone."""


class Payload(BaseModel):
    """Base of what platforms send: only what is used is named, the rest may be anything."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance or message as a platform tells it.

    Attributes:
        turn_id: the same for a partial result and for what corrects it; None where the platform gives none, to be
            numbered.
        speaker: the platform's own word for the role; ``roles`` knows what it means.
        at: when it was said, where the platform gives more than a place in the recording.
        start: seconds from the beginning of the conversation, to put turns in order.
        final: False for an interim result of speech recognition.
        inferred: True where nobody says who speaks, and ``speaker`` is a guess from the words.
    """

    turn_id: str | None
    speaker: str
    text: str
    conversation_id: str | None = None
    at: datetime | None = None
    start: float | None = None
    final: bool = True
    language: str | None = None
    channel: str | None = None
    customer: str | None = None
    """The customer's id."""
    inferred: bool = False

    def fields(self) -> dict[str, object]:
        """The fields of a turn, under their canonical names, not checked yet."""
        return {
            "conversation_id": self.conversation_id,
            "turn_id": self.turn_id,
            "speaker": self.speaker,
            "text": self.text,
            "at": self.at.isoformat() if self.at else None,
            "language": self.language,
            "channel": self.channel,
            "customer": {"id": self.customer} if self.customer else None,
        }


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's JSON.

    Attributes:
        name: as in ``--source``.
        fits: whether an object is an event or a document of this platform; looks at keys only.
        said: what is said in it, in its order; nothing for events without words.

    ``said`` raises ``ValidationError`` where the object is not what the platform documents.
    """

    name: str
    fits: Callable[[Json], bool]
    said: Callable[[Json], Iterable[Said]]

    def read(self, text: str, name: str, roles: Named = NOBODY) -> Iterator[Turn | Problem]:
        """Read all events or the one document in a text, in the order in which things were said."""
        found: list[tuple[int, Said]] = []
        for line, value in values(text):
            heard = self.hear(value)
            if isinstance(heard, str):
                yield Problem(f"{name}:{line}", heard)
            else:
                found += ((line, one) for one in heard)
        if guessed := next((line for line, one in found if one.inferred), None):
            yield Problem(f"{name}:{guessed}", INFERRED)
        spoken = settled(_numbered(found))
        yield from turns((Row(line, one.fields()) for line, one in spoken), name, roles)

    def hear(self, value: object) -> list[Said] | str:
        """What is said in a value of JSON, or why it cannot be read, in one sentence without anybody's words."""
        if not isinstance(value, dict):
            return f"this is {shown(value)}; expected an object of {self.name}"
        try:
            return list(self.said(value))
        except ValidationError as error:
            return _reason(error)


def settled(found: Iterable[tuple[int, Said]]) -> list[tuple[int, Said]]:
    """Each turn once, with what its place is given as: final results before partial ones, later before earlier.

    Conversations come one after the other, each in the order in which things were said. What has no words is left out.
    """
    heard: dict[tuple[str | None, str | None], tuple[int, Said]] = {}
    for place, one in found:
        key = (one.conversation_id, one.turn_id)
        if key not in heard or one.final or not heard[key][1].final:
            heard[key] = (place, one)
    return sorted((pair for pair in heard.values() if pair[1].text.strip()), key=_order)


def _numbered(found: Iterable[tuple[int, Said]]) -> Iterator[tuple[int, Said]]:
    unnamed: Counter[str | None] = Counter()
    for line, one in found:
        if one.turn_id is None:
            unnamed[one.conversation_id] += 1
            one = replace(one, turn_id=str(unnamed[one.conversation_id]))
        yield line, one


def _order(pair: tuple[int, Said]) -> tuple[str, float]:
    """Conversations one after the other; turns without a time stay where they are, as the sort is stable."""
    one = pair[1]
    start = one.start if one.start is not None else one.at.timestamp() if one.at else 0.0
    return one.conversation_id or "", start


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}"


def values(text: str) -> Iterator[tuple[int, object]]:
    """Every JSON value of a text with its line: one document, an array of events, or one event after the other.

    What is no JSON ends the reading of that line: the text itself is given, to be named as a problem.
    """
    at = counted = _skip(text, 0)
    line = 1 + text.count("\n", 0, at)
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            yield line, "no JSON"
        else:
            yield from ((line, one) for one in (value if isinstance(value, list) else [value]))
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def first(text: str) -> Json | None:
    """The first object of a text that begins as JSON does, to tell the platform by; None if there is none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    _, value = next(values(text), (0, None))
    return value if isinstance(value, dict) else None


def moment(milliseconds: float) -> datetime:
    """A time from milliseconds since 1970, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
