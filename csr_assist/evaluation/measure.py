"""Run a detector over measuring sets and say how well it hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from csr_assist.conversation import Speaker
from csr_assist.cues import Reading
from csr_assist.detector import Detector
from csr_assist.errors import InputError
from csr_assist.evaluation.metrics import Counts, auc, average_precision, bootstrap, calibration_error, count
from csr_assist.evaluation.sets import Item, MeasuringSet
from csr_assist.labels import Family, Label, labels_of

Score = Callable[[Reading], float]

_ASKED = {"churn": Label.CHURN_THREAT, "refusal": Label.REFUSAL}
"""Sets that ask for one label, by a part of their name."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How a set is ranked by the score that fits what its positives mean."""

    auc: float
    average_precision: float
    f1: float
    turns: int
    positives: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run; a set is under the heading that fits it."""

    rankings: dict[str, Ranking] = field(default_factory=dict)
    labels: dict[str, dict[Label, Counts]] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    overlap: dict[str, float] = field(default_factory=dict)
    """Share of right cues whose span touches the marked evidence."""
    calibration: dict[str, float] = field(default_factory=dict)
    false_alarms: dict[str, float] = field(default_factory=dict)
    """Share of calm turns with any dissatisfaction cue shown."""

    def micro(self, name: str) -> Counts:
        """All labels of a labelled set together."""
        return sum(self.labels[name].values(), Counts())


def score_for(name: str) -> tuple[Score, Callable[[Reading], bool]]:
    """The score and the decision that answer a binary set's question, by the set's name."""
    asked = next((label for key, label in _ASKED.items() if key in name), None)
    if asked is not None:
        return (lambda r: r.scores.get(asked, 0.0)), (lambda r: asked in r.labels)
    if "loyalty" in name:
        return (lambda r: r.loyalty), (lambda r: bool(r.of(Family.LOYALTY)))
    return (lambda r: r.dissatisfaction), (lambda r: bool(r.of(Family.DISSATISFACTION)))


def measure(detector: Detector, sets: Sequence[MeasuringSet], progress: Callable[[str], None] | None = None) -> Report:
    """Read every set and fill a report.

    Raises:
        InputError: all turns of a binary set are of one class.
    """
    report = Report()
    for one in sets:
        if progress:
            progress(one.name)
        readings = detector.read([item.utterance for item in one.items])
        if one.labelled:
            _labelled(report, one, readings)
        elif one.binary:
            truths = [bool(item.positive) for item in one.items]
            if len(set(truths)) < 2:
                kind = "positive" if truths[0] else "negative"
                raise InputError(f"{one.name}: every turn is {kind}; a binary set needs both kinds")
            _ranked(report, one.name, truths, readings)
        else:
            alarms = sum(bool(reading.of(Family.DISSATISFACTION)) for reading in readings)
            report.false_alarms[one.name] = alarms / len(readings)
    return report


def _ranked(report: Report, name: str, truths: list[bool], readings: Sequence[Reading]) -> None:
    score, decision = score_for(name)
    scores = [score(reading) for reading in readings]
    f1 = sum(
        (_agreement(truth, decision(reading)) for truth, reading in zip(truths, readings, strict=True)), Counts()
    ).f1
    report.rankings[name] = Ranking(
        auc(truths, scores), average_precision(truths, scores), f1, len(truths), sum(truths)
    )


def _agreement(truth: bool, found: bool) -> Counts:
    return Counts(int(truth and found), int(found and not truth), int(truth and not found))


def _labelled(report: Report, one: MeasuringSet, readings: Sequence[Reading]) -> None:
    pairs = list(zip(one.items, readings, strict=True))
    parts = [count((item.cues or frozenset()) - item.unsure, reading.labels - item.unsure) for item, reading in pairs]
    report.labels[one.name] = {label: _of_label(label, pairs) for label in Label}
    report.intervals[one.name] = bootstrap(parts)
    touched = [
        any(_touches(item, cue.start, cue.end, words) for cue in reading.cues if cue.label is label)
        for item, reading in pairs
        for label, words in item.evidence
        if label in reading.labels
    ]
    report.overlap[one.name] = sum(touched) / max(1, len(touched))
    members = set(labels_of(Family.DISSATISFACTION))
    customers = [
        (item, reading)
        for item, reading in pairs
        if item.utterance.speaker is Speaker.CUSTOMER and ((item.cues or set()) & members or not item.unsure & members)
    ]
    truths = [bool((item.cues or frozenset()) & members) for item, _ in customers]
    if len(set(truths)) == 2:
        _ranked(report, f"{one.name}: any dissatisfaction", truths, [reading for _, reading in customers])
    report.calibration[one.name] = calibration_error(truths, [reading.dissatisfaction for _, reading in customers])


def _of_label(label: Label, pairs: Sequence[tuple[Item, Reading]]) -> Counts:
    return sum(
        (
            _agreement(label in (item.cues or ()), label in reading.labels)
            for item, reading in pairs
            if label not in item.unsure and item.utterance.speaker is label.speaker
        ),
        Counts(),
    )


def _touches(item: Item, start: int, end: int, words: str) -> bool:
    at = item.utterance.text.find(words)
    return at >= 0 and start < at + len(words) and end > at
