"""Annotated turns: the project's own corpus, and readings of public sets joined with their texts.

The corpus (``data/corpus/*.jsonl``) marks evidence inline, so that a person can read and mend it::

    {"id": "calls-0001", "speaker": "customer", "language": "en", "channel": "call", "trade": "telecom",
     "context": "", "text": "I've been <tenure>a customer for 6 years</tenure>"}

``"judged": ["tenure"]`` names the labels that somebody looked for, where it was not all of them; of the others nothing
is learnt from the line, marked or not. A line may also say ``"unhappy": true`` or ``false``: whether the tone is,
whatever it is about. No label follows from it; ``distil`` learns the tone by it.

``data/labels/*.jsonl`` holds offsets into texts that are not ours to ship; they are read from a folder
that the user names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csr_assist.conversation import Language, Speaker
from csr_assist.errors import CorpusError
from csr_assist.labels import Family, Label, labels_for
from csr_assist.training.signs import unhappy
from csr_assist.training.texts import lines, texts_of

CHANNELS = ("call", "chat", "email", "social", "review")

_TAG = re.compile(r"<(/?)([a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The characters ``start:end`` of an example's text that show ``label``."""

    label: Label
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """One annotated turn.

    ``context`` is the other speaker's turn before, or empty; ``unhappy`` whether the tone is, where somebody said so;
    ``judged`` the labels that somebody looked for, none if it was all that the speaker can carry.
    """

    id: str
    source: str
    speaker: Speaker
    language: Language
    text: str
    context: str = ""
    evidence: tuple[Evidence, ...] = ()
    channel: str = ""
    trade: str = ""
    unhappy: bool | None = None
    judged: frozenset[Label] | None = None
    labels: frozenset[Label] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", frozenset(e.label for e in self.evidence))


def parse_marked(marked: str, speaker: Speaker) -> tuple[str, tuple[Evidence, ...]]:
    """Split marked text into plain text and evidence. Tags may nest or cross.

    Raises:
        ValueError: a tag is unknown for the speaker, unbalanced or empty; the message says which.
    """
    allowed = {label.value: label for label in labels_for(speaker)}
    plain: list[str] = []
    length = at = 0
    opened: dict[Label, int] = {}
    found: list[Evidence] = []
    for tag in _TAG.finditer(marked):
        plain.append(marked[at : tag.start()])
        length += tag.start() - at
        at = tag.end()
        label = allowed.get(tag[2])
        if label is None:
            raise ValueError(f"label '{tag[2]}' is not one of the {speaker}'s: {', '.join(allowed)}")
        if not tag[1]:
            if label in opened:
                raise ValueError(f"<{label}> opens again before it closes")
            opened[label] = length
        elif label not in opened:
            raise ValueError(f"</{label}> closes what was not opened")
        elif (start := opened.pop(label)) == length:
            raise ValueError(f"<{label}> marks no characters")
        else:
            found.append(Evidence(label, start, length))
    if opened:
        raise ValueError(f"<{next(iter(opened))}> is never closed")
    plain.append(marked[at:])
    return "".join(plain), tuple(found)


def _reason(error: Exception) -> str:
    return f"field {error} is missing" if isinstance(error, KeyError) else str(error)


def load_corpus(place: Path) -> list[Example]:
    """Read and validate one file of annotated turns, or every ``*.jsonl`` of a folder, in the order of file and line.

    Raises:
        CorpusError: a line does not validate, an id comes twice, or there are no examples.
    """
    examples: list[Example] = []
    seen: dict[str, str] = {}
    for path in [place] if place.is_file() else sorted(place.glob("*.jsonl")):
        for where, row in lines(path):
            try:
                example = _own(row, path.stem)
            except (KeyError, TypeError, ValueError) as error:
                raise CorpusError(f"{where}: {_reason(error)}") from None
            if example.id in seen:
                raise CorpusError(f"{where}: id '{example.id}' was used before, at {seen[example.id]}")
            seen[example.id] = where
            examples.append(example)
    if not examples:
        raise CorpusError(f"{place}: {'no annotated turns (*.jsonl) found' if place.is_dir() else _empty(place)}")
    return examples


def _empty(file: Path) -> str:
    return "holds no annotated turns" if file.exists() else "no annotated turns (*.jsonl) found: there is no such place"


def _own(row: dict[str, Any], source: str) -> Example:
    if bad := [name for name in ("id", "text", "context") if not isinstance(row[name], str)]:
        raise ValueError(f"{bad[0]} is {row[bad[0]]}, which is no text")
    speaker = Speaker(row["speaker"])
    text, evidence = parse_marked(row["text"], speaker)
    if not text.strip():
        raise ValueError("the text is empty")
    if row["channel"] not in CHANNELS:
        raise ValueError(f"channel '{row['channel']}' is not one of {', '.join(CHANNELS)}")
    return Example(
        id=row["id"],
        source=source,
        speaker=speaker,
        language=Language(row["language"]),
        text=text,
        context=row["context"],
        evidence=evidence,
        channel=row["channel"],
        trade=row["trade"],
        unhappy=_said(row),
        judged=_judged(row, speaker),
    )


def _judged(row: dict[str, Any], speaker: Speaker) -> frozenset[Label] | None:
    if "judged" not in row:
        return None
    allowed = {label.value: label for label in labels_for(speaker)}
    if not isinstance(row["judged"], list) or any(name not in allowed for name in row["judged"]):
        raise ValueError(f"judged is {row['judged']}; it is a list of the {speaker}'s labels: {', '.join(allowed)}")
    return frozenset(allowed[name] for name in row["judged"])


def _said(row: dict[str, Any]) -> bool | None:
    value = row.get("unhappy", False)
    if not isinstance(value, bool):
        raise ValueError(f"unhappy '{value}' is not true or false")
    return value if "unhappy" in row else None


def load_labels(folder: Path, texts: Path) -> list[Example]:
    """Join the readings in ``folder`` with the public texts in ``texts``.

    Raises:
        CorpusError: there are no readings, a set's texts are absent, an id is not in them, offsets lie outside the
            text, or a line does not validate.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise CorpusError(f"{folder}: no readings of public texts (*.jsonl) found")
    examples: list[Example] = []
    for path in paths:
        bodies = texts_of(texts, path.stem)
        for where, row in lines(path):
            try:
                body = bodies.get(row["id"].partition("#")[0])
                if body is None:
                    raise ValueError(f"id '{row['id']}' is not in the texts of '{path.stem}'")
                examples.append(_public(row, body))
            except (KeyError, TypeError, ValueError) as error:
                raise CorpusError(f"{where}: {_reason(error)}") from None
    return examples


def _public(row: dict[str, Any], body: dict[str, Any]) -> Example:
    start = row.get("sentence_start", 0)
    text = body["text"][start : row.get("sentence_end", len(body["text"]))]
    whole = len(text) == len(body["text"])
    evidence = []
    for label, a, b in row["cues"]:
        if not start <= a < b <= start + len(text):
            raise ValueError(f"{label} at {a}:{b} lies outside the text")
        evidence.append(Evidence(Label(label), a - start, b - start))
    return Example(
        id=row["id"],
        source=row["set"],
        speaker=Speaker(row["speaker"]),
        language=Language(row["language"]),
        text=text,
        context=body.get("context", ""),
        evidence=tuple(evidence),
        unhappy=_tone(unhappy(row["set"], body), evidence) if whole else None,
    )


def _tone(marked: bool | None, evidence: Sequence[Evidence]) -> bool | None:
    """A set's mark of the whole text, unless it is a happy one on a text with a complaint in it."""
    complains = any(one.label.family is Family.DISSATISFACTION for one in evidence)
    return None if complains and marked is False else marked
