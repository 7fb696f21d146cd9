"""What masking finds: the kinds of personal data and one finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Personal data that is masked; the value stands in its mask."""

    CARD = "CARD"
    IBAN = "IBAN"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    NATIONAL_ID = "NATIONAL_ID"
    NUMBER = "NUMBER"
    """One that is still being said: it may become any of these."""

    @property
    def mask(self) -> str:
        """What stands in the text instead: ``[CARD]``."""
        return f"[{self.value}]"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at ``text[start:end]``: how sure (0..1) and why. It holds no word of the text itself."""

    kind: Kind
    start: int
    end: int
    score: float
    why: str
