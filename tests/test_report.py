from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from csr_assist.conversation import Speaker
from csr_assist.detector import PhraseDetector, Utterance
from csr_assist.errors import InputError
from csr_assist.evaluation import Report, draw, measure, report_tables, to_json
from csr_assist.evaluation.rivals import Keywords
from csr_assist.evaluation.sets import Item, MeasuringSet
from csr_assist.labels import Label


def said(text: str, positive: bool | None = None, cues: frozenset[Label] | None = None) -> Item:
    return Item(text, Utterance(Speaker.CUSTOMER, text), positive, cues)


REPORT = measure(
    PhraseDetector({"ridiculous": Label.FRUSTRATION, "six years": Label.TENURE}),
    [
        MeasuringSet("calm", tuple(said(text) for text in ("hello", "ridiculous", "bye", "fine"))),
        MeasuringSet("tweets", (said("ridiculous", True), said("my rude dog", False), said("hello", False))),
        MeasuringSet(
            "gold",
            (
                said("ridiculous", cues=frozenset({Label.FRUSTRATION})),
                said("so ridiculous", cues=frozenset({Label.FRUSTRATION})),
                said("six years", cues=frozenset()),
                said("hm", cues=frozenset({Label.RESIGNATION})),
            ),
        ),
    ],
    [Keywords()],
)


def printed(report: Report) -> list[list[str]]:
    console = Console(width=140, file=io.StringIO(), record=True)
    for table in report_tables(report):
        console.print(table)
    return [line.replace("│", " ").replace("┃", " ").split() for line in console.export_text().splitlines()]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("frustration 2 1.00 1.00 1.00 0.00 to 1.00", id="a label"),
        pytest.param("resignation 1 0.00 0.00 0.00 0.00 to 0.00", id="a label never found"),
        pytest.param("tweets 3 1 1.000 0.750", id="ranked beside its rival"),
        pytest.param("gold: any dissatisfaction 4 3 0.833 0.833", id="a labelled set is ranked, too"),
        pytest.param("calm 25.0% 25.0%", id="false alarms"),
        pytest.param("2 0.90 1.00", id="said and true"),
    ],
)
def test_tables_say(line: str) -> None:
    assert line.split() in printed(REPORT)


def test_json_holds_the_same_figures() -> None:
    figures = json.loads(to_json(REPORT))
    assert figures["labels"]["gold"]["micro_f1"] == REPORT.labelled["gold"].micro.f1 == pytest.approx(2 * 2 / 6)
    assert figures["labels"]["gold"]["by_label"]["frustration"]["f1"] == 1.0
    assert figures["rankings"]["tweets"]["CSR Assist"]["auc"] == 1.0
    assert figures["rankings"]["tweets"]["keywords"]["positives"] == 1
    assert figures["false_alarms"] == {"calm": {"CSR Assist": 0.25, "keywords": 0.25}}


@pytest.mark.parametrize(("ending", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_the_picture_is_of_the_kind_that_was_asked_for(ending: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"figures{ending}"
    draw(REPORT, path)
    assert path.read_bytes().startswith(start)


def test_the_picture_names_sets_labels_and_rivals(tmp_path: Path) -> None:
    import matplotlib

    path = tmp_path / "figures.svg"
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw(REPORT, path)
    text = path.read_text(encoding="utf-8")
    for words in ("tweets", "frustration (2)", "keywords", "CSR Assist", "gold: any dissatisfaction"):
        assert words in text


@pytest.mark.parametrize(
    ("report", "name", "words"),
    [
        (REPORT, "figures.gif", r"figures\.gif: a picture ends in \.png, \.svg, \.pdf"),
        (Report(), "figures.png", "nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_named(report: Report, name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        draw(report, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_labelled_alone_can_be_drawn(tmp_path: Path) -> None:
    draw(Report(labelled=REPORT.labelled), tmp_path / "one.png")
    assert (tmp_path / "one.png").stat().st_size > 10_000
