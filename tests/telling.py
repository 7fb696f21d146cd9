"""What a platform's JSON says, as lines that a table of cases can hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from csr_assist.conversation import Turn
from csr_assist.sources import Problem, named
from csr_assist.sources.platform import Platform


def joined(values: Sequence[Any]) -> str:
    """One value a line."""
    return "\n".join(json.dumps(value) for value in values)


def lines(found: Iterable[Turn | Problem]) -> list[str]:
    """Turns as 'conversation id speaker: text', problems as they print."""
    return [
        f"{item.conversation_id} {item.turn_id} {item.speaker}: {item.text}" if isinstance(item, Turn) else str(item)
        for item in found
    ]


def told_by(platform: Platform, *values: Any, roles: tuple[str, ...] = ()) -> list[str]:
    """What the platform's reader makes of the values."""
    return lines(platform.read(joined(values), "f.json", named(roles)))
