"""What every reader hands over: a row found at a line, or a problem with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from csr_assist.errors import shortened

LONGEST_REASON = 80
LONGEST_VALUE = 24
INFERRED = "nobody is named, so roles are inferred; if they are wrong, use --swap-roles"
"""What the one problem of a text says that does not tell who speaks."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line, or a field of it, that could not be read, and why. What is around it is read all the same.

    Attributes:
        where: file and line, as ``calls.jsonl:17``.
        reason: what was given and what is expected, in at most 80 characters; never a customer's text.
    """

    where: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", shortened(self.reason, LONGEST_REASON))

    @property
    def read(self) -> bool:
        """Whether the line was read all the same, and this only says how."""
        return self.reason == INFERRED

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """Fields of a turn as its source gives them, not checked yet, under their canonical names."""

    line: int
    fields: Mapping[str, object] = field(repr=False)


def shown(value: object) -> str:
    """A given value in a few words, fit for a message.

    >>> shown("Maria"), shown("  "), shown(None), shown([1])
    ("'Maria'", 'empty', 'null', 'a list')
    """
    match value:
        case None:
            return "null"
        case str():
            return f"'{shortened(value, LONGEST_VALUE)}'" if value.strip() else "empty"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return shortened(str(value), LONGEST_VALUE)
        case dict():
            return "an object"
        case _:
            return f"a {type(value).__name__}"
