"""What can go wrong between an alert and the person it is for."""

from __future__ import annotations

from datetime import timedelta

from csr_assist.errors import CsrAssistError


class NotifyError(CsrAssistError):
    """A setting or value of the notices that is wrong: names key and value, never a secret."""


class DeliveryError(NotifyError):
    """A channel did not take a notice.

    Args:
        reason: one sentence for people; holds no secret and no customer's words.
        again: whether it is worth another try.
        after: how long the other side asked to be left alone, if it did.
    """

    def __init__(self, reason: str, again: bool, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.again = again
        self.after = after
