from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from doubles import advisor, assistant

from csr_assist.assistant import Assistant
from csr_assist.detector import PhraseDetector
from csr_assist.labels import Label
from csr_assist.records import Format, RecordWriter
from csr_assist.scan import Summary, scan

GOOD = [
    {"conversation_id": "a", "turn_id": 1, "speaker": "customer", "text": "I'm very upset, I'm leaving"},
    {"conversation_id": "a", "turn_id": 2, "speaker": "agent", "text": "Account number?"},
    {"conversation_id": "b", "turn_id": 1, "speaker": "customer", "text": "hello"},
]


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n", encoding="utf-8")
    return path


def run(*paths: Path, out: Path) -> tuple[Summary, list[dict[str, Any]]]:
    with RecordWriter(out, Format.JSONL) as writer:
        summary = scan(paths, assistant(), writer)
    return summary, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_one_record_a_turn_in_order(tmp_path: Path) -> None:
    summary, records = run(written(tmp_path / "t.jsonl", GOOD), out=tmp_path / "o.jsonl")
    assert [(r["conversation_id"], r["turn_id"]) for r in records] == [("a", "1"), ("a", "2"), ("b", "1")]
    assert (summary.turns, summary.conversations, summary.at_risk) == (3, {(1, "a"), (1, "b")}, {(1, "a")})
    assert (summary.prompts, summary.alerts) == (2, 1)


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        "[1, 2]",
        {"conversation_id": "a", "turn_id": 9, "speaker": "robot chicken", "text": "hi"},
        {"conversation_id": "a", "turn_id": 9, "speaker": "customer"},
        {"conversation_id": "a", "turn_id": 9, "text": "hi"},
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path, bad: Any) -> None:
    path = written(tmp_path / "t.jsonl", [GOOD[0], bad, *GOOD[1:]])
    summary, records = run(path, out=tmp_path / "o.jsonl")
    assert len(records) == 3
    assert len(summary.problems) == 1
    assert summary.problems[0].startswith("t.jsonl:2: ")
    assert not summary.unread


@pytest.mark.parametrize("content", [b"", b"   \n", b"\x00\xff\x00\x01\x02" * 50, b'{"a": 1}\n'])
def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(content)
    summary, records = run(bad, written(tmp_path / "t.jsonl", GOOD), out=tmp_path / "o.jsonl")
    assert len(records) == 3
    assert len(summary.unread) == 1
    assert "bad.jsonl" in summary.unread[0]


def test_calls_of_two_files_are_not_mixed(tmp_path: Path) -> None:
    row = {"conversation_id": "1", "turn_id": 1, "speaker": "customer"}
    loyal = written(tmp_path / "mon.jsonl", [row | {"text": "I've been a customer for 6 years, very upset"}])
    plain = written(tmp_path / "tue.jsonl", [row | {"text": "hello"}])
    summary, records = run(loyal, plain, out=tmp_path / "o.jsonl")
    assert len(summary.conversations) == 2
    assert records[1]["facts"] == {}
    assert records[1]["risk"]["level"] == 0.0


def test_a_scan_of_many_batches_is_the_scan_of_one(tmp_path: Path) -> None:
    rows = [
        {"conversation_id": str(n % 7), "turn_id": n, "speaker": "customer", "text": "third time"} for n in range(300)
    ]
    summary, records = run(written(tmp_path / "t.jsonl", rows), out=tmp_path / "o.jsonl")
    assert summary.turns == len(records) == 300
    one = assistant()
    from csr_assist.sources import read_turns
    from csr_assist.sources.rows import Problem

    alone = [one.hear(t).to_dict() for t in read_turns(tmp_path / "t.jsonl") if not isinstance(t, Problem)]
    assert records == json.load(io.StringIO(json.dumps(alone)))


def test_columns_and_roles_are_as_the_user_says(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("Von;Nachricht\nAgent;I'm very upset\n", encoding="utf-8")
    with RecordWriter(tmp_path / "o.jsonl", Format.JSONL) as writer:
        columns = {"speaker": "Von", "text": "Nachricht"}
        summary = scan([table], assistant(), writer, columns=columns, swap=True)
    record = json.loads((tmp_path / "o.jsonl").read_text(encoding="utf-8"))
    assert (record["speaker"], summary.turns, summary.problems) == ("customer", 1, [])


PRIVATE = ("4111 1111 1111 1111", "+1 415 555 0132", "maria.lopez@example.com")


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV])
def test_no_record_holds_a_number_that_is_masked(tmp_path: Path, form: Format) -> None:
    eager = PhraseDetector(dict.fromkeys((*PRIVATE, "i'm leaving"), Label.CHURN_THREAT))  # evidence is quoted
    rows = [{"speaker": "customer", "text": f"It is {number}, i'm leaving"} for number in PRIVATE]
    out = tmp_path / "o"
    with RecordWriter(out, form) as writer:
        summary = scan([written(tmp_path / "t.jsonl", rows)], Assistant(eager, advisor()), writer)
    text = out.read_text(encoding="utf-8")
    assert summary.cues == {Label.CHURN_THREAT: len(rows)}
    assert not [number for number in PRIVATE if number in text]


def test_evidence_lies_where_the_masked_text_shows_it(tmp_path: Path) -> None:
    row = {"speaker": "customer", "text": "Card 4111 1111 1111 1111. I'm very upset, the 3rd time in 2024"}
    _, (record,) = run(written(tmp_path / "t.jsonl", [row]), out=tmp_path / "o.jsonl")
    (cue,) = record["cues"]
    assert (cue["text"], cue["start"]) == ("very upset", len("Card [CARD]. I'm "))


def test_notes_without_names_are_scanned_and_said_to_be_inferred(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Thank you for calling, how can I help?\nMy order never came\n", encoding="utf-8")
    summary, records = run(notes, out=tmp_path / "o.jsonl")
    assert [record["speaker"] for record in records] == ["agent", "customer"]
    assert summary.problems == []
    assert summary.notices == [
        "notes.txt:1: nobody is named, so roles are inferred; if they are wrong, use --swap-roles"
    ]
