"""From torch to ONNX: eight-bit weights, one file."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from csr_assist.detector.encoding import START, STOP
from csr_assist.training.model import CueModel, with_families

OUTPUTS = ("logits", "tags", "meaning")
_LOWER_OUTPUT = re.compile(r"layer\.[0-5]/output/dense")


class _Shipped(nn.Module):
    """The network as it ships.

    Its heads of "any dissatisfaction" and "any loyalty" rank the measuring sets worse than what ``families`` puts
    together, so they only teach.
    """

    def __init__(self, model: CueModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, tags, meaning, signs = self.model(ids, mask, types)
        return with_families(logits, signs), tags, meaning


def to_onnx(model: CueModel, path: Path) -> None:
    """Write the network with free batch and token axes, full precision.

    Args:
        model: the trained network.
        path: file to write.
    """
    shipped = _Shipped(model).eval()
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
    """Eight-bit weights for matrices and word vectors; activations are quantised as they come.

    Weights keep to seven of the eight bits: processors without VNNI add pairs of products in sixteen, which eight
    would overflow. The second matrices of the lower layers' feed-forward parts stay whole: they are fed activations
    with outliers (most of all in layer 4 of this base), which a scale over the whole input rounds away.
    """
    nodes = onnx.load(full, load_external_data=False).graph.node
    whole = [node.name for node in nodes if node.op_type == "MatMul" and _LOWER_OUTPUT.search(node.name)]
    quantize_dynamic(
        full,
        small,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=whole,
    )
