"""The network: one pass of an encoder, heads for tags, labels, families and meaning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.detector.encoding import STOP
from csr_assist.labels import Label

LABELS = len(Label)
FAMILIES = 2
"""Heads of their own for "any dissatisfaction" and "any loyalty"."""


class CueModel(nn.Module):
    """Tags every token with every label, and pools tags and vectors into one logit a label.

    A label's logit is the log-sum-exp of its tag logits over the turn's tokens (so the evidence that is
    tagged is what carries the decision) plus a linear reading of the pooled vectors (so that tone, which
    has no place in the text, counts too).
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.tags = nn.Linear(width, LABELS)
        self.pooled = nn.Linear(2 * width, LABELS + FAMILIES)
        self.meaning = nn.Linear(width, width)
        nn.init.constant_(self.tags.bias, -4.0)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Read a batch.

        Args:
            ids: pieces, (batch, tokens).
            mask: 1 where there is a piece, (batch, tokens).
            types: 0 for the turn, 1 for its context, (batch, tokens).

        Returns:
            Logits of labels and families (batch, labels + 2), tag logits (batch, tokens, labels) and unit
            vectors of meaning (batch, width).
        """
        hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        inside = ((ids > STOP) & (types == 0)).unsqueeze(-1)
        weight = inside.to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        meaning = nn.functional.normalize(self.meaning(mean), dim=-1)
        hidden = self.dropout(hidden)
        tags = self.tags(hidden).masked_fill(~inside, -30.0)
        pooled = self.pooled(self.dropout(torch.cat([hidden[:, 0], mean], -1)))
        logits = torch.cat([pooled[:, :LABELS] + torch.logsumexp(tags, 1), pooled[:, LABELS:]], -1)
        return logits, tags, meaning


def with_vocabulary(base: str | Path, keep: Sequence[int]) -> BertModel:
    """The base encoder with only the ``keep`` rows of its word vectors, which stay as they are in training.

    Frozen word vectors keep the three languages aligned: what is learned from English carries over.
    """
    encoder: BertModel = BertModel.from_pretrained(base, add_pooling_layer=False, attn_implementation="sdpa")
    words = encoder.embeddings.word_embeddings.weight.data[list(keep)].clone()
    encoder.embeddings.word_embeddings = _embedding(words, freeze=True)
    types = encoder.embeddings.token_type_embeddings.weight.data[:1]
    encoder.embeddings.token_type_embeddings = _embedding(types.repeat(2, 1), freeze=False)
    encoder.config.vocab_size, encoder.config.type_vocab_size = len(keep), 2
    return encoder


def _embedding(weights: Tensor, freeze: bool) -> nn.Embedding:
    table = nn.Embedding(weights.shape[0], weights.shape[1], _weight=weights)
    table.weight.requires_grad_(not freeze)
    return table
