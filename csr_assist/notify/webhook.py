"""Notices to a program, signed as the Standard Webhooks specification 1.0.0 says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from csr_assist.notify.channel import Clock, utc_now
from csr_assist.notify.errors import NotifyError
from csr_assist.notify.http import json_body, post
from csr_assist.notify.notice import Notice
from csr_assist.notify.text import whole

PREFIX = "whsec_"
KEY_BYTES = range(24, 65)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to an address of the company's own.

    A notice that is sent again keeps its ``webhook-id``, by which the receiver knows it; the timestamp is new.

    Raises:
        NotifyError: the secret is none.
    """

    url: str = field(repr=False)
    secret: str = field(repr=False)
    clock: Clock = field(default=utc_now, repr=False)

    def __post_init__(self) -> None:
        signing_key(self.secret)

    def send(self, notice: Notice) -> None:
        """Hand over one notice.

        Raises:
            DeliveryError: it was not taken.
        """
        now, body = self.clock(), json_body(payload(notice))
        timestamp = str(int(now.timestamp()))
        headers = {
            "webhook-id": notice.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self.secret, notice.id, timestamp, body),
        }
        post(self.url, body, now, headers)


def signing_key(secret: str) -> bytes:
    """The key in a secret ``whsec_<base64 of 24 to 64 bytes>``.

    Raises:
        NotifyError: it is of another form; the secret is not shown.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or len(key) not in KEY_BYTES:
        raise NotifyError(f"a webhook's secret is '{PREFIX}' and the base64 of 24 to 64 bytes")
    return key


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of ``webhook-signature`` for the very bytes that are sent."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def payload(notice: Notice) -> dict[str, Any]:
    """A notice as data: the customer's words as they are, for the receiver to escape."""
    return {
        "type": "alert.raised",
        "timestamp": notice.at.astimezone(UTC).isoformat(),
        "data": {
            "id": notice.id,
            "conversation_id": whole(notice.conversation_id),
            "turn_id": whole(notice.turn_id),
            "reason": whole(notice.reason),
            "level": notice.level.value,
            "quote": whole(notice.quote),
            "language": notice.language.value if notice.language else None,
            "facts": [whole(fact) for fact in notice.facts],
            "customer_name": whole(notice.customer_name) if notice.customer_name else None,
            "link": notice.link,
        },
    }
