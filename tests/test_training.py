"""Training with real parts in small: a tiny encoder that learns a few turns by heart, exported and read back."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch
from tiny_tokenizer import tiny_tokenizer
from transformers import BertConfig, BertModel

from csr_assist.conversation import Language, Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.encoding import batch, windows
from csr_assist.detector.manifest import MANIFEST, Manifest, sha256
from csr_assist.detector.onnx import MODEL, TOKENIZER
from csr_assist.labels import Label
from csr_assist.training.checkpoint import learn
from csr_assist.training.corpus import Example, parse_marked
from csr_assist.training.data import Shown
from csr_assist.training.distil import Lessons, Material, distil
from csr_assist.training.export import quantise, to_onnx
from csr_assist.training.fit import Kept, Settings, fit
from csr_assist.training.model import TONE, CueModel, any_of, families
from csr_assist.training.optimise import Optimiser, Rates
from csr_assist.training.schooling import school
from csr_assist.training.signs import SIGNS, UNHAPPY, Marked

TOKENIZER_OBJECT = tiny_tokenizer()
WIDTH = 32
FAST = Rates(body=3e-3, heads=3e-2, by_layer=1.0, frozen_layers=0, weight_decay=0.0)


def encoder(layers: int = 2) -> BertModel:
    torch.manual_seed(1)
    return BertModel(
        BertConfig(
            vocab_size=TOKENIZER_OBJECT.get_vocab_size(),
            hidden_size=WIDTH,
            num_hidden_layers=layers,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=256,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        ),
        add_pooling_layer=False,
    )


def example(number: int, marked: str, context: str = "") -> Example:
    text, evidence = parse_marked(marked, Speaker.CUSTOMER)
    return Example(str(number), "x", Speaker.CUSTOMER, Language.ENGLISH, text, context, evidence, "call", "telecom")


TURNS = [
    example(0, "this is <frustration>ridiculous</frustration>"),
    example(1, "the <tenure>customer for six years</tenure>"),
    example(2, "a b c"),
    example(3, "<tenure>customer for six years</tenure> a <frustration>ridiculous</frustration>"),
    example(4, "x y", context="a b"),
]


def kept() -> Kept:
    """Made-up memories."""
    generator = torch.Generator().manual_seed(1)
    meanings = torch.nn.functional.normalize(torch.randn(len(TURNS), WIDTH, generator=generator), dim=-1)
    return Kept(meanings, torch.rand(len(TURNS), len(SIGNS), generator=generator))


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[CueModel, Path]:
    """A model that knows the turns by heart, and its folder."""
    folder = tmp_path_factory.mktemp("model")
    settings = Settings(epochs=40, batch_size=4, rates=FAST, shown=Shown(0, 0, 0))
    model = fit(CueModel(encoder()), TOKENIZER_OBJECT, TURNS, kept(), settings, folder / "run")
    to_onnx(model, folder / MODEL)
    TOKENIZER_OBJECT.save(str(folder / TOKENIZER))
    hashes = {name: sha256(folder / name) for name in (MODEL, TOKENIZER)}
    manifest = Manifest(name="tiny", sha256=hashes, labels=list(Label))
    (folder / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
    return model, folder


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: turn.text)
def test_what_was_learnt_by_heart_is_read_from_the_file(turn: Example, learnt: tuple[CueModel, Path]) -> None:
    (reading,) = OnnxDetector(learnt[1]).read([Utterance(turn.speaker, turn.text, turn.context)])
    assert {(cue.label, cue.text) for cue in reading.cues} == {
        (e.label, turn.text[e.start : e.end]) for e in turn.evidence
    }
    assert (reading.dissatisfaction > 0.5) == (Label.FRUSTRATION in turn.labels)
    assert (reading.loyalty > 0.5) == (Label.TENURE in turn.labels)


def test_a_turn_reads_the_same_alone_and_among_others(learnt: tuple[CueModel, Path]) -> None:
    detector = OnnxDetector(learnt[1])
    utterances = [Utterance(turn.speaker, turn.text, turn.context) for turn in TURNS]
    assert detector.read(utterances) == [detector.read([one])[0] for one in utterances]


INPUTS = {"ids": np.array([[0, 5, 6, 7, 2]]), "mask": np.ones((1, 5), int), "types": np.zeros((1, 5), int)}


def logits(path: Path) -> np.ndarray:
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["logits"], INPUTS)[0][0])


def test_the_file_says_what_the_network_says(learnt: tuple[CueModel, Path]) -> None:
    model, folder = learnt
    with torch.no_grad():
        expected = model(*map(torch.from_numpy, INPUTS.values()))[0][0].numpy()
    assert logits(folder / MODEL)[: len(Label)] == pytest.approx(expected[: len(Label)], abs=1e-4)


@pytest.mark.parametrize("chances", [[0.5], [0.5, 0.5], [0.9, 0.2, 0.1], [0.001] * 12, [0.999, 0.999]])
def test_the_chance_of_any_is_one_less_that_of_none(chances: list[float]) -> None:
    chance = torch.tensor(chances, dtype=torch.float64)
    expected = 1 - float(torch.prod(1 - chance))
    assert float(torch.sigmoid(any_of(torch.logit(chance)))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("logit", [-60.0, 60.0])
def test_the_chance_of_any_is_a_number_at_the_ends(logit: float) -> None:
    assert torch.isfinite(any_of(torch.full((2, 12), logit))).all()


def test_eight_bits_say_nearly_the_same(learnt: tuple[CueModel, Path], tmp_path: Path) -> None:
    _, folder = learnt
    quantise(folder / MODEL, tmp_path / MODEL)
    assert (tmp_path / MODEL).stat().st_size < (folder / MODEL).stat().st_size
    difference = np.abs(logits(tmp_path / MODEL) - logits(folder / MODEL))
    assert 0 < difference.max() < 1.0


def test_an_unhappy_tone_raises_dissatisfaction_and_nothing_else(learnt: tuple[CueModel, Path]) -> None:
    model, folder = learnt
    with torch.no_grad():
        found, _, _, signs = model(*map(torch.from_numpy, INPUTS.values()))
        unhappy = TONE * float(signs[0, SIGNS.index("unhappy")])
        without = families(found, torch.zeros(1))[0].numpy()
    assert logits(folder / MODEL)[len(Label) :] - without == pytest.approx([unhappy, 0.0], abs=1e-4)


LESSONS = Lessons(layers=(0,), epochs=40, batch_size=4, rates=FAST, shown=Shown(0, 0, 0), share=0.0, saved_every=1000)


def test_a_student_says_what_its_teacher_says(learnt: tuple[CueModel, Path], tmp_path: Path) -> None:
    teacher, _ = learnt
    material = Material(TURNS[:3], TURNS[3:])
    student = distil(teacher, TOKENIZER_OBJECT, material, LESSONS, tmp_path / "last.pt")
    assert len(student.encoder.encoder.layer) == 1
    assert len(teacher.encoder.encoder.layer) == 2
    for turn in TURNS:
        with torch.no_grad():
            read = [*map(torch.from_numpy, batch(windows(TOKENIZER_OBJECT, turn.text, turn.context)))]
            told, own = teacher(*read)[0][0, : len(Label)] > 0, student(*read)[0][0, : len(Label)] > 0
        assert told.tolist() == own.tolist(), turn.text


def test_a_tone_that_was_said_is_learnt_whatever_the_teacher_says(
    learnt: tuple[CueModel, Path], tmp_path: Path
) -> None:
    said = [number % 2 == 0 for number in range(len(TURNS))]
    turns = [replace(turn, unhappy=one) for turn, one in zip(TURNS, said, strict=True)]
    lessons = replace(LESSONS, share=1.0, tone_weight=10.0)
    student = distil(learnt[0], TOKENIZER_OBJECT, Material(turns, ()), lessons, tmp_path / "last.pt")
    with torch.no_grad():
        cases = [map(torch.from_numpy, batch(windows(TOKENIZER_OBJECT, one.text, one.context))) for one in turns]
        assert [student(*case)[3][0, UNHAPPY].item() > 0 for case in cases] == said


def test_a_student_goes_on_where_it_was(learnt: tuple[CueModel, Path], tmp_path: Path) -> None:
    material = Material(TURNS, ())
    whole = distil(learnt[0], TOKENIZER_OBJECT, material, LESSONS, tmp_path / "last.pt")
    again = distil(learnt[0], TOKENIZER_OBJECT, material, LESSONS, tmp_path / "last.pt")
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    settings = Settings(epochs=3, batch_size=4, rates=FAST)
    torch.manual_seed(3)
    whole = fit(CueModel(encoder()), TOKENIZER_OBJECT, TURNS, kept(), settings, tmp_path)
    state = torch.load(tmp_path / "last.pt", weights_only=True)
    assert state["step"] == 3
    torch.manual_seed(4)
    again = fit(CueModel(encoder()), TOKENIZER_OBJECT, TURNS, kept(), settings, tmp_path)
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name


def steps_of(folder: Path, broken_off_after: int | None) -> dict[str, torch.Tensor]:
    """Weights after eight steps with dropout, and where they broke off of those that were taken up again."""
    folder.mkdir(exist_ok=True)
    torch.manual_seed(5)
    model = CueModel(encoder()).train()
    optimiser = Optimiser(model, model.encoder, FAST, 8)
    taken = 0

    def loss(wanted: float) -> torch.Tensor:
        nonlocal taken
        if taken == broken_off_after:
            raise KeyboardInterrupt
        taken += 1
        apart: torch.Tensor = model(*map(torch.from_numpy, INPUTS.values()))[0] - wanted
        return apart.square().mean()

    learn(model, optimiser, [float(step) for step in range(8)], loss, folder / "last.pt", 1)
    return model.state_dict()


@pytest.mark.parametrize("after", [1, 3, 7])
def test_what_is_taken_up_ends_as_if_it_had_not_been_broken_off(after: int, tmp_path: Path) -> None:
    whole = steps_of(tmp_path / "whole", None)
    with pytest.raises(KeyboardInterrupt):
        steps_of(tmp_path / "broken", after)
    again = steps_of(tmp_path / "broken", None)
    for name, weights in whole.items():
        assert torch.equal(weights, again[name]), name


def test_training_leaves_small_numbers_as_they_were(learnt: tuple[CueModel, Path]) -> None:
    assert learnt
    assert float(np.float32(1e-40) * np.float32(0.5)) > 0.0


def test_deep_layers_learn_slower_and_the_lowest_not_at_all() -> None:
    body = encoder(layers=4)
    model = torch.nn.ModuleDict({"body": body, "head": torch.nn.Linear(WIDTH, 1)})
    before = {name: weights.clone() for name, weights in model.named_parameters()}
    rates = Rates(body=1e-2, heads=1e-1, by_layer=0.5, frozen_layers=1, warmup=0.0, weight_decay=0.0)
    optimiser = Optimiser(model, body, rates, steps=10)
    ids = torch.tensor([[0, 5, 6, 2]])
    optimiser.step(model["head"](body(input_ids=ids).last_hidden_state).square().sum())
    moved = {name: float((weights - before[name]).abs().max().detach()) for name, weights in model.named_parameters()}

    def of(part: str) -> float:
        return max(size for name, size in moved.items() if name.startswith(part))

    assert of("body.embeddings") == of("body.encoder.layer.0.") == 0.0
    steps = [of(f"body.encoder.layer.{depth}.") for depth in (1, 2, 3)]
    assert steps == pytest.approx([2.5e-3, 5e-3, 1e-2], rel=0.02)
    assert of("head") == pytest.approx(1e-1, rel=0.02)


def test_schooling_tells_happy_from_unhappy() -> None:
    rng = random.Random(1)
    marked = [
        Marked(f"{rng.choice('abc')} {word}", "", {"unhappy": float(word == "ridiculous")})
        for word in ("ridiculous", "customer") * 160
    ]
    model = school(encoder(), TOKENIZER_OBJECT, marked, seed=1, rates=FAST)
    column = SIGNS.index("unhappy")
    scores = {}
    for word in ("ridiculous", "customer"):
        ids = torch.tensor([[0, *TOKENIZER_OBJECT.encode(f"b {word}", add_special_tokens=False).ids, 2]])
        with torch.no_grad():
            scores[word] = float(model(ids, torch.ones_like(ids), torch.zeros_like(ids))[0, column])
    assert scores["ridiculous"] > 0 > scores["customer"]
