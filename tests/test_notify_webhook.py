from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOON, NOTICE, QUOTE, notice, web_server

from csr_assist.conversation import Language
from csr_assist.notify import NotifyError, Webhook
from csr_assist.notify.http import json_body
from csr_assist.notify.webhook import payload, signature

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def test_what_arrives_is_signed() -> None:
    with web_server() as web:
        Webhook(web.url + "/in", SECRET, lambda: NOON).send(notice(quote="«دیگر نمی‌خواهم»", language=Language.PERSIAN))
    headers, body = web.heard[0].headers, web.heard[0].body
    message = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    version, _, given_mac = headers["webhook-signature"].partition(",")
    assert (version, base64.b64decode(given_mac)) == ("v1", hmac.digest(KEY, message, "sha256"))
    assert headers["webhook-id"] == NOTICE.id
    assert headers["webhook-timestamp"] == "1772452800"
    assert json.loads(body)["data"]["quote"] == "«دیگر نمی‌خواهم»"


def test_another_try_keeps_the_id_and_has_its_own_time() -> None:
    times = iter([NOON, NOON + timedelta(minutes=5)])
    with web_server() as web:
        hook = Webhook(web.url, SECRET, lambda: next(times))
        hook.send(NOTICE)
        hook.send(NOTICE)
    first, second = (heard.headers for heard in web.heard)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 300
    assert first["webhook-signature"] != second["webhook-signature"]


def test_payload() -> None:
    assert payload(NOTICE) == {
        "type": "alert.raised",
        "timestamp": "2026-03-02T12:00:00+00:00",
        "data": {
            "id": "n-1",
            "conversation_id": "call/7",
            "turn_id": "t3",
            "reason": "a loyal customer says they may leave",
            "level": "urgent",
            "quote": QUOTE,
            "language": "en",
            "facts": ["customer for 6 years", "2 referrals"],
            "customer_name": "Mara Ilves",
            "link": "https://review.example/?conversation=call%2F7&turn=t3",
        },
    }


@given(st.text(st.characters()))
def test_any_words_make_a_body_and_come_back_as_they_were(words: str) -> None:
    data = json.loads(json_body(payload(notice(quote=words, customer_name=words, language=None))))["data"]
    assert data["quote"] == words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert data["language"] is None


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200))
def test_signature(key: bytes, body: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    mac = hmac.new(key, b"id.1." + body, hashlib.sha256).digest()
    assert signature(secret, "id", "1", body) == "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        base64.b64encode(KEY).decode(),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_" + "not base64!" * 4,
        "whsec_ü" + "A" * 40,
        "whsk_" + base64.b64encode(KEY).decode(),
    ],
)
def test_bad_secrets_are_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(NotifyError, match="24 to 64 bytes") as caught:
        Webhook("https://hooks.example", secret)
    assert not secret or secret == "whsec_" or secret not in str(caught.value)
