"""What a set's owner would do: train a linear classifier on that very set, on the same base encoder.

    python benchmarks/own.py DEV --base intfloat/multilingual-e5-small

Cross-validated in five folds, so every turn is ranked by a classifier that has seen four fifths of its set,
while the detector has seen none of it. Writes ``own.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from csr_assist.evaluation.measure import ANY
from csr_assist.evaluation.metrics import auc
from csr_assist.evaluation.sets import MeasuringSet, load_sets
from csr_assist.labels import Family
from csr_assist.training.meaning import base_meanings, base_reader

HERE = Path(__file__).parent


def asked(one: MeasuringSet) -> tuple[str, list[str], list[bool]] | None:
    """Name, texts and truths of a set that can be ranked, as ``csr-assist evaluate`` ranks it."""
    if one.binary:
        return one.name, [item.utterance.text for item in one.items], [bool(item.positive) for item in one.items]
    if not one.labelled:
        return None
    items = [item for item in one.items if item.decided(Family.DISSATISFACTION)]
    return (
        one.name + ANY,
        [item.utterance.text for item in items],
        [item.carries(Family.DISSATISFACTION) for item in items],
    )


def main() -> None:
    """Measure every set and write ``own.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder of measuring sets")
    parser.add_argument("--base", required=True, help="name or folder of the base encoder")
    given = parser.parse_args()
    reader = base_reader(given.base)
    figures = {}
    for name, texts, truths in filter(None, map(asked, load_sets(given.dev))):
        vectors = base_meanings(reader, texts)
        probe = LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced")
        folds = StratifiedKFold(5, shuffle=True, random_state=7)
        scores = cross_val_predict(probe, vectors, np.array(truths), cv=folds, method="decision_function")
        figures[name] = auc(truths, scores)
        print(f"{name}: {figures[name]:.3f}", flush=True)
    (HERE / "own.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
