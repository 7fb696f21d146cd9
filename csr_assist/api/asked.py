"""What the API takes, as its pages document it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import ConfigDict, Discriminator, Field, FiniteFloat, StringConstraints, Tag

from csr_assist.api.fields import BATCH, TURN
from csr_assist.conversation import Customer, Language
from csr_assist.heard import Incoming
from csr_assist.labels import Label
from csr_assist.sources.record import (
    LONGEST_ID,
    LONGEST_NAME,
    CustomerRecord,
    Identifier,
    Record,
    ShortText,
    Text,
    Time,
)
from csr_assist.store import About, MarkVerdict, Result, Verdict
from csr_assist.strict import Strict

LONGEST_TEXT = 20_000
"""Characters of one turn."""
MOST_TURNS = 1_000
"""Turns of one batch."""
_ON_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
"""PostgreSQL knows no NUL, and no address has a line break."""
Id = Annotated[Identifier, StringConstraints(pattern=_ON_ONE_LINE)]
ConversationId = Annotated[str, Path(min_length=1, max_length=LONGEST_ID, pattern=_ON_ONE_LINE)]
CustomerId = ConversationId
Named = Annotated[
    str | None,
    Query(
        max_length=LONGEST_ID, pattern=_ON_ONE_LINE, description="The conversation, where what comes does not name it."
    ),
]
Words = Annotated[str | None, Query(max_length=LONGEST_NAME, pattern=_ON_ONE_LINE)]
EXAMPLE: dict[str, Any] = {
    "conversation_id": "call-2041",
    "turn_id": "7",
    "speaker": "customer",
    "text": "I've been with you for six years and this is the third time I'm calling.",
    "at": "2026-03-01T09:30:12Z",
    "final": True,
}
_ANSWER = {"conversation_id": "call-2041", "turn_id": "8", "speaker": "agent", "text": "Six years - thank you, Rosa."}
EXAMPLES = {"turns": [EXAMPLE, _ANSWER]}
"""Of a turn, and of a batch."""
_CUSTOMER = {"id": "C-17", "name": "Rosa", "since": "2019-04-01"}


def _with_example(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(examples)})


class CustomerIn(Strict, CustomerRecord):
    """Whom the conversation is with."""

    model_config = _with_example(_CUSTOMER)

    id: Id | None = None


class TurnIn(Strict, Record):
    """One utterance or message. The same `turn_id` again corrects an interim result, or changes nothing."""

    model_config = _with_example(EXAMPLE)

    conversation_id: Id
    turn_id: Id
    text: Annotated[Text, StringConstraints(max_length=LONGEST_TEXT)]
    customer: CustomerIn | None = None
    final: bool = True
    order: FiniteFloat | None = Field(
        None, description="Where it belongs: seconds from the start, or any growing number."
    )

    def incoming(self) -> Incoming:
        """The same as a value of the core."""
        return Incoming(self.turn(), self.final, self.order)


class Batch(Strict):
    """Turns of any conversations, in the order in which they came."""

    model_config = _with_example(EXAMPLES)

    turns: Annotated[list[TurnIn], Field(min_length=1, max_length=MOST_TURNS)]


def _tag(given: object) -> str:
    return BATCH if isinstance(given, Batch) or (isinstance(given, dict) and "turns" in given) else TURN


Posted = Annotated[Annotated[TurnIn, Tag(TURN)] | Annotated[Batch, Tag(BATCH)], Discriminator(_tag)]
"""One turn, or an object of ``turns``."""


class ConversationIn(Strict):
    """A conversation that begins, or more about one that is under way."""

    model_config = _with_example(
        {
            "conversation_id": "call-2041",
            "agent": "desk-4",
            "channel": "call",
            "language": "en",
            "customer": _CUSTOMER,
            "started_at": "2026-03-01T09:29:40Z",
        }
    )

    conversation_id: Id
    agent: ShortText | None = Field(None, description="Whose desk it is on.")
    channel: ShortText | None = None
    language: Language | None = Field(
        None, description="In which it begins, until the customer's words show clearly another."
    )
    customer: CustomerIn | None = None
    started_at: Time = None

    def about(self) -> About:
        """The same as a value of the store."""
        customer = Customer(**dict(self.customer)) if self.customer else None
        return About(self.channel, self.language, self.agent, customer, self.started_at)


class OutcomeIn(Strict):
    """How a conversation ended for the relationship."""

    model_config = _with_example({"result": "saved", "reason": "a month free of charge", "value_at_risk": 480.0})

    result: Result
    reason: ShortText | None = None
    value_at_risk: Annotated[FiniteFloat, Field(ge=0)] | None = Field(None, description="In the company's currency.")
    note: ShortText | None = None


class FeedbackIn(Strict):
    """What an agent did with a prompt."""

    model_config = _with_example({"turn_id": "7", "verdict": "copied"})

    turn_id: Id
    verdict: Verdict
    option_id: ShortText | None = None


class MarkIn(Strict):
    """A reviewer's word on a cue: `text[start:end]` of the turn."""

    model_config = _with_example({"turn_id": "7", "label": "tenure", "start": 0, "end": 36, "verdict": "right"})

    turn_id: Id
    label: Label
    start: Annotated[int, Field(ge=0, lt=LONGEST_TEXT)]
    end: Annotated[int, Field(ge=1, le=LONGEST_TEXT)]
    verdict: MarkVerdict


class NoteIn(Strict):
    """A supervisor's word to the desk."""

    model_config = _with_example({"text": "Offer the free month; I take the next call.", "takes_over": False})

    text: ShortText
    takes_over: bool = False
