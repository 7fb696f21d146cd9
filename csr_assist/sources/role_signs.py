"""Words that tell who speaks, as ``role_signs.yaml`` lists them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from csr_assist.conversation import Language, Speaker

_LONGEST = 2000
"""Characters of a line that are looked at: who has not shown by then who it is will not."""
_MARKS = re.compile("[\u064b-\u0652\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LETTERS = str.maketrans({"\u200c": " ", "ي": "ی", "ى": "ی", "ك": "ک", "’": "'", "ۀ": "ه"})


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that lean to a side, by ``weight`` (log-odds), and what is done with them."""

    role: Speaker
    weight: float
    why: str
    words: re.Pattern[str]


def signs_in(line: str) -> list[Sign]:
    """The signs that a line shows, each once."""
    words = _plain(line[:_LONGEST])
    return [sign for sign in _signs() if sign.words.search(words)]


@cache
def _signs() -> tuple[Sign, ...]:
    listed = yaml.safe_load((files("csr_assist.sources") / "role_signs.yaml").read_text(encoding="utf-8"))
    things = {language: "".join(words.split()) for language, words in listed["things"].items()}
    return tuple(
        Sign(Speaker(sign["role"]), float(sign["weight"]), sign["why"], _words(sign, things))
        for sign in listed["signs"]
    )


def _words(sign: Mapping[str, Any], things: Mapping[str, str]) -> re.Pattern[str]:
    given = [language for language in Language if language in sign]
    lines = [one.replace("%thing%", things[language]) for language in given for one in sign[language].splitlines()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(lines)})(?!\w)")


def _plain(text: str) -> str:
    """One case, one way of writing each letter, single spaces."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKC", text).translate(_LETTERS)).casefold()
    return " ".join(folded.split())
