"""When an alert is worth somebody's attention: the cool-down, and the budget of notices that are sent.

The hysteresis of the risk band lies in the call state: a band alerts when it is entered, and it is left lower
than it is entered. What is decided here holds however often an alert is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from csr_assist.alerts import AlertLevel
from csr_assist.notify.errors import NotifyError

HOUR = timedelta(hours=1)
WRONG_CLOCK = timedelta(days=1)
"""A notice that lies farther ahead than this was dated by a clock that was wrong; it counts for nothing."""


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


def in_cool_down(at: datetime, earlier: Iterable[datetime], policy: Policy) -> bool:
    """Whether the same was raised so recently that to raise it again says nothing new.

    Args:
        at: now, with a time zone.
        earlier: when the same reason was raised in the same conversation, in any order.
        policy: how long the cool-down is.
    """
    return any(age is not None and age < policy.cool_down for age in (_age(one, at) for one in earlier))


def over_budget(level: AlertLevel, at: datetime, sent: Iterable[datetime], policy: Policy) -> str | None:
    """Why no more notices of this level go out for now, in one sentence, or None where they do.

    Args:
        level: how soon somebody should look.
        at: now, with a time zone.
        sent: when notices were sent to anybody, in any order; at least those of the last hour.
        policy: what the budget is.
    """
    urgent = level is AlertLevel.URGENT
    budget = policy.per_hour + (policy.reserve if urgent else 0)
    ages = [_age(one, at) for one in sent]
    if sum(age is not None and age < HOUR for age in ages) < budget:
        return None
    kind = ", with the reserve for urgent ones," if urgent else ""
    return f"The hour's budget of {budget} notices{kind} is used up."


def _age(earlier: datetime, at: datetime) -> timedelta | None:
    """How long ago; a clock that was set back makes it zero, not negative."""
    age = at - earlier
    return None if age < -WRONG_CLOCK else max(age, timedelta())
