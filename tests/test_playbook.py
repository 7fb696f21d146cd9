from __future__ import annotations

from pathlib import Path

import pytest
from playbooks import Change, fee, hurts, lines, put, situation, written

from csr_assist.advice.playbook import load_playbook, slots
from csr_assist.conversation import Language
from csr_assist.errors import PlaybookError
from csr_assist.labels import Label

# ---- what is fine ---------------------------------------------------------------------------------------------


def test_a_whole_playbook_is_read(tmp_path: Path) -> None:
    playbook = load_playbook(written(tmp_path))
    assert playbook.company.name == "Meridian"
    assert [situation.id for situation in playbook.situations] == ["new_fee", "dear", "any_trouble"]
    assert [one.id for one in playbook.options] == ["waive_fee", "explain_fee", "cut", "pause", "call_back", "senior"]
    assert playbook.situations[0].labels == (Label.VALUE_COMPLAINT,)
    assert playbook.replies.hurts[Label.RESIGNATION].of(Language.PERSIAN) == ("We let you down.",)
    assert playbook.situations[0].name.of(Language.INDONESIAN) == "the fee"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda f: put(f, " ".join(["word"] * 25)), id="a line of 25 words"),
        pytest.param(lambda f: hurts(f).append("After {years}, {name}, {topic}: {quote}"), id="every slot there is"),
        pytest.param(lambda f: put(f, "Save {{30}} percent."), id="braces that are no slot"),
        pytest.param(lambda f: put(f, "حق با شماست."), id="Persian"),
        pytest.param(lambda f: fee(f).update(labels=[]), id="a situation without cues"),
        pytest.param(lambda f: fee(f).pop("labels"), id="a situation that names no cues"),
        pytest.param(lambda f: f["company.yaml"].update(fallback="dear"), id="another fallback"),
        pytest.param(lambda f: f.update({"situations/notes.txt": b"\xff"}), id="a file that is no YAML"),
    ],
)
def test_near_misses_that_are_fine(tmp_path: Path, change: Change) -> None:
    assert len(load_playbook(written(tmp_path, change)).situations) == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [("plain", set()), ("{years} and {topic}", {"years", "topic"}), ("{say} {say}", {"say"}), ("{{say}}", set())],
)
def test_slots_are_the_names_in_braces(text: str, names: set[str]) -> None:
    assert slots(text) == names


# ---- single defects -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "file", "key", "value"),
    [
        pytest.param(lambda f: put(f, "Oh {nmae}!"), "replies.yaml", "hurts.frustration.en.0", "{nmae}", id="slot"),
        pytest.param(lambda f: put(f, "Oh {}!"), "replies.yaml", "hurts.frustration.en.0", "{}", id="nameless slot"),
        pytest.param(
            lambda f: put(f, "Oh {name.upper}!"), "replies.yaml", "hurts.frustration.en.0", "{name.upper}", id="dotted"
        ),
        pytest.param(lambda f: put(f, "Oh {name!"), "replies.yaml", "hurts.frustration.en.0", "Oh {name!", id="open"),
        pytest.param(lambda f: put(f, "Oh name}!"), "replies.yaml", "hurts.frustration.en.0", "Oh name}!", id="closed"),
        pytest.param(
            lambda f: put(f, "Since {years:d}"), "replies.yaml", "hurts.frustration.en.0", "{years:d}", id="format"
        ),
        pytest.param(
            lambda f: put(f, "Oh {name!x}"), "replies.yaml", "hurts.frustration.en.0", "{name!x}", id="conversion"
        ),
        pytest.param(
            lambda f: put(f, " ".join(["word"] * 26)), "replies.yaml", "hurts.frustration.en.0", "has 26 words", id="26"
        ),
        pytest.param(lambda f: put(f, "!"), "replies.yaml", "hurts.frustration.en.0", "'!'", id="too short a line"),
        pytest.param(lambda f: hurts(f).clear(), "replies.yaml", "hurts.frustration.en", "[]", id="no line"),
        pytest.param(
            lambda f: f["replies.yaml"]["sorry"].pop("fa"), "replies.yaml", "sorry.fa", "required", id="no Persian"
        ),
        pytest.param(
            lambda f: f["replies.yaml"]["sorry"].update(de=["Oh"]),
            "replies.yaml",
            "sorry: 'de' is not known",
            "en, id, fa",
            id="German",
        ),
        pytest.param(lambda f: f["replies.yaml"].pop("repair"), "replies.yaml", "repair", "required", id="no repair"),
        pytest.param(
            lambda f: f["replies.yaml"]["hurts"].pop("churn_threat"),
            "replies.yaml",
            "hurts",
            "'churn_threat'",
            id="a hurt without words",
        ),
        pytest.param(
            lambda f: f["replies.yaml"]["deserved"].pop("tenure"),
            "replies.yaml",
            "deserved",
            "'tenure'",
            id="a loyalty without words",
        ),
        pytest.param(
            lambda f: f["replies.yaml"]["hurts"].update(tenure=lines("Six years!")),
            "replies.yaml",
            "hurts.tenure",
            "'tenure' is no dissatisfaction label",
            id="a loyalty among the hurts",
        ),
        pytest.param(
            lambda f: f["replies.yaml"]["deserved"].update(refusal=lines("No!")),
            "replies.yaml",
            "deserved.refusal",
            "'refusal' is no loyalty label",
            id="a refusal that is deserved",
        ),
        pytest.param(
            lambda f: f["replies.yaml"]["hold_back"]["data"].update(en=False),
            "replies.yaml",
            "hold_back.data.en",
            "False",
            id="a bare no, which YAML reads as false",
        ),
        pytest.param(
            lambda f: f["company.yaml"].update(fallback="trouble"),
            "company.yaml",
            "fallback",
            "'trouble' is not the id of a situation",
            id="an unknown fallback",
        ),
        pytest.param(
            lambda f: f["company.yaml"].update(fallback="waive_fee"),
            "company.yaml",
            "fallback",
            "'waive_fee'",
            id="an option as fallback",
        ),
        pytest.param(lambda f: f["company.yaml"].update(trades=[]), "company.yaml", "trades", "[]", id="no trade"),
        pytest.param(
            lambda f: f["company.yaml"].update(nmae="x"),
            "company.yaml",
            "'nmae' is not known",
            "name, trades",
            id="unknown key",
        ),
        pytest.param(lambda f: f["company.yaml"].pop("name"), "company.yaml", "name", "required", id="no name"),
        pytest.param(
            lambda f: fee(f).update(labels=["value_complain"]),
            "fees.yaml",
            "new_fee: labels.0",
            "'value_complain'",
            id="unknown label",
        ),
        pytest.param(
            lambda f: fee(f).update(labels=["tenure"]),
            "fees.yaml",
            "new_fee: labels.0",
            "'tenure' is no dissatisfaction label",
            id="a situation of loyalty",
        ),
        pytest.param(
            lambda f: fee(f).update(lables=[]),
            "fees.yaml",
            "new_fee: 'lables' is not known",
            "id, labels, name",
            id="misspelt key",
        ),
        pytest.param(lambda f: fee(f)["options"].pop(), "fees.yaml", "new_fee: options", "at least 2", id="one option"),
        pytest.param(
            lambda f: fee(f)["options"][1].update(id="Explain fee"),
            "fees.yaml",
            "new_fee: options.1.id",
            "'Explain fee'",
            id="an id with a blank",
        ),
        pytest.param(
            lambda f: fee(f)["options"][1]["say"].update(fa=""),
            "fees.yaml",
            "new_fee: options.1.say.fa",
            "''",
            id="an option that says nothing",
        ),
        pytest.param(lambda f: fee(f).update(id=5), "fees.yaml", "5: id", "(given: 5)", id="an id that is a number"),
        pytest.param(lambda f: fee(f).pop("id"), "fees.yaml", "situation 1: id", "required", id="no id"),
        pytest.param(lambda f: fee(f)["heard"]["id"].clear(), "fees.yaml", "new_fee: heard.id", "[]", id="unheard"),
        pytest.param(
            lambda f: f["situations/other.yaml"].append(situation("new_fee", "a", "b")),
            "other.yaml",
            "id 'new_fee'",
            "used already in fees.yaml",
            id="a situation twice",
        ),
        pytest.param(
            lambda f: f["situations/other.yaml"].append(situation("more", "a", "cut")),
            "other.yaml",
            "id 'cut'",
            "used already in fees.yaml",
            id="an option twice",
        ),
        pytest.param(
            lambda f: f["situations/other.yaml"].append(situation("more", "a", "a")),
            "other.yaml",
            "id 'a'",
            "used already in other.yaml",
            id="an option twice in one situation",
        ),
        pytest.param(
            lambda f: f.update({"situations/other.yaml": {"id": "any_trouble"}}),
            "other.yaml",
            "a list of situations is needed",
            "dict",
            id="no list",
        ),
        pytest.param(
            lambda f: f.update({"situations/other.yaml": ["any_trouble"]}),
            "other.yaml",
            "situation 1",
            "'any_trouble'",
            id="a list of words",
        ),
        pytest.param(
            lambda f: f.update({"situations/other.yaml": b""}), "other.yaml", "a list of situations", "None", id="void"
        ),
        pytest.param(
            lambda f: f.update({"replies.yaml": b"hurts: [}"}), "replies.yaml", "not readable as YAML", "}", id="broken"
        ),
        pytest.param(
            lambda f: f.update({"company.yaml": "name: Mérida".encode("latin-1")}),
            "company.yaml",
            "not readable as YAML in UTF-8",
            "0xe9",
            id="not UTF-8",
        ),
        pytest.param(
            lambda f: f.update({"company.yaml": b"name: 2024-13-45"}),
            "company.yaml",
            "not readable as YAML",
            "month",
            id="a date that is none",
        ),
        pytest.param(lambda f: f.pop("company.yaml"), "company.yaml", "the file is missing", "", id="no company"),
        pytest.param(lambda f: f.pop("replies.yaml"), "replies.yaml", "the file is missing", "", id="no replies"),
    ],
)
def test_a_defect_is_named_by_file_key_and_value(
    tmp_path: Path, change: Change, file: str, key: str, value: str
) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(written(tmp_path, change))
    said = str(caught.value)
    assert said.removeprefix(f"{tmp_path}/").startswith(f"{file}: ")
    assert key in said
    assert value in said
    assert "\n" not in said


@pytest.mark.parametrize("name", ["", "nowhere"], ids=["an empty folder", "an absent folder"])
def test_a_folder_without_situations_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlaybookError, match=r"no situation files \(\*\.yaml\) found") as caught:
        load_playbook(tmp_path / name)
    assert str(tmp_path / name / "situations") in str(caught.value)
