"""Who says what in a text without names: guessed from the words of the whole conversation.

Each line's own words lean to a side (``role_signs``), speakers mostly take turns, and a question is mostly answered by
the other side. A line's role is the likelier one, all ways through the conversation considered (forward-backward).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from csr_assist.conversation import Speaker, Turn
from csr_assist.sources.role_signs import Sign, signs_in
from csr_assist.sources.rows import Problem

LINES = 0.8
"""How often the next line is the other side's, where each line is a turn."""
SENTENCES = 0.3
"""The same for sentences, of which a turn has several."""
_ANSWERED = 0.9
"""How often a question is followed by the other side."""
_AGENT_FIRST = 0.6
_STRONGEST = 5.0
_FALLBACK = "takes turns with the other side"
_QUESTION = re.compile(r"[?؟][\"'»”)\s]*$")
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?؟۔…]+[\"'»”)]*(?=\s)|(?=\n)|\Z)")
_TITLE = re.compile(r"\b(?:mr|mrs|ms|dr|st|vs|bpk|sdr|jl|[b-hj-z])\.$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(r"\b(?:no|rp)\.$", re.IGNORECASE)
"""Alone, "No." is an answer."""

_Found = TypeVar("_Found", Turn, Problem, Turn | Problem)


@dataclass(frozen=True, slots=True)
class Guess:
    """Who is taken to say a line: customer or agent.

    Attributes:
        role: the likelier side.
        confidence: its probability, 0.5..1, after all lines were seen.
        why: the strongest reason in a few words; nobody's own words.
    """

    role: Speaker
    confidence: float
    why: str


def infer_roles(lines: Sequence[str], changes: float = LINES) -> list[Guess]:
    """Guess who says each line of one conversation, in order.

    Args:
        lines: utterances in English, Indonesian or Persian.
        changes: probability that the next line is the other side's.
    """
    heard = [signs_in(line) for line in lines]
    turns = [max(changes, _ANSWERED) if _QUESTION.search(line) else changes for line in lines]
    return [_guess(odds, signs) for odds, signs in zip(_decoded(heard, turns), heard, strict=True)]


def utterances(text: str) -> list[str]:
    """The sentences of a text without lines, in order.

    >>> utterances("I paid No. 7. Where is it? کجاست؟ Ok")
    ['I paid No. 7.', 'Where is it?', 'کجاست؟', 'Ok']
    """
    sentences: list[str] = []
    for part in filter(None, (found.group().strip() for found in _SENTENCE.finditer(text))):
        if sentences and _goes_on(sentences[-1], part):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences


def _goes_on(sentence: str, following: str) -> bool:
    return bool(_TITLE.search(sentence) or (_BEFORE_NUMBER.search(sentence) and following[0].isdigit()))


def swapped(found: Iterable[_Found]) -> Iterator[_Found]:
    """The same turns with customer and agent exchanged; the system's turns and problems stay."""
    other = {Speaker.CUSTOMER: Speaker.AGENT, Speaker.AGENT: Speaker.CUSTOMER, Speaker.SYSTEM: Speaker.SYSTEM}
    for item in found:
        yield replace(item, speaker=other[item.speaker]) if isinstance(item, Turn) else item


def _leaning(signs: Iterable[Sign]) -> float:
    """Log-odds of the agent."""
    total = sum(sign.weight if sign.role is Speaker.AGENT else -sign.weight for sign in signs)
    return max(-_STRONGEST, min(_STRONGEST, total))


def _decoded(heard: Sequence[Sequence[Sign]], turns: Sequence[float]) -> Iterator[float]:
    """Log-odds of the agent at each line, given all lines."""
    leanings = [_leaning(signs) for signs in heard]
    before = [math.log(_AGENT_FIRST / (1 - _AGENT_FIRST))]
    for leaning, change in zip(leanings, turns, strict=True):
        before.append(_passed(before[-1] + leaning, change))
    after = [0.0]
    for leaning, change in zip(leanings[:0:-1], turns[-2::-1], strict=True):
        after.append(_passed(after[-1] + leaning, change))
    for earlier, leaning, later in zip(before[:-1], leanings, after[::-1], strict=False):
        yield earlier + leaning + later


def _passed(odds: float, change: float) -> float:
    """What log-odds of one line say of its neighbour's."""
    agent = _probability(odds)
    neighbour = agent * (1 - change) + (1 - agent) * change
    return math.log(neighbour / (1 - neighbour))


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _guess(odds: float, signs: Sequence[Sign]) -> Guess:
    role = Speaker.AGENT if odds >= 0 else Speaker.CUSTOMER
    reasons = [sign for sign in signs if sign.role is role]
    why = max(reasons, key=lambda sign: sign.weight).why if reasons else _FALLBACK
    return Guess(role, _probability(abs(odds)), why)
