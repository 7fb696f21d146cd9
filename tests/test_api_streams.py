from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_doubles import HERE, application, client_of, make_token, server, service, turn
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from csr_assist.api import PREFIX
from csr_assist.api.asked import TurnIn
from csr_assist.privacy.keys import Scope
from csr_assist.service import Service
from csr_assist.store import Store

WAIT = 20.0
"""Seconds that no event takes."""


@pytest.fixture
def running(tmp_path: Path) -> Service:
    return service(Store(f"sqlite:///{tmp_path / 'csr.db'}"))


@pytest.fixture
def address(running: Service) -> Iterator[str]:
    with server(application(running)) as at:
        yield at


def batch(*names: str, text: str = "hello") -> dict[str, Any]:
    return {"turns": [turn(conversation_id=name[0], turn_id=name[1:], text=text) for name in names]}


def heard(lines: Iterator[str], count: int) -> list[tuple[str, str]]:
    """Names of turns with the ids of their events, as they come."""
    found: list[tuple[str, str]] = []
    name = last = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "data":
            update = json.loads(value)
            name = f"{update['conversation_id']}{update['turn_id']}"
        elif field == "id":
            last = value
        elif not line and name:
            found.append((name, last))
            name = last = ""
            if len(found) == count:
                break
    return found


def listen(address: str, path: str, count: int, post: dict[str, Any] | None = None, **more: Any) -> Any:
    with httpx.stream("GET", address + path, timeout=WAIT, **more) as events:
        assert events.status_code == 200
        assert events.headers["content-type"].startswith("text/event-stream")
        if post:
            httpx.post(f"{address}/turns", json=post, timeout=WAIT)
        return heard(events.iter_lines(), count)


def test_updates_come_as_they_are_kept(address: str) -> None:
    httpx.post(f"{address}/turns", json=batch("a1"), timeout=WAIT)
    assert [name for name, _ in listen(address, "/events", 2, batch("a2", "b1"))] == ["a2", "b1"]


def test_updates_of_one_conversation_that_has_not_begun(address: str) -> None:
    assert [name for name, _ in listen(address, "/conversations/b/events", 1, batch("a1", "b1"))] == ["b1"]


def test_who_connects_again_goes_on_where_it_was(address: str) -> None:
    for names in (("a1", "a2", "a3"), ("a4", "a5"), ("a6",)):
        httpx.post(f"{address}/turns", json=batch(*names), timeout=WAIT)
    everything = listen(address, "/events", 6, params={"after": 0})
    assert everything == [("a1", ""), ("a2", ""), ("a3", "1"), ("a4", ""), ("a5", "2"), ("a6", "3")]
    for last, rest in (("1", ["a4", "a5", "a6"]), ("2", ["a6"])):
        again = listen(address, "/events", len(rest), headers={"Last-Event-ID": last}, params={"after": 0})
        assert [name for name, _ in again] == rest


def test_a_web_socket_takes_turns_and_tells_updates(running: Service) -> None:
    client = client_of(application(running))
    with client.websocket_connect(f"{PREFIX}/stream", headers=HERE) as socket:
        socket.send_json(turn())
        answers = {one["kind"]: one for one in (socket.receive_json(), socket.receive_json())}
        assert answers["taken"]["turns"][0]["taken"] == "new"
        assert answers["update"]["conversation_id"] == "c"
        socket.send_json({"turns": [turn(), turn()]})
        again = socket.receive_json()
        assert [one["taken"] for one in again["turns"]] == ["repeated", "repeated"]


def test_a_web_socket_of_one_conversation(running: Service) -> None:
    client = client_of(application(running))
    with client.websocket_connect(f"{PREFIX}/stream?conversation_id=b", headers=HERE) as socket:
        socket.send_json(batch("a1", "b1"))
        answers = {one["kind"]: one for one in (socket.receive_json(), socket.receive_json())}
        assert answers["update"]["conversation_id"] == "b"


@pytest.mark.parametrize(
    ("message", "title", "fields"),
    [
        ("hello", "no JSON", []),
        ("[" * 100_000, "no JSON", []),
        ('{"order": ' + "9" * 5000 + "}", "no JSON", []),
        ("x" * 1_000_001, "not as documented", []),
        ("[]", "not as documented", ["body"]),
        ("{}", "not as documented", ["conversation_id", "turn_id", "speaker", "text"]),
        ('{"turns": [{"spaeker": 1}]}', "not as documented", ["turns.0.spaeker"]),
        (json.dumps(turn(text="\ud800")), "not as documented", ["text"]),
        (b"\x00\xff", "not as documented", []),
    ],
)
def test_a_wrong_message_is_answered_and_the_next_one_taken(
    message: str | bytes, title: str, fields: list[str], running: Service
) -> None:
    client = client_of(application(running))
    with client.websocket_connect(f"{PREFIX}/stream", headers=HERE) as socket:
        if isinstance(message, bytes):
            socket.send_bytes(message)
        else:
            socket.send_text(message)
        problem = socket.receive_json()
        assert (problem["kind"], problem["title"]) == ("problem", title)
        assert [one["field"] for one in problem["errors"]] == fields
        assert problem["detail"]
        socket.send_json(turn())
        assert {socket.receive_json()["kind"], socket.receive_json()["kind"]} == {"taken", "update"}


@pytest.mark.parametrize(
    ("scope", "taken", "told"), [("ingest", True, False), ("read", False, True), ("admin", True, True)]
)
def test_a_web_socket_opens_what_its_key_opens(scope: str, taken: bool, told: bool, running: Service) -> None:
    token = make_token(running, "one", Scope(scope))
    client = client_of(application(running), "assist.example", "192.168.1.7")
    with client.websocket_connect(f"{PREFIX}/stream?token={token}") as socket:
        socket.send_json(turn())
        if taken and told:
            assert {socket.receive_json()["kind"], socket.receive_json()["kind"]} == {"taken", "update"}
        elif taken:
            assert socket.receive_json()["kind"] == "taken"
            socket.send_json(turn())
            assert socket.receive_json()["turns"][0]["taken"] == "repeated"
        else:
            assert socket.receive_json()["title"] == "not with this key"
            running.take([])
    assert bool(running.store.conversations.read("c")[1]) == taken


def test_a_stream_ends_when_its_key_is_revoked(running: Service) -> None:
    key = {"Authorization": f"Bearer {make_token(running, 'one', Scope.READ)}"}
    make_token(running, "other", Scope.INGEST)
    running.take([TurnIn.model_validate(turn()).incoming()])
    with (
        server(application(running)) as at,
        httpx.stream("GET", f"{at}/events", params={"after": 0}, headers=key, timeout=WAIT) as events,
    ):
        lines = events.iter_lines()
        assert len(heard(lines, 1)) == 1
        running.store.privacy.revoke_token("one", running.clock())
        assert heard(lines, 1) == []


def test_a_key_that_is_revoked_takes_no_more_turns(running: Service) -> None:
    token = make_token(running, "one", Scope.INGEST)
    make_token(running, "other", Scope.INGEST)
    client = client_of(application(running))
    with client.websocket_connect(f"{PREFIX}/stream?token={token}") as socket:
        running.store.privacy.revoke_token("one", running.clock())
        socket.send_json(turn())
        assert socket.receive_json()["title"] == "Who is it?"
    assert running.store.conversations.read("c")[1] == []


@pytest.mark.parametrize("query", ["?token=wrong", "", "?conversation_id=a%00b", f"?conversation_id={'x' * 300}"])
def test_a_web_socket_is_refused(query: str, running: Service) -> None:
    make_token(running, "one", Scope.READ)
    client: TestClient = client_of(application(running))
    refused = pytest.raises((WebSocketDenialResponse, WebSocketDisconnect))
    with refused, client.websocket_connect(f"{PREFIX}/stream{query}", headers=HERE):
        pass


def test_who_follows_what_is_noted(address: str, running: Service) -> None:
    for path in ("/events", "/conversations/b/events", "/events"):
        listen(address, path, 1, batch("b1", text=path))
    followed = [("followed", "b"), ("followed", "all conversations")]
    assert [(one.action, one.subject) for one in running.store.privacy.audit()] == followed


@pytest.mark.parametrize(
    ("scope", "noted"), [(Scope.READ, ["c"]), (Scope.ADMIN, ["c"]), (Scope.INGEST, [])], ids=["read", "admin", "ingest"]
)
def test_who_follows_by_web_socket_is_noted(scope: Scope, noted: list[str], running: Service) -> None:
    token = make_token(running, "one", scope)
    client = client_of(application(running))
    with client.websocket_connect(f"{PREFIX}/stream?token={token}&conversation_id=c"):
        pass
    assert [one.subject for one in running.store.privacy.audit() if one.who == "one"] == noted
