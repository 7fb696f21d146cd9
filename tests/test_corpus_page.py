"""The corpus page in Streamlit's own test harness, on a small corpus."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from csr_assist.screens import corpus
from csr_assist.training.corpus import load_corpus
from csr_assist.training.inventory import inventory

ROWS = [
    ("a-1", "customer", "en", "call", "bank", "Yes?", "I am <tenure>with you 6 years</tenure> & <b>"),
    ("a-2", "agent", "en", "chat", "bank", "", "<refusal>we can't</refusal>"),
    ("a-3", "customer", "fa", "chat", "hotel", "", "سلام"),
    *((f"b-{n}", "customer", "id", "chat", "toko", "", f"halo nomor {n}") for n in range(60)),
]
KEYS = ("id", "speaker", "language", "channel", "trade", "context", "text")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [json.dumps(dict(zip(KEYS, row, strict=True))) for row in ROWS]
    (tmp_path / "a.jsonl").write_text("\n".join(lines).replace("& <b>", "& done"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def page(folder: Path) -> Iterator[AppTest]:
    corpus._examples.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Streamlit's own
        yield AppTest.from_string(
            f"from pathlib import Path\nfrom csr_assist.screens import corpus\ncorpus.render(Path({str(folder)!r}))\n",
            default_timeout=60,
        ).run()
    corpus._examples.clear()


def shown(page: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in page.get("html"))


def test_counts_and_turns_are_there_at_once(page: AppTest) -> None:
    assert not page.exception
    html = shown(page)
    assert "63 turns written for this project" in html
    assert '<span class="tag loyalty">' in html
    assert html.count('class="turn ') == corpus.PAGE


@pytest.mark.parametrize(
    ("key", "value", "ids"),
    [
        ("label", "tenure", {"a-1"}),
        ("language", "fa", {"a-3"}),
        ("speaker", "agent", {"a-2"}),
        ("channel", "call", {"a-1"}),
    ],
)
def test_turns_are_picked(key: str, value: str, ids: set[str], page: AppTest) -> None:
    page.selectbox(key=key).set_value(value).run()
    html = shown(page)
    assert {row[0] for row in ROWS if f"· {row[0]}<" in html} == ids


@pytest.mark.parametrize(("words", "ids"), [("6 YEARS", {"a-1"}), ("hotel", {"a-3"}), ("a-2", {"a-2"}), ("zz", set())])
def test_words_are_found_in_turn_trade_and_id(words: str, ids: set[str], page: AppTest) -> None:
    page.text_input(key="words").set_value(words).run()
    html = shown(page)
    assert {row[0] for row in ROWS if f"· {row[0]}<" in html} == ids


def test_turns_without_a_label_fill_two_pages(page: AppTest) -> None:
    page.selectbox(key="label").set_value(corpus.NO_LABEL).run()
    first = shown(page)
    page.number_input(key="page").set_value(2).run()
    second = shown(page)
    assert (first.count('class="turn '), second.count('class="turn ')) == (40, 21)
    assert "halo nomor 59" in second
    assert "halo nomor 59" not in first


def test_the_words_are_escaped_and_marked(folder: Path) -> None:
    one = load_corpus(folder)[0]
    html = corpus.example_html(one)
    assert '<mark class="loyalty" title="' in html
    assert ">with you 6 years</mark> &amp; done" in html
    assert '<div class="before" dir="auto">Yes?</div>' in html


def test_a_persian_turn_runs_from_the_right(folder: Path) -> None:
    assert 'dir="rtl">سلام' in corpus.example_html(load_corpus(folder)[2])


def test_every_label_has_its_row(folder: Path) -> None:
    html = corpus.counts_html(inventory(load_corpus(folder)))
    assert html.count('<span class="tag ') == 26
    assert "<td>60</td>" in html


def test_an_absent_corpus_is_one_sentence(tmp_path: Path) -> None:
    corpus._examples.clear()
    page = AppTest.from_string(
        "from pathlib import Path\n"
        "from csr_assist.screens import corpus\n"
        f"corpus.render(Path({str(tmp_path / 'no')!r}))\n"
    ).run()
    assert len(page.error) == 1
    assert "part of the repository" in page.error[0].value
    assert not page.exception
