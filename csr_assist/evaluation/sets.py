"""Measuring sets: one JSON object a line, read from a folder that the user names; never trained on.

Fields: ``id``, ``text``, ``context`` (the other speaker's turn before), ``speaker``, and either ``positive`` (0 or 1)
or ``cues`` (labels, with ``unsure`` ones that are not scored). A set with neither holds calm turns: every cue shown
there is a false alarm.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csr_assist.conversation import Speaker
from csr_assist.detector import Utterance
from csr_assist.errors import InputError
from csr_assist.labels import Family, Label


@dataclass(frozen=True, slots=True)
class Item:
    """One measured turn; what is None is not known of it."""

    id: str
    utterance: Utterance
    positive: bool | None = None
    cues: frozenset[Label] | None = None
    unsure: frozenset[Label] = frozenset()
    evidence: tuple[tuple[Label, str], ...] = ()

    def carries(self, family: Family) -> bool:
        """Whether readers found any label of the family in a labelled turn."""
        return any(label.family is family for label in self.cues or ())

    def decided(self, family: Family) -> bool:
        """Whether readers agreed if the turn carries any label of the family, which its speaker can carry."""
        if self.utterance.speaker is not family.speaker:
            return False
        return self.carries(family) or not any(label.family is family for label in self.unsure)


@dataclass(frozen=True, slots=True)
class MeasuringSet:
    """A named set; ``labelled``, ``binary`` and ``calm`` say how it is measured."""

    name: str
    items: tuple[Item, ...]

    @property
    def labelled(self) -> bool:
        """Whether every turn carries the taxonomy's labels."""
        return all(item.cues is not None for item in self.items)

    @property
    def binary(self) -> bool:
        """Whether every turn is marked positive or negative."""
        return all(item.positive is not None for item in self.items)

    @property
    def calm(self) -> bool:
        """Whether nothing should be found."""
        return not self.labelled and not self.binary


def load_sets(folder: Path) -> list[MeasuringSet]:
    """Every ``*.jsonl`` in the folder, by name.

    Raises:
        InputError: there is none, or a line cannot be read (named as file:line).
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise InputError(f"{folder}: no measuring sets (*.jsonl) found")
    sets = [MeasuringSet(path.stem, tuple(_items(path))) for path in paths]
    for path, one in zip(paths, sets, strict=True):
        kinds = {(item.cues is None, item.positive is None) for item in one.items}
        if len(kinds) > 1:
            raise InputError(f"{path.name}: either all rows have 'cues', or all have 'positive', or none has either")
    return sets


def _items(path: Path) -> list[Item]:
    items = []
    # Only a line feed ends a row: JSON lets other line separators of Unicode stand in a text.
    for number, line in enumerate(_text(path).removesuffix("\n").split("\n"), 1):
        try:
            items.append(_item(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path.name}:{number}: not a measuring row ({error})") from None
    return items


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{path.name}:{line}: not UTF-8; save it as UTF-8 text first") from None


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=row["id"],
        utterance=Utterance(
            Speaker(row["speaker"]), _words("text", row["text"]), _words("context", row.get("context") or "")
        ),
        positive=_positive(row["positive"]) if "positive" in row else None,
        cues=frozenset(map(Label, row["cues"])) if "cues" in row else None,
        unsure=frozenset(map(Label, row.get("unsure", ()))),
        evidence=tuple((Label(label), words) for label, words in row.get("evidence", ())),
    )


def _words(field: str, given: object) -> str:
    if not isinstance(given, str):
        raise TypeError(f"'{field}' is {json.dumps(given)}; expected a string")
    return given


def _positive(given: object) -> bool:
    """0 or 1; Python takes false and true for the same numbers."""
    if not isinstance(given, int) or given not in (0, 1):
        raise ValueError(f"'positive' is {json.dumps(given)}; expected 0 or 1")
    return bool(given)
