"""The core in one place: a turn goes in, an update comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from csr_assist.advice import Advisor, Prompt
from csr_assist.alerts import Alert, alert_for
from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.cues import Reading
from csr_assist.detector import Detector, Utterance
from csr_assist.language import language_of
from csr_assist.state import CallState, after


@dataclass(frozen=True, slots=True)
class Update:
    """All that is known after a turn. Later turns never change it."""

    turn: Turn
    reading: Reading
    state: CallState
    prompt: Prompt | None = None
    alert: Alert | None = None

    def to_dict(self) -> dict[str, Any]:
        """One record: plain values, as ``csr-assist scan`` writes them (see README)."""
        return {
            "conversation_id": self.turn.conversation_id,
            "turn_id": self.turn.turn_id,
            "speaker": self.turn.speaker.value,
            "cues": [
                {
                    "label": cue.label.value,
                    "start": cue.start,
                    "end": cue.end,
                    "text": cue.text,
                    "probability": cue.probability,
                }
                for cue in self.reading.cues
            ],
            "scores": {label.value: score for label, score in self.reading.scores.items()},
            "dissatisfaction": self.reading.dissatisfaction,
            "loyalty": self.reading.loyalty,
            "risk": {"level": self.state.level, "band": self.state.band.value},
            "facts": self.state.facts.to_dict(),
            "prompt": self.prompt.to_dict() if self.prompt else None,
            "alert": {"reason": self.alert.reason, "level": self.alert.level.value} if self.alert else None,
            "promises": [promise.to_dict() for promise in self.state.promises],
        }


@dataclass(slots=True)
class _Call:
    state: CallState = field(default_factory=CallState)
    prompts: tuple[Prompt, ...] = ()


class Assistant:
    """Hears any number of conversations, each in the order of its turns.

    The same turns always give the same updates: live one by one, in a batch, or in a replay.
    """

    def __init__(self, detector: Detector, advisor: Advisor) -> None:
        self._detector = detector
        self._advisor = advisor
        self._calls: dict[str, _Call] = {}

    def hear(self, turn: Turn) -> Update:
        """Take in one turn of its conversation."""
        return next(self.hear_all([turn]))

    def hear_all(self, turns: Sequence[Turn]) -> Iterator[Update]:
        """Take in turns of any conversations; they are read together, which is faster than one by one."""
        readings = self._detector.read(list(self._utterances(turns)))
        for turn, reading in zip(turns, readings, strict=True):
            yield self._fold(turn, reading)

    def begin(self, conversation_id: str, language: Language | None) -> None:
        """Hear a conversation from its beginning, in this language until the customer's words show clearly another."""
        self._calls[conversation_id] = _Call(CallState(language=language))

    def forget(self, conversation_id: str) -> None:
        """Let go of a conversation that has ended; unknown ones are no error."""
        self._calls.pop(conversation_id, None)

    def _utterances(self, turns: Sequence[Turn]) -> Iterator[Utterance]:
        """Turns with their contexts: the other speaker's last words, from before or from this very batch."""
        last: dict[tuple[str, Speaker], str] = {}
        for turn in turns:
            other = Speaker.AGENT if turn.speaker is Speaker.CUSTOMER else Speaker.CUSTOMER
            known = self._calls.get(turn.conversation_id, _Call()).state
            context = last.get((turn.conversation_id, other), known.context_for(turn.speaker))
            yield Utterance(turn.speaker, turn.text, context)
            last[turn.conversation_id, turn.speaker] = turn.text

    def _fold(self, turn: Turn, reading: Reading) -> Update:
        call = self._calls.setdefault(turn.conversation_id, _Call())
        before = call.state
        now = after(before, turn, reading, language_of(turn, before.language))
        prompt = self._advisor.advise(turn, reading, before, now, call.prompts)
        call.state = now
        if prompt:
            call.prompts = (*call.prompts, prompt)[-8:]
        return Update(turn, reading, now, prompt, alert_for(before, now, reading))
