"""``csr-assist train`` and ``distil`` as they are typed: from a corpus, readings and texts to a detector that reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from commanding import cli, refused
from small_runs import given, write

from csr_assist.conversation import Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.training.student import layers_of

Sources = dict[str, Path]


def test_a_detector_is_trained_taken_up_and_taught_on(sources: Sources, base: str, tmp_path: Path) -> None:
    mine, again = tmp_path / "mine", tmp_path / "again"
    cli("train", *given(sources, base), "--out", mine)
    (reading,) = OnnxDetector(mine / "model").read([Utterance(Speaker.CUSTOMER, "this is ridiculous")])
    assert reading.scores
    again.mkdir()
    for name in ("schooled.pt", "signs.npy", "meanings.npy", "kept-pieces.json", "tokenizer.json"):
        (again / name).write_bytes((mine / name).read_bytes())  # as if it had been stopped before the first epoch
    cli("train", *given(sources, base), "--out", again)
    assert (again / "model" / "model.onnx").read_bytes() == (mine / "model" / "model.onnx").read_bytes()
    cli("distil", mine, "--whole", *given(sources, base), "--out", tmp_path / "next", "--epochs", 1)
    assert layers_of(tmp_path / "next") == layers_of(mine)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--base", "{0}: no encoder can be opened there"),
        ("--readings", "{0}: no readings of public texts (*.jsonl) found"),
        ("--corpus", "{0}: no annotated turns (*.jsonl) found"),
        ("--dev", "{0}: no measuring sets (*.jsonl) found"),
    ],
)
def test_a_mistyped_folder_leaves_no_run_behind(
    option: str, said: str, sources: Sources, base: str, tmp_path: Path
) -> None:
    nowhere = tmp_path / "mispelt"
    assert said.format(nowhere) in refused("train", *given(sources, base), option, nowhere, "--out", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(("cue", "missing"), [("tenure", "dissatisfaction"), ("frustration", "loyalty")])
def test_measuring_sets_of_one_side_are_refused_at_once(
    cue: str, missing: str, sources: Sources, base: str, tmp_path: Path
) -> None:
    turn = {"id": "1", "speaker": "customer", "context": "", "text": "x", "cues": [cue]}
    write(sources["dev"] / "gold.jsonl", turn)
    said = refused("train", *given(sources, base), "--out", tmp_path / "mine")
    assert said.startswith(f"{sources['dev']}: no turn of the labelled sets carries {missing}")
    assert not (tmp_path / "mine").exists()


def test_a_run_learns_on_in_one_way_only(sources: Sources, base: str, run: Path, tmp_path: Path) -> None:
    both = ["--whole", "--start", run]
    assert "--whole and --start are two ways" in refused(
        "distil", run, *both, *given(sources, base), "--out", tmp_path / "next"
    )
    assert not (tmp_path / "next").exists()
