"""One call on the desk: its updates so far and what the agent did with the prompts. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from csr_assist.advice import Moment, Prompt, stands
from csr_assist.advice.prompt import Choice
from csr_assist.assistant import Assistant, Update
from csr_assist.conversation import Speaker, Turn
from csr_assist.privacy.masking import mask
from csr_assist.state import CallState
from csr_assist.store import Feedback, Kept, Store, Verdict


@dataclass
class Call:
    """Hears turns and remembers what is on the card."""

    assistant: Assistant | None
    """Hears what is played or typed; a live call is heard by the service."""
    store: Store
    turns: Sequence[Turn] = ()
    """What is still to be heard, when a recording is played; the played part included."""
    id: str = field(default_factory=lambda: f"typed-{uuid4().hex[:8]}")
    """Names a typed call, so that its feedback is told apart from that of others."""
    updates: list[Update] = field(default_factory=list)
    followed: set[str] = field(default_factory=set)
    """Final turns that the card has followed."""
    card: Update | None = None
    """The update whose prompt is on the card."""
    put_away: frozenset[str] | None = None
    """The turns that the card had followed when the agent put a prompt away."""
    chosen: Choice | None = None
    """The option that the agent picked from the card, whose sentence is shown."""

    @property
    def state(self) -> CallState:
        """Where the call stands."""
        return self.updates[-1].state if self.updates else CallState()

    @property
    def prompt(self) -> Prompt | None:
        """What is on the card now: nothing when it is not needed or was put away."""
        return self.card.prompt if self.card else None

    @property
    def sentence(self) -> str:
        """The words to say: the prompt's, or those of the option that was picked."""
        if self.prompt is None:
            return ""
        return self.chosen.say if self.chosen else self.prompt.say

    def hear_until(self, count: int) -> None:
        """Hear the recording's turns up to ``count``; those that were heard already stay as they are."""
        for turn in self.turns[len(self.updates) : count]:
            self.hear(turn)

    def hear(self, turn: Turn) -> None:
        """Hear one turn, masked as the service masks those of a live call."""
        assert self.assistant is not None
        self.updates.append(self.assistant.hear(replace(turn, text=mask(turn.text, turn.language))))
        self._show(self.updates[-1])

    def follow(self, kept: Sequence[Kept]) -> None:
        """Take over what the service has heard of a live call: all of its turns, in order.

        Only final results change the card, each once; a correction of the very turn on the card corrects it.
        """
        self.updates = [one.update for one in kept]
        for one in kept:
            turn_id = one.update.turn.turn_id
            if one.heard.final and turn_id not in self.followed:
                self._show(one.update)
            elif self.card and self.card.turn.turn_id == turn_id and self.card.prompt != one.update.prompt:
                self.card, self.chosen = (one.update, None) if one.update.prompt else (None, None)

    def _show(self, update: Update) -> None:
        """A fresh prompt takes the card; an old one stays only as long as it is needed."""
        self.followed.add(update.turn.turn_id)
        if update.prompt and not self._again(update):
            self.card, self.chosen = update, None
        elif self.prompt and not stands(self.prompt.moment, update.turn.speaker, update.state):
            self.card = self.chosen = None

    def _again(self, update: Update) -> bool:
        """Whether a prompt only repeats one that the agent has put away: the same hurt, nothing new said."""
        if self.put_away is None or update.prompt is None or update.prompt.moment is not Moment.ACKNOWLEDGE:
            return False
        return all(hurt.turn_id in self.put_away for hurt in update.state.hurts)

    def say(self, speaker: Speaker, text: str) -> None:
        """Hear a turn that was typed on the desk."""
        self.hear(Turn(self.id, str(len(self.updates) + 1), speaker, text))

    def judge(self, verdict: Verdict, choice: Choice | None = None) -> None:
        """Keep what the agent did with the prompt on the card; the card follows even if it cannot be kept.

        Raises:
            StoreError: the store cannot be written to.
        """
        if self.card is None or self.prompt is None:
            return
        feedback = Feedback(
            conversation_id=self.card.turn.conversation_id,
            turn_id=self.card.turn.turn_id,
            verdict=verdict,
            say=self.sentence,
            labels=tuple(because.label.value for because in self.prompt.why),
            option_id=choice.id if choice else None,
        )
        if verdict in (Verdict.NOT_NOW, Verdict.WRONG):
            self.card = self.chosen = None
            self.put_away = frozenset(self.followed)
        elif verdict is Verdict.CHOSEN:
            self.chosen = choice
        self.store.reviews.add_feedback(feedback, datetime.now(UTC))
