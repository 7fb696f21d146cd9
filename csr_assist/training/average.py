"""One network of several: the mean of their weights, which often ranks better than each.

It works for runs that come from one another or from one start, so that their weights mean the same (Wortsman and
others, "Model soups", 2022).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from csr_assist.detector.manifest import Manifest, sha256
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError, InputError
from csr_assist.files import whole
from csr_assist.training.checkpoint import LAST
from csr_assist.training.corpus import load_corpus
from csr_assist.training.meaning import base_reader, remember_topics
from csr_assist.training.student import check_finished, check_vocabulary, layers_of, trained
from csr_assist.training.train import KEPT_PIECES, finish, labelled_items, same_run


def average(runs: Sequence[Path], corpus: Path, base: str, out: Path, dev: Path, seed: int = 11) -> Manifest:
    """Leave the detector with the mean weights of ``runs`` in ``out/model``.

    Args:
        runs: folders of finished runs, two or more, with the same layers and vocabulary; one that is named twice counts
            twice.
        corpus: the project's annotated turns; the head of meaning, which a mean would spoil, is fitted on some.
        base: name or folder of the encoder that the runs started from.
        out: this run's folder; it can be built on like any other.
        dev: measuring sets; those with labels calibrate the model and set its thresholds.
        seed: draws the turns for the head of meaning.

    Raises:
        CorpusError: a run is not finished or does not fit ``base`` or the first, or ``out`` holds another run.
        InputError: there are fewer than two runs, or ``dev`` cannot set thresholds (``labelled_items``).
    """
    if len(runs) < 2:
        raise InputError(f"{len(runs)} run was given to average; give two or more")
    first = runs[0]
    for run in runs:
        check_finished(run, out)
        check_vocabulary(run, first)
        if layers_of(run) != layers_of(first):
            raise CorpusError(f"{run}: has {layers_of(run)} layers, {first} has {layers_of(first)}")
    items = labelled_items(dev)
    turns = load_corpus(corpus)
    reader = base_reader(base)
    model, *others = (trained(run, base) for run in runs)
    model.load_state_dict(mean_of([one.state_dict() for one in (model, *others)]))
    out.mkdir(parents=True, exist_ok=True)
    same_run(out, turns, seed, base, *(sha256(run / LAST) for run in runs))
    for name in (TOKENIZER, KEPT_PIECES):
        shutil.copyfile(first / name, out / name)
    with whole(out / LAST) as part:
        torch.save({"model": model.state_dict()}, part)
    remember_topics(model, Tokenizer.from_file(str(out / TOKENIZER)), turns, reader, seed)
    return finish(model, out, items)


def mean_of(weights: Sequence[dict[str, Tensor]], shares: Sequence[float] | None = None) -> dict[str, Tensor]:
    """The mean of every tensor of numbers; counters and places are those of the first.

    ``shares``: how much each counts, 1 in all; alike if not given.
    """
    counted = torch.tensor(shares or [1 / len(weights)] * len(weights))
    return {
        name: torch.tensordot(counted, torch.stack([one[name] for one in weights]), 1)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in weights[0].items()
    }
