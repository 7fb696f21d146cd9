"""The detector that ships learns on from a company's own annotated turns: every step of ``csr-assist adapt``.

All it needs is that detector and the turns: no base encoder, no teacher, no public text. It reads the new turns over
and over between turns of the corpus, by which it is held to what it said before (of a tone that somebody said, it is
told that as well); at the end its weights are mixed with those that it began with, which keeps most of what is new and
loses least of what was known (Wortsman and others, "Robust fine-tuning of zero-shot models", 2022). Some of the new
turns are kept aside, to tell whether it helped.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.manifest import Manifest
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.evaluation.measure import measure
from csr_assist.evaluation.metrics import Counts
from csr_assist.evaluation.sets import Item, MeasuringSet, load_sets
from csr_assist.labels import Label, labels_for
from csr_assist.training.average import mean_of
from csr_assist.training.checkpoint import LAST
from csr_assist.training.corpus import Example, load_corpus, load_labels
from csr_assist.training.data import Piece, as_shown, collate, tones_of
from csr_assist.training.distil import MORE, Lessons, Pieces, follow, with_tone
from csr_assist.training.hearing import hear
from csr_assist.training.meaning import base_meanings, base_reader, fit_meaning, some_texts
from csr_assist.training.model import LABELS, CueModel
from csr_assist.training.plain import load_plain
from csr_assist.training.reopen import reopened
from csr_assist.training.train import DETECTOR, finish, labelled_items, same_run

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How a detector learns on."""

    lessons: Lessons = field(default_factory=lambda: replace(MORE, epochs=1, tone_weight=1.5))
    share: float = 0.85
    """Of the annotation in what it is told of a new turn, before the lessons' own share; the rest is its own word."""
    tone: float = 0.6
    """Of the tone as it was said in what it is told of any turn, new or known, before the lessons' own share."""
    often: int = 4
    """How often each new turn is read, every time shown a little otherwise."""
    beside: int = 8
    """Turns that it knows for each new one, as far as there are so many; never fewer than ``least``."""
    least: int = 4000
    kept: float = 0.5
    """Of the weights that it began with, in the mean, 0 to 1."""
    aside: float = 0.2
    """Of the new turns, measured on instead of learnt, 0 to 1; none of fewer than ``enough``."""
    enough: int = 50


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of it: the new detector, and what was heard before and after, of cues that people judged."""

    manifest: Manifest
    aside: tuple[Counts, Counts] | tuple[()]
    """In the turns that were kept aside; empty where there are none."""
    elsewhere: tuple[Counts, Counts]
    """In turns that have nothing to do with it."""


def adapt(
    detector: Path,
    turns: Sequence[Path],
    corpus: Path,
    out: Path,
    elsewhere: Path,
    dev: Path | None = None,
    readings: Path | None = None,
    texts: Path | None = None,
    settings: Adaptation | None = None,
    base: str | None = None,
) -> Adapted:
    """Teach the detector in ``detector`` the annotated ``turns``; leave the new one in ``out/model``.

    Args:
        detector: folder of a detector as it ships.
        turns: annotated turns in the corpus's form, as ``csr-assist feedback export`` writes them: files, or folders
            of files. Of two lines with one id the one in the later place counts.
        corpus: the project's annotated turns, which keep it to what it knows.
        out: this run's folder; an interrupted one is taken up where it was.
        elsewhere: labelled measuring sets that tell what it costs.
        dev: measuring sets; those with labels calibrate the new detector and set its thresholds. Without them
            the old one's calibration and thresholds stay.
        readings: with ``texts``, readings of public sets, to keep it to what it knows.
        texts: the public sets' texts.
        settings: how it learns on.
        base: encoder whose vectors of meaning are fitted anew. Without it they stay the detector's own, which lose a
            little every time.

    Raises:
        ModelError: the detector is absent or damaged.
        CorpusError: a turn does not validate, or ``out`` holds another run, or the detector itself.
        InputError: ``dev`` cannot set thresholds, or there are no labelled sets in ``elsewhere``.
    """
    settings = settings or Adaptation()
    rng = random.Random(settings.lessons.seed)
    if (out / DETECTOR).resolve() == detector.resolve():
        raise CorpusError(f"{out}: holds the detector that learns on; take another folder for --out")
    reader = base_reader(base) if base else None
    items = labelled_items(dev) if dev else []
    general = [one for one in load_sets(elsewhere) if one.labelled]
    old, start = OnnxDetector(detector), reopened(detector)
    given = {example.id: example for place in turns for example in load_corpus(place)}
    new, aside = _parted(list(given.values()), settings)
    known = [one for one in load_corpus(corpus) if one.id not in given]
    if texts and readings:
        known += load_labels(readings, texts)
        known += load_plain(texts, settings.lessons.seed, known)
    beside = evenly(known, max(settings.least, settings.beside * len(new)), rng)
    log.info("%s learns %d new turns beside %d that it knows", detector, len(new), len(beside))
    out.mkdir(parents=True, exist_ok=True)
    same_run(out, [*new, *beside], settings, old.manifest.sha256)
    shutil.copyfile(detector / TOKENIZER, out / TOKENIZER)
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER))
    model = _taught(start, tokenizer, new, beside, settings, out, rng)
    some = some_texts([*known, *given.values()], settings.lessons.seed)
    fit_meaning(model, tokenizer, some, base_meanings(reader, some) if reader else old.meanings(some))
    manifest = finish(model, out, items, None if items else old.manifest)
    now = OnnxDetector(out / DETECTOR)
    own = [MeasuringSet("aside", tuple(aside))]
    helped = (_heard(old, own), _heard(now, own)) if aside else ()
    return Adapted(manifest, helped, (_heard(old, general), _heard(now, general)))


def _taught(
    start: CueModel,
    tokenizer: Tokenizer,
    new: Sequence[Example],
    beside: Sequence[Example],
    settings: Adaptation,
    out: Path,
    rng: random.Random,
) -> CueModel:
    """The mean of the network as it was and as it is after all steps."""
    shown = settings.lessons.shown
    pieces = [piece for _ in range(settings.often) for piece in as_shown(tokenizer, new, shown, rng)]
    fresh = len(pieces)
    pieces += as_shown(tokenizer, beside, shown, rng)
    words = hear([start], None, pieces, out / "heard")
    words[:fresh] = told(words[:fresh], pieces[:fresh], settings.share)
    words[:, LABELS] = torch.logit(with_tone(words[:, LABELS].sigmoid(), tones_of(pieces), settings.tone), eps=1e-4)
    torch.manual_seed(settings.lessons.seed)
    model = follow(copy.deepcopy(start), Pieces(pieces, words), settings.lessons, out / LAST, rng)
    model.load_state_dict(mean_of([start.state_dict(), model.state_dict()], [settings.kept, 1 - settings.kept]))
    return model


def told(words: Tensor, pieces: Sequence[Piece], share: float) -> Tensor:
    """What a network said of new windows, (windows, labels + 1), with ``share`` of what was judged of them mixed in.

    Labels that nobody looked for stay, and so does the tone.
    """
    batch = collate(pieces)
    mixed = words[:, :LABELS].sigmoid().lerp(batch.targets[:, :LABELS], share * batch.judged[:, :LABELS])
    return torch.cat([torch.logit(mixed, eps=1e-4), words[:, LABELS:]], -1)


def _parted(turns: Sequence[Example], settings: Adaptation) -> tuple[list[Example], list[Item]]:
    """What is learnt and what is measured on, by the words: the same words are on one side, this time and the next."""
    share = settings.aside if len(turns) >= settings.enough else 0.0
    aside = [one for one in turns if _lot(one.text) < share]
    unsure = [frozenset(labels_for(one.speaker)) - (one.judged or frozenset(Label)) for one in aside]
    measured = [
        Item(one.id, Utterance(one.speaker, one.text, one.context), cues=one.labels - open_, unsure=open_)
        for one, open_ in zip(aside, unsure, strict=True)
    ]
    return [one for one in turns if _lot(one.text) >= share], measured


def evenly(turns: Sequence[Example], count: int, rng: random.Random) -> list[Example]:
    """``count`` turns by lot, equally many of each language, all of one that has fewer: it is forgotten first."""
    chosen: list[Example] = []
    languages = sorted(Counter(one.language for one in turns).items(), key=lambda pair: pair[1])
    for place, (language, there) in enumerate(languages):
        share = (count - len(chosen)) // (len(languages) - place)
        chosen += rng.sample([one for one in turns if one.language is language], min(there, share))
    return chosen


def _lot(text: str) -> float:
    """A number from 0 to 1 that is drawn by a text."""
    return int.from_bytes(hashlib.sha256(" ".join(text.casefold().split()).encode()).digest()[:4]) / 2**32


def _heard(detector: OnnxDetector, sets: Sequence[MeasuringSet]) -> Counts:
    """Counts over all labels and sets."""
    return sum((one.micro for one in measure(detector, sets).labelled.values()), Counts())
