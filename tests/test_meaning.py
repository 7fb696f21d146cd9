"""The head of meaning: fitted to what another encoder says, whatever the network has learnt."""

from __future__ import annotations

import random
import string

import numpy as np
import torch
from test_training import TOKENIZER_OBJECT, WIDTH, encoder
from torch import Tensor

from csr_assist.detector.encoding import batch, windows
from csr_assist.training.meaning import fit_meaning
from csr_assist.training.model import CueModel


def sentences(count: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(string.ascii_lowercase[:8], k=rng.randint(2, 9))) for _ in range(count)]


def said(model: CueModel, texts: list[str]) -> Tensor:
    """Unit vectors, one text at a time as the shipped detector reads them."""
    with torch.no_grad():
        return torch.cat([model(*map(torch.from_numpy, batch(windows(TOKENIZER_OBJECT, text))))[2] for text in texts])


def test_what_a_linear_map_can_say_is_said() -> None:
    torch.manual_seed(5)
    model, other = CueModel(encoder()).eval(), CueModel(encoder()).eval()
    other.encoder.load_state_dict(model.encoder.state_dict())
    texts = sentences(300)
    with torch.no_grad():
        other.meaning.weight.normal_()
        other.meaning.bias.fill_(3.0)  # what all texts share is no meaning
        raw = torch.cat([other.meaning(means(other, text)) for text in texts]).numpy()
    fit_meaning(model, TOKENIZER_OBJECT, texts, raw)
    fresh = sentences(40, seed=2)
    with torch.no_grad():
        wanted = torch.cat([other.meaning(means(other, text)) for text in fresh]) - torch.from_numpy(raw.mean(0))
    agreed = torch.nn.functional.cosine_similarity(said(model, fresh), wanted)
    assert float(agreed.min()) > 0.95


def means(model: CueModel, text: str) -> Tensor:
    """The mean vector over a text's pieces, (1, width)."""
    ids, mask, _ = map(torch.from_numpy, batch(windows(TOKENIZER_OBJECT, text)))
    return model.hidden(ids, mask)[:, 1:-1].mean(1)


def test_nothing_else_changes() -> None:
    model = CueModel(encoder())
    before = {name: weights.clone() for name, weights in model.state_dict().items()}
    texts = sentences(50)
    fit_meaning(model, TOKENIZER_OBJECT, texts, np.random.default_rng(1).normal(size=(50, WIDTH)).astype(np.float32))
    changed = {name for name, weights in model.state_dict().items() if not torch.equal(weights, before[name])}
    assert changed == {"meaning.weight", "meaning.bias"}
