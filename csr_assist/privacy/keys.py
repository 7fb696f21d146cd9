"""Keys to the API: what they open, how they are made, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum

from csr_assist.errors import InputError
from csr_assist.store import Store


class Scope(StrEnum):
    """What a key opens; ``admin`` opens all."""

    INGEST = "ingest"
    READ = "read"
    ADMIN = "admin"


def make_key(store: Store, name: str, scope: Scope, now: datetime) -> str:
    """A new key. It is shown this once: only its hash is kept.

    Raises:
        InputError: the name cannot be read, or is taken.
        StoreError: the key cannot be kept.
    """
    if not name.strip() or not name.isprintable():
        raise InputError("a key needs a name of readable characters")
    key = f"csra_{secrets.token_urlsafe(32)}"
    if not store.privacy.add_token(name, digest(key), scope.value, now):
        raise InputError(f"a key of the name '{name}' was made before; names are given once")
    return key


def digest(key: str) -> str:
    """What is kept of a key. Keys are random and long: they need no salt and no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()
