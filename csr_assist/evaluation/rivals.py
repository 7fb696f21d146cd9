"""What a user would take instead: two sentiment lexicons and a list of keywords, asked the same questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

import yaml

from csr_assist.errors import CsrAssistError
from csr_assist.labels import Family, Label

Question = Label | Family
"""What a set asks: does the turn carry this label, or any of this family."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer on one turn: a score to rank by, higher for yes, and the yes or no itself."""

    score: float
    yes: bool


class Rival(Protocol):
    """Judges texts by themselves; knows no context and no speaker."""

    @property
    def name(self) -> str:
        """As in the tables."""
        ...

    def judge(self, text: str, question: Question) -> Judgement:
        """Answer for one text."""
        ...


class Vader:
    """VADER (Hutto and Gilbert, 2014): a lexicon of English sentiment with rules; its own limit of -0.05 for a no."""

    name = "VADER"

    def __init__(self) -> None:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        self._analyzer = SentimentIntensityAnalyzer()

    def judge(self, text: str, question: Question) -> Judgement:  # noqa: ARG002 - sentiment is all that it knows
        """More negative is more of any question."""
        compound = float(self._analyzer.polarity_scores(text)["compound"])
        return Judgement(-compound, compound <= -0.05)


class TextBlobPolarity:
    """TextBlob's default English lexicon of polarity (from Pattern)."""

    name = "TextBlob"

    def __init__(self) -> None:
        from textblob import TextBlob

        self._blob = TextBlob

    def judge(self, text: str, question: Question) -> Judgement:  # noqa: ARG002 - sentiment is all that it knows
        """More negative is more of any question."""
        polarity = float(self._blob(text).sentiment.polarity)
        return Judgement(-polarity, polarity < 0)


class Keywords:
    """A list of words a question (``keywords.yaml``); the score is how many of them are there."""

    name = "keywords"

    def judge(self, text: str, question: Question) -> Judgement:
        """Count the question's words."""
        found = {match.lower() for match in _pattern(question).findall(text.replace("’", "'"))}
        return Judgement(float(len(found)), bool(found))


@cache
def _pattern(question: Question) -> re.Pattern[str]:
    lists = yaml.safe_load(files(__package__).joinpath("keywords.yaml").read_text(encoding="utf-8"))
    words = sorted(map(re.escape, lists[question.value]), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def all_rivals() -> Sequence[Rival]:
    """Every rival, ready to judge.

    Raises:
        CsrAssistError: their packages are not installed.
    """
    try:
        return (Vader(), TextBlobPolarity(), Keywords())
    except ImportError as error:
        message = f"measuring needs more packages: pip install 'csr-assist[evaluate]' ({error.name})"
        raise CsrAssistError(message) from None
