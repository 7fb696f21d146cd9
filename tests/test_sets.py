from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from csr_assist.conversation import Speaker
from csr_assist.detector import Utterance
from csr_assist.errors import InputError
from csr_assist.evaluation.sets import Item, MeasuringSet, load_sets
from csr_assist.labels import Family, Label


def row(**more: Any) -> dict[str, Any]:
    return {"id": "1", "text": "this is ridiculous", "context": "", "language": "en", "speaker": "customer", **more}


def write(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in rows]
    (folder / name).write_text("".join(lines), encoding="utf-8")


def only(folder: Path) -> MeasuringSet:
    (one,) = load_sets(folder)
    return one


@pytest.mark.parametrize(
    ("speaker", "cues", "unsure", "carries", "decided"),
    [
        ("customer", ["frustration"], [], True, True),
        ("customer", ["frustration"], ["resignation"], True, True),
        ("customer", [], [], False, True),
        ("customer", ["tenure"], ["referral"], False, True),
        ("customer", ["tenure"], ["resignation"], False, False),
        ("agent", ["apology"], [], False, False),
    ],
)
def test_what_readers_agree_on(
    speaker: str, cues: list[str], unsure: list[str], carries: bool, decided: bool, tmp_path: Path
) -> None:
    write(tmp_path, "mixed.jsonl", row(speaker=speaker, cues=cues, unsure=unsure))
    (item,) = only(tmp_path).items
    assert item.carries(Family.DISSATISFACTION) is carries
    assert item.decided(Family.DISSATISFACTION) is decided


def test_a_labelled_row_is_read_whole(tmp_path: Path) -> None:
    write(
        tmp_path,
        "mixed.jsonl",
        row(
            context="Account number?",
            cues=["frustration"],
            unsure=["resignation"],
            evidence=[["frustration", "ridiculous"]],
        ),
    )
    assert only(tmp_path) == MeasuringSet(
        "mixed",
        (
            Item(
                id="1",
                utterance=Utterance(Speaker.CUSTOMER, "this is ridiculous", "Account number?"),
                positive=None,
                cues=frozenset({Label.FRUSTRATION}),
                unsure=frozenset({Label.RESIGNATION}),
                evidence=((Label.FRUSTRATION, "ridiculous"),),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        pytest.param([row(cues=["frustration"]), row(cues=[])], "labelled", id="cues, also none"),
        pytest.param([row(positive=1), row(positive=0)], "binary", id="positive, also not"),
        pytest.param([row(), row()], "calm", id="neither"),
    ],
)
def test_rows_say_how_a_set_is_measured(tmp_path: Path, rows: list[dict[str, Any]], kind: str) -> None:
    write(tmp_path, "one.jsonl", *rows)
    one = only(tmp_path)
    assert {name for name in ("labelled", "binary", "calm") if getattr(one, name)} == {kind}


@pytest.mark.parametrize(("value", "positive"), [(1, True), (0, False), (True, True), (False, False)])
def test_positive_is_a_flag(tmp_path: Path, value: int, positive: bool) -> None:
    write(tmp_path, "one.jsonl", row(positive=value))
    assert only(tmp_path).items[0].positive is positive


@pytest.mark.parametrize("context", [{}, {"context": None}, {"context": ""}], ids=["absent", "null", "empty"])
def test_a_context_may_be_missing(tmp_path: Path, context: dict[str, Any]) -> None:
    bare = {key: value for key, value in row().items() if key != "context"}
    write(tmp_path, "one.jsonl", bare | context)
    assert only(tmp_path).items[0].utterance.context == ""


@pytest.mark.parametrize("text", ["می\u200cخوام برم", "one\u2028two", "one\u0085two", "one\ntwo", "one\x0ctwo", "😡"])
def test_any_character_may_stand_in_a_text(tmp_path: Path, text: str) -> None:
    write(tmp_path, "one.jsonl", row(text=text), row(id="2"))
    assert [item.utterance.text for item in only(tmp_path).items] == [text, "this is ridiculous"]


def test_sets_come_by_name_and_other_files_are_left_alone(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl"):
        write(tmp_path, name, row())
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    (tmp_path / "c.json").write_text("{}", encoding="utf-8")
    assert [one.name for one in load_sets(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("name", ["", "nowhere", "notes"])
def test_a_folder_without_sets_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes").mkdir()
    with pytest.raises(InputError, match=r"no measuring sets \(\*\.jsonl\) found") as caught:
        load_sets(tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))


def test_an_empty_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "void.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"void\.jsonl"):
        load_sets(tmp_path)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        pytest.param("{", "not a measuring row", id="broken JSON"),
        pytest.param("[1, 2]", "not a measuring row", id="a list"),
        pytest.param('"text"', "not a measuring row", id="a string"),
        pytest.param(json.dumps({"id": "1", "speaker": "customer"}), "'text'", id="no text"),
        pytest.param(json.dumps({"text": "a", "speaker": "customer"}), "'id'", id="no id"),
        pytest.param(json.dumps({"id": "1", "text": "a"}), "'speaker'", id="no speaker"),
        pytest.param(json.dumps(row(speaker="caller")), "'caller'", id="unknown speaker"),
        pytest.param(json.dumps(row(cues=["frustated"])), "'frustated'", id="unknown label"),
        pytest.param(json.dumps(row(cues=[], unsure=["anger"])), "'anger'", id="unknown unsure label"),
        pytest.param(json.dumps(row(cues=[], evidence=[["anger", "x"]])), "'anger'", id="unknown label of evidence"),
        pytest.param(
            json.dumps(row(cues=[], evidence=[["tenure"]])), "not a measuring row", id="evidence without words"
        ),
        pytest.param(json.dumps(row(cues=5)), "not a measuring row", id="cues that are no list"),
        pytest.param(json.dumps(row(text=None)), "'text' is null; expected a string", id="text that is null"),
        pytest.param(json.dumps(row(text=7)), "'text' is 7; expected a string", id="text that is a number"),
        pytest.param(json.dumps(row(context=["a"])), "'context' is [\"a\"]; expected a string", id="a list as context"),
        pytest.param(json.dumps(row(positive="0")), "'positive' is \"0\"; expected 0 or 1", id="positive as a string"),
        pytest.param(json.dumps(row(positive=2)), "'positive' is 2; expected 0 or 1", id="positive beyond 1"),
        pytest.param(json.dumps(row(positive=0.5)), "'positive' is 0.5; expected 0 or 1", id="half positive"),
        pytest.param(json.dumps(row(positive=None)), "'positive' is null; expected 0 or 1", id="positive null"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, bad: str, words: str) -> None:
    good = json.dumps(row())
    (tmp_path / "one.jsonl").write_text(f"{good}\n{good}\n{bad}\n{good}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_sets(tmp_path)
    assert str(caught.value).startswith("one.jsonl:3: ")
    assert words in str(caught.value)


def test_a_set_in_another_encoding_is_named(tmp_path: Path) -> None:
    text = json.dumps(row()) + "\n" + json.dumps(row(text="café"), ensure_ascii=False) + "\n"
    (tmp_path / "old.jsonl").write_bytes(text.encode("cp1252"))
    with pytest.raises(InputError, match=r"old\.jsonl:2: not UTF-8"):
        load_sets(tmp_path)


def test_a_set_is_of_one_kind(tmp_path: Path) -> None:
    write(tmp_path, "mixed.jsonl", row(cues=[]), row(positive=1))
    with pytest.raises(InputError, match=r"mixed\.jsonl: either all rows"):
        load_sets(tmp_path)
