"""The detector that ships learns on from a company's own annotated turns: every step of ``csr-assist adapt``.

All it needs is that detector and the turns: no base encoder, no teacher, no public text. It reads the new turns over
and over between turns of the corpus, by which it is held to what it said before; at the end its weights are mixed
with those that it began with, which keeps most of what is new and loses least of what was known (Wortsman and others,
"Robust fine-tuning of zero-shot models", 2022). Some of the new turns are kept aside, to tell whether it helped.
"""

from __future__ import annotations

import copy
import logging
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.manifest import Manifest, load_manifest, sha256
from csr_assist.detector.onnx import MODEL, TOKENIZER
from csr_assist.evaluation.measure import measure
from csr_assist.evaluation.metrics import Counts
from csr_assist.evaluation.sets import Item, MeasuringSet
from csr_assist.training.average import mean_of
from csr_assist.training.checkpoint import LAST
from csr_assist.training.corpus import Example, load_corpus, load_labels
from csr_assist.training.data import Piece, as_shown
from csr_assist.training.distil import MORE, Lessons, Pieces, follow
from csr_assist.training.hearing import hear
from csr_assist.training.meaning import fit_meaning, some_texts
from csr_assist.training.model import LABELS
from csr_assist.training.plain import load_plain
from csr_assist.training.reopen import reopened
from csr_assist.training.train import DETECTOR, finish, labelled_items, same_run

log = logging.getLogger(__name__)
_ASIDE = "kept-aside"
"""The name of the turns that are measured on."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How a detector learns on."""

    lessons: Lessons = field(default_factory=lambda: replace(MORE, epochs=1))
    share: float = 0.85
    """Of the annotation in what it is told of a new turn, before the lessons' own share; the rest is its own word."""
    often: int = 4
    """How often each new turn is read, every time shown a little otherwise."""
    beside: int = 8
    """Turns that it knows for each new one, as far as there are so many; never fewer than ``least``."""
    least: int = 4000
    kept: float = 0.5
    """Of the weights that it began with, in the mean, 0 to 1."""
    aside: float = 0.2
    """Of the new turns, measured on instead of learnt, 0 to 1; of fewer than ``enough`` none."""
    enough: int = 50


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of it: the new detector, and how many cues were found in the turns kept aside, before and after."""

    manifest: Manifest
    aside: int
    before: Counts
    after: Counts


def adapt(
    detector: Path,
    turns: Path,
    corpus: Path,
    out: Path,
    dev: Path | None = None,
    readings: Path | None = None,
    texts: Path | None = None,
    settings: Adaptation | None = None,
) -> Adapted:
    """Teach the detector in ``detector`` the annotated ``turns``; leave the new one in ``out/model``.

    Args:
        detector: folder of a detector as it ships.
        turns: annotated turns in the corpus's form, as ``csr-assist feedback export`` writes them: a file or a
            folder of files.
        corpus: the project's annotated turns, which keep it to what it knows.
        out: this run's folder; an interrupted one is taken up where it was.
        dev: measuring sets; those with labels calibrate the new detector and set its thresholds. Without them
            the old one's calibration and thresholds stay.
        readings: with ``texts``, readings of public sets, to keep it to what it knows.
        texts: the public sets' texts.
        settings: how it learns on.

    Raises:
        ModelError: the detector is absent or damaged.
        CorpusError: a turn does not validate, or ``out`` holds another run.
        InputError: ``dev`` cannot set thresholds (``labelled_items``).
    """
    settings = settings or Adaptation()
    rng = random.Random(settings.lessons.seed)
    items = labelled_items(dev) if dev else []
    before = load_manifest(detector)
    start = reopened(detector)
    new, aside = _parted(load_corpus(turns), settings, rng)
    known = load_corpus(corpus)
    if texts and readings:
        known += load_labels(readings, texts)
        known += load_plain(texts, settings.lessons.seed, known)
    beside = rng.sample(known, min(len(known), max(settings.least, settings.beside * len(new))))
    log.info("%d new turns beside %d that it knows; %d are kept aside", len(new), len(beside), len(aside))
    out.mkdir(parents=True, exist_ok=True)
    same_run(out, [*new, *beside], settings, sha256(detector / MODEL))
    shutil.copyfile(detector / TOKENIZER, out / TOKENIZER)
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER))
    pieces = [piece for _ in range(settings.often) for piece in as_shown(tokenizer, new, settings.lessons.shown, rng)]
    fresh = len(pieces)
    pieces += as_shown(tokenizer, beside, settings.lessons.shown, rng)
    words = hear([start], None, pieces, out / "heard")
    words[:fresh] = told(words[:fresh], pieces[:fresh], settings.share)
    torch.manual_seed(settings.lessons.seed)
    model = follow(copy.deepcopy(start), Pieces(pieces, words), settings.lessons, out / LAST, rng)
    model.load_state_dict(mean_of([start.state_dict(), model.state_dict()], [settings.kept, 1 - settings.kept]))
    some = some_texts(known, settings.lessons.seed)
    fit_meaning(model, tokenizer, some, OnnxDetector(detector).meanings(some))
    manifest = finish(model, out, items, None if items else before)
    return Adapted(manifest, len(aside), _heard(detector, aside), _heard(out / DETECTOR, aside))


def told(words: Tensor, pieces: Sequence[Piece], share: float) -> Tensor:
    """What a network said of new windows, (windows, labels + 1), with ``share`` of their annotation mixed in.

    The tone, which no annotation says, stays.
    """
    truth = torch.zeros(len(pieces), LABELS)
    for row, piece in enumerate(pieces):
        truth[row, list({label for _, label in piece.tags})] = 1.0
    mixed = words[:, :LABELS].sigmoid().lerp(truth, share)
    return torch.cat([torch.logit(mixed, eps=1e-4), words[:, LABELS:]], -1)


def _parted(turns: Sequence[Example], settings: Adaptation, rng: random.Random) -> tuple[list[Example], list[Item]]:
    """What is learnt and what is measured on."""
    mixed = rng.sample(turns, len(turns))
    count = round(settings.aside * len(turns)) if len(turns) >= settings.enough else 0
    measured = [Item(one.id, Utterance(one.speaker, one.text, one.context), cues=one.labels) for one in mixed[:count]]
    return mixed[count:], measured


def _heard(detector: Path, items: Sequence[Item]) -> Counts:
    """Counts over all labels; nothing where there are no turns."""
    if not items:
        return Counts()
    return measure(OnnxDetector(detector), [MeasuringSet(_ASIDE, tuple(items))]).labelled[_ASIDE].micro
