"""From a trained run to the detector that ships: every step of ``csr-assist distil``."""

from __future__ import annotations

import filecmp
import json
import logging
import re
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer

from csr_assist.detector.manifest import Manifest
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.training.corpus import load_corpus, load_labels
from csr_assist.training.distil import Lessons, Material, distil, student_of
from csr_assist.training.model import CueModel, with_vocabulary
from csr_assist.training.plain import load_plain
from csr_assist.training.train import KEPT_PIECES, LAST, finish, labelled_items

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
        run: folder of a finished ``train``, or of a finished ``distil``.
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
    if missing := [name for name in (KEPT_PIECES, TOKENIZER, LAST) if not (run / name).exists()]:
        raise CorpusError(f"{run}: no finished run of csr-assist train ({missing[0]} is missing)")
    if start and not ((start / LAST).exists() and filecmp.cmp(start / TOKENIZER, run / TOKENIZER, shallow=False)):
        raise CorpusError(f"{start}: no finished run of csr-assist distil from {run}")
    out.mkdir(parents=True, exist_ok=True)
    for name in (TOKENIZER, KEPT_PIECES):
        shutil.copyfile(run / name, out / name)
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER))
    annotated = load_corpus(corpus) + load_labels(labels, texts)
    plain = load_plain(texts, lessons.seed)
    log.info("%d annotated turns and %d texts without annotations", len(annotated), len(plain))
    teacher = trained(run, base)
    student = distil(teacher, tokenizer, Material(annotated, plain), lessons, out / LAST, start and start / LAST)
    return finish(student, out, items)


def trained(run: Path, base: str) -> CueModel:
    """The network that a finished run left, with as many layers as it has."""
    model = CueModel(with_vocabulary(base, json.loads((run / KEPT_PIECES).read_text(encoding="utf-8"))))
    learnt = torch.load(run / LAST, weights_only=True)["model"]
    found = {int(layer[1]) for name in learnt if (layer := re.match(r"encoder\.encoder\.layer\.(\d+)\.", name))}
    model = student_of(model, sorted(found))
    model.load_state_dict(learnt)
    return model
