from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from doubles import PHRASES, advisor, assistant, turns

from csr_assist.alerts import AlertLevel
from csr_assist.conversation import Customer, Language
from csr_assist.detector import PhraseDetector
from csr_assist.notify import Delivery
from csr_assist.records import Format
from csr_assist.screens import board, review
from csr_assist.screens.access import Person
from csr_assist.screens.conversation import card_html
from csr_assist.screens.curve import curve
from csr_assist.service import Service
from csr_assist.state import Band
from csr_assist.store import About, Query, Raised, Store, Summary

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def summary(conversation_id: str = "call-1", **more: object) -> Summary:
    fields: dict[str, object] = {
        "id": conversation_id, "revision": 1, "opened_at": NOW, "touched_at": NOW - timedelta(minutes=3),
        "ended_at": None,
        "channel": "call", "language": Language.ENGLISH, "agent": "desk-4", "customer": None, "turns": 2, "level": 0.5,
        "peak": 0.5, "band": Band.WATCH, "worst_band": Band.WATCH,
    }  # fmt: skip
    return Summary(**{**fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "2026-02-28"),
        (timedelta(seconds=-30), "0 s"),
    ],
)
def test_how_long_ago(passed: timedelta, words: str) -> None:
    assert board.ago(NOW - passed, NOW) == words


@pytest.mark.parametrize(
    ("shown", "there"),
    [
        pytest.param(summary(), "Watch", id="where it stands"),
        pytest.param(summary(), "3 min", id="how long ago"),
        pytest.param(summary(), "desk-4", id="whose desk"),
        pytest.param(summary(customer=Customer("C-1", "Rosa")), "Rosa · call-1", id="with whom"),
        pytest.param(summary(customer=Customer("C-1")), "C-1 · call-1", id="with whom, by id"),
        pytest.param(summary(band=Band.CALM, worst_band=Band.AT_RISK), "was at risk", id="where it stood"),
        pytest.param(summary("a/b?c"), "conversation=a%2Fb%3Fc", id="an odd id in the link"),
        pytest.param(summary("<b>"), "&lt;b&gt;", id="an odd id on the page"),
    ],
)
def test_a_line_of_the_board(shown: Summary, there: str) -> None:
    assert there in board.table_html([shown], {}, NOW)


def test_the_board_shows_the_words_that_raised_it_until_they_are_answered() -> None:
    told = list(assistant().hear_all(turns("C: I am <b>very upset</b> now", "A: I'm sorry")))
    assert "very upset" in board.table_html([summary()], {"call-1": told[0]}, NOW)
    assert "<b>" not in board.table_html([summary()], {"call-1": told[0]}, NOW)
    assert "very upset" not in board.table_html([summary()], {"call-1": told[1]}, NOW)


def test_an_empty_board_says_so() -> None:
    assert "No conversations" in board.table_html([], {}, NOW)


@pytest.mark.parametrize(
    ("held", "there"), [(None, 'class="alert urgent"'), ("The hour's budget is used up.", "not sent out")]
)
def test_an_alert(held: str | None, there: str) -> None:
    alert = Raised("call <1>", "7", "asks for it to be escalated", AlertLevel.URGENT, NOW, "your <i>manager</i>", held)
    html = board.alert_html(alert, NOW + timedelta(seconds=5))
    assert there in html
    assert "Asks for it" in html
    assert "<i>" not in html
    assert "<1>" not in html


def test_what_was_not_delivered_is_said_with_its_reason() -> None:
    html = board.dead_html([Delivery("3", "slack", NOW, 6, last_error="no answer from <host>")])
    assert "alert 3" in html
    assert "&lt;host&gt;" in html


@pytest.mark.parametrize(("form", "read"), [(Format.CSV, pd.read_csv), (Format.PARQUET, pd.read_parquet)])
def test_conversations_are_exported_and_the_audit_trail_knows(
    form: Format, read: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'csr.db'}")
    service = Service(PhraseDetector(PHRASES), advisor(), store, clock=lambda: NOW)
    store.conversations.begin("call-1", About(customer=Customer("C-1", "Rosa")), NOW)
    services: Any = SimpleNamespace(service=service, store=store)
    table = read(io.BytesIO(review.exported(services, Person("Lee", "supervisor"), Query(), form)))
    assert table[["conversation_id", "customer_id", "risk_band"]].to_numpy().tolist() == [["call-1", "C-1", "calm"]]
    assert "Rosa" not in table.to_string()
    (noted,) = store.privacy.audit()
    assert (noted.who, noted.subject) == ("Lee", f"1 as {form}")
    store.close()


@pytest.mark.parametrize(
    ("until", "line", "faint"),
    [
        pytest.param(3, [(1, True), (2, True), (3, True), (3, False)], [], id="at the end"),
        pytest.param(2, [(1, True), (2, True), (2, False), (3, False)], [3], id="before the last turn"),
        pytest.param(1, [(1, True), (1, False), (2, False), (3, False)], [3], id="at the first turn"),
    ],
)
def test_the_curve_has_a_point_for_every_turn_and_a_mark_for_every_family(
    until: int, line: list[tuple[int, bool]], faint: list[int]
) -> None:
    told = list(assistant().hear_all(turns("C: customer for 6 years and very upset", "C: ok", "A: I'm sorry")))
    drawn = curve(told, until).to_dict()
    rows = {layer["mark"]["type"]: drawn["datasets"][layer["data"]["name"]] for layer in drawn["layer"]}
    assert [(row["turn"], row["heard"]) for row in rows["line"]] == line
    assert len(rows["circle"]) == 3
    assert [row["turn"] for row in rows["circle"] if not row["heard"]] == faint
    for layer in drawn["layer"]:
        if layer["mark"]["type"] in ("line", "circle"):
            scale = layer["encoding"]["opacity"]["scale"]
            opacity = dict(zip(scale["domain"], scale["range"], strict=True))
            assert opacity[False] < opacity[True] / 2


def test_the_card_under_review_shows_what_the_agent_saw() -> None:
    (told,) = assistant().hear_all(turns("C: I am very upset, customer for 6 years"))
    assert told.prompt is not None
    html = card_html(told.prompt)
    assert escape(told.prompt.say) in html
    assert html.count("<li") == len(told.prompt.options)
    assert "Nothing needed" in card_html(None)
