"""Folders of runs as ``csr-assist train`` leaves them, and all that a next one is made of, a line or two each.

Torch is imported where it is needed, as every test loads these fixtures.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from csr_assist.detector.manifest import MANIFEST
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.training.plain import SHARES

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
        gold | {"id": "4", "text": "for the customer", "speaker": "agent", "cues": ["empathy"]},
    )
    return {name: tmp_path / name for name in ("corpus", "labels", "texts", "dev")}


@pytest.fixture
def base(tmp_path: Path) -> str:
    from test_training import TOKENIZER_OBJECT, encoder

    encoder().save_pretrained(tmp_path / "base")
    TOKENIZER_OBJECT.save(str(tmp_path / "base" / TOKENIZER))
    (tmp_path / "base" / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>"}', "utf-8"
    )
    return str(tmp_path / "base")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """What a finished run of two layers leaves."""
    import torch
    from test_training import TOKENIZER_OBJECT, encoder

    from csr_assist.training.checkpoint import LAST
    from csr_assist.training.model import CueModel
    from csr_assist.training.train import KEPT_PIECES

    folder = tmp_path / "run"
    (folder / "model").mkdir(parents=True)
    TOKENIZER_OBJECT.save(str(folder / TOKENIZER))
    kept = list(range(TOKENIZER_OBJECT.get_vocab_size()))
    (folder / KEPT_PIECES).write_text(json.dumps(kept), encoding="utf-8")
    torch.manual_seed(2)
    torch.save({"model": CueModel(encoder()).state_dict()}, folder / LAST)
    (folder / "model" / MANIFEST).write_text("{}", encoding="utf-8")
    return folder


def given(sources: dict[str, Path], base: str) -> list[object]:
    """The options of a training command."""
    readings = ["--readings", sources["labels"], "--texts", sources["texts"]]
    return ["--corpus", sources["corpus"], *readings, "--dev", sources["dev"], "--base", base]
