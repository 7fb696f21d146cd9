"""From a trained run to the detector that ships: every step of ``csr-assist distil``."""

from __future__ import annotations

import filecmp
import json
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from csr_assist.detector.manifest import Manifest
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.training.corpus import Example, load_corpus, load_labels
from csr_assist.training.distil import SCHOOLED_TONE, Lessons, Material, distil
from csr_assist.training.model import CueModel, with_vocabulary
from csr_assist.training.plain import load_plain
from csr_assist.training.schooling import SignModel, signs_of
from csr_assist.training.signs import SIGNS
from csr_assist.training.train import KEPT_PIECES, LAST, SCHOOLED, finish, labelled_items

log = logging.getLogger(__name__)


def train_student(
    run: Path,
    corpus: Path,
    labels: Path,
    texts: Path,
    base: str,
    out: Path,
    dev: Path,
    start: Path | None = None,
    lessons: Lessons | None = None,
) -> Manifest:
    """Distil the network trained in ``run`` into one of fewer layers; leave the detector in ``out/model``.

    Args:
        run: folder of a finished ``train``.
        corpus: the project's annotated turns; there may be more of them than the teacher has seen.
        labels: readings of public sets, by id.
        texts: the public sets' texts.
        base: name or folder of the encoder that the run started from.
        out: this run's folder; an interrupted one is taken up where it was.
        dev: measuring sets; those with labels calibrate the model and set its thresholds.
        start: folder of an earlier run of this kind, whose student learns on; another teacher's words are other pieces,
            so it must have had the same one.
        lessons: layers, rates, epochs and seed.

    Raises:
        CorpusError: an example does not validate, or ``run`` holds no trained network.
        InputError: ``dev`` holds no labelled set.
    """
    lessons = lessons or Lessons()
    items = labelled_items(dev)
    if missing := [name for name in (KEPT_PIECES, TOKENIZER, SCHOOLED, LAST) if not (run / name).exists()]:
        raise CorpusError(f"{run}: no finished run of csr-assist train ({missing[0]} is missing)")
    if start and not ((start / LAST).exists() and filecmp.cmp(start / TOKENIZER, run / TOKENIZER, shallow=False)):
        raise CorpusError(f"{start}: no finished run of csr-assist distil from {run}")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run / TOKENIZER, out / TOKENIZER)
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER))
    keep = json.loads((run / KEPT_PIECES).read_text(encoding="utf-8"))
    annotated = load_corpus(corpus) + load_labels(labels, texts)
    plain = load_plain(texts, lessons.seed)
    log.info("%d annotated turns and %d texts without annotations", len(annotated), len(plain))
    schooled = SignModel(with_vocabulary(base, keep))
    schooled.load_state_dict(torch.load(run / SCHOOLED, weights_only=True), strict=False)
    tones = _tones(schooled.eval(), tokenizer, [*annotated, *plain], out / "tones.npy")
    teacher = CueModel(with_vocabulary(base, keep))
    teacher.load_state_dict(torch.load(run / LAST, weights_only=True)["model"])
    material = Material(annotated, plain, tones)
    student = distil(teacher, tokenizer, material, lessons, out / LAST, start and start / LAST)
    return finish(student, out, items)


def _tones(schooled: SignModel, tokenizer: Tokenizer, examples: Sequence[Example], cache: Path) -> Tensor:
    """What the tone of stage one adds to any dissatisfaction, where it adds anything."""
    if cache.exists() and len(known := np.load(cache)) == len(examples):
        return torch.from_numpy(known)
    weights = np.array([SCHOOLED_TONE[example.language] for example in examples], dtype=np.float32)
    some = np.flatnonzero(weights)
    unhappy = signs_of(schooled, tokenizer, [examples[int(i)].text for i in some])[:, SIGNS.index("unhappy")]
    inside = np.clip(unhappy, 1e-4, 1 - 1e-4)
    weights[some] *= np.log(inside / (1 - inside))
    np.save(cache, weights)
    return torch.from_numpy(weights)
