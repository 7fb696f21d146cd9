"""The HTTP API: turns in, updates out; reviews, streams and the platforms' webhooks."""

from __future__ import annotations

from csr_assist.api.access import Scope, make_token
from csr_assist.api.application import PREFIX, create_api

__all__ = ["PREFIX", "Scope", "create_api", "make_token"]
