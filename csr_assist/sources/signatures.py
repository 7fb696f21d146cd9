"""Whether a webhook comes from the platform that it names: its signature, made with a secret that both sides know.

Documented in Twilio's "Webhooks security" and Zendesk's "Verifying webhook authenticity". Nothing is raised: what a
stranger sends is at worst not signed. An empty secret signs nothing, so that a forgotten setting opens no door.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit, urlunsplit

_PORTS = {"https": 443, "http": 80}


def verify_twilio(url: str, form: Mapping[str, str] | bytes, signature: str, auth_token: str) -> bool:
    """Whether Twilio signed a request: ``X-Twilio-Signature``, HMAC-SHA1 of the URL and the form's fields.

    Args:
        url: as Twilio called it: scheme, host and query of the outside, not those behind a proxy. The port may be
            there or not, for Twilio signs it or not.
        form: the form's fields, all of them; or the body as bytes where it is JSON, which the URL's ``bodySHA256``
            vouches for.
        signature: the header.
        auth_token: the account's secret.
    """
    if isinstance(form, bytes) and not _vouched(url, form):
        return False
    fields = "" if isinstance(form, bytes) else "".join(key + form[key] for key in sorted(form))
    return any(_signed(_bytes(one + fields), signature, auth_token, "sha1") for one in _with_and_without_port(url))


def verify_zendesk(body: bytes, timestamp: str, signature: str, secret: str) -> bool:
    """Whether Zendesk signed a request: HMAC-SHA256 of time and body.

    It says nothing of how old the request is: a time that is long ago may mean that it is sent a second time.

    Args:
        body: as it arrived; empty if there is none.
        timestamp: ``X-Zendesk-Webhook-Signature-Timestamp``.
        signature: ``X-Zendesk-Webhook-Signature``.
        secret: the webhook's secret.
    """
    return _signed(_bytes(timestamp) + body, signature, secret, "sha256")


def _signed(message: bytes, signature: str, secret: str, algorithm: str) -> bool:
    expected = base64.b64encode(hmac.digest(_bytes(secret), message, algorithm))
    return hmac.compare_digest(expected, _bytes(signature)) and bool(secret)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _vouched(url: str, body: bytes) -> bool:
    try:
        given = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    except ValueError:
        return False
    return hmac.compare_digest(_bytes(hashlib.sha256(body).hexdigest()), _bytes(given))


def _with_and_without_port(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return
    host = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    yield urlunsplit(parts._replace(netloc=host))
    if port:
        yield urlunsplit(parts._replace(netloc=f"{host}:{port}"))
