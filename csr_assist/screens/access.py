"""Who sits before the screen: logged in by the company's own identity provider, or this machine's user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from csr_assist.settings import Role

SEES: Mapping[str, frozenset[Role]] = {
    "desk": frozenset({"csr", "supervisor", "trainer", "admin"}),
    "review": frozenset({"supervisor", "trainer", "admin"}),
    "corpus": frozenset({"trainer", "admin"}),
}
"""Roles that see a page."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is, for feedback, marks and the audit trail, and what they may see."""

    name: str
    role: Role

    def sees(self, page: str) -> bool:
        """Whether the page is theirs."""
        return self.role in SEES[page]


LOCAL = Person("this machine", "admin")
"""Where no identity provider is set up the screens answer this machine alone, and whoever sits there sees all."""


def person(roles: Mapping[str, Role]) -> Person | None:
    """Who it is; None while they have not logged in.

    ``roles`` names roles by e-mail address; who is not in it is a csr.
    """
    if not _configured():
        return LOCAL
    if not st.user.is_logged_in:
        return None
    email = str(st.user.get("email") or st.user.get("sub") or "")
    role = {address.casefold(): role for address, role in roles.items()}.get(email.casefold(), "csr")
    return Person(str(st.user.get("name") or email), role)


def _configured() -> bool:
    """Whether secrets name an identity provider ([auth], as Streamlit documents it)."""
    try:
        return "auth" in st.secrets
    except (FileNotFoundError, StreamlitSecretNotFoundError):
        return False


def here() -> tzinfo:
    """The time zone of whoever looks; UTC where the browser does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def login() -> None:
    """A page with nothing but the way in."""
    st.html('<div class="brand">CSR Assist<small>what to say, while they are still there</small></div>')
    st.button("Log in", on_click=st.login, type="primary")
