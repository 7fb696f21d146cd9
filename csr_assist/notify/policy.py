"""When a notice is worth somebody's attention: cool-down and budget, decided from what was sent before.

The hysteresis of the risk band lies in the call state: a band alerts when it is entered, and it is left lower
than it is entered. What is decided here holds however often an alert is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from csr_assist.alerts import Alert, AlertLevel
from csr_assist.notify.errors import NotifyError

HOUR = timedelta(hours=1)
WRONG_CLOCK = timedelta(days=1)
"""A notice that lies farther ahead than this was dated by a clock that was wrong; it counts for nothing."""


class Outcome(StrEnum):
    """What becomes of an alert."""

    SEND = "send"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Policy:
    """How much is too much.

    Raises:
        NotifyError: a value is negative.
    """

    cool_down: timedelta = timedelta(minutes=15)
    """How long the same reason stays quiet in the same conversation."""
    per_hour: int = 30
    """Notices in any 60 minutes."""
    reserve: int = 10
    """What urgent notices may use on top of ``per_hour``."""

    def __post_init__(self) -> None:
        for name in ("per_hour", "reserve"):
            if (value := getattr(self, name)) < 0:
                raise NotifyError(f"{name} is 0 or more, not {value}")
        if self.cool_down < timedelta():
            raise NotifyError(f"cool_down is 0 or more, not {self.cool_down.total_seconds():g} seconds")


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that was let through. ``at`` has a time zone."""

    conversation_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a notice goes out, and why in one sentence."""

    outcome: Outcome
    why: str


def decide(
    alert: Alert, conversation_id: str, at: datetime, earlier: Iterable[Sent], policy: Policy | None = None
) -> Decision:
    """Whether to send a notice of ``alert`` at ``at`` (with a time zone).

    Args:
        alert: what was raised.
        conversation_id: where it was raised.
        at: now.
        earlier: notices that were let through, in any order; at least those of the last hour and cool-down.
        policy: cool-down and budget; the usual ones when absent.
    """
    policy = policy or Policy()
    ages = [(sent, age) for sent in earlier if (age := _age(sent, at)) is not None]
    this = (conversation_id, alert.reason)
    since = min((age for sent, age in ages if (sent.conversation_id, sent.reason) == this), default=policy.cool_down)
    if since < policy.cool_down:
        return Decision(
            Outcome.HELD,
            f"The same was sent for this conversation {_minutes(since)} ago; "
            f"it stays quiet for {_minutes(policy.cool_down)}.",
        )
    urgent = alert.level is AlertLevel.URGENT
    budget = policy.per_hour + (policy.reserve if urgent else 0)
    used = sum(age < HOUR for _, age in ages)
    if used >= budget:
        kind = ", with the reserve for urgent ones," if urgent else ""
        return Decision(Outcome.HELD, f"The hour's budget of {budget} notices{kind} is used up.")
    return Decision(Outcome.SEND, f"It is number {used + 1} of at most {budget} within the hour.")


def _age(sent: Sent, at: datetime) -> timedelta | None:
    """How long ago; a clock that was set back makes it zero, not negative."""
    age = at - sent.at
    return None if age < -WRONG_CLOCK else max(age, timedelta())


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return "less than a minute" if minutes < 1 else "1 minute" if minutes == 1 else f"{minutes} minutes"
