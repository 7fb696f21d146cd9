from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csr_assist.detector.manifest import Manifest, Scale, load_manifest
from csr_assist.errors import ModelError
from csr_assist.labels import Family, Label

WEIGHTS = b"weights"
Values = dict[str, Any]


def model(folder: Path, change: Callable[[Values], object] = lambda _: None) -> Path:
    """A model folder with a valid manifest, changed by ``change``."""
    folder.mkdir()
    (folder / "model.onnx").write_bytes(WEIGHTS)
    values: Values = {
        "format": 1,
        "name": "tiny",
        "sha256": {"model.onnx": hashlib.sha256(WEIGHTS).hexdigest()},
        "labels": [label.value for label in Label],
        "scales": {"frustration": {"slope": 2.0, "shift": -1.0}, "loyalty": {"slope": 0.5, "shift": 0.25}},
        "thresholds": {"frustration": 0.4},
    }
    change(values)
    (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    return folder


def failure(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_manifest(folder)
    return str(caught.value)


def test_a_good_manifest_is_read(tmp_path: Path) -> None:
    manifest = load_manifest(model(tmp_path / "m"))
    assert manifest.name == "tiny"
    assert manifest.labels == list(Label)
    assert manifest.scale(Label.FRUSTRATION) == Scale(slope=2.0, shift=-1.0)
    assert manifest.scale(Family.LOYALTY) == Scale(slope=0.5, shift=0.25)
    assert manifest.threshold(Label.FRUSTRATION) == 0.4


def test_what_is_not_said_is_taken_as_it_is(tmp_path: Path) -> None:
    manifest = load_manifest(model(tmp_path / "m"))
    assert manifest.scale(Label.TENURE) == Scale(slope=1.0, shift=0.0)
    assert manifest.threshold(Label.TENURE) == 0.5
    assert manifest.threshold(Family.DISSATISFACTION) == 0.5


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda v: v["thresholds"].update(tenure=0.0), id="threshold 0"),
        pytest.param(lambda v: v["thresholds"].update(tenure=1.0), id="threshold 1"),
        pytest.param(lambda v: v.pop("scales"), id="no calibration"),
        pytest.param(lambda v: v.pop("thresholds"), id="no thresholds"),
        pytest.param(lambda v: v.pop("format"), id="the format is the first when not said"),
        pytest.param(lambda v: v["scales"]["loyalty"].pop("shift"), id="no shift"),
    ],
)
def test_near_misses_that_are_fine(tmp_path: Path, change: Callable[[Values], object]) -> None:
    assert load_manifest(model(tmp_path / "m", change)).name == "tiny"


def test_other_files_in_the_folder_do_not_matter(tmp_path: Path) -> None:
    folder = model(tmp_path / "m")
    (folder / "README.md").write_text("about this model", encoding="utf-8")
    assert load_manifest(folder).name == "tiny"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda v: v["sha256"].update({"model.onnx": "0" * 64}), "model.onnx: damaged", id="wrong hash"),
        pytest.param(lambda v: v["sha256"].update({"more.onnx": "0" * 64}), "more.onnx is missing", id="absent file"),
        pytest.param(lambda v: v["labels"].reverse(), "labels are not this version's", id="labels in another order"),
        pytest.param(lambda v: v["labels"].pop(), "labels are not this version's", id="a label less"),
        pytest.param(lambda v: v["labels"].append("option"), "labels are not this version's", id="a label twice"),
        pytest.param(lambda v: v["labels"].append("boredom"), "labels.26: Input should be", id="unknown label"),
        pytest.param(lambda v: v.update(treshold=0.5), "treshold: Extra inputs", id="unknown key"),
        pytest.param(lambda v: v["scales"]["loyalty"].update(bias=1), "scales.loyalty.bias", id="unknown key inside"),
        pytest.param(lambda v: v["thresholds"].update(tenure=1.01), "thresholds.tenure", id="threshold above 1"),
        pytest.param(lambda v: v["thresholds"].update(tenure=-0.1), "thresholds.tenure", id="threshold below 0"),
        pytest.param(lambda v: v["thresholds"].update(tenure="high"), "thresholds.tenure", id="threshold in words"),
        pytest.param(lambda v: v["thresholds"].update(tenure=float("nan")), "thresholds.tenure", id="no number"),
        pytest.param(lambda v: v.update(format=2), "format", id="another format"),
        pytest.param(lambda v: v.pop("name"), "name: Field required", id="no name"),
        pytest.param(lambda v: v.pop("sha256"), "sha256: Field required", id="no hashes"),
    ],
)
def test_a_wrong_manifest_is_one_sentence(tmp_path: Path, change: Callable[[Values], object], words: str) -> None:
    folder = model(tmp_path / "m", change)
    said = failure(folder)
    assert words in said
    assert str(folder) in said
    assert "\n" not in said


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\x00"])
def test_what_is_no_manifest_is_one_sentence(tmp_path: Path, content: str) -> None:
    folder = model(tmp_path / "m")
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    said = failure(folder)
    assert f"{folder / 'manifest.json'}: the file: " in said
    assert "\n" not in said


def test_an_absent_folder_is_named(tmp_path: Path) -> None:
    said = failure(tmp_path / "nowhere")
    assert said.startswith(f"no detector at {tmp_path / 'nowhere'}: manifest.json is missing")


def test_a_folder_without_manifest_is_named(tmp_path: Path) -> None:
    folder = model(tmp_path / "m")
    (folder / "manifest.json").unlink()
    assert failure(folder).startswith(f"no detector at {folder}: manifest.json is missing")


def test_a_damaged_file_is_found_however_long_it_is(tmp_path: Path) -> None:
    folder = model(tmp_path / "m")
    (folder / "model.onnx").write_bytes(WEIGHTS + b"\0")
    assert failure(folder).startswith(f"{folder / 'model.onnx'}: damaged")


def test_a_written_manifest_is_read_back(tmp_path: Path) -> None:
    folder = model(tmp_path / "m")
    manifest = load_manifest(folder)
    (folder / "manifest.json").write_text(manifest.model_dump_json(), encoding="utf-8")
    assert load_manifest(folder) == manifest
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
