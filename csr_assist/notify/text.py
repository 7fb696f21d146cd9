"""A notice in words, safe to show: nothing that a customer wrote becomes a link, a mention or a template."""

from __future__ import annotations

import re
from datetime import UTC

from csr_assist.notify.notice import Notice

MOST_CHARACTERS = 500
"""Longest text of others that is shown; a screen's link leads to the rest."""
OPEN = "Open the conversation"

_BREAK = "\u200b"  # zero width space
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # would turn around what follows the text
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Mentions, tags, templates, "://" and the dots of host names, each at the place where a break disarms it.
_LIVE = re.compile(r"(?<=[@<{])(?!\u200b)|(?<=:)(?=//)|(?<=\.)(?=[^\W\d_])")


def whole(text: str) -> str:
    """``text`` without lone surrogates, which no encoding takes."""
    return _SURROGATE.sub("\ufffd", text)


def one_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """``text`` as one line of at most ``most`` characters, without control characters."""
    line = " ".join(_CONTROL.sub(" ", _DIRECTION.sub("", whole(text))).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def shown(text: str) -> str:
    """``text`` as one line that no reader turns into a link or a mention: invisible breaks disarm it."""
    return _LIVE.sub(_BREAK, one_line(text))


def title(notice: Notice) -> str:
    """How soon, and why: no word of the customer, as it may appear on a locked phone."""
    return f"{notice.level.value.capitalize()}: {shown(notice.reason)}"


def about(notice: Notice) -> str:
    """Who, what is known of them, and when, in one line."""
    when = f"{notice.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    parts = (notice.customer_name or "", *notice.facts, when)
    return " · ".join(part for part in map(shown, parts) if part)
