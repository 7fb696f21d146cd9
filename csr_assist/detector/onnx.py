"""The shipped detector: ONNX Runtime, one pass of the encoder a window, nothing else."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from csr_assist.conversation import Speaker
from csr_assist.cues import Cue, Reading, merge
from csr_assist.detector.base import Utterance
from csr_assist.detector.encoding import Window, batch, windows
from csr_assist.detector.manifest import load_manifest
from csr_assist.detector.spans import spans
from csr_assist.errors import ModelError
from csr_assist.labels import TROUBLES, Family, Label, labels_for

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
_HEADS: tuple[Label | Family, ...] = (*Label, Family.DISSATISFACTION, Family.LOYALTY)
_GATES = {Family.DISSATISFACTION: len(Label), Family.LOYALTY: len(Label) + 1}
"""Columns of the families' own heads."""
TONELESS = frozenset({Label.CHURN_THREAT, Label.COMPETITOR})
"""Labels that are shown whatever the tone: who leaves for another company may do so politely."""

_EDGES = " ,.;:\u060c\u061b"
_TELLING = 3
"""Words that are needed to tell it."""

Vector = NDArray[np.float64]
_Run = tuple[Vector, Vector, Vector]
"""Logits, tags and meaning of a window."""


class OnnxDetector:
    """Reads turns with the model in ``folder``.

    Every window is run by itself, several side by side in threads. Eight-bit activations are scaled over
    the whole input, so windows that share a batch would disturb each other's scores: this way a turn reads
    the same alone, in a batch and in a replay.

    Args:
        folder: holds ``model.onnx``, ``tokenizer.json`` and ``manifest.json``.
        threads: windows read side by side; by default the processor's cores.

    Raises:
        ModelError: the files are absent, damaged or of another version.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self.manifest = load_manifest(folder)
        self._threads = threads or os.cpu_count() or 1
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._session = ort.InferenceSession(folder / MODEL, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise bare or private types
            raise ModelError(f"{folder}: the detector cannot be loaded ({error})") from error
        self._slopes = np.array([self.manifest.scale(head).slope for head in _HEADS])
        self._shifts = np.array([self.manifest.scale(head).shift for head in _HEADS])

    def read(self, utterances: Sequence[Utterance]) -> list[Reading]:
        """One reading an utterance, in order."""
        cut = [self._windows(utterance) for utterance in utterances]
        flat = [window for some in cut for window in some]
        if len(flat) == 1 or self._threads == 1:
            runs = iter([self._run(window) for window in flat])
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                runs = iter(list(pool.map(self._run, flat)))
        return [
            self._reading(utterance, some, list(islice(runs, len(some))))
            for utterance, some in zip(utterances, cut, strict=True)
        ]

    def meanings(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors for search by meaning, (texts, width)."""
        with ThreadPoolExecutor(self._threads) as pool:
            return np.array(list(pool.map(self._meaning, texts)), dtype=np.float32)

    def logits(self, utterance: Utterance) -> Vector:
        """Raw scores of all heads, the labels in their order and then the two families; for calibration."""
        runs = [self._run(window)[0] for window in windows(self._tokenizer, utterance.text, utterance.context)]
        return np.asarray(np.max(runs, axis=0), dtype=float)

    def _meaning(self, text: str) -> Vector:
        return self._run(windows(self._tokenizer, text)[0])[2]

    def _run(self, window: Window) -> _Run:
        ids, mask, types = batch([window])
        logits, tags, meaning = self._session.run(None, {"ids": ids, "mask": mask, "types": types})
        return logits[0].astype(float), tags[0].astype(float), meaning[0]

    def _windows(self, utterance: Utterance) -> list[Window]:
        """Windows of a turn; none where there is nothing to read."""
        if utterance.speaker is Speaker.SYSTEM or not utterance.text.strip():
            return []
        return windows(self._tokenizer, utterance.text, utterance.context)

    def _reading(self, utterance: Utterance, cut: Sequence[Window], runs: Sequence[_Run]) -> Reading:
        """Put what was found in the windows of one turn together: the best score, all cues, and what it is about."""
        if not cut:
            return Reading()
        labels = labels_for(utterance.speaker)
        best = np.zeros(len(_HEADS))
        cues: list[Cue] = []
        for window, (logits, tags, _) in zip(cut, runs, strict=True):
            probabilities = _sigmoid(logits * self._slopes + self._shifts)
            best = np.maximum(best, probabilities)
            shown = _sigmoid(tags[1 : 1 + len(window.offsets)])
            for column, label in enumerate(Label):
                if label in labels and self._carried(label, column, probabilities):
                    cues += spans(
                        utterance.text, window.offsets, shown[:, column], label, round(float(probabilities[column]), 4)
                    )
        customer = utterance.speaker is Speaker.CUSTOMER
        found = merge(cues)
        about = trouble_in(found, alone=len(cut) > 1)
        return Reading(
            cues=found,
            scores={label: round(float(best[i]), 4) for i, label in enumerate(Label) if label in labels},
            dissatisfaction=round(float(best[len(Label)]), 4) if customer else 0.0,
            loyalty=round(float(best[len(Label) + 1]), 4) if customer else 0.0,
            meaning=tuple(map(float, self._meaning(about) if about else runs[0][2])),
        )

    def _carried(self, label: Label, column: int, probabilities: Vector) -> bool:
        """Whether a window carries the label: by its own threshold, and by its family's where the tone counts."""
        gate = None if label in TONELESS else _GATES.get(label.family)
        return bool(
            probabilities[column] >= self.manifest.threshold(label)
            and (gate is None or probabilities[gate] >= self.manifest.threshold(label.family))
        )


def trouble_in(cues: Sequence[Cue], alone: bool = False) -> str:
    """The words of a turn that say what the trouble is, each once.

    Nothing where they are too few to tell, or where the turn carries nothing else: then all of it is about the trouble.
    ``alone``: that does not hold, as the turn is longer than what is read at once.
    """
    if not alone and all(cue.label in TROUBLES for cue in cues):
        return ""
    words: list[str] = []
    end = 0
    for cue in sorted(cues, key=lambda cue: (cue.start, -cue.end)):
        if cue.label in TROUBLES and cue.end > end:
            words.append(cue.text[max(0, end - cue.start) :].strip(_EDGES))
            end = cue.end
    told = ", ".join(filter(None, words))
    return told if len(told.split()) >= _TELLING else ""


def _sigmoid(x: Vector) -> Vector:
    return 1.0 / (1.0 + np.exp(-x))
