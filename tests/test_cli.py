"""The command line as a user runs it: a process of its own, the shipped detector."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from csr_assist.labels import Family, Label
from csr_assist.shipped import EXAMPLES

EXAMPLE = EXAMPLES / "01-six-years-call.jsonl"

READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "jsonl": lambda path: pd.read_json(path, lines=True),
    "csv": lambda path: pd.read_csv(path),
    "parquet": lambda path: pd.read_parquet(path),
}


def cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "csr_assist", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


def test_scan_writes_json_lines_to_the_standard_output_and_a_summary_beside() -> None:
    done = cli("scan", EXAMPLE)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(records) == len(EXAMPLE.read_text(encoding="utf-8").splitlines())
    assert records[0]["facts"]["years"] == 6
    heard = {Label(cue["label"]) for cue in records[0]["cues"]}
    assert Label.TENURE in heard
    assert any(label.family is Family.DISSATISFACTION for label in heard)
    assert records[0]["prompt"]["say"]
    assert "conversations" in done.stderr


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_scan_writes_every_format(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"out.{form}"
    done = cli("scan", EXAMPLE, "--output", out)
    assert done.returncode == 0, done.stderr
    frame = READERS[form](out)
    assert len(frame) == len(EXAMPLE.read_text(encoding="utf-8").splitlines())
    assert list(frame.columns[:3]) == ["conversation_id", "turn_id", "speaker"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "empty.jsonl"),
        ("rubbish.txt", bytes(range(256)) * 4, "rubbish.txt"),
        ("nobody.csv", b"a,b\n1,2\n", "nobody.csv"),
    ],
)
def test_an_input_that_cannot_be_read_is_one_sentence_and_status_1(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = cli("scan", path, EXAMPLE)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 20
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("not read")]
    assert said in line
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("given", ["nowhere.jsonl", "empty.jsonl", "folder"])
def test_a_scan_that_reads_nothing_leaves_the_earlier_result(tmp_path: Path, given: str) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    out = tmp_path / "folder" / "records.jsonl"
    out.write_text("earlier\n", encoding="utf-8")
    done = cli("scan", tmp_path / given, "--output", out)
    assert done.returncode == 1
    assert f"not read: {tmp_path / given}" in done.stderr or f"not read: {given}" in done.stderr
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert list(out.parent.iterdir()) == [out]


def test_a_missing_input_does_not_stop_the_others(tmp_path: Path) -> None:
    done = cli("scan", tmp_path / "nowhere.jsonl", EXAMPLE)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 20
    assert "nowhere.jsonl" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scan", EXAMPLE, "--model", "/nowhere"), "no detector at /nowhere"),
        (("scan", EXAMPLE, "--playbook", "/nowhere"), "no situation files"),
        (("scan", EXAMPLE, "--format", "parquet"), "needs --output"),
        (("scan", EXAMPLE, "--source", "fax"), "fax"),
        (("scan", EXAMPLE, "--output", "/nowhere/x.jsonl"), "cannot be written"),
        (("scan", EXAMPLE, "--role", "Maria"), "role 'Maria' is not NAME=ROLE"),
        (("corpus", "/nowhere"), "/nowhere: no annotated turns"),
        (("evaluate", "/nowhere"), "no measuring sets"),
        (("evaluate", "/nowhere", "--picture", "a.gif"), "a.gif: a picture ends in .png, .svg, .pdf"),
        (("evaluate", "/nowhere", "--picture", "/no/a.png"), "/no/a.png: cannot be written (there is no folder /no)"),
        (("evaluate", "/nowhere", "--output", "/no/a.json"), "/no/a.json: cannot be written (there is no folder /no)"),
        (("evaluate", "/nowhere", "--output", "/tmp"), "/tmp: cannot be written (it is a folder)"),
    ],
)
def test_errors_are_one_clear_sentence(arguments: tuple[str | Path, ...], said: str) -> None:
    done = cli(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    path.write_bytes(EXAMPLE.read_bytes())
    done = cli("scan", path, "--output", path)
    assert done.returncode == 1
    assert "given as input and as output" in done.stderr
    assert path.read_bytes() == EXAMPLE.read_bytes()


def test_a_folder_can_be_scanned_into_itself_twice(tmp_path: Path) -> None:
    (tmp_path / "call.jsonl").write_bytes(EXAMPLE.read_bytes())
    out = tmp_path / "records.jsonl"
    for _ in range(2):
        assert cli("scan", tmp_path, "--output", out).returncode == 0
        assert len(out.read_text(encoding="utf-8").splitlines()) == 20
    assert sorted(path.name for path in tmp_path.iterdir()) == ["call.jsonl", "records.jsonl"]


def test_a_turn_of_a_megabyte_is_read(tmp_path: Path) -> None:
    text = "the parcel is blue and " * 40_000 + "this is ridiculous, I want to speak to your manager"
    path = tmp_path / "long.jsonl"
    path.write_text(
        json.dumps({"conversation_id": "a", "turn_id": 1, "speaker": "customer", "text": text[-1_000_000:]})
    )
    done = cli("scan", path)
    assert done.returncode == 0, done.stderr
    (record,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert any(cue["start"] > 900_000 for cue in record["cues"])


def test_ten_thousand_turns_stay_under_two_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    lines = ("ok", "thanks", "the parcel is blue", "still nothing, third time I call")
    with path.open("w", encoding="utf-8") as stream:
        for n in range(10_000):
            row = {"conversation_id": str(n // 20), "turn_id": n, "speaker": "customer", "text": lines[n % 4]}
            stream.write(json.dumps(row) + "\n")
    done = cli("scan", path, "--output", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8").count("\n") == 10_000
    assert "10000/10000" in done.stderr
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < 2_000_000_000


def test_labels_lists_all_of_them() -> None:
    done = cli("labels")
    assert done.returncode == 0
    assert "unannounced_change" in done.stdout
    assert "dismissive" in done.stdout


def test_the_corpus_is_counted() -> None:
    done = cli("corpus")
    assert done.returncode == 0, done.stderr
    lines = [re.sub(r"[^\w]+", " ", line.replace(",", "")).split() for line in done.stdout.splitlines()]
    rows = {line[0]: line[1:] for line in lines if line}
    for label in Label:
        assert len(rows[label.value]) == 3
        assert all(int(count) >= 120 for count in rows[label.value]), label


def test_a_small_set_is_measured_written_and_drawn(tmp_path: Path) -> None:
    rows = [
        {"text": "this is ridiculous, third time I call!", "positive": 1},
        {"text": "thanks, that is all", "positive": 0},
    ]
    folder = tmp_path / "sets"
    folder.mkdir()
    lines = [json.dumps({"id": n, "speaker": "customer", **row}) for n, row in enumerate(rows)]
    (folder / "tweets.jsonl").write_text("\n".join(lines), encoding="utf-8")
    figures, picture = tmp_path / "figures.json", tmp_path / "figures.png"
    done = cli("evaluate", folder, "--output", figures, "--picture", picture)
    assert done.returncode == 0, done.stderr
    measured = json.loads(figures.read_text(encoding="utf-8"))["rankings"]["tweets"]
    assert measured["CSR Assist"]["auc"] == 1.0
    assert set(measured) == {"CSR Assist", "VADER", "TextBlob", "keywords"}
    assert picture.stat().st_size > 10_000
