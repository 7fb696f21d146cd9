"""Runs of digit groups in a text, and which neighbouring groups of a run are personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from csr_assist.conversation import Language
from csr_assist.privacy.masking_kinds import Found, Kind
from csr_assist.privacy.masking_rules import RULES, Verdict, Window
from csr_assist.privacy.masking_text import hide_plain_numbers
from csr_assist.privacy.masking_words import HESITATION, called, is_reference

FEWEST, MOST = 7, 26
"""Digits of the shortest and the longest number that is looked for."""
_PAUSE = rf"(?:[ ,.…-]{{1,4}}(?i:{HESITATION})(?!\w)){{1,3}}[ ,.…-]{{1,4}}"
RUN = re.compile(rf"\d+(?:(?: ?[-.()/] ?[()]?|\) ?|, | {{1,2}}\(?|{_PAUSE})\d+)*")
_GROUP = re.compile(r"\d+")
_CODE_BEFORE = re.compile(r"[A-Za-z_][-/_.]?$")
_CODE_AFTER = re.compile(r"[A-Z_]|[-_][A-Za-z]|[a-z]{4}")


@dataclass(frozen=True, slots=True)
class _Run:
    """Groups of digits that blanks, dashes, points, brackets and hesitation alone part, with what stands before."""

    text: str
    groups: Sequence[tuple[int, int]]
    called: Kind | None
    reference: bool
    plus: bool
    language: Language | None

    def window(self, first: int, start: int, end: int) -> Window:
        """The groups ``start`` to ``end``, that one in; ``first`` is the first that no finding has taken."""
        spans = self.groups[start : end + 1]
        inside = self.text[spans[0][0] : spans[-1][1]]
        leads = start == 0
        return Window(
            digits="".join(self.text[a:b] for a, b in spans),
            shape=tuple(b - a for a, b in spans),
            first=start == first,
            last=end == len(self.groups) - 1,
            spaced=not any(char in inside for char in ".,/()"),
            plus=self.plus and leads,
            called=self.called if leads else None,
            reference=self.reference,
            language=self.language,
        )


def numbers(text: str, language: Language | None) -> Iterator[Found]:
    """Cards, accounts, ids and phones among the digits of a folded text, from left to right."""
    text = hide_plain_numbers(text)
    for match in RUN.finditer(text):
        if sum(map(str.isdigit, match[0])) >= FEWEST:
            run = _run(text, match, language)
            if run is not None:
                yield from _in_run(run)


def _run(text: str, match: re.Match[str], language: Language | None) -> _Run | None:
    """The run, or ``None`` where letters beside it make it part of a code such as "INV-20240815"."""
    start, end = match.span()
    plus = text[start - 1 : start] == "+" or text[max(0, start - 2) : start] in ("+(", "+ ")
    kind = called(text, start)
    if _CODE_BEFORE.search(text, max(0, start - 2), start) and kind is None:
        return None
    groups = [group.span() for group in _GROUP.finditer(text, start, end)]
    if _CODE_AFTER.match(text, end):
        groups.pop()
    return _Run(text, groups, kind, kind is None and is_reference(text, start), plus, language) if groups else None


def _in_run(run: _Run) -> Iterator[Found]:
    first = start = 0
    while start < len(run.groups):
        verdict, end = _best(run, first, start) if _may_begin(run, first, start) else (None, start)
        if verdict is None:
            start += 1
            continue
        yield Found(verdict.kind, _begin(run, start), run.groups[end][1], verdict.score, verdict.why)
        first = start = end + 1


def _may_begin(run: _Run, first: int, start: int) -> bool:
    """Within a run a number begins with three digits or more; else every list of small counts would be tried."""
    return start == first or run.groups[start][1] - run.groups[start][0] >= 3


def _begin(run: _Run, start: int) -> int:
    """Where the finding begins: a plus sign and an opening bracket belong to the number."""
    at = run.groups[start][0]
    while start == 0 and at and run.text[at - 1] in "+(":
        at -= 1
    return at


def _best(run: _Run, first: int, start: int) -> tuple[Verdict | None, int]:
    """The surest verdict on groups from ``start`` on and its last group; of equals the longest."""
    best: tuple[Verdict | None, int] = (None, start)
    size = 0
    for end in range(start, len(run.groups)):
        size += run.groups[end][1] - run.groups[end][0]
        if size > MOST:
            break
        if size < FEWEST:
            continue
        window = run.window(first, start, end)
        for rule in RULES:
            verdict = rule(window)
            if verdict and (best[0] is None or verdict.score >= best[0].score):
                best = verdict, end
    return best
