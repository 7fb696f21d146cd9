"""The desk in Streamlit's own test harness, with the shipped detector."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from csr_assist.errors import InputError
from csr_assist.screens import services as shared
from csr_assist.store import Store, Verdict

SCRIPT = Path("csr_assist/screens/main.py").resolve()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("CSR_ASSIST_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setattr(type(st.context), "ip_address", None)  # the harness knows of no visitor
    shared.services.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Streamlit's own
        yield AppTest.from_file(str(SCRIPT), default_timeout=120).run()
    shared.services.clear()


def html_of(desk: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in desk.get("html"))


def stored(tmp_path: Path) -> list[tuple[str, str | None]]:
    return [(f.verdict.value, f.option_id) for f in Store(f"sqlite:///{tmp_path / 'desk.db'}").reviews.feedback()]


def test_a_newcomer_sees_a_cue_the_words_a_sentence_and_options_at_once(desk: AppTest) -> None:
    assert not desk.exception
    page = html_of(desk)
    assert 'class="say"' in page
    assert '<mark class="' in page
    assert "6 years" in page
    assert desk.button(key="option-0").label


def test_an_option_and_wrong_are_kept_as_feedback(desk: AppTest, tmp_path: Path) -> None:
    desk.button(key="pause").click().run()
    before = html_of(desk)
    desk.button(key="option-1").click().run()
    assert html_of(desk) != before
    desk.button(key="wrong").click().run()
    assert 'class="say"' not in html_of(desk)
    verdicts = stored(tmp_path)
    assert [verdict for verdict, _ in verdicts] == [Verdict.CHOSEN, Verdict.WRONG]
    assert verdicts[0][1]


def test_not_now_clears_the_card(desk: AppTest, tmp_path: Path) -> None:
    desk.button(key="pause").click().run()
    desk.button(key="not_now").click().run()
    assert 'class="quiet"' in html_of(desk)
    assert stored(tmp_path) == [(Verdict.NOT_NOW, None)]


def test_next_stops_at_the_next_turn_and_restart_begins_anew(desk: AppTest) -> None:
    desk.button(key="next").click().run()
    assert html_of(desk).count('class="turn ') == 2
    desk.button(key="next").click().run()
    assert html_of(desk).count('class="turn ') == 3
    desk.button(key="restart").click().run()
    assert html_of(desk).count('class="turn ') == 1


def test_typed_turns_are_heard_and_the_calm_ones_leave_the_card_empty(desk: AppTest) -> None:
    desk.segmented_control(key="mode").set_value("Type").run()
    desk.chat_input(key="typed").set_value("Hi, where can I see my invoice?").run()
    assert 'class="quiet"' in html_of(desk)
    desk.chat_input(key="typed").set_value("This is ridiculous, it's the third time I've called about this!").run()
    assert 'class="say"' in html_of(desk)
    assert not desk.exception


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("Customer: this is the third time I call, I'm fed up\nAgent: account number?", 'class="say"'),
        ("مشتری: واقعاً از دستتون کلافه شدم، بار سومه زنگ می‌زنم", 'dir="rtl"'),
    ],
)
def test_a_pasted_transcript_is_played(desk: AppTest, pasted: str, shown: str) -> None:
    desk.segmented_control(key="mode").set_value("Transcript").run()
    desk.text_area(key="pasted").set_value(pasted).run()
    assert not desk.exception
    assert shown in html_of(desk)


def test_rubbish_is_answered_in_one_sentence(desk: AppTest) -> None:
    desk.segmented_control(key="mode").set_value("Transcript").run()
    desk.text_area(key="pasted").set_value("nothing that anybody said").run()
    assert len(desk.error) == 1
    assert "pasted" in desk.error[0].value
    assert not desk.exception


def test_every_example_opens(desk: AppTest) -> None:
    for place in range(len(desk.selectbox(key="example").options)):
        desk.selectbox(key="example").select_index(place).run()
        assert not desk.exception
        assert html_of(desk).count('class="turn ') >= 1


@pytest.mark.parametrize(("address", "secrets"), [("0.0.0.0", None), ("localhost", "[auth")])
def test_whoever_must_not_come_in_reads_one_sentence(
    desk: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, secrets: str | None
) -> None:
    file = tmp_path / "secrets.toml"
    if secrets:
        file.write_text(secrets)
    options = {"server.address": address, "secrets.files": [str(file)]}
    before = {key: config.get_option(key) for key in options}
    monkeypatch.setattr(st, "secrets", Secrets())
    try:
        for key, value in options.items():
            config.set_option(key, value)
        desk.run()
    finally:
        for key, value in before.items():
            config.set_option(key, value)
    assert len(desk.error) == 1
    assert not desk.exception
    assert 'class="turn ' not in html_of(desk)


def test_an_absent_model_is_one_sentence_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csr_assist.shipped.MODEL", tmp_path / "nowhere")
    shared.services.clear()
    page = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert "no detector at" in page.error[0].value
    assert not page.exception
    shared.services.clear()


def test_customer_and_agent_are_swapped(desk: AppTest) -> None:
    desk.segmented_control(key="mode").set_value("Transcript").run()
    desk.text_area(key="pasted").set_value("Agent: This is the third time I call, I am fed up.\nCustomer: I see.").run()
    assert 'class="say"' not in html_of(desk)
    desk.toggle(key="swap").set_value(True).run()
    assert 'class="turn customer"' in html_of(desk)
    assert 'class="say"' in html_of(desk)


def test_columns_that_the_header_does_not_name_are_named_by_the_user() -> None:
    content = "Von;Nachricht\nKunde;This is ridiculous\n".replace("Kunde", "customer")
    with pytest.raises(InputError, match="Nachricht"):
        shared.conversations_in(content, "chat.csv")
    (found,), problems = shared.conversations_in(content, "chat.csv", {"speaker": "Von", "text": "Nachricht"})
    assert [turn.text for turn in found.turns] == ["This is ridiculous"]
    assert problems == []
