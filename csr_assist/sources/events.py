"""Live events of platforms: what one body of a webhook says, turn by turn, checked as everything else is.

Nothing is raised: a platform may drop what its webhook fails on, and what cannot be read is told in sentences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from csr_assist.conversation import Speaker, Turn
from csr_assist.heard import Incoming
from csr_assist.sources.platform import Platform, Said, settled
from csr_assist.sources.record import checked
from csr_assist.sources.roles import NOBODY, Named, known_role
from csr_assist.sources.rows import shown

_SINCE_1970 = 1e8
"""More seconds than this (three years) are a date, not a place in a call."""


def heard_in(
    platform: Platform, payload: object, roles: Named = NOBODY, conversation: str | None = None
) -> tuple[list[Incoming], list[str]]:
    """Hear what one body of a webhook says.

    Args:
        platform: whose event it is.
        payload: the event: JSON, the fields of a form, or a list of them. Both lists come back empty for events
            without words.
        roles: who is who, where the platform does not say it; Twilio never does.
        conversation: the call's id, for platforms whose events do not name it.

    Returns:
        The turns in the order in which they were said, each once; and what could not be read, a sentence each. They
        name fields and speakers, never what was said.
    """
    found: list[Said] = []
    problems: list[str] = []
    for event in payload if isinstance(payload, list | tuple) else [payload]:
        heard, unread = _heard(platform, event)
        problems += unread
        found += (_identified(one, conversation) for one in heard)
    turns: list[Incoming] = []
    for _, one in settled(enumerate(found)):
        turn, reasons = _turn(one, roles)
        problems += reasons
        turns += [Incoming(turn, one.final, _order(one))] if turn else []
    return turns, problems


def _heard(platform: Platform, event: object) -> tuple[list[Said], list[str]]:
    if not isinstance(event, Mapping):
        given = "a string" if isinstance(event, str) else shown(event)
        return [], [f"this is {given}; expected an object of {platform.name}"]
    value = dict(event)
    heard, problems = platform.hear(value)
    if platform.fits(value):
        return heard, problems
    return heard, [f"no event of {platform.name}: {problem}" for problem in problems]


def _identified(one: Said, conversation: str | None) -> Said:
    """With the call's id and its own, which comes from what is the same when the event is sent again.

    That is when and by whom it was said. Where nobody tells when, its words must do.
    """
    one = replace(one, conversation_id=one.conversation_id or conversation)
    if one.turn_id is not None:
        return one
    when = one.at.isoformat() if one.at else one.text
    key = ascii((one.conversation_id, one.speaker, when if one.start is None else one.start))
    return replace(one, turn_id=hashlib.sha256(key.encode()).hexdigest()[:16])


def _turn(one: Said, roles: Named) -> tuple[Turn | None, list[str]]:
    role = known_role(one.speaker, roles)
    if role is None:
        return None, [f"speaker {shown(one.speaker)} is unknown; say who it is, as {_example(one.speaker)}"]
    given = {key: value for key, value in one.fields().items() if value not in (None, "")}
    return checked({**given, "speaker": role})


def _example(speaker: str) -> str:
    return f"'{shown(speaker)[1:-1]}=ROLE', where ROLE is {', '.join(Speaker)}"


def _order(one: Said) -> float | None:
    return None if one.start is None or one.start > _SINCE_1970 else one.start
