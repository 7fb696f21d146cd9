"""Log-in in a real browser, with a real server of OpenID Connect on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from browsing import free_port, process, product, wait_for
from playwright.sync_api import Page
from storing import keep

from csr_assist.store import Store

PEOPLE = {"lead@example.com": "A lead", "desk@example.com": "A desk"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    port = str(free_port())
    claims = [json.dumps({"sub": email, "email": email, "name": name}) for email, name in PEOPLE.items()]
    options = [word for one in claims for word in ("--user-claims", one)]
    with process("oidc_provider_mock", "--port", port, *options) as server:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/.well-known/openid-configuration", server)
        yield url


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('login') / 'csr.db'}"


@pytest.fixture(scope="module")
def address(provider: str, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("company"), free_port()
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(
        f"""[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a secret of this test alone, long enough"
client_id = "csr-assist"
client_secret = "not looked at"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
    )
    settings = folder / "settings.yaml"
    settings.write_text("roles: {lead@example.com: supervisor}")
    environment = {"CSR_ASSIST_DATABASE_URL": database, "CSR_ASSIST_SETTINGS": str(settings)}
    with product(port, folder, **environment) as url:
        yield url


def enter(page: Page, address: str, email: str) -> None:
    """From the page with nothing but the way in, by the provider, to the desk."""
    page.goto(address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name=email, exact=True).first.click()
    page.wait_for_selector(".st-key-topbar")


def test_nothing_is_seen_before_the_log_in(page: Page, address: str) -> None:
    for path in ("/", "/review", "/?conversation=call-1"):
        page.goto(f"{address}{path}")
        page.get_by_role("button", name="Log in").wait_for()
        assert page.locator(".st-key-topbar").count() == 0


def test_a_supervisor_sees_the_board_and_is_named_in_the_audit_trail(page: Page, address: str, database: str) -> None:
    enter(page, address, "lead@example.com")
    store = Store(database)
    keep(store, "C: I am very upset", conversation="call-1")
    page.goto(f"{address}/review?conversation=call-1")
    page.wait_for_selector(".turn")
    assert "A lead" in {line.who for line in store.privacy.audit(subject="call-1")}
    store.close()


def test_who_has_no_role_sees_the_desk_alone(page: Page, address: str) -> None:
    enter(page, address, "desk@example.com")
    page.goto(f"{address}/review")
    page.wait_for_selector(".st-key-topbar, [role=dialog]")
    assert page.locator(".board, .alert").count() == 0
