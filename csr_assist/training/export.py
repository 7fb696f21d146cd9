"""From torch to ONNX: eight-bit weights, one file, and proof that it says the same as the network."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from csr_assist.detector.encoding import START, STOP
from csr_assist.training.model import FAMILIES, LABELS, CueModel
from csr_assist.training.signs import SIGNS

OUTPUTS = ("logits", "tags", "meaning")


class _Shipped(nn.Module):
    """The network as it ships: the signs are folded into the head for any dissatisfaction."""

    def __init__(self, model: CueModel, tone: float) -> None:
        super().__init__()
        self.model = model
        self.tone = tone

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, tags, meaning, signs = self.model(ids, mask, types)
        unhappy = self.tone * signs[:, SIGNS.index("unhappy")]
        return logits + nn.functional.pad(unhappy.unsqueeze(-1), (LABELS, FAMILIES - 1)), tags, meaning


def to_onnx(model: CueModel, path: Path, tone: float = 0.0) -> None:
    """Write the network with free batch and token axes, full precision.

    Args:
        model: the trained network.
        path: file to write.
        tone: how much a logit of ``unhappy`` adds to the logit of any dissatisfaction.
    """
    shipped = _Shipped(model, tone).eval()
    ids = torch.tensor([[START, 10, 11, 12, STOP, 13, STOP], [START, 10, 11, STOP, 1, 1, 1]])
    mask = torch.tensor([[1] * 7, [1] * 4 + [0] * 3])
    types = torch.tensor([[0] * 5 + [1] * 2, [0] * 7])
    axes = {name: {0: "batch", 1: "tokens"} for name in ("ids", "mask", "types", "tags")}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter: its graph is the one that the quantiser knows
        torch.onnx.export(
            shipped,
            (ids, mask, types),
            str(path),
            input_names=["ids", "mask", "types"],
            output_names=list(OUTPUTS),
            dynamic_axes=axes | {"logits": {0: "batch"}, "meaning": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    onnx.checker.check_model(str(path))


def quantise(full: Path, small: Path) -> None:
    """Eight-bit weights for matrices and word vectors; activations are quantised as they come."""
    quantize_dynamic(
        full, small, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"]
    )
