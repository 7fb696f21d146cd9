"""When a supervisor or the loyalty team should know, while the customer is still there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from csr_assist.cues import Reading
from csr_assist.labels import Label
from csr_assist.state import Band, CallState


class AlertLevel(StrEnum):
    """How soon somebody should look."""

    NOTICE = "notice"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Alert:
    """One word to the supervisor: why, and how soon."""

    reason: str
    level: AlertLevel


def alert_for(before: CallState, now: CallState, reading: Reading) -> Alert | None:
    """An alert when the call becomes at risk, or when a customer first asks for a manager or says they leave.

    There is no second alert for the same thing: labels that were heard before do not alert again, and the
    band alerts when it is entered.
    """
    fresh = reading.labels - before.heard
    if Label.ESCALATION in fresh:
        return Alert("asks for it to be escalated", AlertLevel.URGENT)
    if _leaving(now) and not _leaving(before):
        return Alert("a loyal customer says they may leave", AlertLevel.URGENT)
    if now.band is Band.AT_RISK and before.band is not Band.AT_RISK:
        return Alert("the call has become at risk", AlertLevel.NOTICE)
    if Label.CHURN_THREAT in fresh:
        return Alert("says they may leave", AlertLevel.NOTICE)
    return None


def _leaving(state: CallState) -> bool:
    """Whether somebody loyal has spoken of leaving, in whatever order the two were said."""
    return state.loyal and Label.CHURN_THREAT in state.heard
