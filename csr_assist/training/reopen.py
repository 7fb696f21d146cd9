"""A detector that ships, opened again as the network that it was: its ``model.onnx`` is all it needs to learn on.

Eight-bit weights come back as the numbers that they stand for, which is what the detector reads with.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, numpy_helper
from torch import Tensor
from transformers import BertConfig, BertModel

from csr_assist.detector.manifest import load_manifest
from csr_assist.detector.onnx import MODEL
from csr_assist.errors import ModelError
from csr_assist.training.model import CueModel

_QUANTISED, _TURNED = "_quantized", "_Transposed"
"""What the quantiser adds to the names of weights; not every release of it says which it has turned over."""
_ROOT = "model."
"""The network's name in the graph: what ships is a shell around it (see ``export``)."""
_LAYER = "encoder.encoder.layer."
_WORDS, _PLACES, _TYPES = (
    f"encoder.embeddings.{kind}_embeddings.weight" for kind in ("word", "position", "token_type")
)

Weights = dict[str, Tensor]


def reopened(folder: Path) -> CueModel:
    """The network of the detector in ``folder``, in full precision.

    Raises:
        ModelError: the detector is absent or damaged, or its graph is not one that ``export`` writes.
    """
    load_manifest(folder)
    graph = onnx.load(folder / MODEL).graph
    try:
        weights = dict(_weights(graph))
        model = CueModel(BertModel(_shape(graph, weights), add_pooling_layer=False))
        model.load_state_dict(weights)
    except (KeyError, RuntimeError, StopIteration, ValueError) as error:
        raise ModelError(
            f"{folder / MODEL}: its network cannot be opened again ({str(error).splitlines()[0]})"
        ) from None
    return model.eval()


def _weights(graph: GraphProto) -> Iterator[tuple[str, Tensor]]:
    """The network's weights by the names that torch knows them by."""
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    products = {node.input[1]: _owner(node) for node in graph.node if node.op_type.startswith("MatMul")}
    for stored_as, array in stored.items():
        plain = stored_as.removesuffix(_QUANTISED)
        exact = stored_as == plain
        named = plain.startswith(_ROOT)
        name = plain.removeprefix(_ROOT).removesuffix(_TURNED) if named else f"{products.get(stored_as)}.weight"
        if not name.endswith((".weight", ".bias")) or not (named or stored_as in products):
            continue  # a scale, or a constant of the graph
        numbers = array if exact else _numbers(array, stored[plain + "_scale"], stored[plain + "_zero_point"])
        turned = not named or not (exact or "embeddings" in plain)  # matrices of linear layers, most of them
        yield name, torch.from_numpy(np.array(numbers.T if turned else numbers, dtype=np.float32, order="C"))


def _numbers(array: NDArray[np.int8], scale: NDArray[np.float32], zero: NDArray[np.int8]) -> NDArray[np.float32]:
    return (array.astype(np.float32) - zero.astype(np.float32)) * scale


def _owner(node: NodeProto) -> str:
    """The module whose product a node is: ``/model/tags/MatMul_quant`` is that of ``tags``."""
    return node.name.rpartition("/")[0].removeprefix("/model/").replace("/", ".")


def _shape(graph: GraphProto, weights: Weights) -> BertConfig:
    words, inner = weights[_WORDS], weights[f"{_LAYER}0.intermediate.dense.weight"]
    return BertConfig(
        vocab_size=len(words),
        hidden_size=words.shape[1],
        num_hidden_layers=len({name.split(".")[3] for name in weights if name.startswith(_LAYER)}),
        num_attention_heads=words.shape[1] // _head_width(graph),
        intermediate_size=len(inner),
        max_position_embeddings=len(weights[_PLACES]),
        type_vocab_size=len(weights[_TYPES]),
        pad_token_id=1,
    )


def _head_width(graph: GraphProto) -> int:
    """The width of one attention head: the last constant that the first layer's vectors are cut by."""
    made = {name: node for node in graph.node for name in node.output}
    cut = next(node for node in graph.node if node.op_type == "Reshape" and "/layer.0/attention/self/" in node.name)
    last = made[made[cut.input[1]].input[-1]]
    return int(numpy_helper.to_array(last.attribute[0].t).item())
