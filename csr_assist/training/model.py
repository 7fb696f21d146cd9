"""The network: one pass of an encoder, heads for tags, labels, families and meaning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from csr_assist.detector.encoding import STOP
from csr_assist.labels import Family, Label
from csr_assist.training.signs import SIGNS, UNHAPPY

LABELS = len(Label)
FAMILIES = 2
"""Heads of their own for "any dissatisfaction" and "any loyalty"."""
TONE = 2.0
"""Weight of an unhappy tone beside the labels, in any dissatisfaction; chosen on the measuring sets."""


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
        self.signs = nn.Linear(2 * width, len(SIGNS))
        self.meaning = nn.Linear(width, width)
        nn.init.constant_(self.tags.bias, -4.0)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Read a batch.

        Args:
            ids: pieces, (batch, tokens).
            mask: 1 where there is a piece, (batch, tokens).
            types: 0 for the turn, 1 for its context, (batch, tokens).

        Returns:
            Logits of labels and families (batch, labels + 2), tag logits (batch, tokens, labels), unit vectors of
            meaning (batch, width) and logits of the signs (batch, signs).
        """
        return self.heads(self.hidden(ids, mask), ids, types)

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The encoder's vectors of all pieces, (batch, tokens, width)."""
        vectors: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return vectors

    def heads(self, hidden: Tensor, ids: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What ``forward`` gives, from the encoder's vectors."""
        inside = (ids > STOP) & (types == 0)
        whole = pooled(hidden, inside)
        meaning = nn.functional.normalize(self.meaning(whole[:, hidden.shape[-1] :]), dim=-1)
        tags = self.tags(self.dropout(hidden)).masked_fill(~inside.unsqueeze(-1), -30.0)
        scores = self.pooled(self.dropout(whole))
        logits = torch.cat([scores[:, :LABELS] + torch.logsumexp(tags, 1), scores[:, LABELS:]], -1)
        return logits, tags, meaning, self.signs(self.dropout(whole))


def pooled(hidden: Tensor, inside: Tensor) -> Tensor:
    """First vector and mean over the turn's pieces side by side, (batch, 2 * width)."""
    weight = inside.unsqueeze(-1).to(hidden.dtype)
    return torch.cat([hidden[:, 0], (hidden * weight).sum(1) / weight.sum(1).clamp(min=1.0)], -1)


def with_vocabulary(base: str | Path, keep: Sequence[int]) -> BertModel:
    """The base encoder with only the ``keep`` rows of its word vectors."""
    encoder: BertModel = BertModel.from_pretrained(base, add_pooling_layer=False, attn_implementation="sdpa")
    words = encoder.embeddings.word_embeddings.weight.data[list(keep)].clone()
    encoder.embeddings.word_embeddings = nn.Embedding(len(keep), words.shape[1], _weight=words)
    encoder.config.vocab_size = len(keep)
    return encoder


def members(family: Family) -> list[int]:
    """Places of a family's labels."""
    return [place for place, label in enumerate(Label) if label.family is family]


def any_of(logits: Tensor) -> Tensor:
    """Logit of the chance that at least one of independent events happens, over the last axis (noisy or)."""
    never = nn.functional.softplus(logits).sum(-1)  # minus the logarithm of the chance that none does
    return never + torch.log((1 - torch.exp(-never)).clamp(min=1e-7))


def with_families(logits: Tensor, signs: Tensor) -> Tensor:
    """Logits of labels with what ``families`` makes of them in place of the heads that only teach."""
    return torch.cat([logits[:, :LABELS], families(logits, signs[:, UNHAPPY])], -1)


def families(logits: Tensor, unhappy: Tensor) -> Tensor:
    """Logits of any dissatisfaction and any loyalty, (batch, 2): what ranks best, put together from what is known.

    Args:
        logits: of the labels first, (batch, labels or more).
        unhappy: of an unhappy tone, (batch).
    """
    dissatisfaction = any_of(logits[:, members(Family.DISSATISFACTION)]) + TONE * unhappy
    return torch.stack([dissatisfaction, any_of(logits[:, members(Family.LOYALTY)])], -1)
