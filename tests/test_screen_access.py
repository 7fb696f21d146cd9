from __future__ import annotations

import pytest

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
