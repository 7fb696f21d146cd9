"""``csr-assist distil`` from one folder to another, with a network of two layers that two layers taught."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from small_runs import MARKS, write
from test_training import FAST, TOKENIZER_OBJECT, encoder

from csr_assist.conversation import Language, Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.manifest import MANIFEST
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError
from csr_assist.labels import Label, labels_for
from csr_assist.training.checkpoint import LAST
from csr_assist.training.corpus import Evidence, Example, load_corpus, load_labels
from csr_assist.training.data import Piece, Shown, collate, cut
from csr_assist.training.distil import Lessons, Pieces, follow, targets_of
from csr_assist.training.fit import tag_loss
from csr_assist.training.hearing import hear, says
from csr_assist.training.larger import LARGER, Larger, enlarge
from csr_assist.training.model import LABELS, CueModel
from csr_assist.training.plain import SHARES, load_plain
from csr_assist.training.student import layers_of, train_student, trained
from csr_assist.training.train import KEPT_PIECES, same_run

LESSONS = Lessons(layers=(0,), epochs=1, batch_size=4, rates=FAST, shown=Shown(0, 0, 0))


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


def test_a_mistyped_base_spoils_no_student(sources: dict[str, Path], base: str, run: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="mispelt: no encoder can be opened there"):
        train_student(run, **sources, base=f"{base}/mispelt", out=tmp_path / "half", lessons=LESSONS)
    assert not (tmp_path / "half").exists()


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
    assert str(caught.value) == f"{run}: no finished run of csr-assist train, distil or average ({missing} is missing)"


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
        pytest.param((0,), None, "run", "run: is a run to build on; take another folder for --out", id="out is run"),
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


# ---- a larger network beside the teacher ----------------------------------------------------------------------


@pytest.fixture
def larger(sources: dict[str, Path], base: str, tmp_path: Path) -> Path:
    """A finished run of ``enlarge``, with the tiny encoder for the larger one."""
    examples = load_corpus(sources["corpus"]) + load_labels(sources["labels"], sources["texts"])
    enlarge(examples * 40, base, Language.ENGLISH, tmp_path / "larger", replace(LARGER, rates=FAST, batch_size=4))
    return tmp_path / "larger"


def windows_of(language: Language, text: str) -> list[Piece]:
    return cut(TOKENIZER_OBJECT, [Example("1", "x", Speaker.CUSTOMER, language, text, judged=frozenset())])


def test_a_larger_network_speaks_of_its_own_language_alone(larger: Path, run: Path, base: str, tmp_path: Path) -> None:
    pieces = [
        *windows_of(Language.PERSIAN, "this is ridiculous"),
        *windows_of(Language.ENGLISH, "this is ridiculous"),
        *windows_of(Language.ENGLISH, "the customer for six years"),
    ]
    teachers = [trained(run, base).eval(), trained(run, base).eval()]
    torch.nn.init.constant_(teachers[1].signs.bias, 3.0)
    second, own = Larger(larger), [piece.window for piece in pieces]
    words = hear(teachers, second, pieces, tmp_path / "heard")
    each = torch.from_numpy(np.stack([says(teacher, own) for teacher in teachers]))
    its = torch.from_numpy(says(second.model, [second.window(piece.utterance) for piece in pieces[1:]]))
    assert not torch.equal(each[0], each[1])
    assert torch.allclose(words[0], each[:, 0].mean(0), atol=1e-5)
    assert torch.allclose(words[1:], (each[:, 1:].sum(0) + its) / 3, atol=1e-5)
    frustration, tenure = list(Label).index(Label.FRUSTRATION), list(Label).index(Label.TENURE)
    assert (its[:, [frustration, tenure]] > 0).tolist() == [[True, False], [False, True]]
    assert its[1, -1] > 0, "its set calls that text unhappy"


def test_what_was_heard_is_not_asked_again(run: Path, base: str, tmp_path: Path) -> None:
    pieces = windows_of(Language.ENGLISH, "six years")
    teacher, other = trained(run, base).eval(), trained(run, base).eval()
    torch.nn.init.zeros_(other.tags.bias)
    heard = hear([teacher], None, pieces, tmp_path / "heard")
    assert torch.equal(hear([other], None, pieces, tmp_path / "heard"), heard)
    turned = windows_of(Language.ENGLISH, "years six")
    assert torch.equal(
        hear([other], None, turned, tmp_path / "heard"), torch.from_numpy(says(other, [turned[0].window]))
    )
    assert not torch.equal(hear([other], None, pieces, tmp_path / "elsewhere"), heard)


def test_annotation_and_known_tone_are_a_share_of_the_target() -> None:
    years = (Evidence(Label.TENURE, 0, 9),)
    turn = Example("1", "x", Speaker.CUSTOMER, Language.ENGLISH, "six years", evidence=years, unhappy=True)
    pieces = cut(TOKENIZER_OBJECT, [turn, replace(turn, judged=frozenset(), unhappy=None)])
    words = torch.full((2, LABELS + 1), -1.0)
    said, tenure = torch.tensor(-1.0).sigmoid(), list(Label).index(Label.TENURE)
    target = targets_of(words, collate(pieces), 0.3)
    assert torch.allclose(target.labels[:, tenure], torch.stack([0.3 + 0.7 * said, said]))
    assert torch.allclose(target.labels[:, tenure - 1], torch.stack([0.7 * said, said]))
    assert torch.allclose(target.unhappy, torch.stack([0.3 + 0.7 * said, said]))
    assert target.labels[1, LABELS] > said, "of many labels one is likelier than each"


def test_a_tone_that_was_said_counts_in_any_dissatisfaction() -> None:
    turn = Example("1", "x", Speaker.CUSTOMER, Language.ENGLISH, "oh well", judged=frozenset())
    pieces = cut(TOKENIZER_OBJECT, [replace(turn, unhappy=tone) for tone in (True, None, False)])
    angry, either, calm = targets_of(torch.full((3, LABELS + 1), -1.0), collate(pieces), 0.5).labels[:, LABELS]
    assert angry > either > calm


def test_a_student_comes_to_agree_with_what_it_heard(tmp_path: Path) -> None:
    pieces = windows_of(Language.ENGLISH, "this is ridiculous") + windows_of(Language.ENGLISH, "six years")
    words = torch.full((2, LABELS + 1), -6.0)
    words[0, 0] = words[1, 4] = 4.0
    torch.manual_seed(1)
    student = CueModel(encoder())
    rates = replace(FAST, body=3e-3, heads=3e-2)
    follow(student, Pieces(pieces, words), replace(LESSONS, epochs=150, rates=rates), tmp_path / LAST, random.Random(1))
    known = len(labels_for(Speaker.CUSTOMER))
    found = torch.from_numpy(says(student, [piece.window for piece in pieces]))
    assert (found[:, :known] > 0).nonzero().tolist() == [[0, 0], [1, 4]]
    assert float((found - words)[:, :known].abs().mean()) < 1.0


def test_tags_are_learnt_where_they_are_annotated() -> None:
    batch = collate(windows_of(Language.ENGLISH, "six years"))
    tags = torch.randn(*batch.tags.shape)
    assert tag_loss(tags, batch) == 0
    assert tag_loss(tags, replace(batch, judged=torch.ones_like(batch.judged))) > 0


def test_a_student_learns_from_both(
    sources: dict[str, Path], base: str, run: Path, larger: Path, tmp_path: Path
) -> None:
    alone, both = tmp_path / "alone", tmp_path / "both"
    train_student(run, **sources, base=base, out=alone, lessons=LESSONS)
    train_student(run, **sources, base=base, out=both, lessons=LESSONS, second=larger)
    apart = trained(alone, base).state_dict()["pooled.bias"] - trained(both, base).state_dict()["pooled.bias"]
    assert float(apart.abs().max()) > 0
    with pytest.raises(CorpusError, match="holds a run on other examples or settings"):
        train_student(run, **sources, base=base, out=both, lessons=LESSONS)


@pytest.mark.parametrize("missing", ["config.json", TOKENIZER, LAST, "language.txt"])
def test_a_larger_network_that_is_not_finished_teaches_nobody(missing: str, larger: Path) -> None:
    (larger / missing).unlink()
    with pytest.raises(CorpusError) as caught:
        Larger(larger)
    assert str(caught.value) == f"{larger}: no finished run of csr-assist enlarge ({missing} is missing)"


def test_an_interrupted_larger_network_goes_on_where_it_was(larger: Path, sources: dict[str, Path], base: str) -> None:
    before = torch.load(larger / LAST, weights_only=True)["model"]
    examples = load_corpus(sources["corpus"]) + load_labels(sources["labels"], sources["texts"])
    again = enlarge(examples * 40, base, Language.ENGLISH, larger, replace(LARGER, rates=FAST, batch_size=4))
    for name, weights in again.state_dict().items():
        assert torch.equal(weights, before[name]), name


def test_nothing_to_learn_from_is_said(sources: dict[str, Path], base: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no annotated turn is in the language 'fa'"):
        enlarge(load_corpus(sources["corpus"]), base, Language.PERSIAN, tmp_path / "other")


def test_a_mistyped_encoder_spoils_nothing(sources: dict[str, Path], base: str, tmp_path: Path) -> None:
    out, examples = tmp_path / "larger", load_corpus(sources["corpus"])
    with pytest.raises(CorpusError, match="mispelt: no encoder can be opened there"):
        enlarge(examples, f"{base}/mispelt", Language.ENGLISH, out)
    assert not out.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"speaker": Speaker.AGENT},
        {"language": Language.PERSIAN},
        {"judged": frozenset()},
        {"unhappy": True},
        {"text": "y"},
        {"channel": "chat"},
        {"source": "y"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_run_on_other_turns_is_another_run(other: dict[str, Any], tmp_path: Path) -> None:
    turn = Example("1", "x", Speaker.CUSTOMER, Language.ENGLISH, "x")
    same_run(tmp_path, [turn], LESSONS)
    same_run(tmp_path, [turn], LESSONS)
    with pytest.raises(CorpusError, match="holds a run on other examples or settings"):
        same_run(tmp_path, [replace(turn, **other)], LESSONS)


def test_a_folder_that_does_not_say_what_it_learnt_from_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / LAST).touch()
    with pytest.raises(CorpusError, match="holds a run on other examples or settings"):
        same_run(tmp_path, [Example("1", "x", Speaker.CUSTOMER, Language.ENGLISH, "x")], LESSONS)


def test_a_run_from_another_base_is_named(run: Path, base: str) -> None:
    kept = json.loads((run / KEPT_PIECES).read_text(encoding="utf-8"))
    (run / KEPT_PIECES).write_text(json.dumps([*kept, 10**6]), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        trained(run, base)
    assert str(caught.value) == f"{run}: was not trained from {base}, or by a release with other labels"


def test_an_encoder_with_other_special_pieces_is_refused(larger: Path, sources: dict[str, Path], base: str) -> None:
    tokenizer = json.loads((Path(base) / TOKENIZER).read_text(encoding="utf-8"))
    other = json.dumps(tokenizer, ensure_ascii=False).replace("<pad>", "[PAD]")
    (Path(base) / TOKENIZER).write_text(other, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"<s>, <pad> and </s> are at \[0, \d+, 2\]; allowed is \[0, 1, 2\]"):
        enlarge(load_corpus(sources["corpus"]), base, Language.ENGLISH, larger.with_name("new"))


# ---- texts without annotations --------------------------------------------------------------------------------


def test_plain_texts_have_a_tone_where_their_set_marks_the_whole_of_them(sources: dict[str, Path]) -> None:
    write(sources["texts"] / "finefood.jsonl", {"id": "t-1", "text": "bad " * 100, **MARKS})
    tones = {one.source: one.unhappy for one in load_plain(sources["texts"], 1)}
    assert tones["womens"] is True
    assert tones["finefood"] is None, "it was cut"
    assert tones["banking77"] is None
    assert set(tones) == set(SHARES)


def test_a_text_of_which_something_is_annotated_is_not_plain(sources: dict[str, Path]) -> None:
    reading = Example("t-1#0", "womens", Speaker.CUSTOMER, Language.ENGLISH, "six")
    found = {one.source for one in load_plain(sources["texts"], 1, [reading])}
    assert found == set(SHARES) - {"womens"}


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
