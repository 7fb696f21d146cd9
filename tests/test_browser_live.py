"""Live in a real browser: turns are posted to a running server, desks and the review board follow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from csr_assist.store import Store

HURT = "I've been a customer for six years and this is the third time I'm calling. I am really fed up with this."
LEAVING = "Honestly this is a disgrace. I want to speak to your manager, and then I'm cancelling everything."
CALM = "Hello, could you tell me when the shop in town opens on Saturday?"


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def post(address: str, path: str, body: dict[str, Any]) -> Any:
    answer = httpx.post(f"{address}/api/v1{path}", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def say(address: str, conversation: str, turn_id: str, text: str, speaker: str = "customer", **more: Any) -> Any:
    turn = {"conversation_id": conversation, "turn_id": turn_id, "speaker": speaker, "text": text, **more}
    return post(address, "/turns", turn)["turns"][0]


def test_two_calls_two_desks_one_board(page: Page, other: Page, address: str, database: str) -> None:
    for conversation in ("call-1", "call-2"):
        post(address, "/conversations", {"conversation_id": conversation, "agent": "desk-1", "channel": "call"})
    page.goto(f"{address}/?conversation=call-1")
    other.goto(f"{address}/?conversation=call-2")
    for desk in (page, other):
        desk.wait_for_selector(".banner")
    say(address, "call-1", "1", HURT)
    say(address, "call-2", "1", CALM)
    page.wait_for_selector(".say")
    assert "six years" in page.locator(".turn").inner_text()
    assert "6 years" in page.locator(".say").inner_text()
    other.wait_for_selector(".turn")
    assert other.locator(".say").count() == 0
    assert "Saturday" in other.locator(".turn").inner_text()

    say(address, "call-2", "2", LEAVING)
    other.wait_for_selector(".say")
    assert other.locator(".say").inner_text() != page.locator(".say").inner_text()

    page.goto(f"{address}/review")
    page.wait_for_selector(".board tr:nth-child(2)")
    rows = page.locator(".board tr").all_inner_texts()
    assert "call-2" in rows[0]
    assert "call-1" in rows[1]
    page.wait_for_selector(".alert.urgent")
    assert "call-2" in page.locator(".alert.urgent").first.inner_text()
    page.get_by_role("button", name="Take over").first.click()
    page.get_by_placeholder("I join you in a minute").fill("I am with you")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send and take over").click()
    other.wait_for_selector(".banner.note")
    assert "I am with you" in other.locator(".banner").inner_text()
    store = Store(database)
    taken = [alert for alert in store.alerts.of("call-2") if alert.acknowledged_by]
    assert len(taken) == 1
    store.close()


def test_an_interim_result_is_shown_and_replaced_and_the_card_waits_for_the_final_one(page: Page, address: str) -> None:
    say(address, "call-3", "1", "Good morning, this is the service line.", "agent")
    page.goto(f"{address}/?conversation=call-3")
    page.wait_for_selector(".turn.agent")
    box = page.locator(".st-key-card").bounding_box()
    say(address, "call-3", "2", "I've been a customer for six years and this", final=False)
    page.wait_for_selector(".turn.customer")
    assert page.locator(".say").count() == 0
    say(address, "call-3", "2", HURT)
    page.wait_for_selector(".say")
    assert page.locator(".turn.customer").count() == 1
    assert page.locator(".st-key-card").bounding_box()["x"] == box["x"]  # type: ignore[index]


def test_the_desk_opens_by_itself_when_the_agent_s_call_begins(page: Page, address: str) -> None:
    page.goto(f"{address}/?agent=desk-9")
    page.wait_for_selector(".quiet")
    post(address, "/conversations", {"conversation_id": "call-9", "agent": "desk-9"})
    say(address, "call-9", "1", HURT)
    page.wait_for_selector(".say")


def test_a_supervisor_finds_a_call_and_sees_what_the_agent_saw(page: Page, address: str, database: str) -> None:
    for number, (speaker, text) in enumerate(
        [("customer", HURT), ("agent", "Account number?"), ("customer", "My tracking code is purple-marmot, thanks.")],
        1,
    ):
        say(address, "call-5", str(number), text, speaker)
    page.goto(f"{address}/review")
    page.get_by_role("radio", name="Past").click()
    page.get_by_placeholder("words that were said").fill("purple-marmot")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.board tr').length === 1")
    page.locator(".board a").click()
    page.wait_for_selector(".turn")
    assert page.locator(".turn").count() == 3
    page.wait_for_selector(".say")
    assert page.get_by_text("data before empathy").is_visible()
    page.get_by_role("slider").press("ArrowLeft")
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    page.get_by_role("slider").press("ArrowLeft")
    page.wait_for_function("document.querySelectorAll('.turn').length === 1")
    assert not page.get_by_text("data before empathy").is_visible()
    page.get_by_role("button", name="Wrong").first.click()
    store = Store(database)
    end = time.monotonic() + 20
    while not store.reviews.marks("call-5") and time.monotonic() < end:
        time.sleep(0.2)
    assert [mark.verdict.value for mark in store.reviews.marks("call-5")] == ["wrong"]
    assert {line.subject for line in store.privacy.audit()} >= {"call-5"}
    store.close()
