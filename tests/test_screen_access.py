from __future__ import annotations

import pytest
import streamlit as st

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
