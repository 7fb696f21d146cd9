"""A larger network of one language that only teaches: too large to ship, it is heard beside the teacher.

It learns from the annotated turns of its language alone, from an encoder that nobody here has schooled; what it says of
a window goes into what a student is told (``csr-assist distil --second``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as entropy
from transformers import AutoConfig, AutoModel, AutoTokenizer

from csr_assist.conversation import Language
from csr_assist.detector.base import Utterance
from csr_assist.detector.encoding import PAD, START, STOP, Window, windows
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.training.checkpoint import LAST, learn
from csr_assist.training.corpus import Example
from csr_assist.training.data import Batch, Piece, as_shown, collate, groups
from csr_assist.training.fit import Settings, annotated_loss, vanishing_is_zero
from csr_assist.training.model import CueModel
from csr_assist.training.optimise import Optimiser, Rates
from csr_assist.training.signs import UNHAPPY
from csr_assist.training.train import same_run

LARGER = Settings(epochs=1, rates=Rates(body=7e-5, by_layer=0.88, frozen_layers=6), sign_weight=0.5, seed=3)
_SAVED_EVERY = 200
"""Steps."""
_LANGUAGE = "language.txt"
"""Written last: with it a run is finished."""


class Larger:
    """The network of the finished run in ``folder``, its language, and its own way to cut windows.

    Raises:
        CorpusError: there is none, or it is of another release.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("config.json", TOKENIZER, LAST, _LANGUAGE):
            if not (folder / name).exists():
                raise CorpusError(f"{folder}: no finished run of csr-assist enlarge ({name} is missing)")
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        encoder = AutoModel.from_config(  # type: ignore[no-untyped-call]
            AutoConfig.from_pretrained(folder), add_pooling_layer=False
        )
        self.model = CueModel(encoder).eval()
        try:
            self.language = Language((folder / _LANGUAGE).read_text(encoding="utf-8"))
            self.model.load_state_dict(torch.load(folder / LAST, weights_only=True)["model"])
        except (RuntimeError, ValueError):
            raise CorpusError(f"{folder}: was left by a release with other labels or languages") from None

    def window(self, utterance: Utterance) -> Window:
        """How this network sees what another sees in one window; the end of a very long one may be cut off."""
        return windows(self._tokenizer, utterance.text, utterance.context)[0]


def enlarge(
    examples: Sequence[Example], base: str, language: Language, out: Path, settings: Settings = LARGER
) -> CueModel:
    """Train a network on the annotated turns of one language, and leave it in ``out`` for ``Larger``.

    Args:
        examples: annotated turns; those in other languages are passed over.
        base: name or folder of an encoder with the special pieces ``<s>``, ``<pad>``, ``</s>`` at 0, 1, 2.
        language: whose turns it learns from.
        out: the run's folder; an interrupted one is taken up where it was.
        settings: rates, epochs and seed.

    Raises:
        CorpusError: no turn is in the language, there is no such encoder, it has other special pieces, or ``out`` holds
            another run.
    """
    turns = [example for example in examples if example.language is language]
    if not turns:
        raise CorpusError(f"no annotated turn is in the language '{language.value}'")
    tokenizer, encoder = _opened(base)
    out.mkdir(parents=True, exist_ok=True)
    same_run(out, turns, settings, base)
    tokenizer.save(str(out / TOKENIZER))
    encoder.config.save_pretrained(out)
    torch.manual_seed(settings.seed)
    model = CueModel(encoder)
    _fitted(model, tokenizer, turns, settings, out / LAST)
    (out / _LANGUAGE).write_text(language.value, encoding="utf-8")
    return model


def _opened(base: str) -> tuple[Tokenizer, Any]:
    """The encoder's own tokenizer, without its cutting and padding, and the encoder."""
    try:
        tokenizer: Tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
        encoder = AutoModel.from_pretrained(base, add_pooling_layer=False)
    except (OSError, ValueError) as error:
        raise CorpusError(f"{base}: no encoder can be opened there ({str(error).splitlines()[0]})") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    special = [tokenizer.token_to_id(piece) for piece in ("<s>", "<pad>", "</s>")]
    if special != [START, PAD, STOP]:
        raise CorpusError(f"{base}: <s>, <pad> and </s> are at {special}; allowed is {[START, PAD, STOP]}")
    return tokenizer, encoder


@vanishing_is_zero()
def _fitted(
    model: CueModel, tokenizer: Tokenizer, turns: Sequence[Example], settings: Settings, checkpoint: Path
) -> None:
    rng = random.Random(settings.seed)
    todo: list[list[Piece]] = []
    for _ in range(settings.epochs):
        pieces = as_shown(tokenizer, turns, settings.shown, rng)
        found = groups([piece.window for piece in pieces], settings.batch_size, rng)
        todo += [[pieces[place] for place in some] for some in found]
    model.train()
    optimiser = Optimiser(model, model.encoder, settings.rates, len(todo))
    learn(model, optimiser, todo, lambda pieces: _loss(model, collate(pieces), settings), checkpoint, _SAVED_EVERY)
    model.eval()


def _loss(model: CueModel, batch: Batch, settings: Settings) -> Tensor:
    """As the annotation says; the tone where it is known."""
    logits, tags, _, signs = model(batch.ids, batch.mask, batch.types)
    known = ~batch.tones.isnan()
    tone = entropy(signs[known, UNHAPPY], batch.tones[known], reduction="sum") / len(batch.ids)
    total: Tensor = annotated_loss(logits, tags, batch, settings.tag_weight) + settings.sign_weight * tone
    return total
