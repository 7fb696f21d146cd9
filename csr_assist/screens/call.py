"""One call on the desk: its updates so far and what the agent did with the prompts. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from csr_assist.advice import Prompt, stands
from csr_assist.advice.prompt import Choice
from csr_assist.assistant import Assistant, Update
from csr_assist.conversation import Customer, Language, Speaker, Turn
from csr_assist.state import CallState
from csr_assist.store import Feedback, Store, Verdict


@dataclass
class Call:
    """Hears turns and remembers what is on the card."""

    assistant: Assistant
    store: Store
    turns: Sequence[Turn] = ()
    """What is still to be heard, when a recording is played; the played part included."""
    updates: list[Update] = field(default_factory=list)
    card: Update | None = None
    """The update whose prompt is on the card."""
    chosen: Choice | None = None
    """The option that the agent picked from the card, whose sentence is shown."""

    @property
    def state(self) -> CallState:
        """Where the call stands."""
        return self.updates[-1].state if self.updates else CallState()

    @property
    def language(self) -> Language:
        """The customer's language as far as it is known."""
        return self.state.language or Language.ENGLISH

    @property
    def customer(self) -> Customer | None:
        """Whom the call is with, if the source says."""
        return next((update.turn.customer for update in self.updates if update.turn.customer), None)

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
        """Hear one turn. A fresh prompt takes the card; an old one stays only as long as it is needed."""
        update = self.assistant.hear(turn)
        self.updates.append(update)
        if update.prompt:
            self.card, self.chosen = update, None
        elif self.prompt and not stands(self.prompt.moment, update.state):
            self.card = self.chosen = None

    def say(self, speaker: Speaker, text: str) -> None:
        """Hear a turn that was typed on the desk."""
        self.hear(Turn("typed", str(len(self.updates) + 1), speaker, text))

    def judge(self, verdict: Verdict, choice: Choice | None = None) -> None:
        """Keep what the agent did with the prompt on the card, and let the card follow."""
        if self.card is None or self.prompt is None:
            return
        self.store.add(
            Feedback(
                conversation_id=self.card.turn.conversation_id,
                turn_id=self.card.turn.turn_id,
                verdict=verdict,
                say=self.sentence,
                labels=tuple(because.label.value for because in self.prompt.why),
                option_id=choice.id if choice else None,
            )
        )
        if verdict in (Verdict.NOT_NOW, Verdict.WRONG):
            self.card = self.chosen = None
        elif verdict is Verdict.CHOSEN:
            self.chosen = choice
