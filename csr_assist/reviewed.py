"""What people said of cues and prompts, in the form that training reads (see ``training.corpus``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.cues import Cue
from csr_assist.labels import labels_for
from csr_assist.store import Kept, Mark, MarkVerdict, Store
from csr_assist.training.corpus import CHANNELS, Evidence

CHANNEL = "call"
"""Where the conversation does not say, or says what training does not know."""
_LIKE_A_TAG = re.compile(r"<(/?[a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Marked:
    """A turn as a line of the corpus, or why it cannot be one."""

    line: dict[str, Any] | None
    reason: str = ""


def reviewed_turns(store: Store) -> Iterator[Marked]:
    """Every turn that a reviewer has marked, with the cues that it has by their word.

    Raises:
        StoreError: the store cannot be read.
    """
    by_conversation: dict[str, list[Mark]] = {}
    for mark in store.reviews.marks():
        by_conversation.setdefault(mark.conversation_id, []).append(mark)
    for conversation_id, marks in by_conversation.items():
        summary = store.conversations.summary(conversation_id)
        _, kept = store.conversations.read(conversation_id)
        channel = summary.channel if summary and summary.channel in CHANNELS else CHANNEL
        for place, one in enumerate(kept):
            of_turn = [mark for mark in marks if mark.turn_id == one.heard.turn.turn_id]
            if of_turn:
                yield _marked(one, of_turn, context_of(kept[: place + 1]), channel or CHANNEL)


def _marked(kept: Kept, marks: Sequence[Mark], context: str, channel: str) -> Marked:
    turn, cues = kept.heard.turn, kept.update.reading.cues
    if not kept.heard.final:
        return Marked(None, "its words are not final")
    of_speaker = [mark for mark in marks if mark.label in labels_for(turn.speaker)]
    if not of_speaker:
        return Marked(None, "its marks do not fit its speaker")
    fitting = [placed for mark in of_speaker if (placed := in_words(mark, turn.text))]
    if not fitting:
        return Marked(None, "its words have changed since it was marked")
    language = kept.update.state.language or turn.language or Language.ENGLISH
    return Marked(
        {
            "id": f"{quote(turn.conversation_id, safe='')}/{quote(turn.turn_id, safe='')}",
            "speaker": turn.speaker.value,
            "language": language.value,
            "channel": channel,
            "trade": "",
            "context": context,
            "judged": sorted({mark.label.value for mark in fitting}),
            "text": marked(turn.text, corrected(cues, fitting)),
        }
    )


def in_words(mark: Mark, text: str) -> Mark | None:
    """The mark where its words stand in the text by now; None where they stand there no more, or more than once."""
    if mark.words and text[mark.start : mark.end] == mark.words:
        return mark
    at = text.find(mark.words)
    if not mark.words or at < 0 or text.find(mark.words, at + 1) >= 0:
        return None
    return replace(mark, start=at, end=at + len(mark.words))


def context_of(kept: Sequence[Kept]) -> str:
    """The other speaker's words before the last of these turns, or nothing."""
    *before, last = [one.heard.turn for one in kept]
    other = Speaker.AGENT if last.speaker is Speaker.CUSTOMER else Speaker.CUSTOMER
    return next((turn.text for turn in reversed(before) if turn.speaker is other), "")


def corrected(cues: Iterable[Cue], marks: Iterable[Mark]) -> tuple[Evidence, ...]:
    """The cues without those marked wrong, and with those marked missed or right as they were marked.

    Marks are in the order in which they were made; the last word on a label's characters counts.
    """
    found = [Evidence(cue.label, cue.start, cue.end) for cue in cues]
    for mark in marks:
        found = [one for one in found if one.label is not mark.label or not _overlap(one, mark)]
        if mark.verdict is not MarkVerdict.WRONG:
            found.append(Evidence(mark.label, mark.start, mark.end))
    return tuple(sorted(found, key=lambda one: (one.start, -one.end, one.label)))


def _overlap(one: Evidence, other: Mark) -> bool:
    return one.start < other.end and other.start < one.end


def marked(text: str, evidence: Iterable[Evidence]) -> str:
    """The text with its evidence in tags, as ``parse_marked`` reads it.

    What looks like a tag in the text itself gets other brackets: ‹b› for <b>.
    """
    text = _LIKE_A_TAG.sub(r"‹\1›", text)
    opened: dict[int, str] = {}
    closed: dict[int, str] = {}
    for one in evidence:
        opened[one.start] = opened.get(one.start, "") + f"<{one.label}>"
        closed[one.end] = f"</{one.label}>" + closed.get(one.end, "")
    tags = [closed.get(at, "") + opened.get(at, "") for at in range(len(text) + 1)]
    return "".join(tag + character for tag, character in zip(tags, [*text, ""], strict=True))


def prompt_verdicts(store: Store) -> Iterator[dict[str, Any]]:
    """What agents did with prompts, with the turns that raised them where these are kept.

    Raises:
        StoreError: the store cannot be read.
    """
    known: tuple[str, dict[str, Turn]] = ("", {})
    for one in sorted(store.reviews.feedback(), key=lambda one: one.conversation_id):
        if known[0] != one.conversation_id:
            _, kept = store.conversations.read(one.conversation_id)
            known = (one.conversation_id, {some.heard.turn.turn_id: some.heard.turn for some in kept})
        turn = known[1].get(one.turn_id)
        yield {
            "conversation_id": one.conversation_id,
            "turn_id": one.turn_id,
            "at": one.at.isoformat() if one.at else None,
            "verdict": one.verdict.value,
            "option": one.option_id,
            "say": one.say,
            "labels": list(one.labels),
            "text": turn.text if turn else None,
        }
