"""The HTTP API: turns in, updates out; reviews, streams and the platforms' webhooks."""

from __future__ import annotations

from csr_assist.api.application import PREFIX, create_api, standalone

__all__ = ["PREFIX", "create_api", "standalone"]
