"""Posting JSON to an address whose path is a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from csr_assist.notify.channel import TIMEOUT
from csr_assist.notify.errors import DeliveryError


def origin(url: str | httpx.URL) -> str:
    """Scheme, host and port of an address: all of it that may be shown."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def _hide_paths(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(origin(arg) if isinstance(arg, httpx.URL) else arg for arg in record.args)
    return True


logging.getLogger("httpx").addFilter(_hide_paths)  # it logs whole addresses


def json_body(payload: Mapping[str, Any]) -> bytes:
    """The bytes to send: compact JSON in UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def post(url: str, body: bytes, now: datetime, headers: Mapping[str, str] | None = None) -> None:
    """Post ``body`` as JSON; redirects are not followed, and of the answer only the head is read.

    Raises:
        DeliveryError: no answer, or one other than 2xx.
    """
    head = {"content-type": "application/json", "user-agent": "csr-assist", **(headers or {})}
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=head) as answer,
        ):
            status, retry_after = answer.status_code, answer.headers.get("retry-after", "")
    except (httpx.TransportError, UnicodeError) as error:  # UnicodeError: a host that no name server takes
        reason = f"{origin(url)} gave no answer ({error.__class__.__name__})"
        raise DeliveryError(reason, again=True) from None  # the cause may quote the address
    if not 200 <= status < 300:
        again = status in (408, 425, 429) or status >= 500
        raise DeliveryError(f"{origin(url)} answered {status}", again, _wait(retry_after, now) if again else None)


def _wait(retry_after: str, now: datetime) -> timedelta | None:
    """The span that a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3)."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=int(retry_after[:9]))
    try:
        date = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(date.replace(tzinfo=date.tzinfo or UTC) - now, timedelta())
