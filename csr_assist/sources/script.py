"""Plain scripts: ``Agent: ...`` and ``Customer: ...`` lines, as people paste them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from csr_assist.conversation import Speaker, Turn
from csr_assist.sources.record import turns
from csr_assist.sources.roles import NOBODY, Named, cast, known_role, role_of
from csr_assist.sources.rows import Problem, Row

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?:\s?[AaPp][Mm])?"
_TIME = rf"(?:\[{_CLOCK}\]|\({_CLOCK}\)|{_CLOCK}(?=[\s–-]))"
_MARKS = "\ufeff\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_LABEL = re.compile(  # runs are bounded: two open runs of spaces would cost the square of a long line
    rf"(?:{_TIME})?[*>•\s–-]{{0,9}}(?P<name>[^\W\d_][^:：]{{0,39}}?)\s{{0,9}}(?:{_TIME}\s{{0,9}})?[:：](?P<rest>.*)",
    re.DOTALL,
)
_LEADING_TIME = re.compile(rf"(?:\[{_CLOCK}\]|\({_CLOCK}\)|{_CLOCK}$)\s*")
_SENTENCE = ',;!?"'
_OFTEN = 0.2
"""Share of lines that name someone, above which a text is a script."""
_MOST_WORDS = 3
"""Longer unknown names are taken for a sentence with a colon in it."""


@dataclass(slots=True)
class _Spoken:
    line: int
    speaker: str | None
    parts: list[str] = field(default_factory=list)

    def row(self) -> Row:
        fields = {"speaker": self.speaker, "text": " ".join(part for part in self.parts if part)}
        return Row(self.line, {key: value for key, value in fields.items() if value is not None})


def read(text: str, name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the text; blank lines and times in front are dropped."""
    rows = _joined(list(spoken(enumerate(text.split("\n"), 1))), roles)
    return turns(cast(lambda: iter(rows), roles), name, roles)


def spoken(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Join numbered lines to rows: a line that names no speaker goes on with what was said before."""
    current: _Spoken | None = None
    for number, raw in lines:
        line = raw.strip().strip(_MARKS).strip()
        named = _named(line)
        if named or (line and current is None):
            if current:
                yield current.row()
            current = _Spoken(number, named[0] if named else None)
        if current:
            current.parts.append(named[1] if named else _LEADING_TIME.sub("", line, count=1))
    if current:
        yield current.row()


def _joined(rows: Sequence[Row], roles: Named) -> list[Row]:
    """Rows whose label is no speaker's, as ``Total: 50 dollars``, go on with the row before."""
    labels = _labels([str(row.fields["speaker"]).casefold() for row in rows if "speaker" in row.fields], roles)
    found: list[tuple[Row, list[str]]] = []
    for row in rows:
        label, words = str(row.fields.get("speaker", "")), str(row.fields["text"])
        if found and label.casefold() in labels:
            found[-1][1].append(f"{label}: {words}".strip())
        else:
            found.append((row, [words] if words else []))
    return [Row(row.line, {**row.fields, "text": " ".join(parts)}) for row, parts in found]


def _labels(names: Iterable[str], roles: Named) -> set[str]:
    """Names that nobody knows, that stand once, and that cannot be a side's of the talk.

    That is so where both sides are known, or one is and another unknown name comes again and again. An unknown name
    that does so beside two known sides is a third person's: to give those words to a side would be wrong.
    """
    counts = Counter(names)
    known = {name: known_role(name, roles) for name in counts}
    sides = {Speaker.CUSTOMER, Speaker.AGENT} & set(known.values())
    unknown = [name for name, role in known.items() if role is None]
    other_side = any(counts[name] > 1 for name in unknown)
    if len(sides) == 2 or (sides and other_side):
        return {name for name in unknown if counts[name] == 1}
    return set()


def _named(line: str) -> tuple[str, str] | None:
    """Speaker and words of a line, if it names a speaker."""
    label = _LABEL.match(line)
    if label is None:
        return None
    name, rest = label["name"].strip("* "), label["rest"]
    if not role_of(name) and not (_like_a_name(name) and (not rest or rest[0] in " \t*")):
        return None
    return name, rest.lstrip("* \t")


def _like_a_name(name: str) -> bool:
    words = name.split()
    if any(mark in name for mark in _SENTENCE):
        return False
    return len(words) == 1 or (len(words) <= _MOST_WORDS and not any(word[0].islower() for word in words))


def fits(text: str, roles: Named = NOBODY) -> bool:
    """Whether speakers are named: from the first line on, or one whose role is known, or in many lines.

    In notes a word with a colon is no speaker: "Order: 7" below other lines.
    """
    lines = [(number, line) for number, line in enumerate(text.split("\n")) if line.strip()]
    names = [(row.line, str(row.fields["speaker"])) for row in spoken(lines) if "speaker" in row.fields]
    from_the_first = bool(names) and names[0][0] == lines[0][0]
    return from_the_first or any(known_role(name, roles) for _, name in names) or len(names) > _OFTEN * len(lines)
