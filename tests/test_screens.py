"""Desk and review in Streamlit's own test harness, with a detector of phrases: what goes wrong, and who sees what."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from doubles import PHRASES, advisor, assistant, turns
from storing import NOW, keep, raised
from streamlit.testing.v1 import AppTest

from csr_assist.detector import PhraseDetector
from csr_assist.errors import StoreError
from csr_assist.heard import Incoming
from csr_assist.screens.access import Person
from csr_assist.screens.services import examples
from csr_assist.service import Service
from csr_assist.settings import Role
from csr_assist.shipped import EXAMPLES
from csr_assist.store import Store

CALL = ("C: I'm very upset with the delivery.", "A: account number?", "C: It is order 12.", "A: I'm sorry.", "C: ok")
AWAY = "the database is away"


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture
def service(store: Store) -> Service:
    return Service(PhraseDetector(PHRASES), advisor(), store, clock=lambda: NOW)


@pytest.fixture
def opened(service: Service, store: Store) -> Iterator[Callable[..., AppTest]]:
    """Opens a screen for somebody, of one conversation or of all."""
    kit = SimpleNamespace(assistant=assistant)
    services = SimpleNamespace(kit=kit, service=service, store=store, examples=examples(EXAMPLES))

    def page(screen: str, conversation: str | None = None, role: Role = "supervisor") -> AppTest:
        shown = AppTest.from_string(
            f"import streamlit as st\nfrom csr_assist.screens import {screen}\n"
            f"{screen}.render(st.session_state.services, st.session_state.who)\n",
            default_timeout=60,
        )
        shown.session_state["services"], shown.session_state["who"] = services, Person("Lee", role)
        if conversation:
            shown.query_params["conversation"] = conversation
        return shown.run()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Streamlit's own
        yield page


def html_of(page: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in page.get("html"))


def away(*_: object, **__: object) -> Any:
    raise StoreError(AWAY)


@pytest.mark.parametrize(
    ("conversation", "part", "call", "still"),
    [
        pytest.param(None, "alerts", "waiting", "Review", id="alerts"),
        pytest.param(None, "search", "board", "Review", id="the board"),
        pytest.param(None, "deliveries", "dead", 'class="board"', id="what was not delivered"),
        pytest.param("c", "conversations", "summary", "", id="whether it is there"),
        pytest.param("c", "privacy", "note", "", id="the audit trail"),
        pytest.param("c", "conversations", "read", "", id="its turns"),
        pytest.param("c", "reviews", "marks", 'class="turn ', id="its marks"),
        pytest.param("c", "reviews", "outcome", 'class="turn ', id="its outcome"),
    ],
)
def test_what_the_store_cannot_give_is_one_sentence_on_review(
    opened: Callable[..., AppTest],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    conversation: str | None,
    part: str,
    call: str,
    still: str,
) -> None:
    keep(store, *CALL)
    monkeypatch.setattr(getattr(store, part), call, away)
    page = opened("review", conversation)
    assert not page.exception
    assert [error.value for error in page.error] == [AWAY]
    assert still in html_of(page)


@pytest.mark.parametrize(
    ("conversation", "part", "call", "button"),
    [
        pytest.param(None, "alerts", "acknowledge", "acknowledge-1", id="acknowledge"),
        pytest.param(None, "alerts", "acknowledge", "send-1", id="take over"),
        pytest.param(None, "alerts", "add_note", "send-1", id="a word to the desk"),
        pytest.param("c", "reviews", "add_mark", "wrong-0", id="a mark"),
        pytest.param("c", "reviews", "set_outcome", "FormSubmitter:outcome-Save", id="the outcome"),
    ],
)
def test_what_the_store_cannot_keep_is_one_sentence_on_review(
    opened: Callable[..., AppTest],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    conversation: str | None,
    part: str,
    call: str,
    button: str,
) -> None:
    keep(store, CALL[0], alerts=[raised()])
    page = opened("review", conversation)
    monkeypatch.setattr(getattr(store, part), call, away)
    page.button(key=button).click().run()
    assert not page.exception
    assert [toast.value for toast in page.toast] == [AWAY]


@pytest.mark.parametrize(
    ("looked_at", "before", "after", "shown"),
    [
        pytest.param(2, 4, 5, 2, id="back in a call that goes on"),
        pytest.param(1, 4, 5, 1, id="at the first turn"),
        pytest.param(3, 4, 4, 3, id="nothing new"),
        pytest.param(None, 4, 5, 5, id="at the end"),
        pytest.param(4, 4, 5, 5, id="back at the end"),
        pytest.param(None, 1, 2, 2, id="the second turn"),
    ],
)
def test_whoever_looks_back_stays_there_while_the_call_goes_on(
    opened: Callable[..., AppTest], service: Service, looked_at: int | None, before: int, after: int, shown: int
) -> None:
    said = [Incoming(turn) for turn in turns(*CALL)]
    service.take(said[:before])
    page = opened("review", "c")
    if looked_at:
        page.slider(key="as_of").set_value(looked_at).run()
    service.take(said[:after])
    for _ in range(2):
        page.run()
        assert page.slider(key="as_of").value == shown
        assert html_of(page).count('class="turn ') == shown


@pytest.mark.parametrize(
    ("role", "ended", "turns_shown", "actions"),
    [
        pytest.param("csr", False, 1, ["opened on the desk"], id="a live call"),
        pytest.param("csr", True, 0, [], id="an ended call is not for the desk"),
        pytest.param("supervisor", True, 1, ["opened on the desk"], id="but for those who review"),
    ],
)
def test_whoever_opens_a_conversation_on_the_desk_is_noted_once(
    opened: Callable[..., AppTest],
    service: Service,
    store: Store,
    role: Role,
    ended: bool,
    turns_shown: int,
    actions: list[str],
) -> None:
    keep(store, CALL[0])
    if ended:
        service.end("c")
    page = opened("desk", "c", role)
    page.run()
    assert not page.exception
    assert html_of(page).count('class="turn ') == turns_shown
    assert [(line.who, line.action) for line in store.privacy.audit(subject="c")] == [("Lee", one) for one in actions]
    assert [warning.value for warning in page.warning] == (
        [] if turns_shown else ["The conversation “c” has ended; supervisors find it on Review."]
    )


def test_a_call_that_ends_stays_on_the_desk_that_followed_it(
    opened: Callable[..., AppTest], service: Service, store: Store
) -> None:
    keep(store, CALL[0])
    page = opened("desk", "c", "csr")
    service.end("c")
    page.run()
    assert "ended" in html_of(page)
    assert html_of(page).count('class="turn ') == 1


def test_a_desk_opens_by_itself_when_the_store_is_back(
    opened: Callable[..., AppTest], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, CALL[0])
    with monkeypatch.context() as gone:
        gone.setattr(store.privacy, "note", away)
        gone.setattr(store.conversations, "revision", away)
        page = opened("desk", "c", "csr")
        assert not page.exception
        assert "The store is away" in html_of(page)
        assert 'class="turn ' not in html_of(page)
    page.run()
    assert html_of(page).count('class="turn ') == 1
    assert len(store.privacy.audit(subject="c")) == 1


def test_a_desk_without_a_named_conversation_lists_the_live_ones(opened: Callable[..., AppTest], store: Store) -> None:
    keep(store, CALL[0])
    page = opened("desk", role="csr")
    page.segmented_control(key="mode").set_value("Live").run()
    assert page.selectbox(key="live").options == ["c"]
    assert html_of(page).count('class="turn ') == 1


def test_the_speed_that_is_shown_is_the_one_that_is_played(opened: Callable[..., AppTest]) -> None:
    page = opened("desk")
    page.selectbox(key="speed").set_value("4×").run()
    for mode in ("Live", "Example call"):
        page.segmented_control(key="mode").set_value(mode).run()
    assert page.session_state["desks"]["Example call"].playback.speed == 4.0
    assert page.selectbox(key="speed").value == "4×"
    page.segmented_control(key="mode").set_value("Transcript").run()
    page.text_area(key="pasted").set_value("Customer: hello\nAgent: hello").run()
    page.selectbox(key="speed").set_value("10×").run()
    page.segmented_control(key="mode").set_value("Example call").run()
    assert page.selectbox(key="speed").value == "4×"
    page.button(key="restart").click().run()
    assert page.selectbox(key="speed").value == "4×"


@pytest.mark.parametrize("mode", ["Type", "Transcript"])
def test_what_is_typed_or_pasted_is_masked_before_it_is_shown(opened: Callable[..., AppTest], mode: str) -> None:
    page = opened("desk")
    page.segmented_control(key="mode").set_value(mode).run()
    said = "I'm very upset, write to rosa@example.com"
    if mode == "Type":
        page.chat_input(key="typed").set_value(said).run()
    else:
        page.text_area(key="pasted").set_value(f"Customer: {said}").run()
    assert "[EMAIL]" in html_of(page)
    assert "rosa@" not in html_of(page)
