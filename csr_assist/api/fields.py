"""What is wrong with a request, field by field: its path, what was given and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csr_assist.sources.record import EXPECTED
from csr_assist.sources.rows import shown
from csr_assist.strict import UNKNOWN

TURN, BATCH = "(turn)", "(batch)"
"""Tags of the two bodies that turns are posted in; no part of a field's path."""
_PLACES = ("body", "query", "path", "header")
_NEVER_SHOWN = frozenset({"text", "name", "note", "quote", "reason"})
_BODY = "JSON as documented, UTF-8, with Content-Type: application/json"


def fields_of(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Every wrong field."""
    return [_field(one) for one in errors]


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    loc = list(error["loc"])
    place = loc.pop(0) if loc and loc[0] in _PLACES else "body"
    if loc and loc[0] in (TURN, BATCH):
        loc.pop(0)
    if error["type"] == UNKNOWN:
        loc.append(error["ctx"]["name"])
    path = [str(part) for part in loc]
    if error["type"] == "json_invalid" or isinstance(error.get("input"), bytes):
        return {"field": "body", "given": "no JSON", "allowed": _BODY}
    return {"field": ".".join(path) or place, "given": _given(error, loc), "allowed": _allowed(error, path)}


def _given(error: Mapping[str, Any], loc: Sequence[int | str]) -> str:
    given = error.get("input")
    match error["type"]:
        case "missing":
            return "missing"
        case "unknown_key":
            return "not known"
        case "string_too_long" | "too_long":
            return f"{len(given):,} characters" if isinstance(given, str) else "too many"
    named = loc and isinstance(loc[-1], str) and loc[-1] not in _NEVER_SHOWN
    return "not allowed" if isinstance(given, str) and given.strip() and not named else shown(given)


def _allowed(error: Mapping[str, Any], path: Sequence[str]) -> str:
    known = error.get("ctx", {})
    match error["type"]:
        case "unknown_key":
            return str(known["allowed"])
        case "string_too_long" | "too_long":
            return f"at most {known['max_length']:,}" + " characters" * isinstance(error["input"], str)
        case "too_short":
            return f"at least {known['min_length']:,}"
        case "string_pattern_mismatch":
            return "readable characters on one line"
        case "enum" | "literal_error":
            return str(known["expected"])
    names = [part for part in path if not part.isdigit()]
    expected = EXPECTED.get(".".join(names[-2:])) or EXPECTED.get(names[-1]) if names else None
    if not path or path[-1].isdigit():
        expected = None  # the thing as a whole, not a field of it
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return expected or message[:1].lower() + message[1:]
