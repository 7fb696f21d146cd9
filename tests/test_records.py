from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.errors import InputError
from csr_assist.records import Format, RecordWriter, format_for

NESTED = ("cues", "scores", "facts", "prompt", "alert", "promises")
FLAT = ("conversation_id", "turn_id", "speaker", "dissatisfaction", "loyalty")


def record(text: str = "this is ridiculous", **more: Any) -> dict[str, Any]:
    return {
        "conversation_id": "call-1",
        "turn_id": "007",
        "speaker": "customer",
        "cues": [{"label": "frustration", "start": 0, "end": len(text), "text": text, "probability": 0.91}],
        "scores": {"frustration": 0.91, "tenure": 0.02},
        "dissatisfaction": 0.93,
        "loyalty": 0.0,
        "risk": {"level": 0.4095, "band": "watch"},
        "facts": {"years": 6.0},
        "prompt": {"say": "We let you down.", "options": [], "why": [], "hold_back": []},
        "alert": {"reason": "the call has become at risk", "level": "notice"},
        "promises": [],
        **more,
    }


RECORDS = [
    record(),
    record('he said, "no"\nthen; left', turn_id="8", prompt=None, alert=None),
    record("می\u200cخوام برم، خداحافظ 😡", conversation_id="تماس", scores={}, facts={}),
    record(cues=[]),
    record("=1+1\r\n,,", speaker="agent", dissatisfaction=0.0),
]


def written(path: Path, form: Format, *batches: list[dict[str, Any]]) -> Path:
    with RecordWriter(path, form) as writer:
        for batch in batches:
            writer.write(batch)
    return path


def table(path: Path, form: Format) -> pd.DataFrame:
    if form is Format.PARQUET:
        return pd.read_parquet(path)
    texts = dict.fromkeys(("conversation_id", "turn_id", *NESTED), str)
    return pd.read_csv(path, dtype=texts, keep_default_na=False)


def restored(row: Any) -> dict[str, Any]:
    """A row of a table as the record that it was."""
    values = {name: row[name] for name in FLAT}
    values |= {name: json.loads(row[name]) if isinstance(row[name], str) and row[name] else None for name in NESTED}
    return values | {"risk": {"level": row["risk_level"], "band": row["risk_band"]}}


@pytest.mark.parametrize("batches", [[RECORDS], [RECORDS[:1], [], RECORDS[1:]]], ids=["at once", "as they come"])
def test_jsonl_round_trip(tmp_path: Path, batches: list[list[dict[str, Any]]]) -> None:
    path = written(tmp_path / "out.jsonl", Format.JSONL, *batches)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == RECORDS
    assert "خداحافظ" in lines[2]


@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET])
@pytest.mark.parametrize("batches", [[RECORDS], [RECORDS[:1], [], RECORDS[1:]]], ids=["at once", "as they come"])
def test_table_round_trip(tmp_path: Path, form: Format, batches: list[list[dict[str, Any]]]) -> None:
    frame = table(written(tmp_path / "out", form, *batches), form)
    assert [restored(row) for _, row in frame.iterrows()] == RECORDS
    assert frame["dissatisfaction"].dtype == "float64"
    assert frame["risk_level"].dtype == "float64"


@given(st.text(), st.text())
def test_any_words_survive(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    folder = tmp_path_factory.mktemp("records")
    one = record(text, facts={"orders": name})
    assert json.loads(written(folder / "a.jsonl", Format.JSONL, [one]).read_text(encoding="utf-8")) == one
    for form in (Format.CSV, Format.PARQUET):
        frame = table(written(folder / f"a.{form}", form, [one]), form)
        assert [restored(row) for _, row in frame.iterrows()] == [one]


def test_nothing_found_is_nothing_in_a_table(tmp_path: Path) -> None:
    one = record(prompt=None, alert=None)
    frame = table(written(tmp_path / "a.parquet", Format.PARQUET, [one]), Format.PARQUET)
    assert frame["prompt"].isna().all()
    text = written(tmp_path / "a.csv", Format.CSV, [one]).read_text(encoding="utf-8")
    assert "None" not in text
    assert "null" not in text


@pytest.mark.parametrize("form", Format)
def test_an_empty_scan_leaves_a_readable_file(tmp_path: Path, form: Format) -> None:
    path = written(tmp_path / "out", form)
    if form is Format.JSONL:
        assert path.read_text(encoding="utf-8") == ""
    else:
        frame = table(path, form)
        assert len(frame) == 0
        assert list(frame)[:3] == ["conversation_id", "turn_id", "speaker"]
        assert {*FLAT, *NESTED, "risk_level", "risk_band"} == set(frame)


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("older\n" * 100, encoding="utf-8")
    written(path, Format.JSONL, [record()])
    assert json.loads(path.read_text(encoding="utf-8")) == record()


@pytest.mark.parametrize("form", Format)
def test_what_fails_leaves_the_older_file(tmp_path: Path, form: Format) -> None:
    path = tmp_path / "out"
    path.write_text("older", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), RecordWriter(path, form) as writer:
        writer.write([record(turn_id=1 / 0)])
    assert path.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV])
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path, form: Format) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(path.read_text(encoding="utf-8")))
    reader.start()
    written(path, form, [record()])
    reader.join(timeout=10)
    assert "ridiculous" in heard[0]
    assert path.is_fifo()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("form", Format)
def test_a_device_stays_one(form: Format) -> None:
    written(Path(os.devnull), form, [record()])
    assert Path(os.devnull).is_char_device()
    assert not Path(f"{os.devnull}.part").exists()


def test_the_file_behind_a_link_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "behind").mkdir()
    link, file = tmp_path / "link", tmp_path / "behind" / "out.jsonl"
    link.symlink_to(file)
    for _ in range(2):  # the file is not there yet, then it is
        written(link, Format.JSONL, [record()])
        assert link.is_symlink()
        assert json.loads(file.read_text(encoding="utf-8")) == record()


@pytest.mark.parametrize(
    ("given", "cell"),
    [("=1+1", "'=1+1"), ("+49", "'+49"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("1-1", "1-1"), ("'=1", "'=1")],
)
def test_no_cell_of_csv_is_a_formula_to_a_spreadsheet(tmp_path: Path, given: str, cell: str) -> None:
    one = record(conversation_id=given, risk={"level": -0.5, "band": "calm"})
    for form, expected in ((Format.CSV, cell), (Format.PARQUET, given)):
        (row,) = table(written(tmp_path / f"a.{form}", form, [one]), form).to_dict("records")
        assert (row["conversation_id"], row["risk_level"]) == (expected, -0.5)


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV])
def test_without_a_file_records_go_to_the_standard_output(form: Format, capsys: pytest.CaptureFixture[str]) -> None:
    with RecordWriter(None, form) as writer:
        writer.write([record()])
    print("still open")  # noqa: T201
    said = capsys.readouterr().out
    assert "ridiculous" in said
    assert said.endswith("still open\n")


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("name", ["nowhere/out", "folder"])
def test_what_cannot_be_written_is_named(tmp_path: Path, form: Format, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written") as caught:
        RecordWriter(tmp_path / name, form)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")


@pytest.mark.parametrize(
    ("name", "asked", "chosen"),
    [
        ("a.jsonl", None, Format.JSONL),
        ("a.csv", None, Format.CSV),
        ("a.CSV", None, Format.CSV),
        ("a.parquet", None, Format.PARQUET),
        ("a.txt", None, Format.JSONL),
        ("csv", None, Format.JSONL),
        ("a.csv.txt", None, Format.JSONL),
        ("a.csv", Format.JSONL, Format.JSONL),
        ("a.txt", Format.PARQUET, Format.PARQUET),
        (None, None, Format.JSONL),
        (None, Format.CSV, Format.CSV),
    ],
)
def test_the_format_is_the_asked_one_or_that_of_the_file(
    name: str | None, asked: Format | None, chosen: Format
) -> None:
    assert format_for(Path(name) if name else None, asked) is chosen


def test_parquet_needs_a_file() -> None:
    with pytest.raises(InputError, match=r"--format parquet needs --output FILE"):
        format_for(None, Format.PARQUET)
