"""``csr-assist distil`` from one folder to another, with a network of two layers that two layers taught."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from test_training import FAST, TOKENIZER_OBJECT, encoder

from csr_assist.conversation import Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.manifest import MANIFEST
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.training.data import Shown
from csr_assist.training.distil import Lessons
from csr_assist.training.model import CueModel
from csr_assist.training.plain import SHARES, load_plain
from csr_assist.training.student import layers_of, train_student, trained
from csr_assist.training.train import KEPT_PIECES, LAST

LESSONS = Lessons(layers=(0,), epochs=1, batch_size=4, rates=FAST, shown=Shown(0, 0, 0))
MARKS = {"rating": 1, "complaint": 1, "emotions": ["anger"], "sentiment": "negative"}


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Path]:
    """A corpus, readings, texts and a labelled measuring set of a line or two each."""
    turn = {"id": "a-1", "speaker": "customer", "language": "en", "channel": "call", "trade": "", "context": ""}
    write(tmp_path / "corpus/a.jsonl", turn | {"text": "this is <frustration>ridiculous</frustration>"})
    for name in SHARES:
        write(tmp_path / f"texts/{name}.jsonl", {"id": "t-1", "text": "the customer for six years", **MARKS})
    reading = {"set": "womens", "id": "t-1", "speaker": "customer", "language": "en", "cues": [["tenure", 4, 26]]}
    write(tmp_path / "labels/womens.jsonl", reading)
    gold = {"speaker": "customer", "language": "en", "context": ""}
    write(
        tmp_path / "dev/gold.jsonl",
        gold | {"id": "1", "text": "ridiculous", "cues": ["frustration"]},
        gold | {"id": "2", "text": "six years", "cues": ["tenure"]},
        gold | {"id": "3", "text": "the customer", "cues": []},
    )
    return {name: tmp_path / name for name in ("corpus", "labels", "texts", "dev")}


@pytest.fixture
def base(tmp_path: Path) -> str:
    encoder().save_pretrained(tmp_path / "base")
    return str(tmp_path / "base")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """What a finished run of two layers leaves."""
    folder = tmp_path / "run"
    (folder / "model").mkdir(parents=True)
    TOKENIZER_OBJECT.save(str(folder / TOKENIZER))
    kept = list(range(TOKENIZER_OBJECT.get_vocab_size()))
    (folder / KEPT_PIECES).write_text(json.dumps(kept), encoding="utf-8")
    torch.manual_seed(2)
    torch.save({"model": CueModel(encoder()).state_dict()}, folder / LAST)
    (folder / "model" / MANIFEST).write_text("{}", encoding="utf-8")
    return folder


def test_a_student_is_taught_calibrated_and_learns_on(
    sources: dict[str, Path], base: str, run: Path, tmp_path: Path
) -> None:
    half, more = tmp_path / "half", tmp_path / "more"
    train_student(run, **sources, base=base, out=half, lessons=LESSONS)
    assert (layers_of(run), layers_of(half)) == (2, 1)
    assert len(trained(half, base).encoder.encoder.layer) == 1
    train_student(run, **sources, base=base, out=more, lessons=LESSONS, start=half)
    (reading,) = OnnxDetector(more / "model").read([Utterance(Speaker.CUSTOMER, "this is ridiculous")])
    assert reading.scores


def test_a_run_of_any_depth_can_learn_on_whole(sources: dict[str, Path], base: str, run: Path, tmp_path: Path) -> None:
    half, whole = tmp_path / "half", tmp_path / "whole"
    train_student(run, **sources, base=base, out=half, lessons=LESSONS)
    train_student(half, **sources, base=base, out=whole, lessons=replace(LESSONS, layers=None))
    assert layers_of(whole) == 1


@pytest.mark.parametrize("missing", [KEPT_PIECES, TOKENIZER, LAST, f"model/{MANIFEST}"])
def test_a_run_that_is_not_finished_teaches_nobody(
    missing: str, sources: dict[str, Path], base: str, run: Path, tmp_path: Path
) -> None:
    (run / missing).unlink()
    with pytest.raises(CorpusError) as caught:
        train_student(run, **sources, base=base, out=tmp_path / "out", lessons=LESSONS)
    assert str(caught.value) == f"{run}: no finished run of csr-assist train or distil ({missing} is missing)"


@pytest.mark.parametrize(
    ("layers", "start", "out", "said"),
    [
        pytest.param(
            (0, 2), None, "out", "run: has 2 layers, and a student takes its layers 0, 2", id="layers it lacks"
        ),
        pytest.param(
            (0,), "run", "out", "run: has 2 layers; to learn on here it must have 1", id="a start of other depth"
        ),
        pytest.param((0,), "other", "out", "other: its vocabulary is not that of", id="a start of another vocabulary"),
        pytest.param(
            (0,), None, "run", "run: is the run to learn from; take another folder for --out", id="out is run"
        ),
    ],
)
def test_runs_that_do_not_fit_are_named(
    layers: tuple[int, ...],
    start: str | None,
    out: str,
    said: str,
    sources: dict[str, Path],
    base: str,
    run: Path,
    tmp_path: Path,
) -> None:
    other = tmp_path / "other"
    shutil.copytree(run, other)
    (other / TOKENIZER).write_text("{}", encoding="utf-8")
    torch.save({"model": {"encoder.encoder.layer.0.x": torch.zeros(1)}}, other / LAST)
    with pytest.raises(CorpusError) as caught:
        train_student(
            run,
            **sources,
            base=base,
            out=tmp_path / out,
            lessons=replace(LESSONS, layers=layers),
            start=tmp_path / start if start else None,
        )
    assert said in str(caught.value)


def test_a_folder_with_another_run_is_left_alone(
    sources: dict[str, Path], base: str, run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "half"
    train_student(run, **sources, base=base, out=out, lessons=LESSONS)
    with pytest.raises(CorpusError, match="holds a run on other examples or settings"):
        train_student(run, **sources, base=base, out=out, lessons=replace(LESSONS, share=0.5))


# ---- texts without annotations --------------------------------------------------------------------------------


def test_plain_texts_have_a_tone_where_their_set_marks_the_whole_of_them(sources: dict[str, Path]) -> None:
    write(sources["texts"] / "finefood.jsonl", {"id": "t-1", "text": "bad " * 100, **MARKS})
    tones = {one.source: one.unhappy for one in load_plain(sources["texts"], 1)}
    assert tones["womens"] is True
    assert tones["finefood"] is None, "it was cut"
    assert tones["banking77"] is None
    assert set(tones) == set(SHARES)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "t-1", "text": "x"}, "womens: text 't-1' lacks the field 'rating'"),
        ({"id": "t-1", "text": "x", "rating": 1, "speaker": "caller"}, "womens: text 't-1': 'caller'"),
    ],
)
def test_a_bad_plain_text_is_named(sources: dict[str, Path], row: dict[str, Any], said: str) -> None:
    write(sources["texts"] / "womens.jsonl", row)
    with pytest.raises(CorpusError) as caught:
        load_plain(sources["texts"], 1)
    assert str(caught.value).startswith(said)
