"""Logits to probabilities, and from which probability on a label is shown; both learned on a labelled set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from csr_assist.detector.manifest import MANIFEST, Manifest, Scale, sha256
from csr_assist.detector.onnx import MODEL, TOKENIZER, TONELESS, OnnxDetector
from csr_assist.evaluation.sets import Item
from csr_assist.labels import Family, Label, labels_of

Vector = NDArray[np.float64]
_FILES = (MODEL, TOKENIZER)
PRIOR = 40.0
"""Turns of a label that its own best threshold needs to weigh as much as its family's.

Chosen by twenty halvings of the labelled set: thresholds of one half give micro-F1 0.68 on the other with a prior of 4,
0.69 with 40."""
SLACK = 0.02
"""F1 of dissatisfaction that a gate may cost: a prompt that is not needed costs more than one that is missed. Chosen on
the measuring sets: 0.005 of micro-F1 over all labels, or 0.001 on turns that did not set it, takes calm turns with a
cue from 2.2 % to 1.4 %."""
PLATEAU = 0.02
"""F1 within which thresholds are as good as each other. By halvings, with scales learnt on all turns: 0.709 on the
other half for the single best threshold, 0.714 for the middle of such a plateau, 0.713 with the low end for loyalty."""
_GATES = np.round(np.arange(0.0, 0.71, 0.05), 2)
_GRID = np.round(np.arange(0.10, 0.91, 0.01), 2)


def calibrate(folder: Path, name: str, items: Sequence[Item]) -> Manifest:
    """Make the model in ``folder`` a detector whose calibration and thresholds come from ``items``.

    Scales are shared within a family, whose labels are too rare one by one; thresholds are a label's own. That
    of dissatisfaction as a whole is a gate: cues are shown only in turns whose tone and labels together carry it.
    """
    with TemporaryDirectory() as draft:  # a folder with a manifest is a finished detector
        for file in _FILES:
            (Path(draft) / file).symlink_to((folder / file).resolve())
        seal(Path(draft), name, {}, {})
        detector = OnnxDetector(Path(draft))
        logits = np.array([detector.logits(item.utterance) for item in items])
    return seal(folder, name, *learnt(items, logits))


def seal(folder: Path, name: str, scales: Mapping[str, Scale], limits: Mapping[str, float]) -> Manifest:
    """Make the model in ``folder`` a detector with this calibration: write its manifest."""
    hashes = {file: sha256(folder / file) for file in _FILES}
    manifest = Manifest(name=name, sha256=hashes, labels=list(Label), scales=dict(scales), thresholds=dict(limits))
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return manifest


def learnt(items: Sequence[Item], logits: Vector) -> tuple[dict[str, Scale], dict[str, float]]:
    """Scales and thresholds of all labels and families, from labelled turns.

    ``logits``: what the detector says of them, (turns, labels + 2).
    """
    scales: dict[str, Scale] = {}
    limits: dict[str, float] = {}
    for family in Family:
        rows = [i for i, item in enumerate(items) if item.utterance.speaker is family.speaker]
        columns = [_column(label, rows, items, logits) for label in labels_of(family)]
        shared = platt(np.concatenate([x for x, _ in columns]), np.concatenate([t for _, t in columns]))
        end = 0.0 if family is Family.LOYALTY else 0.5  # a loyal word must not go unheard
        chosen = thresholds([(_probability(shared, x), truth) for x, truth in columns], end)
        scales |= {label.value: shared for label in labels_of(family)}
        limits |= {label.value: limit for label, limit in zip(labels_of(family), chosen, strict=True)}
        if family is not Family.CONDUCT:
            head = len(Label) + (family is Family.LOYALTY)
            told = [i for i in rows if items[i].decided(family)]
            any_of = np.array([float(items[i].carries(family)) for i in told])
            scales[family.value] = platt(logits[told, head], any_of)
            limits[family.value] = 0.0
        if family is Family.DISSATISFACTION:
            sure = [_sure(label, rows, items) for label in labels_of(family)]
            shown = [_probability(shared, x) >= limit for (x, _), limit in zip(columns, chosen, strict=True)]
            within = [
                np.where(label in TONELESS, 1.0, _probability(scales[family.value], logits[some, len(Label)]))
                for label, some in zip(labels_of(family), sure, strict=True)
            ]
            limits[family.value] = gate(
                np.concatenate(shown), np.concatenate([t for _, t in columns]), np.concatenate(within)
            )
    return scales, limits


def held_out(items: Sequence[Item], logits: Vector, halvings: int = 20, seed: int = 1) -> list[float]:
    """Micro-F1 of every half, with scales and thresholds learnt on the other half alone: two figures a halving."""
    rng = np.random.default_rng(seed)
    found: list[float] = []
    for _ in range(halvings):
        first, second = np.array_split(rng.permutation(len(items)), 2)
        for own, other in ((first, second), (second, first)):
            scales, limits = learnt([items[i] for i in other], logits[other])
            found.append(_micro_f1([items[i] for i in own], logits[own], scales, limits))
    return found


def _micro_f1(items: Sequence[Item], logits: Vector, scales: dict[str, Scale], limits: dict[str, float]) -> float:
    """Over all labels and turns where two readers agreed; a turn is shown what the detector would show of it."""
    right = said = true = 0.0
    for column, label in enumerate(Label):
        rows = [i for i, item in enumerate(items) if item.utterance.speaker is label.family.speaker]
        sure = _sure(label, rows, items)
        shown = _probability(scales[label.value], logits[sure, column]) >= limits[label.value]
        if label.family is Family.DISSATISFACTION and label not in TONELESS:
            within = _probability(scales[label.family.value], logits[sure, len(Label)])
            shown &= within >= limits[label.family.value]
        truth = np.array([label in (items[i].cues or ()) for i in sure], dtype=bool)
        right, said, true = right + (shown & truth).sum(), said + shown.sum(), true + truth.sum()
    return 2 * right / max(1.0, said + true)


def gate(shown: NDArray[np.bool_], truths: Vector, within: Vector) -> float:
    """The highest gate 0.00, 0.05 ... 0.70 that costs no F1 worth the name.

    ``shown``: cues above their labels' thresholds; ``within``: the family's probability in the same turns, 1 for labels
    that no gate holds.
    """
    scores = []
    for limit in _GATES:
        found = shown & (within >= limit)
        scores.append(2 * float((found & (truths > 0)).sum()) / max(1.0, float(found.sum() + truths.sum())))
    return float(max(limit for limit, score in zip(_GATES, scores, strict=True) if score >= max(scores) - SLACK))


def _sure(label: Label, rows: Sequence[int], items: Sequence[Item]) -> list[int]:
    """The rows where two readers agreed on the label."""
    return [i for i in rows if label not in items[i].unsure]


def _column(label: Label, rows: Sequence[int], items: Sequence[Item], logits: Vector) -> tuple[Vector, Vector]:
    """A label's logits and truths where two readers agreed on it."""
    sure = _sure(label, rows, items)
    truth = np.array([float(label in (items[i].cues or ())) for i in sure])
    return logits[sure, list(Label).index(label)], truth


def _probability(scale: Scale, logits: Vector) -> Vector:
    return 1 / (1 + np.exp(-(scale.slope * logits + scale.shift)))


def platt(logits: Vector, truths: Vector) -> Scale:
    """Fit slope and shift by penalised logistic regression (Platt, 1999); order is kept.

    Falls back to no change where only one class is seen.
    """
    if len(set(truths.tolist())) < 2:
        return Scale()
    fitted = LogisticRegression(C=1.0).fit(logits.reshape(-1, 1), truths)
    return Scale(slope=max(0.05, float(fitted.coef_[0, 0])), shift=float(fitted.intercept_[0]))


def f1_curve(probabilities: Vector, truths: Vector) -> Vector:
    """F1 at every threshold of the grid 0.10, 0.11 ... 0.90; 0 where nothing is right."""
    curve = []
    for threshold in _GRID:
        shown = probabilities >= threshold
        right = float((shown & (truths > 0)).sum())
        curve.append(2 * right / max(1.0, float(shown.sum() + truths.sum())))
    return np.array(curve)


def thresholds(columns: Sequence[tuple[Vector, Vector]], end: float = 0.5) -> list[float]:
    """A threshold for each (probabilities, truths) pair of one family.

    ``end``: where on the plateau of the best it lies, 0 for its low end, 0.5 for its middle.

    A label's own F1 curve is mixed with the family's pooled one by how often the label is seen, so that a
    label with three examples does not get a threshold that fits those three.
    """
    pooled = f1_curve(np.concatenate([p for p, _ in columns]), np.concatenate([t for _, t in columns]))
    chosen = []
    for probabilities, truths in columns:
        seen = float(truths.sum())
        own = f1_curve(probabilities, truths)
        mixed = (seen * own + PRIOR * pooled) / (seen + PRIOR)
        smooth = _smooth(mixed)
        best = np.flatnonzero(smooth >= smooth.max() - PLATEAU)
        chosen.append(float(_GRID[best[int(end * len(best))]]))
    return chosen


def _smooth(curve: Vector) -> Vector:
    """A moving mean over seven grid points: prefer a broad top to a lucky spike."""
    padded = np.pad(curve, 3, mode="edge")
    return np.convolve(padded, np.ones(7) / 7, mode="valid")
