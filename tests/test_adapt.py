"""``csr-assist adapt``: a detector is opened again as the network that it was, and learns on from a few turns."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
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
from csr_assist.labels import Label, labels_for
from csr_assist.shipped import MODEL_VARIABLE
from csr_assist.training.adapt import Adaptation, _parted, adapt, evenly, told
from csr_assist.training.calibrate import seal
from csr_assist.training.corpus import Evidence, Example
from csr_assist.training.data import Piece, Shown, cut
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
    done = adapt(detector, [marks], sources["corpus"], out, sources["dev"], settings=QUICK)
    assert frustration(out / "model") > 0.5 > frustration(detector)
    assert done.aside == ()
    known = load_manifest(out / "model")
    assert (known.name, known.scales, known.thresholds) == ("ours", SCALES, THRESHOLDS)


def test_measuring_sets_calibrate_anew(detector: Path, marks: Path, sources: Sources, tmp_path: Path) -> None:
    done = adapt(
        detector,
        [marks],
        sources["corpus"],
        tmp_path / "ours",
        sources["dev"],
        sources["dev"],
        sources["labels"],
        sources["texts"],
        QUICK,
    )
    assert len(done.manifest.scales) > len(SCALES)


def test_what_is_kept_whole_is_what_it_was(detector: Path, marks: Path, sources: Sources, tmp_path: Path) -> None:
    adapt(detector, [marks], sources["corpus"], tmp_path / "ours", sources["dev"], settings=replace(QUICK, kept=1.0))
    back, was = reopened(tmp_path / "ours" / "full").state_dict(), reopened(detector).state_dict()
    for name in was.keys() - {"meaning.weight", "meaning.bias"}:
        torch.testing.assert_close(back[name], was[name])


def test_topics_may_be_learnt_from_an_encoder_anew(
    detector: Path, marks: Path, sources: Sources, tmp_path: Path, base: str
) -> None:
    write(sources["corpus"] / "more.jsonl", *many(20))
    heads = {}
    for given in (None, base):
        out = tmp_path / ("anew" if given else "kept")
        adapt(detector, [marks], sources["corpus"], out, sources["dev"], settings=QUICK, base=given)
        heads[given] = reopened(out / "full").state_dict()
    differ = {name for name, weights in heads[None].items() if not torch.equal(weights, heads[base][name])}
    assert differ == {"meaning.weight", "meaning.bias"}
    with pytest.raises(CorpusError, match="no encoder can be opened there"):
        adapt(detector, [marks], sources["corpus"], tmp_path / "none", sources["dev"], base=str(tmp_path / "absent"))


def test_turns_of_the_corpus_itself_are_not_read_beside_themselves(
    detector: Path, sources: Sources, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="csr_assist")
    adapt(
        detector,
        [sources["corpus"]],
        sources["corpus"],
        tmp_path / "all",
        sources["dev"],
        settings=replace(QUICK, often=1),
    )
    assert "new turns beside 0 that it knows" in caplog.text
    assert load_manifest(tmp_path / "all" / "model").name == "all"


def test_an_interrupted_run_ends_as_if_it_had_not_been(
    detector: Path, marks: Path, sources: Sources, tmp_path: Path
) -> None:
    one, two = tmp_path / "one" / "ours", tmp_path / "two" / "ours"
    for out in (one, two):
        out.parent.mkdir()
        adapt(detector, [marks], sources["corpus"], out, sources["dev"], settings=QUICK)
    shutil.rmtree(two / "model")
    (two / "last.pt").unlink()
    adapt(detector, [marks], sources["corpus"], two, sources["dev"], settings=QUICK)
    assert (one / "model" / MODEL).read_bytes() == (two / "model" / MODEL).read_bytes()


def many(count: int) -> list[dict[str, Any]]:
    return [turn(str(n), f"<frustration>{SAID}</frustration> {n}") for n in range(count)]


@pytest.mark.parametrize(("count", "some"), [(50, True), (49, False)])
def test_of_many_turns_some_are_measured_on(
    count: int, some: bool, detector: Path, sources: Sources, tmp_path: Path
) -> None:
    write(tmp_path / "marks/a.jsonl", *many(count))
    quick = replace(QUICK, often=2)
    done = adapt(detector, [tmp_path / "marks"], sources["corpus"], tmp_path / "ours", sources["dev"], settings=quick)
    assert bool(done.aside) == some
    if done.aside:
        before, after = done.aside
        assert 4 < after.right == before.right + before.missed < 18, "a fifth, drawn by their words; all is heard now"
        assert before.right == 0
    assert all(one.right + one.missed == 3 for one in done.elsewhere)


def test_the_same_words_are_learnt_or_measured_on_but_never_both() -> None:
    turns = [Example(str(n), "x", Speaker.CUSTOMER, Language.ENGLISH, f"hello {n % 30}") for n in range(90)]
    learnt, aside = _parted(turns, QUICK)
    assert len(learnt) + len(aside) == 90
    assert aside
    assert not {one.text for one in learnt} & {one.utterance.text for one in aside}
    assert _parted(turns[:60], QUICK)[1] == [one for one in aside if int(one.id) < 60], "more turns change no side"


def test_labels_that_nobody_judged_are_neither_learnt_nor_measured() -> None:
    evidence = (Evidence(Label.TENURE, 0, 3), Evidence(Label.FRUSTRATION, 4, 9))
    judged = frozenset({Label.TENURE, Label.ESCALATION})
    one = Example("1", "x", Speaker.CUSTOMER, Language.ENGLISH, "six years", evidence=evidence, judged=judged)
    (item,) = _parted([one] * 50, replace(QUICK, aside=1.0))[1][:1]
    assert item.cues == frozenset({Label.TENURE})
    assert item.unsure == frozenset(labels_for(Speaker.CUSTOMER)) - judged
    words = torch.full((1, LABELS + 1), -2.0)
    mixed = told(words, cut(TOKENIZER_OBJECT, [one]), 0.75)
    changed = [label for label, now in zip(Label, mixed[0], strict=False) if abs(now.item() + 2.0) > 1e-4]
    assert frozenset(changed) == judged


def test_of_two_exports_the_later_counts(detector: Path, sources: Sources, tmp_path: Path) -> None:
    write(tmp_path / "january.jsonl", turn("call-1/2", SAID))
    write(tmp_path / "february.jsonl", turn("call-1/2", f"<frustration>{SAID}</frustration>"))
    both = [tmp_path / "january.jsonl", tmp_path / "february.jsonl"]
    adapt(detector, both, sources["corpus"], tmp_path / "ours", sources["dev"], settings=QUICK)
    assert frustration(tmp_path / "ours" / "model") > 0.5


def test_what_a_network_says_is_mixed_with_the_annotation_and_the_tone_stays() -> None:
    window = Window((0, 5, 2), (0, 0, 0), ((0, 4),))
    column = list(Label).index(Label.TENURE)
    piece = Piece(window, ((1, column),), Words(Speaker.CUSTOMER, "six"), Language.ENGLISH, 0, judged=frozenset(Label))
    words = torch.full((1, LABELS + 1), -2.0)
    mixed = told(words, [piece], 0.75)
    own = torch.sigmoid(torch.tensor(-2.0))
    assert mixed[0, column].sigmoid().item() == pytest.approx(0.75 + 0.25 * own.item(), abs=1e-5)
    assert mixed[0, 0].sigmoid().item() == pytest.approx(0.25 * own.item(), abs=1e-5)
    assert mixed[0, -1].item() == -2.0


def test_a_tone_that_was_said_is_learnt(detector: Path, sources: Sources, tmp_path: Path) -> None:
    loud = replace(QUICK, lessons=replace(LESSONS, share=0.0, tone_weight=10.0), tone=1.0)
    levels = {}
    for tone in (True, False):
        write(tmp_path / f"{tone}.jsonl", turn("call-1/2", SAID) | {"unhappy": tone})
        adapt(
            detector,
            [tmp_path / f"{tone}.jsonl"],
            sources["corpus"],
            tmp_path / str(tone),
            sources["dev"],
            settings=loud,
        )
        (reading,) = OnnxDetector(tmp_path / str(tone) / "model").read([Utterance(Speaker.CUSTOMER, SAID)])
        levels[tone] = reading.dissatisfaction
    assert levels[True] > levels[False] + 0.1


@pytest.mark.parametrize(
    ("count", "drawn"),
    [
        (9, {"en": 3, "id": 3, "fa": 3}),
        (20, {"en": 8, "id": 8, "fa": 4}),
        (2, {"en": 1, "id": 1}),
        (500, {"en": 90, "id": 20, "fa": 4}),
    ],
)
def test_the_smaller_languages_come_first(count: int, drawn: dict[str, int]) -> None:
    there = {Language.ENGLISH: 90, Language.INDONESIAN: 20, Language.PERSIAN: 4}
    turns = [
        Example(f"{language}-{n}", "x", Speaker.CUSTOMER, language, f"{n}")
        for language, many in there.items()
        for n in range(many)
    ]
    chosen = evenly(turns, count, random.Random(1))
    assert Counter(one.language for one in chosen) == drawn
    assert len({one.id for one in chosen}) == len(chosen)


def test_the_command_says_whether_it_helped(
    detector: Path, sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "marks.jsonl", *many(60))
    monkeypatch.setenv(MODEL_VARIABLE, str(detector))
    given = ["--corpus", sources["corpus"], "--out"]
    said = cli("adapt", tmp_path / "marks.jsonl", *given, tmp_path / "ours").output
    assert re.search(r"in the turns kept aside, before +│ 0 ", said)
    assert re.search(r"in the turns kept aside, now +│ \d+ ", said)
    assert re.search(r"in data/measure, now +│ \d+ ", said)
    assert f"csr-assist run --model {tmp_path / 'ours' / 'model'}" in said
    said = cli("adapt", tmp_path / "marks.jsonl", *given, tmp_path / "all", "--aside", 0).output
    assert "No turns were kept aside" in said


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        ("turns", CorpusError, "marks.jsonl: no annotated turns (*.jsonl) found: there is no such place"),
        ("empty", CorpusError, "marks.jsonl: holds no annotated turns"),
        (
            "a judged label",
            CorpusError,
            "marks.jsonl:1: judged is ['refusal']; it is a list of the customer's labels",
        ),
        ("a context", CorpusError, "marks.jsonl:1: context is 5, which is no text"),
        ("elsewhere", InputError, "elsewhere: no measuring sets (*.jsonl) found"),
        ("out", CorpusError, "{out}: holds the detector that learns on; take another folder for --out"),
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
    if spoil == "empty":
        marks.write_text("", encoding="utf-8")
    if spoil == "a judged label":
        write(marks, turn("1", "no") | {"judged": ["refusal"]})
    if spoil == "a context":
        write(marks, turn("1", "no") | {"context": 5})
    if spoil == "a turn":
        marks.write_text(json.dumps(turn("1", "<frustration>no")), encoding="utf-8")
    if spoil == "corpus":
        shutil.rmtree(sources["corpus"])
    if spoil == "model":
        (detector / MANIFEST).unlink()
    out, elsewhere = tmp_path / "ours", tmp_path / "elsewhere"
    if spoil == "out":
        out = tmp_path / "detector" / "held"
        shutil.copytree(detector, out / "model")
        detector = out / "model"
    if spoil != "elsewhere":
        shutil.copytree(sources["dev"], elsewhere)
    if spoil == "dev":
        shutil.rmtree(sources["dev"])
    with pytest.raises(error) as caught:
        adapt(detector, [marks], sources["corpus"], out, elsewhere, sources["dev"], settings=QUICK)
    assert said.format(detector=detector, out=out) in str(caught.value)
    assert not (out / "tokenizer.json").exists()


def test_a_share_that_is_none_is_refused(marks: Path, tmp_path: Path) -> None:
    assert "--aside" in refused("adapt", marks, "--out", tmp_path / "ours", "--aside", 1.5)
