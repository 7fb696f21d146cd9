"""The product in a real browser: a server process of its own, a real Chromium, the shipped detector."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from csr_assist.store import Store


def test_the_demonstration_call_plays_and_prompts_within_ten_seconds(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    began = time.monotonic()
    page.goto(address)
    page.wait_for_selector(".say")
    assert time.monotonic() - began < 10
    assert "6 years" in page.locator(".say").inner_text()
    page.wait_for_selector(".turn mark")
    assert page.locator(".turn mark").count() >= 2
    page.locator(".st-key-options button").nth(2).wait_for()
    assert page.locator(".st-key-options button").count() == 3
    assert page.locator(".because q").first.inner_text()
    page.wait_for_selector(".turn.agent")
    assert {urlsplit(url).hostname for url in asked if url.startswith("http")} == {"localhost"}


def test_the_agent_picks_copies_and_puts_away(page: Page, address: str, database: str) -> None:
    page.goto(address)
    page.wait_for_selector(".say")
    page.locator(".st-key-pause button").click()
    page.locator(".st-key-play button").wait_for()
    before = page.locator(".say").inner_text()
    page.locator(".st-key-options button").nth(1).click()
    page.wait_for_function("before => document.querySelector('.say').innerText !== before", arg=before)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    page.locator(".st-key-not_now button").click()
    page.wait_for_selector(".quiet")
    end = time.monotonic() + 10
    while len(kept := Store(database).reviews.feedback()) < 3 and time.monotonic() < end:
        time.sleep(0.2)
    assert [one.verdict.value for one in kept] == ["chosen", "copied", "not_now"]


def test_the_card_does_not_move_while_the_call_goes_on(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".say")
    page.locator(".st-key-pause button").click()
    places = set()
    for _ in range(6):
        box = page.locator(".st-key-card").bounding_box()
        assert box is not None
        places.add((round(box["x"]), round(box["y"]), round(box["width"])))
        page.locator(".st-key-next button").click()
        page.wait_for_timeout(600)
    assert len(places) == 1


def test_persian_runs_from_right_to_left(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".say")
    page.locator(".st-key-pause button").click()  # a list that opens while the page is drawn anew may close again
    page.locator("[data-testid=stSelectbox]").first.click()
    page.get_by_role("option", name="Persian").first.click()
    page.locator(".st-key-pause button").click()
    style = "node => getComputedStyle(node).direction"
    page.wait_for_selector(".words[dir=rtl]")
    for _ in range(8):
        if page.locator(".say[dir=rtl]").count():
            break
        page.locator(".st-key-next button").click()
        page.wait_for_timeout(600)
    assert page.locator(".say").get_attribute("dir") == "rtl"
    assert page.locator(".st-key-options button").first.evaluate(style) == "rtl"


@pytest.mark.parametrize("width", [1280, 640])
def test_the_navigations_arrow_lies_on_nothing(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.wait_for_selector(".say")
    arrow = page.get_by_test_id("stExpandSidebarButton").bounding_box()
    first = page.locator(".brand small" if width > 900 else ".st-key-topbar button").first.bounding_box()
    assert arrow
    assert first
    assert arrow["x"] + arrow["width"] <= first["x"]


@pytest.mark.parametrize("width", [1280, 640])
def test_nothing_is_cut_off_in_a_window_or_half_of_it(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.wait_for_selector(".say")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = page.locator(".st-key-card").bounding_box()
    assert card is not None
    assert card["y"] + card["height"] < 700
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= width


def test_the_server_listens_on_this_machine_alone(address: str) -> None:
    port = urlsplit(address).port
    outside = socket.gethostbyname(socket.gethostname())
    if outside.startswith("127."):
        pytest.skip("this machine has no address but its own")
    with socket.socket() as one:
        one.settimeout(2)
        assert one.connect_ex((outside, port)) != 0


def test_the_corpus_is_found_from_the_desk_and_can_be_read(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".say")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Corpus").click()
    page.wait_for_selector(".counts")
    assert page.url.endswith("/corpus")
    assert "turns written for this project" in page.inner_text(".brand")
    page.get_by_placeholder("words in the turn").fill("persian_heat-0374")
    page.keyboard.press("Enter")
    page.wait_for_selector(".words[dir=rtl]")
    assert page.locator(".turn").count() == 1
