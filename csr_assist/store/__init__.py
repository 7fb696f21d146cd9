"""What is kept: conversations with their turns, prompts and alerts, and what people said of them."""

from __future__ import annotations

from csr_assist.store.conversations import Change, OutOfDateError
from csr_assist.store.feedback import Feedback, Verdict
from csr_assist.store.store import Store
from csr_assist.store.values import (
    ALL,
    About,
    Audited,
    Kept,
    Mark,
    MarkVerdict,
    Note,
    Outcome,
    Query,
    Raised,
    Result,
    Summary,
)

__all__ = [
    "ALL",
    "About",
    "Audited",
    "Change",
    "Feedback",
    "Kept",
    "Mark",
    "MarkVerdict",
    "Note",
    "OutOfDateError",
    "Outcome",
    "Query",
    "Raised",
    "Result",
    "Store",
    "Summary",
    "Verdict",
]
