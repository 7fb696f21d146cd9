"""From a state and a reading to a prompt, or to silence."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence

from csr_assist.advice.moments import Moment, moment_for
from csr_assist.advice.options import Match, OptionIndex
from csr_assist.advice.playbook import Option, Playbook
from csr_assist.advice.prompt import Because, Choice, Prompt
from csr_assist.advice.refused import refused
from csr_assist.advice.replies import Reply, compose
from csr_assist.conversation import Language, Turn
from csr_assist.cues import Cue, Reading
from csr_assist.facts import facts_of
from csr_assist.labels import Family, Label
from csr_assist.state import WEIGHTS, CallState, Hurt

QUOTED_WORDS = 6
"""Longer words of the customer are not echoed in a reply."""
REASONS = 3
"""Cues that are shown beside a prompt."""
REMEMBERED_PROMPTS = 4


class Advisor:
    """Knows the playbook; holds nothing of any call."""

    def __init__(self, playbook: Playbook, index: OptionIndex) -> None:
        self._playbook = playbook
        self._index = index

    def advise(
        self, turn: Turn, reading: Reading, before: CallState, now: CallState, shown: Sequence[Prompt]
    ) -> Prompt | None:
        """What the agent could say after ``turn``; None when nothing is needed. ``shown``: earlier prompts."""
        moment = moment_for(turn.speaker, before, now, reading)
        if moment is None:
            return None
        language = now.language or Language.ENGLISH
        labels = frozenset(hurt.cue.label for hurt in now.hurts) | (now.heard if not now.hurts else frozenset())
        matches = self._index.search(now.meanings, labels)
        options = self._index.options(matches, self.refusals(now)) if moment is not Moment.THANK else ()
        options = _new_first(options, shown)
        reply = self._reply(moment, turn, now, language, matches, options, shown)
        if reply is None:
            return None
        return Prompt(
            moment=moment,
            language=language,
            say=reply.text,
            options=tuple(self._choice(option, language, now.turns + place) for place, option in enumerate(options)),
            why=_why(moment, turn, reading, now, now.hurts or before.hurts),
            hold_back=self._hold_back(reading, now, language),
            lines=reply.lines,
        )

    def refusals(self, now: CallState) -> Callable[[str], frozenset[str]]:
        """Keys of the remedies that the agent has refused in a situation, by its id.

        "No refund" for the fee is none for the broken phone: an answer to what is clearly another trouble counts only
        in the situations that it was about.
        """
        told = {answer.about for answer in now.answers}
        other = {about: self._index.likely(about) for about in told if self._index.apart(about, now.trouble)}

        def of(situation: str) -> frozenset[str]:
            answers = [one for one in now.answers if situation in other.get(one.about, (situation,))]
            return refused(self._playbook.remedies, answers, now.language or Language.ENGLISH)

        return of

    def _reply(
        self,
        moment: Moment,
        turn: Turn,
        now: CallState,
        language: Language,
        matches: Sequence[Match],
        options: Sequence[Option],
        shown: Sequence[Prompt],
    ) -> Reply | None:
        replies = self._playbook.replies
        hurts = [h for h in now.hurts if h.turn_id == turn.turn_id] or now.hurts  # what was said last, if it hurt
        hurt = max((h.cue for h in hurts), key=lambda cue: WEIGHTS[cue.label] * cue.probability, default=None)
        known = _slots(now, language, hurt, matches, options)
        own = replies.ownership.of(language)
        sorry = replies.sorry.of(language)
        loyalty = _strongest(now)
        parts: list[Sequence[str]]
        if moment is Moment.ACKNOWLEDGE and hurt is not None:
            deserved = replies.deserved[loyalty].of(language) if loyalty else ()
            parts = [replies.hurts[hurt.label].of(language), deserved, sorry, own]
        elif moment is Moment.REPAIR:
            parts = [replies.repair.of(language), sorry, own]
        elif moment is Moment.THANK:
            parts = [replies.thanks.of(language)]
        else:
            parts = [(replies.instead if moment is Moment.INSTEAD else replies.offer).of(language)]
        used = [line for prompt in shown[-REMEMBERED_PROMPTS:] for line in prompt.lines]
        return compose(parts, known, used, zlib.crc32(turn.conversation_id.encode()) + now.turns)

    def _choice(self, option: Option, language: Language, turn: int) -> Choice:
        offer = compose([self._playbook.replies.offer.of(language)], {"say": option.say.of(language)}, (), turn)
        return Choice(option.id, option.text.of(language), offer.text if offer else option.say.of(language))

    def _hold_back(self, reading: Reading, now: CallState, language: Language) -> tuple[str, ...]:
        hints = self._playbook.replies.hold_back
        held = []
        if now.hurts:
            held.append(hints.data)
        if now.refusals:
            held.append(hints.refusal)
        if Label.DISMISSIVE in reading.labels:
            held.append(hints.policy)
        return tuple(words.of(language) for words in held)


_BROKEN_OFF = frozenset(
    [
        "a", "an", "and", "at", "but", "by", "for", "from", "in", "is", "my", "of", "on", "or", "our", "that", "the",
        "to", "was", "with", "your", "atau", "dan", "dari", "dengan", "di", "karena", "ke", "untuk", "yang",
        "از", "با", "برای", "به", "در", "را", "که", "و", "یا",
    ]
)  # fmt: skip
"""Words that no quotation ends with."""


_UNBEGUN = frozenset(
    [
        "and", "because", "but", "if", "so", "then", "when", "dan", "jika", "kalau", "kalo", "karena", "tapi",
        "اما", "اگر", "اگه", "و", "ولی", "چون",
    ]
)  # fmt: skip
"""Words that no quotation begins with."""


def _new_first(options: Sequence[Option], shown: Sequence[Prompt]) -> tuple[Option, ...]:
    """Options in their order, but those that a prompt has already put into words come last, the latest at the end."""
    spoken = [prompt.options[0].id for prompt in shown if prompt.options and prompt.moment in _SPEAKS_OF_OPTIONS]
    last = {name: place for place, name in enumerate(spoken)}
    return tuple(sorted(options, key=lambda option: last.get(option.id, -1)))


_SPEAKS_OF_OPTIONS = (Moment.INSTEAD, Moment.OFFER)


def _strongest(now: CallState) -> Label | None:
    """The loyalty that is named: how long, before whom they brought, before all else. Some months are not long."""
    order = list(Label)
    new = now.facts.years is not None and now.facts.years < 1
    named = (cue.label for cue in now.loyalty if not (new and cue.label is Label.TENURE))
    return min(named, key=order.index, default=None)


def _slots(
    now: CallState,
    language: Language,
    hurt: Cue | None,
    matches: Sequence[Match],
    options: Sequence[Option],
) -> dict[str, str]:
    """What is known of this customer, by slot."""
    known: dict[str, str] = {}
    if years := now.facts.years_phrase(language):
        known["years"] = years
    if since := now.facts.since_phrase(language):
        known["since"] = since
    if matches and matches[0].sure:
        known["topic"] = matches[0].situation.name.of(language)
    if hurt and quotable(hurt.text):
        known["quote"] = hurt.text.strip(" .,!?…\"'")
    if now.customer and now.customer.name:
        known["name"] = now.customer.name
    if options:
        known["say"] = options[0].say.of(language)
    return known


def quotable(words: str) -> bool:
    """Whether a customer's words can be said back to them: short, whole, said once, and with nothing masked in them."""
    parts = re.findall(r"[^\s,.;:!?…]+", words.casefold())
    whole = 2 < len(parts) <= QUOTED_WORDS and parts[0] not in _UNBEGUN and parts[-1] not in _BROKEN_OFF
    return whole and "[" not in words and len(set(parts)) == len(parts)


def _why(moment: Moment, turn: Turn, reading: Reading, now: CallState, hurts: Sequence[Hurt]) -> tuple[Because, ...]:
    """The cues that caused the prompt: the agent's own words after a no, else the customer's."""
    loyal = [cue for cue in reading.of(Family.LOYALTY) if not _of_something_else(cue, turn, reading, now)]
    if moment in (Moment.INSTEAD, Moment.REPAIR):
        cause = [cue for cue in reading.cues if cue.label in (Label.REFUSAL, Label.DISMISSIVE)]
    elif moment is Moment.THANK:
        cause = loyal
    else:
        cause = [hurt.cue for hurt in hurts]
        cause.sort(key=lambda cue: -WEIGHTS.get(cue.label, 0.0) * cue.probability)
        if loyal:
            cause = [*_one_a_label(cause)[: REASONS - 1], max(loyal, key=lambda cue: cue.probability)]
    return tuple(Because(cue.label, cue.text) for cue in _one_a_label(cause)[:REASONS])


def _of_something_else(cue: Cue, turn: Turn, reading: Reading, now: CallState) -> bool:
    """Whether a time is shorter by a year than the one that is known: that of a plan, not of the customer."""
    if cue.label is not Label.TENURE or not now.facts.years:
        return False
    others = [one for one in reading.cues if one.label is not Label.TENURE]
    told = facts_of([cue, *others], turn.text, turn.at.date() if turn.at else None, now.language)
    known = told.years or (told.since and turn.at)  # without a day a year says nothing of how long
    return bool(known) and now.facts.years - (told.years or 0) >= 1


def _one_a_label(cues: Sequence[Cue]) -> list[Cue]:
    """The first cue of every label, in order."""
    first: dict[Label, Cue] = {}
    for cue in cues:
        first.setdefault(cue.label, cue)
    return list(first.values())
