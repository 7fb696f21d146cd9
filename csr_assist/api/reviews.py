"""What people say of a conversation: outcomes, feedback, marks, alerts taken, notes to the desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from csr_assist.api.access import Admin, Ingest, Read
from csr_assist.api.answers import AlertOut, Done
from csr_assist.api.asked import ConversationId, CustomerId, FeedbackIn, MarkIn, NoteIn, OutcomeIn
from csr_assist.api.problems import Problem, unknown
from csr_assist.api.state import Served
from csr_assist.sources.rows import shown
from csr_assist.store import Feedback, Mark, Note, Outcome

router = APIRouter(tags=["reviews"])
AlertId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.put("/conversations/{conversation_id:path}/outcome", summary="Say how it ended")
def set_outcome(conversation_id: ConversationId, body: OutcomeIn, service: Served, who: Annotated[str, Read]) -> Done:
    """Saved, lost or open, with the reason and what is at risk; the last word counts."""
    outcome = Outcome(conversation_id, body.result, who, body.reason, body.value_at_risk, body.note)
    if not service.store.reviews.set_outcome(outcome, service.clock()):
        raise unknown("conversation", conversation_id)
    return Done()


@router.post(
    "/conversations/{conversation_id:path}/feedback", summary="Say what became of a prompt", dependencies=[Ingest]
)
def add_feedback(conversation_id: ConversationId, body: FeedbackIn, service: Served) -> Done:
    """Copied, chosen, not now or wrong."""
    _, kept = service.store.conversations.read(conversation_id)
    update = next((one.update for one in kept if one.heard.turn.turn_id == body.turn_id), None)
    if update is None:
        raise unknown("turn", body.turn_id)
    if update.prompt is None:
        raise Problem(409, "No prompt", f"the turn {shown(body.turn_id)} raised no prompt")
    feedback = Feedback(
        conversation_id=conversation_id,
        turn_id=body.turn_id,
        verdict=body.verdict,
        say=update.prompt.say,
        labels=tuple(because.label.value for because in update.prompt.why),
        option_id=body.option_id,
    )
    service.store.reviews.add_feedback(feedback, service.clock())
    return Done()


@router.post("/conversations/{conversation_id:path}/marks", summary="Mark a cue right, wrong or missed")
def add_mark(conversation_id: ConversationId, body: MarkIn, service: Served, who: Annotated[str, Read]) -> Done:
    """What reviewers say here, training can use: `csr-assist feedback export`."""
    mark = Mark(conversation_id, body.turn_id, body.label, body.start, body.end, body.verdict, who)
    if not service.store.reviews.add_mark(mark, service.clock()):
        raise Problem(404, "Not found", "there is no such turn, or start and end are not within its text")
    return Done()


@router.get("/alerts", summary="Alerts that nobody has taken")
def alerts(service: Served, who: Annotated[str, Read]) -> list[AlertOut]:
    """Urgent ones first, then the newest. They quote customers: the audit trail notes who reads, once an hour."""
    service.store.privacy.note_once(who, "read alerts", "all that wait", service.clock())
    return [AlertOut.of(alert) for alert in service.store.alerts.waiting(service.clock())]


@router.post("/alerts/{alert_id}/acknowledge", summary="Take an alert")
def acknowledge(alert_id: AlertId, service: Served, who: Annotated[str, Read]) -> AlertOut:
    """Who takes it first, has it."""
    found = service.store.alerts.acknowledge(alert_id, who, service.clock())
    if found is None:
        raise unknown("alert", alert_id)
    return AlertOut.of(found)


@router.post("/conversations/{conversation_id:path}/notes", summary="Send a note to the desk")
def add_note(conversation_id: ConversationId, body: NoteIn, service: Served, who: Annotated[str, Read]) -> Done:
    """The desk shows it; `takes_over` says that the supervisor joins."""
    if not service.store.alerts.add_note(Note(conversation_id, who, body.text, body.takes_over), service.clock()):
        raise unknown("conversation", conversation_id)
    service.bell.ring()
    return Done()


@router.delete("/customers/{customer_id:path}", summary="Erase a customer")
def erase(customer_id: CustomerId, service: Served, who: Annotated[str, Admin]) -> dict[str, int]:
    """Every conversation with them and all that hangs on it. Only the fact stays, in the audit trail."""
    return {"conversations": service.erase(customer_id, who)}
