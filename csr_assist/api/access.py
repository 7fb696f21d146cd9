"""Who may do what: keys with a scope, kept as hashes; without any key the API answers this machine alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from csr_assist.api.problems import Problem
from csr_assist.api.state import service_of
from csr_assist.loopback import is_loopback
from csr_assist.privacy.keys import Scope, digest

_LOCAL = "this machine"
_HOST = re.compile(r"(localhost|\[::1\]|127(?:\.\d{1,3}){3})(:\d{1,5})?", re.IGNORECASE)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that a proxy sets: behind one, callers from everywhere come from this machine."""
_WHO = "Who is it?"
_DOCUMENTED = HTTPBearer(
    auto_error=False, scheme_name="Key", description="Made by `csr-assist token add`; without any, none is needed here."
)
_Key = Annotated[HTTPAuthorizationCredentials | None, Depends(_DOCUMENTED)]


def needs(scope: Scope) -> Callable[..., str]:
    """A dependency: lets in who may, and says who it is."""

    def check(connection: HTTPConnection, _: _Key) -> str:
        return caller(connection, scope)

    return check


def caller(connection: HTTPConnection, scope: Scope) -> str:
    """Who calls.

    Raises:
        Problem: they may not.
        StoreError: the keys cannot be read.
    """
    privacy = service_of(connection).store.privacy
    given = _given(connection)
    if given is None:
        if _from_here(connection) and not privacy.has_tokens():
            return _LOCAL
        raise Problem(401, _WHO, "a key is needed: Authorization: Bearer KEY", {"WWW-Authenticate": "Bearer"})
    known = privacy.token(digest(given))
    if known is None:
        raise Problem(401, _WHO, "this key opens nothing here", {"WWW-Authenticate": "Bearer"})
    name, opens = known
    if opens not in (scope.value, Scope.ADMIN.value):
        raise Problem(403, "Not with this key", f"the key '{name}' opens {opens}; {scope} is needed")
    return name


def _given(connection: HTTPConnection) -> str | None:
    """The key of the header; one of the query, for browsers' streams, was put there (see ``guard``)."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def _from_here(connection: HTTPConnection) -> bool:
    """Whether this machine calls itself, and no page of elsewhere makes its browser do so.

    The address that was called must be this machine's own, or a page whose name was pointed at it could read it.
    """
    headers = connection.headers
    if any(name in headers for name in _FORWARDED) or connection.client is None:
        return False
    host = headers.get("host", "")
    origin = headers.get("origin", "").partition("://")[2] if "origin" in headers else host
    same_page = headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return is_loopback(connection.client.host) and bool(_HOST.fullmatch(host)) and origin == host and same_page


Ingest = Depends(needs(Scope.INGEST))
Read = Depends(needs(Scope.READ))
Admin = Depends(needs(Scope.ADMIN))
