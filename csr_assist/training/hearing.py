"""What trained networks say of every window, asked once: several epochs then cost the student alone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from csr_assist.detector.encoding import Window
from csr_assist.files import whole
from csr_assist.training.data import Piece, read_all
from csr_assist.training.larger import Larger
from csr_assist.training.model import LABELS, CueModel
from csr_assist.training.signs import UNHAPPY

log = logging.getLogger(__name__)
_BLOCK = 4096
"""Windows that are kept in one file: what is lost when a run is interrupted."""


def hear(teachers: Sequence[CueModel], second: Larger | None, pieces: Sequence[Piece], kept: Path) -> Tensor:
    """Logits of the labels and of an unhappy tone in every window, (pieces, labels + 1).

    The mean of what the teachers say, and in its language ``second``, too.

    Args:
        teachers: networks that read the windows as they are cut; one at least.
        second: a larger network of one language, with a vocabulary of its own.
        pieces: the windows.
        kept: a folder for what is heard; what it holds already of these very windows is not asked again.
    """
    kept = kept / _digest(pieces)
    kept.mkdir(parents=True, exist_ok=True)
    blocks: list[NDArray[np.float32]] = []
    for at in range(0, len(pieces), _BLOCK):
        file = kept / f"{at:07}.npy"
        if not file.exists():
            words = _words(teachers, second, pieces[at : at + _BLOCK])
            with whole(file) as part, part.open("wb") as out:
                np.save(out, words)
            log.info("heard of %d of %d windows", min(at + _BLOCK, len(pieces)), len(pieces))
        blocks.append(np.load(file))
    return torch.from_numpy(np.concatenate(blocks))


def _digest(pieces: Sequence[Piece]) -> str:
    """Tells one list of windows from another, by what is read of them and in which order."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(repr((piece.window.ids, piece.utterance.text, piece.utterance.context, piece.language)).encode())
    return found.hexdigest()[:16]


def _words(teachers: Sequence[CueModel], second: Larger | None, pieces: Sequence[Piece]) -> NDArray[np.float32]:
    theirs = np.array([second is not None and piece.language is second.language for piece in pieces])
    heard = [says(teacher, [piece.window for piece in pieces]) for teacher in teachers]
    words = np.mean(heard, axis=0)
    if second and theirs.any():
        cut = [second.window(piece.utterance) for piece, its in zip(pieces, theirs, strict=True) if its]
        words[theirs] += (says(second.model, cut) - words[theirs]) / (len(heard) + 1)
    return np.asarray(words, dtype=np.float32)


def says(model: CueModel, cut: Sequence[Window]) -> NDArray[np.float32]:
    """Logits of the labels and of an unhappy tone, (windows, labels + 1)."""

    def read(ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        logits, _, _, signs = model(ids, mask, types)
        return torch.cat([logits[:, :LABELS], signs[:, UNHAPPY : UNHAPPY + 1]], -1)

    return read_all(cut, read)
