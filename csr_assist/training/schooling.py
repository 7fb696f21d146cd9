"""Stage one: the encoder learns to tell happy from unhappy, on what the public sets say of themselves."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.detector.encoding import STOP, batch, windows
from csr_assist.training.data import groups, read_all
from csr_assist.training.model import pooled
from csr_assist.training.optimise import Optimiser, Rates
from csr_assist.training.signs import SIGNS, Marked

log = logging.getLogger(__name__)
BATCH = 32


class SignModel(nn.Module):
    """An encoder with one logit a sign."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.signs = nn.Linear(2 * encoder.config.hidden_size, len(SIGNS))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Logits of a batch, (batch, signs)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        logits: Tensor = self.signs(self.dropout(pooled(hidden, (ids > STOP) & (types == 0))))
        return logits


def school(
    encoder: BertModel, tokenizer: Tokenizer, marked: Sequence[Marked], seed: int, rates: Rates | None = None
) -> SignModel:
    """One pass over the marked texts; trains the encoder in place."""
    torch.manual_seed(seed)
    model = SignModel(encoder).train()
    optimiser = Optimiser(model, encoder, rates or Rates(body=1e-4), len(marked) // BATCH + 1)
    total, began = 0.0, time.monotonic()
    for done, (ids, mask, types, targets, known) in enumerate(_batches(tokenizer, marked, random.Random(seed)), 1):
        logits = model(ids, mask, types)
        entropy = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        loss = (entropy * known).sum() / known.sum()
        optimiser.step(loss)
        total += loss.item()
        if done % 100 == 0:
            log.info("schooling step %d loss %.4f %.0fs", done, total / done, time.monotonic() - began)
    return model.eval()


def signs_of(model: SignModel, tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Probabilities of the signs in every text, (texts, signs)."""
    cut = [windows(tokenizer, text)[0] for text in texts]
    return read_all(cut, lambda ids, mask, types: model(ids, mask, types).sigmoid())


def _batches(tokenizer: Tokenizer, marked: Sequence[Marked], rng: random.Random) -> Iterator[tuple[Tensor, ...]]:
    cut = [windows(tokenizer, one.text, one.context)[0] for one in marked]
    for group in groups(cut, BATCH, rng):
        targets = torch.tensor([[marked[i].signs.get(sign, 0.0) for sign in SIGNS] for i in group])
        known = torch.tensor([[float(sign in marked[i].signs) for sign in SIGNS] for i in group])
        yield *map(torch.from_numpy, batch([cut[i] for i in group])), targets, known
