"""Who sits before the screen: logged in by the company's own identity provider, or this machine's user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from csr_assist.errors import InputError, shortened
from csr_assist.loopback import is_loopback
from csr_assist.service import Service
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

    Raises:
        InputError: the secrets cannot be read, or nobody can log in and others than this machine could come.
    """
    if not _configured():
        _check_that_it_is_this_machine()
        return LOCAL
    if not st.user.is_logged_in:
        return None
    email = str(st.user.get("email") or st.user.get("sub") or "")
    role = {address.casefold(): role for address, role in roles.items()}.get(email.casefold(), "csr")
    return Person(str(st.user.get("name") or email), role)


def _configured() -> bool:
    """Whether secrets name an identity provider ([auth], as Streamlit documents it).

    Streamlit raises the same where there are no secrets and where they cannot be parsed, which must let nobody in.
    """
    try:
        return "auth" in st.secrets
    except (StreamlitSecretNotFoundError, OSError, ValueError) as error:
        files = map(Path, st.get_option("secrets.files"))
        if isinstance(error, FileNotFoundError) and not any(file.exists() for file in files):
            return False
        raise InputError(
            f"The secrets cannot be read, so nobody is let in ({shortened(str(error), 300)}); "
            "they are TOML, with an [auth] section where people log in"
        ) from None


def _check_that_it_is_this_machine() -> None:
    """Whoever comes without a log-in sees all, so nobody must be able to come from elsewhere.

    The visitor counts beside the address that is set: a server other than Streamlit's own may listen at another one.
    """
    for place in (st.get_option("server.address") or "every address", st.context.ip_address or "localhost"):
        if not is_loopback(place):
            raise InputError(
                f"Without a log-in the screens are for this machine alone, not for {place}: set one up ([auth] in "
                ".streamlit/secrets.toml), or listen at localhost alone (STREAMLIT_SERVER_ADDRESS=localhost)"
            )


def note_once(service: Service, who: Person, action: str, conversation_id: str) -> None:
    """The audit trail notes who looks at what, once a visit.

    Raises:
        StoreError: it could not be noted.
    """
    noted: set[tuple[str, str]] = st.session_state.setdefault("noted", set())
    if (action, conversation_id) not in noted:
        service.store.privacy.note(who.name, action, conversation_id, service.clock())
        noted.add((action, conversation_id))


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
