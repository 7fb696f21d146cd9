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

from csr_assist.detector.manifest import MANIFEST, Manifest, sha256
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.training.checkpoint import LAST
from csr_assist.training.corpus import load_corpus, load_labels
from csr_assist.training.distil import Lessons, Material, distil, student_of
from csr_assist.training.larger import Larger
from csr_assist.training.meaning import base_reader, remember_topics
from csr_assist.training.model import CueModel, with_vocabulary
from csr_assist.training.plain import load_plain
from csr_assist.training.train import KEPT_PIECES, finish, labelled_items, same_run

log = logging.getLogger(__name__)
_LAYER = re.compile(r"encoder\.encoder\.layer\.(\d+)\.")


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
    second: Path | None = None,
) -> Manifest:
    """Distil the network trained in ``run`` into one of fewer layers; leave the detector in ``out/model``.

    Args:
        run: folder of a finished ``train``, ``distil`` or ``average``: the teacher.
        corpus: the project's annotated turns; there may be more of them than the teacher has seen.
        labels: readings of public sets, by id.
        texts: the public sets' texts.
        base: name or folder of the encoder that the run started from.
        out: this run's folder; an interrupted one is taken up where it was.
        dev: measuring sets; those with labels calibrate the model and set its thresholds.
        start: folder of an earlier run of this kind with the same vocabulary, whose student learns on.
        lessons: layers, rates, epochs and seed.
        second: folder of a finished ``enlarge``, heard beside the teacher in its language.

    Raises:
        CorpusError: an example does not validate, ``run``, ``start`` or ``second`` is not finished or does not fit,
            ``base`` cannot be opened, or ``out`` holds another run.
        InputError: ``dev`` cannot set thresholds (``labelled_items``).
    """
    lessons = lessons or Lessons()
    items = labelled_items(dev)
    before = check_runs(run, out, start, lessons)
    larger = Larger(second) if second else None
    annotated = load_corpus(corpus) + load_labels(labels, texts)
    plain = load_plain(texts, lessons.seed, annotated)
    log.info("%d annotated turns and %d texts without annotations", len(annotated), len(plain))
    reader, teacher = base_reader(base), trained(run, base)
    begun = trained(start, base) if start else None
    out.mkdir(parents=True, exist_ok=True)
    heard = [*before, second] if second else before
    same_run(out, [*annotated, *plain], lessons, base, *(sha256(one / LAST) for one in heard))
    for name in (TOKENIZER, KEPT_PIECES):
        shutil.copyfile(run / name, out / name)
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER))
    student = distil(teacher, tokenizer, Material(annotated, plain), lessons, out / LAST, begun, larger)
    remember_topics(student, tokenizer, annotated, reader, lessons.seed)
    return finish(student, out, items)


def check_runs(run: Path, out: Path, start: Path | None, lessons: Lessons) -> list[Path]:
    """The finished runs that a new one builds on.

    Raises:
        CorpusError: one is not finished, is the new one itself, or has other layers or another vocabulary.
    """
    before = [run] if start is None else [run, start]
    for one in before:
        check_finished(one, out)
    taught = layers_of(run)
    taken = tuple(range(taught)) if lessons.layers is None else lessons.layers
    if max(taken) >= taught:
        raise CorpusError(f"{run}: has {taught} layers, and a student takes its layers {', '.join(map(str, taken))}")
    if start and layers_of(start) != len(taken):
        raise CorpusError(f"{start}: has {layers_of(start)} layers; to learn on here it must have {len(taken)}")
    if start:
        check_vocabulary(start, run)
    return before


def check_finished(run: Path, out: Path) -> None:
    """Make sure that a run is finished and can be built on.

    Raises:
        CorpusError: it is not, or it is ``out``, the new one.
    """
    if run.resolve() == out.resolve():
        raise CorpusError(f"{out}: is a run to build on; take another folder for --out")
    needed = (KEPT_PIECES, TOKENIZER, LAST, f"model/{MANIFEST}")
    if missing := [name for name in needed if not (run / name).exists()]:
        raise CorpusError(f"{run}: no finished run of csr-assist train, distil or average ({missing[0]} is missing)")


def check_vocabulary(run: Path, other: Path) -> None:
    """Make sure that two runs cut texts into the same pieces.

    Raises:
        CorpusError: they do not.
    """
    if not filecmp.cmp(run / TOKENIZER, other / TOKENIZER, shallow=False):
        raise CorpusError(f"{run}: its vocabulary is not that of {other} ({TOKENIZER} differs)")


def layers_of(run: Path) -> int:
    """How many layers the network of a finished run has."""
    return len({layer[1] for name in _learnt(run) if (layer := _LAYER.match(name))})


def trained(run: Path, base: str) -> CueModel:
    """The network that a finished run left, with as many layers as it has.

    Raises:
        CorpusError: it does not fit ``base`` or the labels.
    """
    try:
        model = CueModel(with_vocabulary(base, json.loads((run / KEPT_PIECES).read_text(encoding="utf-8"))))
        model = student_of(model, range(layers_of(run)))
        model.load_state_dict(_learnt(run))
    except (IndexError, RuntimeError):
        raise CorpusError(f"{run}: was not trained from {base}, or by a release with other labels") from None
    return model


def _learnt(run: Path) -> dict[str, torch.Tensor]:
    """The weights that a run left, by name; read from the disk where they are used."""
    weights: dict[str, torch.Tensor] = torch.load(run / LAST, weights_only=True, mmap=True)["model"]
    return weights
