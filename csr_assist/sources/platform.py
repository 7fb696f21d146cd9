"""JSON as platforms send it, to turns: what is alike for all of them.

A platform's module says how to know its JSON and what is said in one event or document. Here partial results
give way to final ones, turns come in the order in which they were said, and what is malformed costs itself alone.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from csr_assist.conversation import Turn
from csr_assist.sources.record import turns
from csr_assist.sources.roles import NOBODY, Named
from csr_assist.sources.rows import INFERRED, Problem, Row, shown

Json = Mapping[str, Any]
_Place = tuple[str | int, ...]
"""Keys and indexes that lead to a value inside JSON."""
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
        whole: True where it comes from a document that is a whole conversation, not from an event or a page of one.
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
    whole: bool = False

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
        heard: list[tuple[int, list[Said]]] = []
        for line, value in values(text):
            some, problems = self.hear(value)
            yield from (Problem(f"{name}:{line}", problem) for problem in problems)
            heard.append((line, some))
        found = list(_told_apart(heard, PurePath(name).stem or name))
        if guessed := next((line for line, one in found if one.inferred), None):
            yield Problem(f"{name}:{guessed}", INFERRED)
        spoken = settled(_numbered(found))
        yield from turns((Row(line, one.fields()) for line, one in spoken), name, roles)

    def hear(self, value: object) -> tuple[list[Said], list[str]]:
        """What is said in a value of JSON, and what of it cannot be read, in sentences without anybody's words.

        An item of a list that is malformed costs itself alone; what is malformed around the lists costs all of it.
        """
        if not isinstance(value, dict):
            return [], [f"this is {shown(value)}; expected an object of {self.name}"]
        readable: Json = value
        problems: list[str] = []
        while True:
            try:
                return list(self.said(readable)), problems
            except ValidationError as error:
                wrong = error.errors(include_url=False, include_input=False)
            bad = _bad_items(readable, wrong)
            if not bad:
                return [], [*problems, _reason(wrong[0])]
            problems += bad.values()
            readable = _without(readable, bad)


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


def _told_apart(heard: Sequence[tuple[int, list[Said]]], stem: str) -> Iterator[tuple[int, Said]]:
    """What is said, with its line. Several whole conversations without an id are called after the file and numbered."""
    nameless = [
        place for place, (_, some) in enumerate(heard) if any(one.whole and not one.conversation_id for one in some)
    ]
    names = {place: f"{stem}-{number}" for number, place in enumerate(nameless, 1)} if len(nameless) > 1 else {}
    for place, (line, some) in enumerate(heard):
        for one in some:
            yield line, replace(one, conversation_id=one.conversation_id or names.get(place))


def _bad_items(value: Json, wrong: Iterable[ErrorDetails]) -> dict[_Place, str]:
    """The innermost items of lists that errors lie in, and what is wrong with each; not those inside one another."""
    found: dict[_Place, str] = {}
    for details in wrong:
        if place := _item_at(value, details["loc"]):
            found.setdefault(place, _reason(details))
    return {
        place: reason
        for place, reason in found.items()
        if not any(place[:depth] in found for depth in range(1, len(place)))
    }


def _item_at(value: Any, path: _Place) -> _Place:
    """How much of a path leads to the innermost item of a list; nothing if it leads through none."""
    found: _Place = ()
    for depth, key in enumerate(path, 1):
        if isinstance(value, list) and isinstance(key, int):
            found = path[:depth]
        elif not (isinstance(value, dict) and key in value):
            break
        value = value[key]
    return found


def _without(value: Any, places: Collection[_Place]) -> Any:
    """The value without the items at these places."""
    below: dict[str | int, set[_Place]] = defaultdict(set)
    for key, *rest in places:
        below[key].add(tuple(rest))
    pairs = enumerate(value) if isinstance(value, list) else value.items()
    kept = {
        key: _without(one, below[key]) if key in below else one for key, one in pairs if () not in below.get(key, ())
    }
    return list(kept.values()) if isinstance(value, list) else kept


def _reason(details: ErrorDetails) -> str:
    where = ".".join(str(part) for part in details["loc"])
    return f"{where}: {details['msg'][0].lower()}{details['msg'][1:]}"


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
