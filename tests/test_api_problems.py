from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from api_doubles import application, client_of, service, turn
from starlette.testclient import TestClient

from csr_assist.api.asked import LONGEST_TEXT, MOST_TURNS
from csr_assist.api.problems import MOST_BYTES
from csr_assist.api.streams import begin_at
from csr_assist.errors import ModelError, StoreError
from csr_assist.store import Store

TURN_KEYS = "conversation_id, turn_id, speaker, text, at, language, channel, customer, final, order"
SPEAKERS = "customer, agent, system"
WORDS = "I am leaving you for good"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    client = client_of(application(service(Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'csr.db'}"))))
    client.post("/turns", json=turn(text="hello"))
    return client


def wrong(answer: Any) -> list[tuple[str, str, str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == 422
    return [(one["field"], one["given"], one["allowed"]) for one in problem["errors"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"speaker": "martian"}, ("speaker", "'martian'", SPEAKERS)),
        ({"speaker": 7}, ("speaker", "7", SPEAKERS)),
        ({"text": ""}, ("text", "empty", "a string of readable characters")),
        ({"text": "\0 " + WORDS}, ("text", "not allowed", "a string of readable characters")),
        ({"text": [WORDS]}, ("text", "a list", "a string of readable characters")),
        ({"text": "x" * (LONGEST_TEXT + 1)}, ("text", "20,001 characters", "at most 20,000 characters")),
        ({"conversation_id": "x" * 256}, ("conversation_id", "256 characters", "at most 255 characters")),
        ({"conversation_id": "a\nb"}, ("conversation_id", "'a b'", "readable characters on one line")),
        ({"turn_id": None}, ("turn_id", "null", "a string or a whole number")),
        ({"turn_id": 1.5}, ("turn_id", "1.5", "a string or a whole number")),
        ({"turn_id": True}, ("turn_id", "true", "a string or a whole number")),
        ({"at": "yesterday"}, ("at", "'yesterday'", "a time as 2026-01-31T09:30:00")),
        ({"at": "0001-01-01T00:00:00+14:00"}, ("at", "'0001-01-01T00:00:00+14:…", "a time as 2026-01-31T09:30:00")),
        ({"at": 1700000000}, ("at", "1700000000", "a time as 2026-01-31T09:30:00")),
        ({"language": "xx"}, ("language", "'xx'", "'en', 'id' or 'fa'")),
        ({"order": "first"}, ("order", "'first'", "a valid number, unable to parse string as a number")),
        ({"final": "perhaps"}, ("final", "'perhaps'", "a valid boolean, unable to interpret input")),
        ({"customer": "Rosa"}, ("customer", "'Rosa'", "an object of id, name, since")),
        ({"customer": {"since": "long"}}, ("customer.since", "'long'", "a date as 2019-04-01")),
        ({"customer": {"name": "x" * 501}}, ("customer.name", "501 characters", "at most 500 characters")),
        ({"customer": {"nmae": "Rosa"}}, ("customer.nmae", "not known", "id, name, since")),
        ({"message": WORDS}, ("message", "not known", TURN_KEYS)),
        ({"x" * 1000: 1}, ("x" * 59 + "…", "not known", TURN_KEYS)),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(
    fields: dict[str, Any], expected: tuple[str, str, str], client: TestClient
) -> None:
    found = wrong(client.post("/turns", json=turn(**fields)))
    assert len(found) == 1
    assert found[0][0] == expected[0]
    assert found[0][1].rstrip("'…") == expected[1].rstrip("'…")
    assert found[0][2] == expected[2]
    named = [(f"turns.1.{found[0][0]}", *found[0][1:])]
    assert wrong(client.post("/turns", json={"turns": [turn(), turn(**fields)]})) == named


@pytest.mark.parametrize(
    ("body", "field", "given", "allowed"),
    [
        ([turn()], "body", "a list", "a valid dictionary or object to extract fields from"),
        (WORDS, "body", "not allowed", "a valid dictionary or object to extract fields from"),
        (None, "body", "null", "a valid dictionary or object to extract fields from"),
        ({}, "conversation_id", "missing", "a string or a whole number"),
        ({"turns": []}, "turns", "a list", "at least 1"),
        ({"turns": {}}, "turns", "an object", "a valid list"),
        ({"turns": [WORDS]}, "turns.0", "not allowed", "a valid dictionary or object to extract fields from"),
        ({"turns": [turn()], "more": 1}, "more", "not known", "turns"),
        ({"turns": [{}] * (MOST_TURNS + 1)}, "turns", "too many", "at most 1,000"),
    ],
)
def test_a_body_of_another_shape(body: Any, field: str, given: str, allowed: str, client: TestClient) -> None:
    found = wrong(client.post("/turns", json=body))
    assert found[0][0] == field
    assert found[0][1] in (given, "1,001", "missing")
    assert found[0][2] == allowed or found[0][1] == "missing"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{x", "application/json", 422),
        (b"", "application/json", 422),
        (b"\xff\xfe{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"order": ' + b"9" * 5000 + b"}", "application/json", 400),
        (json.dumps(turn()).encode(), "text/plain", 422),
        (json.dumps(turn()).encode(), "application/x-www-form-urlencoded", 422),
        (json.dumps(turn(text="\ud800")).encode(), "application/json", 422),
        (json.dumps({**turn(), "\ud800": 1}).encode(), "application/json", 422),
        (json.dumps(turn(order=float("nan"))).encode(), "application/json", 422),
        (json.dumps(turn(order=float("inf"))).encode(), "application/json", 422),
        (json.dumps(turn(order=10**400)).encode(), "application/json", 422),
        (json.dumps(turn(turn_id=10**400)).encode(), "application/json", 422),
        (b" " * (MOST_BYTES + 1), "application/json", 413),
    ],
)
def test_a_body_that_is_no_such_json(body: bytes, kind: str, status: int, client: TestClient) -> None:
    answer = client.post("/turns", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]


def test_a_body_without_a_length_is_counted_as_it_comes(client: TestClient) -> None:
    pieces = (b" " * 100_000 for _ in range(1 + MOST_BYTES // 100_000))
    answer = client.post("/turns", content=pieces, headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/conversations/nobody", None, 404),
        ("GET", "/conversations/nobody/updates", None, 404),
        ("POST", "/conversations/nobody/end", None, 404),
        ("PUT", "/conversations/nobody/outcome", {"result": "saved"}, 404),
        ("POST", "/conversations/nobody/notes", {"text": "x"}, 404),
        ("POST", "/conversations/nobody/feedback", {"turn_id": "1", "verdict": "copied"}, 404),
        ("POST", "/conversations/c/feedback", {"turn_id": "9", "verdict": "copied"}, 404),
        ("POST", "/conversations/c/feedback", {"turn_id": "1", "verdict": "copied"}, 409),
        (
            "POST",
            "/conversations/c/marks",
            {"turn_id": "1", "label": "tenure", "start": 3, "end": 99, "verdict": "right"},
            404,
        ),
        ("POST", "/alerts/7/acknowledge", None, 404),
        ("POST", "/alerts/99999999999/acknowledge", None, 422),
        ("POST", "/webhooks/nobody", {}, 404),
        ("GET", "/nothing/here", None, 404),
        ("PATCH", "/turns", {}, 405),
        ("GET", "/conversations/a%00b", None, 422),
        ("GET", f"/conversations/{'x' * 10_000}", None, 422),
        ("GET", f"/conversations/{'x' * 10_000}/events", None, 422),
        ("GET", "/conversations/a%00b/events", None, 422),
        ("POST", "/conversations/a%00b/end", None, 422),
        ("DELETE", "/customers/a%00b", None, 422),
        ("GET", "/conversations/%ff%fe", None, 404),
        ("GET", "/conversations?words=a%00b", None, 422),
        ("GET", "/conversations?customer=a%00b", None, 422),
        ("GET", f"/conversations?words={'x' * 501}", None, 422),
        ("GET", "/conversations?label=sorrow", None, 422),
        ("GET", "/conversations?limit=0", None, 422),
        ("GET", "/conversations?since=yesterday", None, 422),
        ("GET", "/conversations/c/updates?after=-1", None, 422),
        ("GET", "/conversations/c/updates?after=99999999999999999999", None, 422),
        ("GET", "/events?after=x", None, 422),
        ("PUT", "/conversations/c/outcome", {"result": "won"}, 422),
        ("PUT", "/conversations/c/outcome", {"result": "saved", "value_at_risk": -1}, 422),
        ("PUT", "/conversations/c/outcome", {"result": "saved", "value_at_risk": 10**400}, 422),
        ("POST", "/conversations/c/notes", {"text": "x" * 501}, 422),
        ("POST", "/conversations", {"conversation_id": "c", "started_at": "9999-12-31T23:59:59-12:00"}, 422),
    ],
)
def test_every_other_error_is_a_problem_too(method: str, path: str, body: Any, status: int, client: TestClient) -> None:
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["detail"]
    assert len(answer.text) < 1000


@pytest.mark.parametrize("header", ["²", "9" * 5000, "-1", "x", "١"])
def test_a_wrong_last_event_id_is_as_none(header: str, tmp_path: Path) -> None:
    running = service(Store(f"sqlite:///{tmp_path / 'csr.db'}"))
    assert begin_at(running, None, header) == 0
    assert begin_at(running, 7, header) == 7


def test_nothing_is_kept_of_a_batch_with_a_wrong_turn(client: TestClient) -> None:
    before = client.get("/health").json()["revision"]
    client.post("/turns", json={"turns": [turn(conversation_id="new"), turn(conversation_id="new", text="")]})
    assert client.get("/conversations/new").status_code == 404
    assert client.get("/health").json()["revision"] == before


@pytest.mark.parametrize("body", [turn(text="\0" + WORDS), {"message": WORDS}, {"turns": [WORDS]}, WORDS, [WORDS]])
def test_what_a_customer_said_is_in_no_problem(body: Any, client: TestClient) -> None:
    assert "leaving" not in client.post("/turns", json=body).text


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (StoreError("the store at sqlite:////secret/place cannot be opened"), 503, "try again in 5 seconds"),
        (ModelError("/secret/place: the detector cannot be loaded"), 503, "the server's log says how"),
        (ValueError(WORDS), 500, "something went wrong here (ValueError)"),
    ],
)
def test_what_is_broken_here_is_told_without_places_or_words(
    error: Exception, status: int, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    running = service(Store(f"sqlite:///{tmp_path / 'csr.db'}"))

    def fail(*_: object) -> None:
        raise error

    running.take = fail  # type: ignore[method-assign,assignment]
    answer = client_of(application(running)).post("/turns", json=turn())
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert told in answer.text
    assert "secret" not in answer.text
    assert "leaving" not in answer.text + caplog.text
    assert ("retry-after" in answer.headers) == isinstance(error, StoreError)
