from __future__ import annotations

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from api_doubles import HERE, application, client_of, make_token, server, service, turn
from starlette.testclient import TestClient, WebSocketDenialResponse
from websockets.sync.client import connect

from csr_assist.api import PREFIX, create_api
from csr_assist.errors import InputError, StoreError
from csr_assist.privacy.keys import Scope
from csr_assist.service import Service
from csr_assist.serving import Serving
from csr_assist.settings import Settings
from csr_assist.store import About, Store

ASKED = {"ingest": ("POST", "/conversations/c/end"), "read": ("GET", "/alerts"), "admin": ("DELETE", "/customers/17")}


@pytest.fixture
def running(tmp_path: Path) -> Service:
    made = service(Store(f"sqlite:///{tmp_path / 'csr.db'}"))
    made.start("c", About())
    return made


def key(running: Service, scope: Scope, name: str = "") -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(running, name or scope.value, scope)}"}


@pytest.mark.parametrize(
    ("caller", "host", "headers", "status"),
    [
        ("127.0.0.1", "localhost:8501", {}, 200),
        ("127.0.0.1", "LOCALHOST", {}, 200),
        ("127.0.0.1", "127.0.0.1:8501", {}, 200),
        ("::1", "[::1]:8501", {}, 200),
        ("127.0.0.1", "localhost:8501", {"Origin": "http://localhost:8501"}, 200),
        ("127.0.0.1", "localhost:8501", {"Origin": "http://localhost:8501", "Sec-Fetch-Site": "same-origin"}, 200),
        ("127.0.0.1", "localhost:8501", {"Sec-Fetch-Site": "none"}, 200),
        ("192.168.1.7", "localhost:8501", {}, 401),
        ("testclient", "localhost:8501", {}, 401),
        ("127.0.0.1", "testserver", {}, 401),
        ("127.0.0.1", "rebound.example", {}, 401),
        ("127.0.0.1", "localhost.rebound.example:8501", {}, 401),
        ("127.0.0.1", "127.0.0.1.rebound.example", {}, 401),
        ("127.0.0.1", "0.0.0.0:8501", {}, 401),
        ("127.0.0.1", "192.168.1.9", {}, 401),
        ("127.0.0.1", "localhost:8501", {"Host": "[::1"}, 401),
        ("127.0.0.1", "localhost:8501", {"Host": "user@localhost"}, 401),
        ("127.0.0.1", "localhost:8501", {"Host": ""}, 401),
        ("127.0.0.1", "localhost:8501", {"Origin": "http://page.example"}, 401),
        ("127.0.0.1", "localhost:8501", {"Origin": "http://localhost:3000"}, 401),
        ("127.0.0.1", "localhost:8501", {"Origin": "null"}, 401),
        ("127.0.0.1", "localhost:8501", {"Origin": ""}, 401),
        ("127.0.0.1", "localhost:8501", {"Sec-Fetch-Site": "cross-site"}, 401),
        ("127.0.0.1", "localhost:8501", {"Sec-Fetch-Site": "same-site"}, 401),
        ("127.0.0.1", "localhost:8501", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ("127.0.0.1", "localhost:8501", {"Forwarded": "for=203.0.113.9"}, 401),
        ("127.0.0.1", "localhost:8501", {"Via": "1.1 proxy"}, 401),
    ],
)
def test_without_keys_this_machine_alone_is_answered(
    caller: str, host: str, headers: dict[str, str], status: int, running: Service
) -> None:
    client = client_of(application(running), host, caller)
    for method, path in ASKED.values():
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == status, path
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost:8501", "rebound.example", "[::1", ""])
@pytest.mark.parametrize("path", ["/docs", "/health", "/openapi.json", "/turns/", "/nothing"])
def test_no_host_breaks_what_is_open(host: str, path: str, running: Service) -> None:
    answer = client_of(application(running)).get(path, headers={"Host": host}, follow_redirects=False)
    assert answer.status_code < 500


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("asked", list(ASKED))
def test_a_key_opens_its_scope_from_anywhere(scope: Scope, asked: str, running: Service) -> None:
    client = client_of(application(running), "assist.example", "192.168.1.7")
    method, path = ASKED[asked]
    opened = scope.value in (asked, "admin")
    answer = client.request(method, path, headers=key(running, scope))
    assert answer.status_code == (200 if opened else 403)
    if not opened:
        assert answer.json()["detail"] == f"the key '{scope}' opens {scope}; {asked} is needed"


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "Bearer", "Basic dXNlcjpw", "", "bearer \xff", "Bearer " + "x" * 9000]
)
def test_with_a_key_made_nobody_comes_in_without_one(header: str, running: Service) -> None:
    key(running, Scope.READ)
    client = client_of(application(running))
    assert client.get("/alerts", headers=[(b"authorization", header.encode("latin-1"))]).status_code == 401
    assert client.get("/alerts").status_code == 401
    assert client.get("/health").status_code == 200


def test_a_revoked_key_opens_nothing(running: Service) -> None:
    given, other = key(running, Scope.READ), key(running, Scope.READ, "other")
    running.store.privacy.revoke_token("read", running.clock())
    client = client_of(application(running))
    assert client.get("/alerts", headers=given).status_code == 401
    assert client.get("/alerts", headers=other).status_code == 200


def test_a_key_is_kept_as_a_hash_and_its_name_is_given_once(tmp_path: Path) -> None:
    running = service(Store(f"sqlite:///{tmp_path / 'csr.db'}"))
    token = make_token(running, "desk", Scope.INGEST)
    running.store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"desk" in kept
    assert token.encode() not in kept
    with pytest.raises(InputError, match="'desk'"):
        make_token(running, "desk", Scope.READ)


@pytest.mark.parametrize(
    ("path", "status"), [("/alerts", 401), ("/conversations", 401), ("/conversations/c/updates", 401)]
)
def test_a_key_in_the_query_is_for_streams_alone(path: str, status: int, running: Service) -> None:
    token = make_token(running, "reader", Scope.READ)
    client = client_of(application(running))
    assert client.get(path, params={"token": token}).status_code == status


@pytest.mark.parametrize("body", [turn(), {"turns": [turn()]}])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_page_cannot_post_without_asking_first(body: Any, kind: str, running: Service) -> None:
    client = client_of(application(running))
    answer = client.post("/turns", content=json.dumps(body), headers={"content-type": kind})
    assert answer.status_code == 422
    assert running.store.conversations.read("c")[1] == []


@pytest.mark.parametrize(
    ("headers", "opened"),
    [
        (HERE, True),
        ({**HERE, "origin": "http://localhost"}, True),
        ({**HERE, "origin": "http://page.example"}, False),
        ({**HERE, "origin": "http://localhost:3000"}, False),
        ({"host": "rebound.example"}, False),
    ],
)
def test_a_page_of_elsewhere_opens_no_web_socket(headers: dict[str, str], opened: bool, running: Service) -> None:
    client = client_of(application(running))
    if opened:
        with client.websocket_connect(f"{PREFIX}/stream", headers=headers) as socket:
            socket.send_json(turn())
            assert socket.receive_json()["kind"] in ("taken", "update")
    else:
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect(f"{PREFIX}/stream", headers=headers),
        ):
            pass
        assert refused.value.status_code == 401


def test_neither_keys_nor_words_reach_the_servers_log(running: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "uvicorn")
    token = make_token(running, "all", Scope.ADMIN)
    given = {"Authorization": f"Bearer {token}"}
    with server(application(running)) as address, httpx.Client(base_url=address, headers=given) as client:
        client.post("/turns", json=turn(customer={"name": "Rosalind"}))
        client.post("/turns", json=turn(text="\0very upset"))
        client.get("/conversations", params={"words": "very upset", "customer": "Rosalind"})
        with httpx.stream("GET", f"{address}/events", params={"token": token}) as events:
            assert events.status_code == 200
        with connect(f"{address.replace('http', 'ws')}/stream?token={quote(token)}") as socket:
            socket.send("very upset")
            assert "no JSON" in str(socket.recv())
    assert "/api/v1/conversations" in caplog.text
    assert "/api/v1/stream" in caplog.text
    for secret in (token, "very", "Rosalind"):
        assert secret not in caplog.text


def test_the_pages_fetch_nothing_from_elsewhere(running: Service) -> None:
    client = client_of(application(running))
    page = client.get("/docs")
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)|url: '([^']+)'""", page.text)
    found = [one for pair in addresses for one in pair if one]
    assert len(found) == 4
    for address in found:
        assert urlsplit(address).netloc == ""
        assert client.get(f"http://localhost:8501{address}").status_code == 200
    assert '"validatorUrl": null' in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_every_answer_keeps_out_of_caches_and_frames(running: Service) -> None:
    client = client_of(application(running))
    for path in ("/conversations", "/alerts", "/nothing", "/docs"):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_every_body_has_an_example_that_is_taken(running: Service) -> None:
    client = client_of(application(running))
    document = client.get("/openapi.json").json()
    bodies = {
        f"{method.upper()} {path}": operation["requestBody"]["content"]["application/json"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    assert len(bodies) == 7
    for name, body in bodies.items():
        schema = document["components"]["schemas"].get(body["schema"].get("$ref", "").rpartition("/")[2], {})
        named = [one["value"] for one in body.get("examples", {}).values()]
        for example in [*named, *schema.get("examples", []), *([body["example"]] if "example" in body else [])] or [
            None
        ]:
            assert example, name
            method, path = name.split()
            path = path.replace("{conversation_id}", "call-2041").replace("{platform}", "live-call-analytics")
            answer = client.request(method, path, json=example)
            assert answer.status_code == 200, (name, answer.text)


def test_what_is_served_is_made_once_and_again_only_if_that_failed(running: Service) -> None:
    made: list[int] = []

    def serving() -> Serving:
        made.append(1)
        if len(made) == 1:
            raise StoreError("away")
        return Serving(running, Settings(), None)  # type: ignore[arg-type]

    api = create_api(serving)
    client = TestClient(api, base_url="http://localhost", client=("127.0.0.1", 5))
    assert client.get("/health").status_code == 503
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: client.get("/health").status_code, range(16))) == {200}
    assert len(made) == 2
