"""The head of meaning, fitted in one step when all else is learnt: vectors that say what a turn is about.

Cues are much the same in every trade, so a network that learns them forgets topics, on which options and search rest.
The base encoder knows topics; a linear map from the network's vectors to the base's gives most of that back. While the
network learns, cosines of the base's vectors, all of them near 1, hardly hold it to them: here their mean is taken off.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from torch import Tensor

from csr_assist.detector.encoding import STOP, windows
from csr_assist.errors import CorpusError
from csr_assist.training.corpus import Example
from csr_assist.training.data import read_all
from csr_assist.training.fit import vanishing_is_zero
from csr_assist.training.model import CueModel, pooled

TURNS = 4000
"""Turns that the map is fitted on; 2,400 give the same to a hundredth."""
_LONGEST = 300
"""Characters of such a turn, which is read in one window."""
_PENALTY = 0.003
"""Of ridge regression, a turn; from 0.0003 to 0.01 options are found equally well."""

Matrix = NDArray[np.float64]


def base_reader(base: str, longest: int = 128) -> SentenceTransformer:
    """The base encoder as its users run it: unit vectors of texts that begin with ``query:``.

    Raises:
        CorpusError: there is no such encoder.
    """
    try:
        whole = Transformer(base, max_seq_length=longest)
    except (OSError, ValueError) as error:
        raise CorpusError(f"{base}: no encoder can be opened there ({str(error).splitlines()[0]})") from None
    return SentenceTransformer(modules=[whole, Pooling(whole.get_embedding_dimension()), Normalize()], device="cpu")


def base_meanings(reader: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
    """What the base encoder makes of texts, (texts, width)."""
    return reader.encode([f"query: {text}" for text in texts], batch_size=64, show_progress_bar=False)


def remember_topics(
    model: CueModel, tokenizer: Tokenizer, examples: Sequence[Example], reader: SentenceTransformer, seed: int
) -> None:
    """Fit the head of meaning of a trained network, in place, on some of the turns that it has learnt from."""
    some = some_texts(examples, seed)
    fit_meaning(model, tokenizer, some, base_meanings(reader, some))


def some_texts(examples: Sequence[Example], seed: int) -> list[str]:
    """``TURNS`` texts of one window each, by lot, or as many as there are."""
    texts = [example.text for example in examples if 0 < len(example.text) <= _LONGEST]
    return random.Random(seed).sample(texts, min(TURNS, len(texts)))


def fit_meaning(model: CueModel, tokenizer: Tokenizer, texts: Sequence[str], meanings: NDArray[np.float32]) -> None:
    """Fit the head of meaning by ridge regression from the network's mean vectors to ``meanings`` less their mean."""
    own = _means(model, tokenizer, texts)
    middle, spread = own.mean(axis=0), own.std(axis=0) + 1e-6
    known = (own - middle) / spread
    wanted = meanings.astype(float) - meanings.mean(axis=0)
    normal = known.T @ known + _PENALTY * len(known) * np.eye(known.shape[1])
    learnt = np.linalg.solve(normal, known.T @ wanted) / spread[:, None]
    with torch.no_grad():
        model.meaning.weight.copy_(torch.from_numpy(learnt.T))
        model.meaning.bias.copy_(torch.from_numpy(-middle @ learnt))


@vanishing_is_zero()
def _means(model: CueModel, tokenizer: Tokenizer, texts: Sequence[str]) -> Matrix:
    """Mean vectors over the pieces of every text, (texts, width)."""
    model.eval()

    def mean(ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        hidden = model.hidden(ids, mask)
        return pooled(hidden, (ids > STOP) & (types == 0))[:, hidden.shape[-1] :]

    return read_all([windows(tokenizer, text)[0] for text in texts], mean).astype(float)
