"""How fast a turn is read, beside the base encoder in sentence-transformers: ratios, measured in one run.

    python benchmarks/speed.py --base intfloat/multilingual-e5-small [--full runs/mine/full]

Contestants take turns on the same texts, so that a busy machine slows all of them alike. Writes ``speed.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from csr_assist.conversation import Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.shipped import CORPUS, MODEL
from csr_assist.training.corpus import load_corpus
from csr_assist.training.meaning import base_reader

HERE = Path(__file__).parent
BASE = "base encoder, sentence-transformers"
OURS = "CSR Assist, eight bits"
ALONE = "CSR Assist, eight bits, the turn alone"
"""What the base reads, too: without the turn before."""
FULL = "CSR Assist, full precision"

One = Callable[[Utterance], object]
Many = Callable[[Sequence[Utterance]], object]


@dataclass(frozen=True)
class Contestant:
    """Something that reads a turn alone on one core, and many of them on all cores."""

    one: One
    many: Many


def utterances(count: int, seed: int = 7) -> list[Utterance]:
    """Turns of service calls and chats in three languages, with the turn before where there is one."""
    examples = [e for e in load_corpus(CORPUS) if e.channel in ("call", "chat") and e.speaker is Speaker.CUSTOMER]
    return [Utterance(e.speaker, e.text, e.context) for e in random.Random(seed).sample(examples, count)]


def base(name: str) -> Contestant:
    """The encoder that the detector was trained from, as its users run it; it reads the turn alone."""
    model = base_reader(name, longest=192)

    def one(utterance: Utterance) -> object:
        torch.set_num_threads(1)
        return model.encode(utterance.text, show_progress_bar=False)

    def many(some: Sequence[Utterance]) -> object:
        torch.set_num_threads(os.cpu_count() or 1)
        return model.encode([utterance.text for utterance in some], batch_size=32, show_progress_bar=False)

    return Contestant(one, many)


def ours(folder: Path) -> Contestant:
    """A detector: every label, evidence and meaning, with the context."""
    single, side_by_side = OnnxDetector(folder, threads=1), OnnxDetector(folder)
    return Contestant(lambda utterance: single.read([utterance]), side_by_side.read)


def alone(contestant: Contestant) -> Contestant:
    """The same, without the turn before."""
    return Contestant(
        lambda utterance: contestant.one(replace(utterance, context="")),
        lambda some: contestant.many([replace(utterance, context="") for utterance in some]),
    )


def measured(contestants: dict[str, Contestant], turns: Sequence[Utterance]) -> dict[str, dict[str, float]]:
    """Milliseconds a turn at p50 and p95, alone on one core, and turns a second in a batch on all cores."""
    for contestant in contestants.values():
        for turn in turns[:10]:
            contestant.one(turn)
    alone: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in turns:
        for name, contestant in contestants.items():
            began = time.perf_counter()
            contestant.one(turn)
            alone[name].append((time.perf_counter() - began) * 1e3)
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(3):
        for name, contestant in contestants.items():
            began = time.perf_counter()
            contestant.many(turns)
            rates[name].append(len(turns) / (time.perf_counter() - began))
    return {
        name: {
            "p50_ms": float(np.percentile(alone[name], 50)),
            "p95_ms": float(np.percentile(alone[name], 95)),
            "turns_per_second": float(np.median(rates[name])),
        }
        for name in contestants
    }


def main() -> None:
    """Measure and write ``speed.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="name or folder of the base encoder")
    parser.add_argument("--full", type=Path, help="the detector in full precision, as a run leaves it")
    parser.add_argument("--turns", type=int, default=300)
    asked = parser.parse_args()
    contestants = {BASE: base(asked.base), OURS: ours(MODEL), ALONE: alone(ours(MODEL))}
    if asked.full:
        contestants[FULL] = ours(asked.full)
    turns = utterances(asked.turns)
    figures = measured(contestants, turns)
    about = {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "turns": len(turns),
        "words": float(np.median([len(turn.text.split()) for turn in turns])),
    }
    (HERE / "speed.json").write_text(json.dumps({"about": about, "figures": figures}, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
