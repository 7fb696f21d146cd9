"""A playbook that is small and whole, and ways to change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import yaml

from csr_assist.conversation import Language
from csr_assist.labels import Family, labels_of

Files = dict[str, Any]
Change = Callable[[Files], object]


def words(text: str) -> dict[str, str]:
    return {language.value: text for language in Language}


def lines(*texts: str) -> dict[str, list[str]]:
    return {language.value: list(texts) for language in Language}


def option(name: str) -> dict[str, Any]:
    return {"id": name, "text": words("Waive the fee"), "say": words("waive the fee")}


def situation(name: str, *options: str) -> dict[str, Any]:
    return {
        "id": name,
        "labels": ["value_complaint"],
        "name": words("the fee"),
        "heard": lines("since when is there a fee?"),
        "options": [option(one) for one in options],
    }


def files() -> Files:
    """The smallest playbook that is whole, by file."""
    return {
        "company.yaml": {"name": "Meridian", "trades": ["telecom"], "fallback": "any_trouble"},
        "replies.yaml": {
            "hurts": {label.value: lines("We let you down.") for label in labels_of(Family.DISSATISFACTION)},
            "deserved": {label.value: lines("You deserved better.") for label in labels_of(Family.LOYALTY)},
            "sorry": lines("I'm sorry."),
            "ownership": lines("I'll see to it."),
            "offer": lines("I can {say}."),
            "instead": lines("What I can do: {say}."),
            "repair": lines("That was wrong of me."),
            "thanks": lines("Thank you for telling us."),
            "hold_back": {"data": words("not the data"), "refusal": words("no no"), "policy": words("no policy")},
        },
        "situations/fees.yaml": [situation("new_fee", "waive_fee", "explain_fee"), situation("dear", "cut", "pause")],
        "situations/other.yaml": [situation("any_trouble", "call_back", "senior")],
    }


def written(folder: Path, change: Change = lambda _: None) -> Path:
    content = files()
    change(content)
    for name, value in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(value, bytes):
            path.write_bytes(value)
        else:
            path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    return folder


def hurts(files: Files, label: str = "frustration") -> list[str]:
    english: list[str] = files["replies.yaml"]["hurts"][label]["en"]
    return english


def fee(files: Files) -> dict[str, Any]:
    first: dict[str, Any] = files["situations/fees.yaml"][0]
    return first


def replies(files: Files, *keys: str) -> list[str]:
    """Lines in English, by the keys that lead to them."""
    lines = reduce(getitem, keys, files["replies.yaml"])
    english: list[str] = lines["en"]
    return english


def say(files: Files, count: int, *instead: str) -> None:
    """Give an option a text of so many words, to be said beside two others; or in these lines after a no."""
    replies(files, "offer")[:] = ["I can {say}."]
    replies(files, "instead")[:] = instead or ["I can {say}."]
    fee(files)["options"][0]["say"]["en"] = " ".join(["word"] * count)


def put(files: Files, text: str) -> None:
    hurts(files)[0] = text
