from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from csr_assist.errors import InputError
from csr_assist.screens import access
from csr_assist.screens.access import LOCAL, SEES, Person
from csr_assist.settings import Role


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("csr", {"desk"}),
        ("supervisor", {"desk", "review"}),
        ("trainer", {"desk", "review", "corpus"}),
        ("admin", {"desk", "review", "corpus"}),
    ],
)
def test_who_sees_what(role: Role, pages: set[str]) -> None:
    who = Person("somebody", role)
    assert {page for page in SEES if who.sees(page)} == pages


def test_this_machine_sees_all() -> None:
    assert all(LOCAL.sees(page) for page in SEES)


class User(dict[str, str]):
    """What ``st.user`` is, as far as it is used."""

    is_logged_in = True


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> User:
    """An identity provider is set up, and somebody has come from it."""
    user = User(email="Lead@Example.com", name="A lead")
    monkeypatch.setattr(st, "secrets", {"auth": {"client_id": "x"}})
    monkeypatch.setattr(st, "user", user)
    return user


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ({"lead@example.com": "supervisor"}, "supervisor"),
        ({"LEAD@EXAMPLE.COM": "trainer"}, "trainer"),
        ({"other@example.com": "admin"}, "csr"),
        ({}, "csr"),
    ],
)
@pytest.mark.usefixtures("provider")
def test_who_logs_in_has_the_role_of_their_address(roles: dict[str, Role], role: Role) -> None:
    who = access.person(roles)
    assert who == Person("A lead", role)


def test_nobody_is_anybody_before_they_log_in(provider: User) -> None:
    provider.is_logged_in = False
    assert access.person({"lead@example.com": "admin"}) is None


def test_without_a_provider_it_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "secrets", {})
    assert access.person({}) == LOCAL


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where Streamlit looks for secrets; no file is there yet."""
    path, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    monkeypatch.setattr(st, "secrets", Secrets())
    yield path
    config.set_option("secrets.files", before)


@pytest.mark.parametrize("content", [None, b"", b"[other]\nkey = 1", b"authority = 1"])
def test_secrets_that_name_no_provider_leave_it_to_this_machine(secrets: Path, content: bytes | None) -> None:
    if content is not None:
        secrets.write_bytes(content)
    assert access.person({}) == LOCAL


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[auth]\nclient_id = unquoted", id="no TOML"),
        pytest.param(b"[auth", id="cut short"),
        pytest.param(b"[auth]\nclient_id = 1\nclient_id = 2", id="a key twice"),
        pytest.param(b"[auth]\nclient_id = '\xe9'", id="no UTF-8"),
    ],
)
def test_secrets_that_cannot_be_read_let_nobody_in(secrets: Path, content: bytes) -> None:
    secrets.write_bytes(content)
    with pytest.raises(InputError, match=r"secrets.*cannot be read.*\[auth\]"):
        access.person({})


def test_secrets_that_may_not_be_opened_let_nobody_in(secrets: Path) -> None:
    secrets.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        access.person({})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(st, "secrets", {})
    before = config.get_option("server.address")
    yield
    config.set_option("server.address", before)


@pytest.mark.parametrize("given", ["localhost", "LOCALHOST", "127.0.0.1", "127.0.0.2", "::1"])
@pytest.mark.usefixtures("address")
def test_an_address_of_this_machine_answers_this_machine(given: str) -> None:
    config.set_option("server.address", given)
    assert access.person({}) == LOCAL


@pytest.mark.parametrize(
    "given", ["0.0.0.0", "::", "192.0.2.7", "desk.example.com", "localhost.example.com", "unix:///run/x", None]
)
@pytest.mark.usefixtures("address")
def test_others_are_not_let_in_without_a_log_in(given: str | None) -> None:
    config.set_option("server.address", given)
    with pytest.raises(InputError, match=r"log-in.*STREAMLIT_SERVER_ADDRESS=localhost") as told:
        access.person({})
    assert (given or "every address") in str(told.value)


@pytest.mark.usefixtures("address", "provider")
def test_with_a_log_in_any_address_will_do() -> None:
    config.set_option("server.address", "0.0.0.0")
    assert access.person({}) == Person("A lead", "csr")


@pytest.mark.parametrize(("visitor", "let_in"), [(None, True), ("127.0.0.3", True), ("192.0.2.7", False)])
def test_a_server_that_listens_elsewhere_than_it_says_lets_nobody_else_in(
    visitor: str | None, let_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "secrets", {})
    monkeypatch.setattr(type(st.context), "ip_address", visitor)
    if let_in:
        assert access.person({}) == LOCAL
    else:
        with pytest.raises(InputError, match=r"192\.0\.2\.7"):
            access.person({})
