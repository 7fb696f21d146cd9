"""Figures, each a small pure function over truths and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Counts:
    """Right, wrong and missed findings."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 when nothing was found."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 0 when nothing is there."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0..1."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def count(truth: Iterable[object], found: Iterable[object]) -> Counts:
    """Compare two sets."""
    there, shown = set(truth), set(found)
    return Counts(len(there & shown), len(shown - there), len(there - shown))


def auc(truths: ArrayLike, scores: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a positive outranks a negative, ties counting half.

    Raises:
        ValueError: there is only one class.
    """
    truth, score = np.asarray(truths, dtype=bool), np.asarray(scores, dtype=float)
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        raise ValueError(f"AUC needs both classes; there are {positives} positives and {negatives} negatives")
    ranks = _mean_ranks(score)
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(truths: ArrayLike, scores: ArrayLike) -> float:
    """Mean of the precision at every positive, in the order of the scores; equal scores are shown together."""
    truth, score = np.asarray(truths, dtype=float), np.asarray(scores, dtype=float)
    values, place = np.unique(-score, return_inverse=True)
    positives = np.bincount(place, weights=truth, minlength=len(values))
    precision = np.cumsum(positives) / np.maximum(1, np.cumsum(np.bincount(place, minlength=len(values))))
    return float((precision * positives).sum() / max(1.0, truth.sum()))


@dataclass(frozen=True, slots=True)
class Bin:
    """Turns whose probability lies in one tenth: how many, what was said of them on average, what share is true."""

    turns: int
    said: float
    true: float


def reliability(truths: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> list[Bin]:
    """The bins of equal width that hold any turn, from low to high."""
    truth, probability = np.asarray(truths, dtype=float), np.asarray(probabilities, dtype=float)
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        Bin(int((place == b).sum()), float(probability[place == b].mean()), float(truth[place == b].mean()))
        for b in range(bins)
        if (place == b).any()
    ]


def calibration_error(truths: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error: mean distance of probability and frequency over equal bins, weighted."""
    table = reliability(truths, probabilities, bins)
    turns = sum(one.turns for one in table)
    return sum(one.turns * abs(one.true - one.said) for one in table) / max(1, turns)


def overlap(text: str, words: str, spans: Iterable[tuple[int, int]]) -> float:
    """F1 of the characters that ``spans`` mark in ``text`` against those of ``words`` in it, 0..1."""
    at = text.find(words)
    marked = set(range(at, at + len(words))) if at >= 0 else set()
    return count(marked, {i for start, end in spans for i in range(start, end)}).f1


def bootstrap(parts: Sequence[Counts], rounds: int = 500, seed: int = 7) -> tuple[float, float]:
    """95 % interval of the micro-F1 over resampled turns."""
    table = np.array([(c.right, c.wrong, c.missed) for c in parts], dtype=float).reshape(-1, 3)
    generator = np.random.default_rng(seed)
    scores = []
    for _ in range(rounds):
        right, wrong, missed = table[generator.integers(0, len(table), len(table))].sum(0)
        scores.append(2 * right / max(1.0, 2 * right + wrong + missed))
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


def _mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray(((last - counts + 1 + last) / 2)[inverse], dtype=float)
