"""``csr-assist adapt``: a detector is opened again as the network that it was, and learns on from a few turns."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from commanding import cli, refused
from small_runs import write
from test_training import FAST, TOKENIZER_OBJECT, encoder

from csr_assist.conversation import Language, Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.base import Utterance as Words
from csr_assist.detector.encoding import Window
from csr_assist.detector.manifest import MANIFEST, Scale, load_manifest
from csr_assist.detector.onnx import MODEL, TOKENIZER
from csr_assist.errors import CorpusError, InputError, ModelError
from csr_assist.labels import Label
from csr_assist.training.adapt import Adaptation, adapt, told
from csr_assist.training.calibrate import seal
from csr_assist.training.data import Piece, Shown
from csr_assist.training.distil import MORE
from csr_assist.training.export import quantise, to_onnx
from csr_assist.training.model import LABELS, CueModel
from csr_assist.training.reopen import reopened

Sources = dict[str, Path]
SCALES, THRESHOLDS = {Label.TENURE.value: Scale(slope=0.7, shift=0.1)}, {Label.TENURE.value: 0.4}
LESSONS = replace(MORE, epochs=1, batch_size=4, rates=FAST, shown=Shown(0, 0, 0))
QUICK = Adaptation(lessons=LESSONS, often=40, least=1, beside=1, kept=0.0)
SAID = "this is ridiculous"


@pytest.fixture
def network() -> CueModel:
    torch.manual_seed(3)
    model = CueModel(encoder()).eval()
    with torch.no_grad():  # weights that are alike, as biases are before they learn, would be stored once
        for weights in model.parameters():
            weights.add_(torch.randn_like(weights) * 0.02)
    return model


@pytest.fixture(params=[False, True], ids=["full precision", "eight bits"])
def either(request: pytest.FixtureRequest, network: CueModel, tmp_path: Path) -> Path:
    """A detector as ``export`` writes it."""
    return detector_of(network, tmp_path / "detector", small=request.param)


@pytest.fixture
def detector(network: CueModel, tmp_path: Path) -> Path:
    return detector_of(network, tmp_path / "detector", small=True)


def detector_of(network: CueModel, folder: Path, small: bool) -> Path:
    folder.mkdir()
    TOKENIZER_OBJECT.save(str(folder / TOKENIZER))
    to_onnx(network, folder / MODEL)
    if small:
        quantise(folder / MODEL, folder / "small.onnx")
        (folder / "small.onnx").replace(folder / MODEL)
    seal(folder, "before", SCALES, THRESHOLDS)
    return folder


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """One marked turn, as ``feedback export`` writes it."""
    write(tmp_path / "marks.jsonl", turn("call-1/2", f"<frustration>{SAID}</frustration>"))
    return tmp_path / "marks.jsonl"


def turn(name: str, text: str) -> dict[str, Any]:
    return {
        "id": name,
        "speaker": "customer",
        "language": "en",
        "channel": "call",
        "trade": "",
        "context": "",
        "text": text,
    }


def frustration(detector: Path) -> float:
    (reading,) = OnnxDetector(detector).read([Utterance(Speaker.CUSTOMER, SAID)])
    return reading.scores[Label.FRUSTRATION]


def test_every_weight_comes_back(either: Path, network: CueModel) -> None:
    back, was = reopened(either).state_dict(), network.state_dict()
    assert back.keys() == was.keys()
    for name, weights in was.items():
        step = float(weights.abs().max()) / 63  # seven bits on either side of nothing
        torch.testing.assert_close(back[name], weights, atol=step, rtol=0)


def test_what_is_opened_again_says_the_same(network: CueModel, tmp_path: Path) -> None:
    words = Utterance(Speaker.CUSTOMER, "the customer for six years", "this is")
    before = detector_of(network, tmp_path / "before", small=False)
    after = detector_of(reopened(before), tmp_path / "after", small=False)
    np.testing.assert_allclose(OnnxDetector(after).logits(words), OnnxDetector(before).logits(words), atol=1e-5)


def test_a_graph_that_is_no_detector_is_named(detector: Path) -> None:
    graph = onnx.load(detector / MODEL)
    del graph.graph.initializer[:5]
    onnx.save(graph, detector / MODEL)
    seal(detector, "cut", {}, {})
    with pytest.raises(ModelError, match=r"model\.onnx: its network cannot be opened again"):
        reopened(detector)


def test_new_turns_are_learnt_and_the_calibration_stays(
    detector: Path, marks: Path, sources: Sources, tmp_path: Path
) -> None:
    out = tmp_path / "ours"
    done = adapt(detector, marks, sources["corpus"], out, settings=QUICK)
    assert frustration(out / "model") > 0.5 > frustration(detector)
    assert done.aside == 0
    known = load_manifest(out / "model")
    assert (known.name, known.scales, known.thresholds) == ("ours", SCALES, THRESHOLDS)


def test_measuring_sets_calibrate_anew(detector: Path, marks: Path, sources: Sources, tmp_path: Path) -> None:
    texts = {"readings": sources["labels"], "texts": sources["texts"]}
    done = adapt(detector, marks, sources["corpus"], tmp_path / "ours", sources["dev"], **texts, settings=QUICK)
    assert len(done.manifest.scales) > len(SCALES)


def test_what_is_kept_whole_is_what_it_was(detector: Path, marks: Path, sources: Sources, tmp_path: Path) -> None:
    adapt(detector, marks, sources["corpus"], tmp_path / "ours", settings=replace(QUICK, kept=1.0))
    back, was = reopened(tmp_path / "ours" / "full").state_dict(), reopened(detector).state_dict()
    for name in was.keys() - {"meaning.weight", "meaning.bias"}:
        torch.testing.assert_close(back[name], was[name])


def test_an_interrupted_run_ends_as_if_it_had_not_been(
    detector: Path, marks: Path, sources: Sources, tmp_path: Path
) -> None:
    one, two = tmp_path / "one" / "ours", tmp_path / "two" / "ours"
    for out in (one, two):
        out.parent.mkdir()
        adapt(detector, marks, sources["corpus"], out, settings=QUICK)
    shutil.rmtree(two / "model")
    (two / "last.pt").unlink()
    adapt(detector, marks, sources["corpus"], two, settings=QUICK)
    assert (one / "model" / MODEL).read_bytes() == (two / "model" / MODEL).read_bytes()


@pytest.mark.parametrize(("turns", "aside"), [(50, 10), (49, 0)])
def test_a_fifth_of_many_turns_is_measured_on(
    turns: int, aside: int, detector: Path, sources: Sources, tmp_path: Path
) -> None:
    write(tmp_path / "marks/a.jsonl", *(turn(str(i), f"<frustration>{SAID}</frustration>") for i in range(turns)))
    quick = replace(QUICK, often=2)
    done = adapt(detector, tmp_path / "marks", sources["corpus"], tmp_path / "ours", settings=quick)
    assert done.aside == aside
    assert (done.before.right + done.before.missed, done.after.right + done.after.missed) == (aside, aside)
    assert done.after.right == aside


def test_what_a_network_says_is_mixed_with_the_annotation_and_the_tone_stays() -> None:
    window = Window((0, 5, 2), (0, 0, 0), ((0, 4),))
    column = list(Label).index(Label.TENURE)
    piece = Piece(window, ((1, column),), Words(Speaker.CUSTOMER, "six"), Language.ENGLISH, 0)
    words = torch.full((1, LABELS + 1), -2.0)
    mixed = told(words, [piece], 0.75)
    own = torch.sigmoid(torch.tensor(-2.0))
    assert mixed[0, column].sigmoid().item() == pytest.approx(0.75 + 0.25 * own.item(), abs=1e-5)
    assert mixed[0, 0].sigmoid().item() == pytest.approx(0.25 * own.item(), abs=1e-5)
    assert mixed[0, -1].item() == -2.0


def test_the_command_says_whether_it_helped(detector: Path, sources: Sources, tmp_path: Path) -> None:
    write(tmp_path / "marks.jsonl", *(turn(str(i), f"<frustration>{SAID}</frustration>") for i in range(60)))
    given = ["--model", detector, "--corpus", sources["corpus"], "--out", tmp_path / "ours"]
    said = cli("adapt", tmp_path / "marks.jsonl", *given).output
    assert "12 turns kept aside: F1 0." in said
    assert f"csr-assist run --model {tmp_path / 'ours' / 'model'}" in said
    said = cli("adapt", tmp_path / "marks.jsonl", *given[:-1], tmp_path / "all", "--aside", 0).output
    assert "No turns were kept aside" in said


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        ("turns", CorpusError, "marks.jsonl: no annotated turns (*.jsonl) found"),
        ("a turn", CorpusError, "marks.jsonl:1: <frustration> is never closed"),
        ("corpus", CorpusError, "corpus: no annotated turns (*.jsonl) found"),
        ("model", ModelError, f"no detector at {{detector}}: {MANIFEST} is missing"),
        ("dev", InputError, "dev: no measuring sets (*.jsonl) found"),
    ],
)
def test_what_cannot_be_read_is_named_and_leaves_no_run_behind(
    spoil: str, error: type[Exception], said: str, detector: Path, marks: Path, sources: Sources, tmp_path: Path
) -> None:
    if spoil == "turns":
        marks.unlink()
    if spoil == "a turn":
        marks.write_text(json.dumps(turn("1", "<frustration>no")), encoding="utf-8")
    if spoil in sources:
        shutil.rmtree(sources[spoil])
    if spoil == "model":
        (detector / MANIFEST).unlink()
    with pytest.raises(error) as caught:
        adapt(detector, marks, sources["corpus"], tmp_path / "ours", sources["dev"], settings=QUICK)
    assert said.format(detector=detector) in str(caught.value)
    assert not (tmp_path / "ours").exists()


def test_a_share_that_is_none_is_refused(marks: Path, tmp_path: Path) -> None:
    assert "--aside" in refused("adapt", marks, "--out", tmp_path / "ours", "--aside", 1.5)
