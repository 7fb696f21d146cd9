"""Where the call stands: a pure fold over turns and their readings.

Weights and factors are the product's own judgement, not learned: each says in one number how much a cue
raises the risk of losing the customer, or how much a good answer lowers it. They are kept together here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from csr_assist.conversation import Customer, Language, Speaker, Turn
from csr_assist.cues import Cue, Reading
from csr_assist.facts import Facts, facts_of, known_since, told_since
from csr_assist.labels import TROUBLES, Family, Label
from csr_assist.promises import Promise, promises_after

WEIGHTS = {
    Label.CHURN_THREAT: 0.8,
    Label.ESCALATION: 0.75,
    Label.RESIGNATION: 0.6,
    Label.COMPETITOR: 0.5,
    Label.UNFAIR_TREATMENT: 0.5,
    Label.BROKEN_PROMISE: 0.5,
    Label.FRUSTRATION: 0.45,
    Label.REPEAT_EFFORT: 0.4,
    Label.UNANNOUNCED_CHANGE: 0.35,
    Label.SERVICE_FAILURE: 0.3,
    Label.VALUE_COMPLAINT: 0.3,
    Label.DISAPPOINTMENT: 0.3,
}
"""Share of the way to 1.0 that a certain cue takes the risk."""
CALM_TURN = {True: 0.8, False: 0.95}
"""A customer's turn without a cue, by whether their hurt has been acknowledged."""
SOOTHES = {Label.EMPATHY: 0.85, Label.APOLOGY: 0.9, Label.OPTION: 0.85, Label.PROMISE: 0.95}
HARMS = {Label.REFUSAL: 0.12, Label.DISMISSIVE: 0.25}
_ANSWERS = (Label.REFUSAL, Label.OPTION)
_NEW_TROUBLES = TROUBLES - {Label.BROKEN_PROMISE, Label.UNFAIR_TREATMENT}
"""What may bring up something else. "And this is how you treat me?" is still about the same."""
REMEMBERED = 3
"""Customer turns whose meaning and level are kept."""


class Band(StrEnum):
    """Risk in three words. It is entered higher than it is left, so that it does not flicker."""

    CALM = "calm"
    WATCH = "watch"
    AT_RISK = "at_risk"


ENTER = {Band.WATCH: 0.25, Band.AT_RISK: 0.65}
LEAVE = {Band.WATCH: 0.2, Band.AT_RISK: 0.5}


class Trend(StrEnum):
    """Where the risk is heading, over the last turns of the customer."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Hurt:
    """A dissatisfaction cue that is still to be acknowledged."""

    cue: Cue
    turn_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A no of the agent, or an offer."""

    turn: int
    """Its number in the call."""
    offers: bool
    words: str
    asked: str
    """The customer's turn before: a bare no is to what it asks for."""
    about: tuple[float, ...] = ()
    """What the trouble was that the customer had told of last, as a vector; a no is to that one alone."""


@dataclass(frozen=True, slots=True)
class CallState:
    """Everything that is known after the turns so far."""

    turns: int = 0
    level: float = 0.0
    band: Band = Band.CALM
    levels: tuple[float, ...] = ()
    facts: Facts = field(default_factory=Facts)
    language: Language | None = None
    hurts: tuple[Hurt, ...] = ()
    """Dissatisfaction since the agent last showed empathy or apologised."""
    heard: frozenset[Label] = frozenset()
    """Every label of the customer so far."""
    troubled: bool = False
    """Whether any dissatisfaction was heard at all."""
    acknowledged: bool = False
    """Whether the agent has answered the last dissatisfaction with empathy or an apology."""
    offered: bool = False
    """Whether the agent has offered an option since the last dissatisfaction."""
    refusals: int = 0
    """The agent's noes since they last offered an option, or the customer took one without a word of hurt."""
    refusals_in_all: int = 0
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    """The agent's noes and offers, in order: what was refused is not offered."""
    ignored: int = 0
    """The agent's turns in a row that passed over an open hurt."""
    data_first: bool = False
    """Whether the agent asked for data while a hurt was open."""
    promises: tuple[Promise, ...] = ()
    loyalty: tuple[Cue, ...] = ()
    meanings: tuple[tuple[float, ...], ...] = ()
    """Vectors of the customer's last turns, the latest first: what the call is about."""
    trouble: tuple[float, ...] = ()
    """Of the last turn in which they said what the trouble is."""
    customer: Customer | None = None
    """Whom the call is with, as soon as a turn says it."""
    said: tuple[tuple[Speaker, str], ...] = field(default=(), repr=False)
    """The last turn of the customer and of the agent: context for the detector."""

    @property
    def trend(self) -> Trend:
        """Change over the remembered customer turns."""
        change = self.level - self.levels[-1] if self.levels else 0.0
        return Trend.RISING if change > 0.08 else Trend.FALLING if change < -0.08 else Trend.STEADY

    @property
    def loyal(self) -> bool:
        """Whether they have said so, or have been a customer for a year at least, by their word or on record."""
        if self.facts.years is not None and self.facts.years >= 1:
            return True
        return any(cue.label is not Label.TENURE or self.facts.years is None for cue in self.loyalty)

    def context_for(self, speaker: Speaker) -> str:
        """The other speaker's last words, or nothing."""
        other = Speaker.AGENT if speaker is Speaker.CUSTOMER else Speaker.CUSTOMER
        return dict(self.said).get(other, "")


def after(state: CallState, turn: Turn, reading: Reading, language: Language | None) -> CallState:
    """The state when ``turn`` has been heard; ``state`` itself stays as it was."""
    state = _met(state, turn)
    if turn.speaker is Speaker.SYSTEM:
        return state
    heard = _customer(state, turn, reading, language) if turn.speaker is Speaker.CUSTOMER else _agent(state, reading)
    said = dict(state.said) | {turn.speaker: turn.text}
    if state.language and turn.speaker is Speaker.AGENT:
        language = state.language  # the customer's language is the one to answer in
    return replace(
        heard,
        band=_band(state.band, heard.level),
        language=language or state.language,
        promises=promises_after(state.promises, turn, reading, language or state.language),
        said=tuple(said.items()),
    )


def _met(state: CallState, turn: Turn) -> CallState:
    """One turn on, with what is on record of the customer: it may come with a turn of any speaker.

    What the customer has said of themselves counts more.
    """
    customer = turn.customer or state.customer
    since = customer.since if customer else None
    on_record = known_since(_day(turn), since.year, since.month, since.day) if since else Facts()
    return replace(state, turns=state.turns + 1, customer=customer, facts=on_record.merge(state.facts))


def _day(turn: Turn) -> date | None:
    return turn.at.date() if turn.at else None


def _customer(state: CallState, turn: Turn, reading: Reading, language: Language | None) -> CallState:
    cues = reading.of(Family.DISSATISFACTION)
    loyalty = reading.of(Family.LOYALTY)
    calm = 1.0
    for cue in cues:
        calm *= 1 - WEIGHTS[cue.label] * (1 + cue.probability) / 2  # what is shown counts at least half
    level = 1 - (1 - state.level) * calm if cues else state.level * CALM_TURN[state.acknowledged]
    settled = not cues and not state.hurts  # they have taken the no
    told = facts_of(reading.cues, turn.text, _day(turn), language)
    if any(cue.label is Label.TENURE for cue in state.loyalty):
        told = told_since(state.facts, reading.cues, turn.text, told)
    return replace(
        state,
        level=round(level, 4),
        levels=(state.level, *state.levels)[:REMEMBERED],
        facts=state.facts.merge(told),
        hurts=state.hurts + tuple(Hurt(cue, turn.turn_id) for cue in cues),
        heard=state.heard | reading.labels,
        troubled=state.troubled or bool(cues),
        acknowledged=state.acknowledged and not cues,
        offered=state.offered and not cues,
        ignored=0 if cues else state.ignored,
        refusals=0 if settled else state.refusals,
        loyalty=state.loyalty + loyalty,
        trouble=reading.meaning if reading.labels & _NEW_TROUBLES else state.trouble,
        meanings=(reading.meaning, *state.meanings)[:REMEMBERED] if reading.meaning else state.meanings,
    )


def _agent(state: CallState, reading: Reading) -> CallState:
    labels = reading.labels
    level = state.level
    for label, factor in SOOTHES.items():
        level *= factor if label in labels and state.troubled else 1.0
    for label, share in HARMS.items():
        level += (1 - level) * share if label in labels and state.troubled else 0.0
    eased = _eases(labels)
    refused = Label.REFUSAL in labels
    asked = dict(state.said).get(Speaker.CUSTOMER, "")
    answers = tuple(
        Answer(state.turns, cue.label is Label.OPTION, cue.text, asked, state.trouble)
        for cue in sorted(reading.cues, key=lambda cue: cue.start)
        if cue.label in _ANSWERS
    )
    return replace(
        state,
        level=round(level, 4),
        hurts=() if eased else state.hurts,
        acknowledged=state.acknowledged or (eased and state.troubled),
        ignored=0 if eased or not state.hurts else state.ignored + 1,
        offered=state.offered or Label.OPTION in labels,
        refusals=0 if Label.OPTION in labels else state.refusals + refused,
        refusals_in_all=state.refusals_in_all + refused,
        answers=state.answers + answers,
        data_first=state.data_first or bool(Label.DATA_REQUEST in labels and state.hurts and not eased),
    )


def _eases(labels: frozenset[Label]) -> bool:
    """Whether the agent's words meet a hurt. "Sorry, but no" does not, nor do warm words with a brush-off."""
    if Label.DISMISSIVE in labels:
        return False
    if Label.EMPATHY in labels:
        return True
    return Label.APOLOGY in labels and (Label.REFUSAL not in labels or Label.OPTION in labels)


def _band(band: Band, level: float) -> Band:
    if level >= ENTER[Band.AT_RISK] or (band is Band.AT_RISK and level >= LEAVE[Band.AT_RISK]):
        return Band.AT_RISK
    if level >= ENTER[Band.WATCH] or (band is not Band.CALM and level >= LEAVE[Band.WATCH]):
        return Band.WATCH
    return Band.CALM
