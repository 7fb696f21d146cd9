"""Live: takes turns in once, hears them, keeps what came of it, and lets others know.

A turn is kept, with its update, prompt and alert, before it is acknowledged, in one transaction. What is in memory can
be made anew from what is kept: after a restart, or when another process has changed a conversation, it is.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import BoundedSemaphore, Lock, RLock

from csr_assist.advice import Advisor
from csr_assist.assistant import Assistant, Update
from csr_assist.bell import Bell
from csr_assist.conversation import Customer, Language, Speaker
from csr_assist.detector import Detector, Remembering
from csr_assist.errors import StoreError
from csr_assist.heard import Heard, Incoming, Taken, before, merged, take
from csr_assist.notify import NotifySettings, in_cool_down, over_budget, takers
from csr_assist.notify.policy import HOUR
from csr_assist.privacy.masking_live import mask_heard, mask_rest, may_be_rest
from csr_assist.state import WEIGHTS
from csr_assist.store import About, Change, OutOfDateError, Raised, Store, Summary

TRIES = 5
"""How often a conversation is read again that another process changes at the same time."""
OPEN_AT_ONCE = 500
"""Conversations in memory; the longest quiet ones are let go of and read again when they speak."""
AT_ONCE = os.cpu_count() or 1
"""Turns that are worked on at the same time. More threads, which all want the interpreter, get in each other's way at
every statement of the database, and under load a turn takes many times as long."""
_NOTHING = About()
_TELLING = 3
"""Words without which a quotation says nothing."""
_QUOTED = 160
"""Characters of the customer's words that go with an alert."""


@dataclass(frozen=True, slots=True)
class Took:
    """What became of one incoming turn."""

    conversation_id: str
    turn_id: str
    taken: Taken
    revision: int
    """Of the conversation, after it."""
    update: Update | None
    """As of this turn; later turns may have been heard already."""


@dataclass(slots=True)
class _Open:
    """A conversation in memory, as it is kept."""

    assistant: Assistant
    revision: int
    turns: tuple[Heard, ...]
    updates: tuple[Update, ...]
    raised: list[Raised]
    customer: Customer | None
    begun_in: Language | None = None
    """In which it was said to be; it is spoken until the customer's words show clearly another."""
    lock: RLock = field(default_factory=RLock)

    def heard(self, turns: Sequence[Heard]) -> tuple[Update, ...]:
        """Updates of all turns: of the new ones alone where they come last, else of all anew."""
        same = len(self.turns)
        if not same or tuple(turns[:same]) != self.turns:
            return self.hear_anew(turns)
        return (*self.updates, *self.assistant.hear_all([one.turn for one in turns[same:]]))

    def hear_anew(self, turns: Sequence[Heard]) -> tuple[Update, ...]:
        """Updates of all turns as if none had been heard before."""
        for one in turns[:1]:
            self.assistant.begin(one.turn.conversation_id, self.begun_in)
        return tuple(self.assistant.hear_all([one.turn for one in turns]))


class Service:
    """Everything that happens when a turn comes in; safe for many threads.

    Args:
        detector: reads the words.
        advisor: knows the playbook.
        store: keeps it all.
        notify: who is told of alerts, and how much is too much.
        clock: the time, with a zone.
    """

    def __init__(
        self,
        detector: Detector,
        advisor: Advisor,
        store: Store,
        notify: NotifySettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store
        self.bell = Bell()
        self.clock = clock
        self._notify = notify or NotifySettings()
        self._detector = Remembering(detector)
        self._advisor = advisor
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._lock = Lock()
        self._seats = BoundedSemaphore(AT_ONCE)

    def start(self, conversation_id: str, about: About) -> Summary:
        """Open a conversation, or add to what is known of it.

        Raises:
            StoreError: it could not be kept.
        """
        with self._alone(conversation_id):
            found = self.store.conversations.begin(conversation_id, about, self.clock())
            self._let_go(conversation_id)
        self.bell.ring()
        return found

    def end(self, conversation_id: str) -> bool:
        """Note that a conversation has ended; False where it is not known. What comes late is still taken."""
        with self._alone(conversation_id):
            known = self.store.conversations.end(conversation_id, self.clock())
            self._let_go(conversation_id)
        self.bell.ring()
        return known

    def take(self, incoming: Sequence[Incoming], about: Mapping[str, About] | None = None) -> list[Took]:
        """Take turns in, of any conversations; each conversation's are kept together or not at all.

        Args:
            incoming: the turns, in the order in which they came.
            about: what else is known of their conversations, by id.

        Raises:
            StoreError: some could not be kept; to send all of them again does no harm.
        """
        by_conversation: dict[str, list[Incoming]] = {}
        for one in incoming:
            by_conversation.setdefault(one.turn.conversation_id, []).append(self._masked(one))
        found: dict[str, list[Took]] = {}
        for key, some in by_conversation.items():
            with self._seats:
                found[key] = self._taken(key, some, (about or {}).get(key, _NOTHING))
        self.bell.ring()
        order = {key: iter(tooks) for key, tooks in found.items()}
        return [next(order[one.turn.conversation_id]) for one in incoming]

    def erase(self, customer_id: str, author: str) -> int:
        """Erase a customer's conversations and all that hangs on them; gives how many. The fact itself is noted."""
        erased = self.store.privacy.erase_customer(customer_id)
        with self._lock:
            self._open.clear()
        self.store.privacy.note(author, "erased a customer", f"{erased} conversations", self.clock())
        return erased

    def _masked(self, one: Incoming) -> Incoming:
        """Without what the store must not hold; before it is read, so that evidence lies where it is shown."""
        return replace(one, turn=replace(one.turn, text=mask_heard(one.turn.text, one.turn.language, one.final)))

    def _taken(self, conversation_id: str, incoming: Sequence[Incoming], about: About) -> list[Took]:
        for _ in range(TRIES):
            with self._alone(conversation_id) as known:
                try:
                    return self._step(known, conversation_id, incoming, about)
                except OutOfDateError:
                    self._let_go(conversation_id)
                except Exception:
                    self._let_go(conversation_id)  # what is in memory may be ahead of what is kept
                    raise
        raise StoreError(f"conversation '{conversation_id}' is being changed by others all the time")

    def _step(self, known: _Open, conversation_id: str, incoming: Sequence[Incoming], about: About) -> list[Took]:
        now = self.clock()
        turns, taken = known.turns, []
        for one in incoming:
            turns, what = take(turns, _without_rest(one, turns))
            taken.append(what)
        about = _with_customers(about, incoming, taken)
        known.customer = merged(known.customer, about.customer)
        if turns != known.turns or about != _NOTHING:
            turns = tuple(_completed(one, known.customer, now) for one in turns)
            if not known.turns:
                known.begun_in = about.language or known.begun_in
            pairs = list(zip(turns, known.heard(turns), strict=True))
            change = _change(known, conversation_id, pairs, about, now)
            fresh = change.new | change.changed
            alerts = self._alerts(known, [pair for pair in pairs if pair[0].turn.turn_id in fresh], now)
            known.revision = self.store.conversations.keep(replace(change, alerts=alerts))
            known.turns, known.updates = turns, tuple(update for _, update in pairs)
            known.raised += alerts
        by_id = {update.turn.turn_id: update for update in known.updates}
        return [
            Took(conversation_id, one.turn.turn_id, what, known.revision, by_id.get(one.turn.turn_id))
            for one, what in zip(incoming, taken, strict=True)
        ]

    def _alerts(self, known: _Open, fresh: Iterable[tuple[Heard, Update]], now: datetime) -> list[Raised]:
        """Alerts of what is new: never twice for one turn, nor for one reason within the cool-down, nor after it."""
        found: list[Raised] = []
        for heard, update in fresh:
            if update.alert is None or not heard.final:
                continue
            turn, alert, policy = update.turn, update.alert, self._notify.policy
            same = [one for one in (*known.raised, *found) if one.reason == alert.reason]
            again = any(one.turn_id == turn.turn_id for one in same)
            if again or in_cool_down(now, (one.at for one in same), policy):
                continue
            channels = takers(self._notify, alert.level)
            sent = [*self.store.alerts.sent_since(now - HOUR), *(one.at for one in found if one.channels)]
            held = over_budget(alert.level, now, sent, policy) if channels else None
            found.append(
                Raised(
                    conversation_id=turn.conversation_id,
                    turn_id=turn.turn_id,
                    reason=alert.reason,
                    level=alert.level,
                    at=now,
                    quote=_quote(update),
                    held=held,
                    channels=() if held else channels,
                )
            )
        return found

    @contextmanager
    def _alone(self, conversation_id: str) -> Iterator[_Open]:
        """The conversation in memory, for one thread at a time."""
        while True:
            known = self._at(conversation_id)
            with known.lock:
                with self._lock:
                    let_go = self._open.get(conversation_id) is not known
                if let_go:  # while we waited: it may be ahead of what is kept
                    continue
                yield known
                return

    def _at(self, conversation_id: str) -> _Open:
        """The conversation in memory, read from the store where it is not."""
        with self._lock:
            if conversation_id in self._open:
                self._open.move_to_end(conversation_id)
                return self._open[conversation_id]
        fresh = self._read(conversation_id)
        with self._lock:
            known = self._open.setdefault(conversation_id, fresh)
            while len(self._open) > OPEN_AT_ONCE:
                self._open.popitem(last=False)
            return known

    def _read(self, conversation_id: str) -> _Open:
        revision, kept = self.store.conversations.as_heard(conversation_id)
        summary = self.store.conversations.summary(conversation_id)
        known = _Open(
            assistant=Assistant(self._detector, self._advisor),
            revision=revision,
            turns=tuple(one.heard for one in kept),
            updates=tuple(one.update for one in kept),
            raised=self.store.alerts.of(conversation_id),
            customer=summary.customer if summary else None,
            begun_in=summary.begun_in if summary else None,
        )
        known.hear_anew(known.turns)  # so that the next turn is heard as the one after these
        return known

    def _let_go(self, conversation_id: str) -> None:
        with self._lock:
            self._open.pop(conversation_id, None)


def _change(
    known: _Open,
    conversation_id: str,
    pairs: Sequence[tuple[Heard, Update]],
    about: About,
    now: datetime,
) -> Change:
    """What is to be kept: the turns that are not as they were, and the first prompts of words that are final."""
    earlier = {one.turn.turn_id: (place, one) for place, one in enumerate(known.turns)}
    updates = {update.turn.turn_id: update for update in known.updates}
    changed: set[str] = set()
    prompted: set[str] = set()
    for place, (heard, update) in enumerate(pairs):
        turn_id = heard.turn.turn_id
        was = updates.get(turn_id)
        if earlier.get(turn_id) == (place, heard) and was == update:
            continue
        changed.add(turn_id)
        _, said = earlier.get(turn_id, (place, None))
        same_words = said is not None and said.final and said.turn.text == heard.turn.text
        shown_before = same_words and was is not None and was.prompt is not None
        if heard.final and update.prompt and not shown_before:
            prompted.add(turn_id)
    return Change(
        conversation_id=conversation_id,
        based_on=known.revision,
        turns=pairs,
        new=frozenset(changed - earlier.keys()),
        changed=frozenset(changed & earlier.keys()),
        at=now,
        about=about,
        prompted=frozenset(prompted),
    )


def _without_rest(one: Incoming, turns: Sequence[Heard]) -> Incoming:
    """Without the rest of a number that its speaker began to say in their turn before."""
    if not may_be_rest(one.turn.text):
        return one
    return replace(one, turn=replace(one.turn, text=mask_rest(one.turn, before(turns, one))))


def _with_customers(about: About, incoming: Iterable[Incoming], taken: Iterable[Taken]) -> About:
    """With the customers whom new words name, so that the conversation is found and erased under their ids."""
    customer = None
    for one, what in zip(incoming, taken, strict=True):
        if what in (Taken.NEW, Taken.CORRECTED):
            customer = merged(customer, one.turn.customer)
    return replace(about, customer=merged(customer, about.customer))


def _completed(heard: Heard, customer: Customer | None, now: datetime) -> Heard:
    """With the time that it came, and whom the conversation is with, where the turn does not say."""
    turn, named = heard.turn, merged(customer, heard.turn.customer)
    if turn.at and turn.customer == named:
        return heard  # a long call has many turns, of which only the last is new
    return replace(heard, turn=replace(turn, at=turn.at or now, customer=named))


def _quote(update: Update) -> str:
    """The customer's words that weigh most, in their turn or before the agent's; all of it where these are too few."""
    theirs = update.turn.speaker is Speaker.CUSTOMER
    heard = update.reading.cues if theirs else [hurt.cue for hurt in update.state.hurts]
    cues = sorted(heard, key=lambda cue: -WEIGHTS.get(cue.label, 0.0) * cue.probability)
    whole = update.turn.text if theirs else dict(update.state.said).get(Speaker.CUSTOMER, update.turn.text)
    told = next((cue.text for cue in cues if len(cue.text.split()) >= _TELLING), whole)
    return told if len(told) <= _QUOTED else told[: _QUOTED - 1].rstrip() + "…"
