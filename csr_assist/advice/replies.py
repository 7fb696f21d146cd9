"""Words to say: a reply is put together from the playbook's lines and this customer's own facts and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from csr_assist.advice.playbook import MOST_WORDS, slots

_TRIED = 5
"""Best lines of each part that are tried together."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A composed reply and the playbook's lines in it."""

    text: str
    lines: tuple[str, ...]


def compose(parts: Sequence[Sequence[str]], known: Mapping[str, str], used: Sequence[str], turn: int) -> Reply | None:
    """Take one line of every part so that the whole has at most ``MOST_WORDS`` words.

    Lines that name more of what is known of this customer come first, lines in ``used`` last; ``turn``
    turns the order, so that two calls do not sound alike. When nothing fits, the second part is left out, then
    the third: the first and the last stay longest. None when no line of the first part can be filled.
    """
    ranked = [_ranked(part, known, used, turn) for part in parts]
    if not ranked or not ranked[0]:
        return None
    ranked = [lines for lines in ranked if lines]
    while True:
        for lines in _combinations(ranked):
            text = " ".join(line.format_map(known) for line in lines)
            if len(text.split()) <= MOST_WORDS:
                return Reply(text, lines)
        if len(ranked) == 1:
            return None
        ranked.pop(1)


def _ranked(lines: Sequence[str], known: Mapping[str, str], used: Sequence[str], turn: int) -> list[str]:
    """Lines that can be filled and are short enough alone, the best first."""
    fit = [line for line in lines if slots(line) <= known.keys() and len(line.format_map(known).split()) <= MOST_WORDS]
    turned = fit[turn % len(fit) :] + fit[: turn % len(fit)] if fit else []
    return sorted(turned, key=lambda line: (used.count(line), -len(slots(line))))[:_TRIED]


def _combinations(ranked: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One line of each part, by the sum of their ranks: the best of all first."""
    places = product(*(range(len(lines)) for lines in ranked))
    for chosen in sorted(places, key=sum):
        topics = [line for i, line in zip(chosen, ranked, strict=True) if "{topic}" in line[i]]
        if len(topics) < 2:
            yield tuple(lines[i] for i, lines in zip(chosen, ranked, strict=True))
