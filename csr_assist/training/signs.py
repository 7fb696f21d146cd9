"""What the public sets say of their own texts: stars, sentiment, emotion.

Stars are no cues: a three-star review may complain and a one-star review may only tell. But an encoder that has
learnt to tell a happy text from an unhappy one, in several languages and trades, learns the careful labels
better afterwards; and an unhappy tone adds to any dissatisfaction.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csr_assist.errors import CorpusError
from csr_assist.training.texts import texts_of

ANGRY = frozenset({"anger", "annoyance", "disgust", "disapproval", "disappointment"})
"""Emotions of one who is dissatisfied with somebody or something; who is sad or afraid is not."""
GLAD = frozenset(
    {"admiration", "amusement", "approval", "caring", "excitement", "gratitude", "joy", "love", "optimism"}
)
EMOTIONS = ("anger", "annoyance", "disappointment", "disapproval", "disgust", "sadness", "gratitude", "admiration")
SIGNS = ("unhappy", "refusal", *EMOTIONS)
UNHAPPY = SIGNS.index("unhappy")
LONGEST = 280
"""Characters of a text that are read, cut at a blank."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the signs that its set gives it, each 0 or 1."""

    text: str
    context: str
    signs: Mapping[str, float]


def load_signs(folder: Path, seed: int = 7) -> list[Marked]:
    """Marked texts of every set in ``folder``, at most so many a set as the table below says.

    Raises:
        CorpusError: a set is absent or a line does not validate.
    """
    rng = random.Random(seed)
    found: list[Marked] = []
    for name, (most, _) in _SETS.items():
        rows = [(row, signs) for row in texts_of(folder, name).values() if (signs := _marks(name, row))]
        rng.shuffle(rows)
        rare = [pair for pair in rows if any(pair[1].values())]
        common = [pair for pair in rows if not any(pair[1].values())]
        kept = rare[: max(most // 2, most - len(common))]
        kept += common[: most - len(kept)]
        found += [Marked(shortened(row["text"]), row.get("context", ""), signs) for row, signs in kept]
    rng.shuffle(found)
    return found


def unhappy(name: str, row: Mapping[str, Any]) -> bool | None:
    """Whether the set ``name`` calls this text unhappy; none where it says nothing of this very text.

    Raises:
        CorpusError: the row lacks what the set marks its texts with.
    """
    if name not in _SETS or _SETS[name][1] is _calm:
        return None
    said = _marks(name, row).get("unhappy")
    return None if said is None else bool(said)


def _marks(name: str, row: Mapping[str, Any]) -> dict[str, float]:
    try:
        return _SETS[name][1](row)
    except KeyError as error:
        raise CorpusError(f"{name}: text '{row['id']}' lacks the field {error}") from None
    except TypeError as error:
        raise CorpusError(f"{name}: text '{row['id']}': {error}") from None


def shortened(text: str) -> str:
    """At most ``LONGEST`` characters of a text, cut at a blank."""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]


def _unhappy(value: bool | None) -> dict[str, float]:
    return {} if value is None else {"unhappy": float(value)}


def _stars(row: Mapping[str, Any]) -> dict[str, float]:
    return _unhappy(None if row["rating"] == 3 else row["rating"] < 3)


def _patients(row: Mapping[str, Any]) -> dict[str, float]:
    """Readers' score of a comment, -5 (bad) to 5; 0 says neither."""
    return _unhappy(row["rating"] < 0 if row.get("rating") else None)


def _sentiment(row: Mapping[str, Any]) -> dict[str, float]:
    """Sentiment where it is given, else whether the emotion is anger; who is sad or afraid may be either."""
    if row.get("sentiment"):
        return _unhappy(row["sentiment"] == "negative")
    return _unhappy(None if row.get("emotion") in ("sadness", "fear") else row.get("emotion") == "anger")


def _emotions(row: Mapping[str, Any]) -> dict[str, float]:
    """Readers' emotions, and whether one of them is anger of some kind; who is glad as well may be either.

    Unlike the Indonesian set, this one tells who is let down from who is sad.
    """
    felt = frozenset(row["emotions"])
    cross = None if felt & ANGRY and felt & GLAD else bool(felt & ANGRY)
    return {emotion: float(emotion in felt) for emotion in EMOTIONS} | _unhappy(cross)


def _refusal(row: Mapping[str, Any]) -> dict[str, float]:
    return {} if row.get("refusal") is None else {"refusal": float(row["refusal"])}


def _calm(_: Mapping[str, Any]) -> dict[str, float]:
    """Of the set as a whole: good enough for a first schooling, not for the tone of one text."""
    return {"unhappy": 0.0}


_SETS: dict[str, tuple[int, Callable[[Mapping[str, Any]], dict[str, float]]]] = {
    "finefood": (2200, _stars),
    "womens": (600, _stars),
    "uci_cells": (904, lambda row: _unhappy(row["rating"] == 0)),
    "hotel515k": (4500, lambda row: _unhappy(row["id"].endswith("n"))),
    "nhsfft": (4500, _patients),
    "review_complaints": (1800, lambda row: _unhappy(row["complaint"] == 1)),
    "indonesian": (9000, _sentiment),
    "goemotions": (10000, _emotions),
    "banking77": (1500, _calm),
    "multidogo": (2500, _calm),
    "natcs": (700, _calm),
    "star_agent": (1200, _refusal),
    "multiwoz_agent": (1200, _refusal),
}
