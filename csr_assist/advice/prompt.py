"""What the agent sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from csr_assist.advice.moments import Moment
from csr_assist.conversation import Language
from csr_assist.labels import Label


@dataclass(frozen=True, slots=True)
class Because:
    """A cue that caused the prompt, with the words that show it."""

    label: Label
    quote: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """An option in the conversation's language: the button's text, and the whole sentence to say."""

    id: str
    text: str
    say: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence to say, up to three options, why, and what to hold back."""

    moment: Moment
    language: Language
    say: str = field(repr=False)
    options: tuple[Choice, ...] = ()
    why: tuple[Because, ...] = ()
    hold_back: tuple[str, ...] = ()
    lines: tuple[str, ...] = field(default=(), repr=False)
    """The playbook's lines that it was made of, so that the next prompt is made of others."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a record."""
        return {
            "say": self.say,
            "options": [{"id": choice.id, "text": choice.text} for choice in self.options],
            "why": [{"label": because.label.value, "quote": because.quote} for because in self.why],
            "hold_back": list(self.hold_back),
        }
