from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from commanding import cli, refused, store
from storing import NOW, change, heard

from csr_assist.conversation import Customer
from csr_assist.export import COLUMNS, write_lines
from csr_assist.labels import Label
from csr_assist.store import About, Feedback, Mark, MarkVerdict, Outcome, Result, Store, Verdict
from csr_assist.training.corpus import load_corpus

__all__ = ["store"]

READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "jsonl": lambda path: pd.read_json(path, lines=True),
    "csv": lambda path: pd.read_csv(path),
    "parquet": lambda path: pd.read_parquet(path),
}
STORIES = {
    "calm": ("C: hello", 0, None),
    "saved": ("C: I am very upset", 1, Result.SAVED),
    "lost": ("C: third time, I'm leaving", 2, Result.LOST),
}


@pytest.fixture
def kept(store: Store) -> Store:
    for name, (line, days, result) in STORIES.items():
        about = About(agent="desk-1", channel="call", customer=Customer("C-1", 'Mara, "the" regular'))
        at = NOW + timedelta(days=days)
        store.conversations.keep(change(heard(line, conversation=name), at=at, about=about))
        if result:
            store.reviews.set_outcome(Outcome(name, result, "Rosa", "price, and\nmore", 480.5), at)
    return store


@pytest.mark.parametrize("form", list(READERS))
@pytest.mark.usefixtures("kept")
def test_every_format_holds_one_row_a_conversation(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    assert "3 conversations" in cli("export", path).stderr
    frame = READERS[form](path).set_index("conversation_id")
    assert [frame.index.name, *frame.columns] == list(COLUMNS)
    assert list(frame.index) == ["lost", "saved", "calm"]
    assert list(frame["outcome"].fillna("")) == ["lost", "saved", ""]
    assert frame.loc["lost", "reason"] == "price, and\nmore"
    assert frame.loc["lost", "value_at_risk"] == 480.5
    assert frame.loc["saved", "said_by"] == "Rosa"
    assert frame["worst_level"]["lost"] > frame["worst_level"]["calm"]
    assert pd.to_datetime(frame["opened_at"], utc=True)["calm"].floor("ms") == pd.Timestamp(NOW).floor("ms")
    assert "Mara" not in path.read_bytes().decode("utf-8", "replace")
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--since", "2026-03-02"), {"saved", "lost"}),
        (("--until", "2026-03-02"), {"calm", "saved"}),
        (("--since", "2026-03-02", "--until", "2026-03-02"), {"saved"}),
        (("--since", "2026-03-04"), set()),
        (("--label", "frustration"), {"saved"}),
        (("--outcome", "lost"), {"lost"}),
        (("--outcome", "open"), {"calm"}),
        (("--band", "calm"), {"calm"}),
        (("--words", "THIRD"), {"lost"}),
        (("--customer", "mara"), {"calm", "saved", "lost"}),
        (("--agent", "desk-2"), set()),
    ],
)
@pytest.mark.usefixtures("kept")
def test_only_what_is_asked_for_is_written(tmp_path: Path, options: tuple[str, ...], found: set[str]) -> None:
    path = tmp_path / "out.jsonl"
    cli("export", path, *options)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {row["conversation_id"] for row in rows} == found
    assert all(datetime.fromisoformat(row["opened_at"]).tzinfo for row in rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("out.xlsx",), "ends in .jsonl, .csv, .parquet"),
        (("out",), "ends in"),
        (("out.csv", "--since", "yesterday"), "--since is 'yesterday'; expected a day"),
        (("out.csv", "--until", "2026-02-30"), "--until is '2026-02-30'"),
        (("out.csv", "--outcome", "won"), "--outcome is 'won'; allowed are saved, lost, open"),
        (("out.csv", "--label", "anger"), "frustration"),
        (("nowhere/out.csv",), "nowhere/out.csv: cannot be written"),
        (("nowhere/out.parquet",), "nowhere/out.parquet: cannot be written"),
        (("nowhere/out.jsonl",), "nowhere/out.jsonl: cannot be written"),
        (("folder.csv",), "folder.csv: cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    assert said in refused("export", *arguments)
    assert not list(tmp_path.glob("*.part"))
    assert store.privacy.audit() == []


@pytest.mark.parametrize("form", list(READERS))
def test_what_callers_name_is_no_formula_in_csv(store: Store, tmp_path: Path, form: str) -> None:
    about = About(agent="@desk", customer=Customer("+49 30"))
    store.conversations.keep(change(heard("C: hello", conversation="=1+1"), at=NOW, about=about))
    path = tmp_path / f"out.{form}"
    cli("export", path)
    read = {"csv": lambda: pd.read_csv(path, dtype=str), "jsonl": lambda: pd.read_json(path, lines=True, dtype=False)}
    row = read.get(form, lambda: pd.read_parquet(path))().iloc[0]
    mark = "'" if form == "csv" else ""
    assert tuple(row[["conversation_id", "agent", "customer_id"]]) == (f"{mark}=1+1", f"{mark}@desk", f"{mark}+49 30")


def test_who_takes_words_out_is_noted(kept: Store, tmp_path: Path) -> None:
    cli("export", tmp_path / "out.csv")
    cli("feedback", "export", tmp_path / "marks.jsonl")
    lines = [(line.action, line.subject) for line in kept.privacy.audit()]
    assert lines == [("exported feedback", "0 turns to marks.jsonl"), ("exported conversations", "3 to out.csv")]


def test_a_file_that_fails_half_way_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before", encoding="utf-8")

    def rows() -> Iterator[dict[str, int]]:
        yield {"half": 1}
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_lines(path, rows())
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_feedback_becomes_a_corpus_with_the_verdicts_beside_it(kept: Store, tmp_path: Path) -> None:
    marks = [("saved", MarkVerdict.WRONG), ("lost", MarkVerdict.MISSED)]
    for name, verdict in marks:
        kept.reviews.add_mark(Mark(name, "1", Label.FRUSTRATION, 0, 10, verdict, "Rosa"), NOW)
    kept.reviews.add_mark(Mark("calm", "1", Label.REFUSAL, 0, 5, MarkVerdict.MISSED, "Rosa"), NOW)
    kept.reviews.add_feedback(Feedback("saved", "1", Verdict.COPIED, "I am sorry.", option_id="o"), NOW)
    path = tmp_path / "marks.jsonl"
    said = cli("feedback", "export", path).stderr
    assert "2 marked turns" in said
    assert "left out: 1 marked turns" in said
    silent, loud = load_corpus(tmp_path)
    assert silent.labels == frozenset()
    assert Label.FRUSTRATION in loud.labels
    (verdict,) = json.loads((tmp_path / "marks.prompts.json").read_text(encoding="utf-8"))
    assert (verdict["verdict"], verdict["option"], verdict["text"]) == ("copied", "o", "I am very upset")


@pytest.mark.parametrize("name", ["marks.csv", "marks", "marks.json"])
@pytest.mark.usefixtures("store")
def test_feedback_goes_to_the_form_that_training_reads_alone(tmp_path: Path, name: str) -> None:
    assert ".jsonl" in refused("feedback", "export", tmp_path / name)
