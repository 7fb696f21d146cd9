"""Real texts without annotations, for a student to hear its teacher on; of some the tone is known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from csr_assist.conversation import Language, Speaker
from csr_assist.errors import CorpusError
from csr_assist.training.corpus import Example
from csr_assist.training.signs import LONGEST, shortened, unhappy
from csr_assist.training.texts import texts_of

SHARES = {
    "goemotions": 16000,
    "indonesian": 5000,
    "nhsfft": 3000,
    "finefood": 2000,
    "cfpb_sentences": 1500,
    "multidogo": 1500,
    "star_agent": 1500,
    "hotel515k": 1500,
    "banking77": 900,
    "multiwoz_agent": 700,
    "review_complaints": 400,
    "womens": 400,
    "natcs": 300,
    "uci_cells": 300,
}
"""Texts of each public set, at most: most of all what people write to the public in few words."""


def load_plain(folder: Path, seed: int, annotated: Iterable[Example] = ()) -> list[Example]:
    """Texts of every set in ``folder``, chosen by lot among those of which nothing is ``annotated``.

    Raises:
        CorpusError: a set is absent or a line does not validate.
    """
    rng = random.Random(seed)
    known = {(example.source, example.id.partition("#")[0]) for example in annotated}
    found: list[Example] = []
    for name, most in SHARES.items():
        rows = [row for row in texts_of(folder, name).values() if (name, row["id"]) not in known]
        found += [_plain(name, row) for row in rng.sample(rows, min(most, len(rows)))]
    rng.shuffle(found)
    return found


def _plain(name: str, row: Mapping[str, Any]) -> Example:
    try:
        speaker = Speaker(row.get("speaker") or Speaker.CUSTOMER)
    except ValueError as error:
        raise CorpusError(f"{name}: text '{row['id']}': {error}") from None
    return Example(
        id=row["id"],
        source=name,
        speaker=speaker,
        language=Language.INDONESIAN if name == "indonesian" else Language.ENGLISH,
        text=shortened(row["text"]),
        context=row.get("context", ""),
        unhappy=unhappy(name, row) if len(row["text"]) <= LONGEST else None,
        judged=frozenset(),
    )
