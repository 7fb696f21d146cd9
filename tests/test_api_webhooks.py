from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from api_doubles import application, client_of, make_token, service
from starlette.testclient import TestClient
from test_platforms import NAMES, SAMPLES

from csr_assist.api.asked import LONGEST_TEXT
from csr_assist.privacy.keys import Scope
from csr_assist.settings import Settings
from csr_assist.store import Store

FORM = {**SAMPLES["twilio"], "Timestamp": "2026-01-31T09:30:01Z"}
URL = "https://assist.example/hooks/twilio"
TICKET = json.dumps(SAMPLES["zendesk"]).encode()
AT = "2026-01-31T09:30:00Z"
SECRETS = {"twilio": {"secret": "token-1", "url": URL}, "zendesk": {"secret": "secret-1"}}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'csr.db'}")
    yield opened
    opened.close()


def client(store: Store, platforms: Any = None, caller: str = "127.0.0.1") -> TestClient:
    settings = Settings.model_validate({"platforms": platforms or {}})
    return client_of(application(service(store), settings), caller=caller)


def texts(store: Store, conversation: str) -> list[str]:
    return [one.heard.turn.text for one in store.conversations.read(conversation)[1]]


def signed(key: str, message: bytes, algorithm: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message, algorithm)).decode()


def by_twilio(form: dict[str, str], url: str = URL, key: str = "token-1") -> dict[str, str]:
    fields = "".join(name + form[name] for name in sorted(form))
    return {"X-Twilio-Signature": signed(key, (url + fields).encode(), "sha1")}


def by_zendesk(body: bytes, at: str = AT, key: str = "secret-1") -> dict[str, str]:
    signature = signed(key, at.encode() + body, "sha256")
    return {"X-Zendesk-Webhook-Signature": signature, "X-Zendesk-Webhook-Signature-Timestamp": AT}


@pytest.mark.parametrize("name", NAMES)
def test_an_event_of_every_platform_is_taken_once(name: str, store: Store) -> None:
    asking = client(store, {"azure": {"roles": ["speaker 1=customer"]}})
    for _ in range(2):
        answer = asking.post(f"/webhooks/{name}", params={"conversation_id": "call-1"}, json=SAMPLES[name])
        assert (answer.status_code, answer.json()) == (200, {"turns": 1, "problems": []})
    (found,) = asking.get("/conversations").json()
    assert found["turns"] == 1
    assert texts(store, found["id"]) == ["hi"]


def test_a_form_is_taken_as_json_is(store: Store) -> None:
    answer = client(store).post("/webhooks/twilio", data=FORM)
    assert answer.json() == {"turns": 1, "problems": []}
    assert texts(store, "c") == ["hi"]


def test_an_interim_result_gives_way(store: Store) -> None:
    event = SAMPLES["live-call-analytics"]
    asking = client(store)
    asking.post("/webhooks/live-call-analytics", json={**event, "Transcript": "h", "IsPartial": True})
    asking.post("/webhooks/live-call-analytics", json=event)
    asking.post("/webhooks/live-call-analytics", json={**event, "Transcript": "h", "IsPartial": True})
    assert texts(store, "c") == ["hi"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{x",
        b"null",
        b"7",
        b'"I am leaving you"',
        b"[]",
        b"[[[]]]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 5000,
        b'{"a": "\\ud800"}',
        b'{"a": NaN}',
    ],
)
def test_nothing_is_thrown_back_at_a_platform(name: str, body: bytes, shared: Store) -> None:
    before = shared.conversations.last_revision()
    answer = client(shared).post(f"/webhooks/{name}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["turns"] == 0
    assert all("leaving" not in problem for problem in answer.json()["problems"])
    assert shared.conversations.last_revision() == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"Transcript": "x" * (LONGEST_TEXT + 1)}, "text is too long"),
        ({"CallId": "x" * 256}, "conversation_id has too many characters; at most 255"),
        ({"SegmentId": "x" * 256}, "turn_id has too many characters; at most 255"),
        ({"Transcript": "I am \0leaving"}, "text is damaged"),
        ({"CallId": "a\0b"}, "conversation_id is 'a b'"),
        ({"Transcript": "I am \ud800leaving"}, "text is damaged"),
    ],
)
def test_what_cannot_be_kept_is_told_and_let_be(change: dict[str, str], problem: str, store: Store) -> None:
    body = json.dumps({**SAMPLES["live-call-analytics"], **change})
    answer = client(store).post("/webhooks/live-call-analytics", content=body)
    assert answer.status_code == 200
    assert answer.json()["turns"] == 0
    assert answer.json()["problems"][0].startswith(problem)
    assert "leaving" not in answer.text
    assert client(store).get("/conversations").json() == []


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        (FORM, by_twilio(FORM), 200),
        (FORM, by_twilio(FORM, URL.replace(".example", ".example:443")), 200),
        (FORM, {}, 401),
        (FORM, {"X-Twilio-Signature": ""}, 401),
        (FORM, {"X-Twilio-Signature": "x"}, 401),
        (FORM, by_twilio(FORM, key="token-2"), 401),
        (FORM, by_twilio(FORM, key=""), 401),
        (FORM, by_twilio(FORM, "https://other.example/hooks/twilio"), 401),
        ({**FORM, "CallSid": "d"}, by_twilio(FORM), 401),
    ],
)
def test_twilios_signature(form: dict[str, str], headers: dict[str, str], status: int, shared: Store) -> None:
    asking = client(shared, SECRETS, caller="203.0.113.9")
    answer = asking.post("/webhooks/twilio", data=form, headers=headers)
    assert answer.status_code == status
    assert texts(shared, "d") == []
    if status == 200:
        assert texts(shared, "c") == ["hi"]


def test_twilios_signature_of_json_vouches_for_the_body(shared: Store) -> None:
    asking = client(shared, SECRETS, caller="203.0.113.9")
    body = json.dumps(FORM).encode()
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {**by_twilio({}, f"{URL}?{query}"), "content-type": "application/json"}
    for sent, status in ((body + b" ", 401), (body, 200)):
        assert asking.post(f"/webhooks/twilio?{query}", content=sent, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (TICKET, by_zendesk(TICKET), 200),
        (TICKET, {}, 401),
        (TICKET, by_zendesk(TICKET, key="secret-2"), 401),
        (TICKET, by_zendesk(TICKET, at="2026-01-31T09:30:01Z"), 401),
        (TICKET + b" ", by_zendesk(TICKET), 401),
    ],
)
def test_zendesks_signature(body: bytes, headers: dict[str, str], status: int, shared: Store) -> None:
    asking = client(shared, SECRETS, caller="203.0.113.9")
    before = shared.conversations.last_revision()
    answer = asking.post("/webhooks/zendesk", content=body, headers={"content-type": "application/json", **headers})
    assert answer.status_code == status
    assert (shared.conversations.last_revision() > before) == (status == 200)


def test_a_customer_whom_only_an_event_named_is_erased(store: Store) -> None:
    asking = client(store)
    asking.post("/webhooks/zendesk", json=SAMPLES["zendesk"])
    assert asking.delete("/customers/7").json() == {"conversations": 1}


def test_a_platform_without_a_secret_needs_a_key(store: Store) -> None:
    token = make_token(service(store), "platform", Scope.INGEST)
    asking = client(store, SECRETS, caller="203.0.113.9")
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {token}"}, 200)):
        assert asking.post("/webhooks/genesys", json=SAMPLES["genesys"], headers=headers).status_code == status
    assert asking.post("/webhooks/twilio", data=FORM, headers={"Authorization": f"Bearer {token}"}).status_code == 401
