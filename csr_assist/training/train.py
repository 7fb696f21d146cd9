"""Corpus in, shipped model out: every step of ``csr-assist train``, seeded, in one place."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from csr_assist.detector.manifest import MANIFEST, Manifest
from csr_assist.detector.onnx import MODEL, TOKENIZER
from csr_assist.errors import CorpusError, InputError
from csr_assist.evaluation.sets import Item, load_sets
from csr_assist.files import whole
from csr_assist.labels import Family
from csr_assist.training.calibrate import calibrate, seal
from csr_assist.training.checkpoint import LAST
from csr_assist.training.corpus import Example, load_corpus, load_labels
from csr_assist.training.export import quantise, to_onnx
from csr_assist.training.fit import Kept, Settings, fit
from csr_assist.training.meaning import base_meanings, base_reader, remember_topics
from csr_assist.training.model import CueModel, with_vocabulary
from csr_assist.training.schooling import SignModel, school, signs_of
from csr_assist.training.signs import load_signs
from csr_assist.training.vocabulary import prune

log = logging.getLogger(__name__)
DETECTOR = "model"
"""Folder of what ships, in a run's."""
FULL = "full"
"""Folder of the detector before its weights are cut to eight bits, beside it; to measure what that costs."""
KEPT_PIECES = "kept-pieces.json"
"""What a run leaves for the next one beside its tokenizer, checkpoint and detector: rows of the vocabulary."""


def train(
    corpus: Path, labels: Path, texts: Path, base: str, out: Path, dev: Path, settings: Settings | None = None
) -> Manifest:
    """Train on the corpus and the labelled public texts; leave the detector in ``out/model``.

    Checkpoints, the kept vocabulary and the meanings of the base are kept in ``out`` too: an interrupted run
    is taken up where it was.

    Args:
        corpus: the project's annotated turns.
        labels: readings of public sets, by id.
        texts: the public sets' texts.
        base: name or folder of the encoder to start from.
        out: the run's folder.
        dev: measuring sets; those with labels calibrate the model and set its thresholds.
        settings: rates, epochs and seed.

    Raises:
        CorpusError: an example does not validate, ``base`` cannot be opened, or ``out`` holds another run.
        InputError: ``dev`` cannot set thresholds (``labelled_items``).
    """
    settings = settings or Settings()
    items = labelled_items(dev)
    examples = load_corpus(corpus) + load_labels(labels, texts)
    log.info("%d annotated turns", len(examples))
    reader = base_reader(base)
    out.mkdir(parents=True, exist_ok=True)
    same_run(out, examples, settings, base)
    source = out / "base-tokenizer.json"
    reader.tokenizer.backend_tokenizer.save(str(source))
    rows = out / KEPT_PIECES
    if rows.exists():
        keep = json.loads(rows.read_text(encoding="utf-8"))
    else:
        keep = prune(source, out / TOKENIZER, [text for e in examples for text in (e.text, e.context)])
        with whole(rows) as part:
            part.write_text(json.dumps(keep), encoding="utf-8")
    log.info("%d pieces of the base's vocabulary kept", len(keep))
    meanings = _meanings(reader, examples, out / "meanings.npy")
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER))
    schooled = _schooled(with_vocabulary(base, keep), tokenizer, texts, settings.seed, out / "schooled.pt")
    kept = Kept(meanings, _signs(schooled, tokenizer, examples, out / "signs.npy"))
    torch.manual_seed(settings.seed)
    model = CueModel(schooled.encoder)
    model.signs.load_state_dict(schooled.signs.state_dict())
    fit(model, tokenizer, examples, kept, settings, out)
    remember_topics(model, tokenizer, examples, reader, settings.seed)
    return finish(model, out, items)


def labelled_items(dev: Path) -> list[Item]:
    """Turns of the measuring sets that carry labels, to calibrate on.

    Raises:
        InputError: there is no such set in ``dev``, or no turn in them carries a label of a family.
    """
    items = [item for one in load_sets(dev) if one.labelled for item in one.items]
    if not items:
        raise InputError(f"{dev}: no labelled set to calibrate on")
    for family in Family:
        if not any(item.carries(family) for item in items):
            raise InputError(
                f"{dev}: no turn of the labelled sets carries {family.value}, so thresholds cannot be learnt"
            )
    return items


def _schooled(encoder: BertModel, tokenizer: Tokenizer, texts: Path, seed: int, cache: Path) -> SignModel:
    """The model after stage one; what it learnt is kept in ``cache``."""
    if cache.exists():
        model = SignModel(encoder)
        model.load_state_dict(torch.load(cache, weights_only=True), strict=False)
        return model.eval()
    marked = load_signs(texts, seed)
    log.info("schooling on %d texts by their sets' own marks", len(marked))
    model = school(encoder, tokenizer, marked, seed)
    learnt = {name: weights for name, weights in model.state_dict().items() if "embeddings" not in name}
    with whole(cache) as part:
        torch.save(learnt, part)
    return model


def _signs(model: SignModel, tokenizer: Tokenizer, examples: Sequence[Example], cache: Path) -> Tensor:
    """What the schooled encoder says of all examples, so that it is not forgotten."""
    if cache.exists() and len(known := np.load(cache)) == len(examples):
        return torch.from_numpy(known)
    found = signs_of(model, tokenizer, [example.text for example in examples])
    _keep(cache, found)
    return torch.from_numpy(found)


def _keep(cache: Path, numbers: NDArray[np.float32]) -> None:
    with whole(cache) as part, part.open("wb") as file:
        np.save(file, numbers)


def same_run(out: Path, examples: Sequence[Example], *settings: object) -> None:
    """Note what this run is made of; refuse to go on with a run that was made of something else.

    Raises:
        CorpusError: ``out`` holds another run.
    """
    turns = [
        (e.id, e.source, e.channel, e.speaker, e.language, e.text, e.context, e.evidence, e.unhappy)
        + (() if e.judged is None else (sorted(e.judged),))
        for e in examples
    ]
    made_of = hashlib.sha256(repr((settings, turns)).encode())
    note = out / "made-of.sha256"
    before = note.read_text(encoding="utf-8") if note.exists() else None
    if before != made_of.hexdigest() and (before or (out / LAST).exists()):
        raise CorpusError(f"{out}: holds a run on other examples or settings; take another folder for --out")
    note.write_text(made_of.hexdigest(), encoding="utf-8")


def finish(model: CueModel, out: Path, items: Sequence[Item], before: Manifest | None = None) -> Manifest:
    """Export the trained network and calibrate it: everything after the last epoch.

    Without ``items`` calibration and thresholds are those of ``before``.
    """
    small, full = out / DETECTOR, out / FULL
    for folder in (small, full):
        folder.mkdir(exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)  # it is the last thing that a finished run gets
        shutil.copyfile(out / TOKENIZER, folder / TOKENIZER)
    to_onnx(model, full / MODEL)
    quantise(full / MODEL, small / MODEL)
    log.info("%s: %.1f MB, eight bits of %.1f MB", small, *(_megabytes(folder / MODEL) for folder in (small, full)))
    known = seal(small, out.name, before.scales, before.thresholds) if before else None
    manifest = known or calibrate(small, out.name, items)
    seal(full, out.name, manifest.scales, manifest.thresholds)
    return manifest


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6


def _meanings(encoder: SentenceTransformer, examples: Sequence[Example], cache: Path) -> Tensor:
    """The base encoder's unit vectors of all examples: what the meaning head learns to keep."""
    if cache.exists() and len(kept := np.load(cache)) == len(examples):
        return torch.from_numpy(kept)
    vectors = base_meanings(encoder, [example.text for example in examples])
    _keep(cache, vectors)
    return torch.from_numpy(vectors)
