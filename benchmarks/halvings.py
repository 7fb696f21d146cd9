"""How well thresholds hold on turns that did not set them: twenty halvings of the labelled set.

    python benchmarks/halvings.py DEV

Scales and thresholds are learnt on one half and measured on the other, forty times. Writes ``halvings.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from csr_assist.detector import OnnxDetector
from csr_assist.shipped import MODEL
from csr_assist.training.calibrate import held_out
from csr_assist.training.train import labelled_items

HERE = Path(__file__).parent


def main() -> None:
    """Measure and write ``halvings.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder of measuring sets; those with labels are halved")
    parser.add_argument(
        "--model", type=Path, default=MODEL, help="folder of the detector; the shipped one if not given"
    )
    parser.add_argument("--output", type=Path, default=HERE / "halvings.json")
    asked = parser.parse_args()
    detector, items = OnnxDetector(asked.model), labelled_items(asked.dev)
    found = held_out(items, np.array([detector.logits(item.utterance) for item in items]))
    figures = {
        "detector": detector.manifest.name,
        "turns": len(items),
        "halves": len(found),
        "micro_f1": float(np.mean(found)),
        "spread": float(np.std(found)),
    }
    asked.output.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
