"""When to speak, and what kind of help is needed. Silence is the rule: every moment has its reason."""

from __future__ import annotations

from enum import StrEnum

from csr_assist.conversation import Speaker
from csr_assist.cues import Reading
from csr_assist.labels import Family, Label
from csr_assist.state import CallState

PATIENCE = 2
"""The agent's turns in a row past an open hurt that are answered with a reminder; then the card stays still."""


class Moment(StrEnum):
    """What the agent needs now."""

    ACKNOWLEDGE = "acknowledge"
    """The customer is hurt and nobody has said so: empathy, apology, ownership, options."""
    INSTEAD = "instead"
    """The agent has just said no: what can be said instead."""
    REPAIR = "repair"
    """The agent has brushed the customer off."""
    OFFER = "offer"
    """The hurt is acknowledged, no way forward has been offered yet."""
    THANK = "thank"
    """The customer helps the company and nothing is wrong."""


def moment_for(speaker: Speaker, before: CallState, now: CallState, reading: Reading) -> Moment | None:
    """What is needed after a turn, or nothing. ``before`` and ``now`` are the states around the turn."""
    if speaker is Speaker.CUSTOMER:
        return _after_customer(now, reading)
    if speaker is Speaker.AGENT:
        return _after_agent(before, now, reading)
    return None


def stands(moment: Moment, speaker: Speaker, now: CallState) -> bool:
    """Whether a prompt of this moment is still needed after a later turn that brought no prompt of its own.

    ``speaker`` is that turn's: what only the agent can act on stays until they speak.
    """
    if speaker is not Speaker.AGENT and moment in (Moment.INSTEAD, Moment.REPAIR, Moment.THANK):
        return True
    if moment is Moment.INSTEAD:
        return now.refusals > 0
    if moment is Moment.OFFER:
        return now.acknowledged and not now.offered
    return moment in (Moment.ACKNOWLEDGE, Moment.REPAIR) and bool(now.hurts)


def _after_customer(now: CallState, reading: Reading) -> Moment | None:
    if reading.of(Family.DISSATISFACTION):
        return Moment.ACKNOWLEDGE
    if Label.HELPFUL_FEEDBACK in reading.labels and not now.hurts:
        return Moment.THANK
    return None


def _after_agent(before: CallState, now: CallState, reading: Reading) -> Moment | None:
    labels = reading.labels
    offered = Label.OPTION in labels
    if Label.DISMISSIVE in labels:
        return Moment.REPAIR
    if Label.REFUSAL in labels and not offered:
        return Moment.INSTEAD
    if now.hurts:
        return Moment.ACKNOWLEDGE if now.ignored <= PATIENCE else None
    if before.hurts and not now.offered:
        return Moment.OFFER
    return None
