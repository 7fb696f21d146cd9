"""The documentation in a browser, where this machine has one."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from api_doubles import application, server, service
from playwright.sync_api import Page

from csr_assist.store import Store


def test_the_page_works_and_fetches_nothing_from_elsewhere(page: Page, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'csr.db'}")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text))
    with server(application(service(store))) as address:
        page.goto(f"{address}/docs")
        page.click("#operations-conversations-post_turns_turns_post .opblock-summary")
        page.click(".try-out__btn")
        page.click(".execute")
        page.wait_for_selector(".live-responses-table .response-col_status")
        assert set(asked) == {urlsplit(address).netloc}
    assert complaints == []
    _, kept = store.conversations.read("call-2041")
    assert [one.heard.turn.turn_id for one in kept] == ["7"]
    store.close()
