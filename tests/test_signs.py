from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from csr_assist.errors import CorpusError
from csr_assist.training.signs import _SETS, EMOTIONS, LONGEST, Marked, load_signs

ROWS: dict[str, dict[str, Any]] = {
    "finefood": {"rating": 1},
    "womens": {"rating": 5},
    "uci_cells": {"rating": 0},
    "hotel515k": {"id": "hotel515k-7n"},
    "nhsfft": {"rating": -3},
    "review_complaints": {"complaint": 1},
    "indonesian": {"sentiment": "negative"},
    "goemotions": {"emotions": ["anger", "surprise"]},
    "banking77": {},
    "multidogo": {},
    "natcs": {},
    "star_agent": {"refusal": 1, "context": "a table for two?"},
    "multiwoz_agent": {"refusal": 0},
}
"""One row a set, as the public set has it."""


def folder(tmp_path: Path, **rows: list[dict[str, Any]]) -> Path:
    for name in _SETS:
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as stream:
            for number, row in enumerate(rows.get(name, [])):
                stream.write(json.dumps({"id": f"{name}-{number}", "text": f"{name} {number}"} | row) + "\n")
    return tmp_path


def only(tmp_path: Path, name: str, row: dict[str, Any]) -> list[Marked]:
    return load_signs(folder(tmp_path, **{name: [row]}))


def emotions(*felt: str) -> dict[str, float]:
    return {one: float(one in felt) for one in EMOTIONS}


def test_every_set_has_a_case() -> None:
    assert set(ROWS) == set(_SETS)


@pytest.mark.parametrize(
    ("name", "row", "signs"),
    [
        ("finefood", {"rating": 1}, {"unhappy": 1.0}),
        ("finefood", {"rating": 4}, {"unhappy": 0.0}),
        ("finefood", {"rating": 3}, None),
        ("uci_cells", {"rating": 0}, {"unhappy": 1.0}),
        ("uci_cells", {"rating": 1}, {"unhappy": 0.0}),
        ("hotel515k", {"id": "hotel515k-7n"}, {"unhappy": 1.0}),
        ("hotel515k", {"id": "hotel515k-7p"}, {"unhappy": 0.0}),
        ("nhsfft", {"rating": -1}, {"unhappy": 1.0}),
        ("nhsfft", {"rating": 2}, {"unhappy": 0.0}),
        ("nhsfft", {"rating": 0}, None),
        ("nhsfft", {"rating": None}, None),
        ("review_complaints", {"complaint": 0}, {"unhappy": 0.0}),
        ("indonesian", {"sentiment": "negative"}, {"unhappy": 1.0}),
        ("indonesian", {"sentiment": "neutral"}, {"unhappy": 0.0}),
        ("indonesian", {"emotion": "anger"}, {"unhappy": 1.0}),
        ("indonesian", {"emotion": "sadness"}, None),
        ("indonesian", {"emotion": "happy"}, {"unhappy": 0.0}),
        ("banking77", {}, {"unhappy": 0.0}),
        ("star_agent", {"refusal": 1}, {"refusal": 1.0}),
        ("star_agent", {"refusal": None}, None),
        ("goemotions", {"emotions": ["anger"]}, emotions("anger") | {"unhappy": 1.0}),
        (
            "goemotions",
            {"emotions": ["disappointment", "sadness"]},
            emotions("disappointment", "sadness") | {"unhappy": 1.0},
        ),
        ("goemotions", {"emotions": ["sadness"]}, emotions("sadness") | {"unhappy": 0.0}),
        ("goemotions", {"emotions": ["gratitude"]}, emotions("gratitude") | {"unhappy": 0.0}),
        ("goemotions", {"emotions": ["neutral"]}, emotions() | {"unhappy": 0.0}),
        ("goemotions", {"emotions": ["annoyance", "amusement"]}, emotions("annoyance")),
    ],
)
def test_a_set_says_of_its_texts(
    name: str, row: dict[str, Any], signs: dict[str, float] | None, tmp_path: Path
) -> None:
    found = only(tmp_path, name, row)
    assert [one.signs for one in found] == ([] if signs is None else [signs])


def test_the_turn_before_comes_along(tmp_path: Path) -> None:
    assert only(tmp_path, "star_agent", ROWS["star_agent"])[0].context == "a table for two?"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("short", "short"),
        ("word " * 100, ("word " * 56)[:-1]),
        ("x" * 400, "x" * LONGEST),
    ],
)
def test_long_texts_are_cut_at_a_blank(text: str, read: str, tmp_path: Path) -> None:
    assert only(tmp_path, "banking77", {"text": text})[0].text == read


def test_a_set_gives_at_most_its_share_and_half_of_it_for_the_rarer_side(tmp_path: Path) -> None:
    most = _SETS["finefood"][0]
    rows = [{"rating": 1}] * most + [{"rating": 5}] * (3 * most)
    found = load_signs(folder(tmp_path, finefood=rows))
    assert len(found) == most
    assert sum(one.signs["unhappy"] for one in found) == most // 2


def test_the_same_seed_gives_the_same_order(tmp_path: Path) -> None:
    texts = folder(tmp_path, banking77=[{}] * 50)
    assert load_signs(texts, 1) == load_signs(texts, 1) != load_signs(texts, 2)


def test_an_absent_set_is_named(tmp_path: Path) -> None:
    (folder(tmp_path) / "womens.jsonl.gz").unlink()
    with pytest.raises(CorpusError, match=r"no womens\.jsonl\.gz"):
        load_signs(tmp_path)
