"""What is kept: for now, what agents thought of the prompts."""

from __future__ import annotations

from csr_assist.store.feedback import Feedback, Verdict
from csr_assist.store.store import Store

__all__ = ["Feedback", "Store", "Verdict"]
