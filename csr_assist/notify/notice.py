"""A notice: one alert with all that somebody away from the screens needs to judge it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from csr_assist.alerts import AlertLevel
from csr_assist.conversation import Language
from csr_assist.notify.errors import NotifyError

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # goes into headers and, between full stops, into a signature
_LINK = re.compile(r"https?://[^\s<>|\"\\^`{}\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert on its way to people. The customer's words and name stay out of ``repr``.

    Raises:
        NotifyError: ``id`` or ``link`` has characters that do not belong there, or ``at`` has no time zone.
    """

    id: str
    """At most 64 letters, digits, ``_`` or ``-``; the same alert has the same id."""
    conversation_id: str
    turn_id: str
    reason: str
    level: AlertLevel
    at: datetime
    """When the alert was raised; with a time zone."""
    quote: str = field(repr=False)
    """The customer's words that raised it."""
    language: Language | None
    facts: tuple[str, ...]
    """Short phrases such as "customer for 6 years"."""
    customer_name: str | None = field(repr=False)
    link: str
    """Address of the conversation in the review screen (http or https)."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise NotifyError(f"a notice's id is 1 to 64 letters, digits, '_' or '-', not {self.id!r}")
        if self.at.tzinfo is None:
            raise NotifyError(f"notice {self.id}: at needs a time zone, {self.at.isoformat()} has none")
        if not _LINK.fullmatch(self.link):
            raise NotifyError(f"notice {self.id}: link is no http or https address: {self.link!r}")
