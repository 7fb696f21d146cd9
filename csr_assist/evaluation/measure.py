"""Run a detector and its rivals over measuring sets and say how well each hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from csr_assist.cues import Reading
from csr_assist.detector import Detector
from csr_assist.errors import InputError
from csr_assist.evaluation.metrics import (
    Bin,
    Counts,
    auc,
    average_precision,
    bootstrap,
    calibration_error,
    count,
    overlap,
    reliability,
)
from csr_assist.evaluation.rivals import Judgement, Question, Rival
from csr_assist.evaluation.sets import Item, MeasuringSet
from csr_assist.labels import Family, Label

OURS = "CSR Assist"
ANY = ": any dissatisfaction"
"""Ending of the name under which a labelled set is ranked as well."""
_ASKED: dict[str, Question] = {
    "churn": Label.CHURN_THREAT,
    "refusal": Label.REFUSAL,
    "loyalty": Family.LOYALTY,
}
"""Sets that ask for something else than any dissatisfaction, by a part of their name."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well a set's positives are ranked and picked."""

    auc: float
    average_precision: float
    f1: float
    turns: int
    positives: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """Figures of a set that carries the taxonomy's labels. Intervals hold 95 % of resampled F1."""

    turns: int
    counts: dict[Label, Counts]
    intervals: dict[Label, tuple[float, float]]
    micro: Counts
    interval: tuple[float, float]
    touched: float
    """Share of right cues with a span that touches the marked evidence."""
    overlap: float
    """Mean F1 of the characters of right cues against the marked evidence."""
    calibration: float
    """Expected calibration error of ``dissatisfaction``."""
    reliability: tuple[Bin, ...]
    """Said against true, of ``dissatisfaction``."""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run, by set; rankings and false alarms also by who was measured."""

    rankings: dict[str, dict[str, Ranking]] = field(default_factory=dict)
    labelled: dict[str, Labelled] = field(default_factory=dict)
    false_alarms: dict[str, dict[str, float]] = field(default_factory=dict)
    """Share of calm turns with any dissatisfaction cue shown."""


def question_of(name: str) -> Question:
    """What a set asks, by its name."""
    return next((question for part, question in _ASKED.items() if part in name), Family.DISSATISFACTION)


def judgement(reading: Reading, question: Question) -> Judgement:
    """The detector's answer to a set's question."""
    if isinstance(question, Label):
        return Judgement(reading.scores.get(question, 0.0), question in reading.labels)
    score = reading.loyalty if question is Family.LOYALTY else reading.dissatisfaction
    return Judgement(score, bool(reading.of(question)))


def measure(
    detector: Detector,
    sets: Sequence[MeasuringSet],
    rivals: Sequence[Rival] = (),
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Read every set and fill a report.

    Raises:
        InputError: all turns of a binary set are of one class.
    """
    report = Report()
    for one in sets:
        if progress:
            progress(one.name)
        pairs = list(zip(one.items, detector.read([item.utterance for item in one.items]), strict=True))
        if one.labelled:
            report.labelled[one.name] = _labelled(pairs)
            asked = [(item, reading) for item, reading in pairs if item.decided(Family.DISSATISFACTION)]
            truths = [item.carries(Family.DISSATISFACTION) for item, _ in asked]
            if len(set(truths)) == 2:
                report.rankings[one.name + ANY] = _ranked(Family.DISSATISFACTION, truths, asked, rivals)
        elif one.binary:
            truths = [bool(item.positive) for item in one.items]
            if len(set(truths)) < 2:
                kind = "positive" if truths[0] else "negative"
                raise InputError(f"{one.name}: every turn is {kind}; a binary set needs both kinds")
            report.rankings[one.name] = _ranked(question_of(one.name), truths, pairs, rivals)
        else:
            judged = _judged(pairs, rivals, Family.DISSATISFACTION)
            report.false_alarms[one.name] = {name: sum(j.yes for j in js) / len(js) for name, js in judged.items()}
    return report


_Pairs = Sequence[tuple[Item, Reading]]


def _judged(pairs: _Pairs, rivals: Sequence[Rival], question: Question) -> dict[str, list[Judgement]]:
    ours = [judgement(reading, question) for _, reading in pairs]
    return {OURS: ours} | {
        rival.name: [rival.judge(item.utterance.text, question) for item, _ in pairs] for rival in rivals
    }


def _ranked(question: Question, truths: list[bool], pairs: _Pairs, rivals: Sequence[Rival]) -> dict[str, Ranking]:
    found = {}
    for who, judged in _judged(pairs, rivals, question).items():
        scores = [j.score for j in judged]
        picked = sum((_agreement(truth, j.yes) for truth, j in zip(truths, judged, strict=True)), Counts())
        found[who] = Ranking(
            auc(truths, scores), average_precision(truths, scores), picked.f1, len(truths), sum(truths)
        )
    return found


def _agreement(truth: bool, found: bool) -> Counts:
    return Counts(int(truth and found), int(found and not truth), int(truth and not found))


def _labelled(pairs: _Pairs) -> Labelled:
    parts = [count((item.cues or frozenset()) - item.unsure, reading.labels - item.unsure) for item, reading in pairs]
    by_label = {label: _of_label(label, pairs) for label in Label}
    spans = [
        overlap(item.utterance.text, words, [(cue.start, cue.end) for cue in reading.cues if cue.label is label])
        for item, reading in pairs
        for label, words in item.evidence
        if label in reading.labels
    ]
    asked = [(item, reading) for item, reading in pairs if item.decided(Family.DISSATISFACTION)]
    truths = [item.carries(Family.DISSATISFACTION) for item, _ in asked]
    said = [reading.dissatisfaction for _, reading in asked]
    return Labelled(
        turns=len(pairs),
        counts={label: sum(some, Counts()) for label, some in by_label.items()},
        intervals={label: bootstrap(some) for label, some in by_label.items() if any(c.right + c.missed for c in some)},
        micro=sum(parts, Counts()),
        interval=bootstrap(parts),
        touched=sum(share > 0 for share in spans) / max(1, len(spans)),
        overlap=sum(spans) / max(1, len(spans)),
        calibration=calibration_error(truths, said),
        reliability=tuple(reliability(truths, said)),
    )


def _of_label(label: Label, pairs: _Pairs) -> list[Counts]:
    """Right, wrong or missed in every turn where the label can be and readers agreed on it."""
    return [
        _agreement(label in (item.cues or ()), label in reading.labels)
        for item, reading in pairs
        if label not in item.unsure and item.utterance.speaker is label.speaker
    ]
