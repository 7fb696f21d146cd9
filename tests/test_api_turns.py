from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from api_doubles import application, client_of, service, turn
from doubles import assistant, turns
from starlette.testclient import TestClient

from csr_assist.store import Store

STORY = turns(
    "C: I've been a customer for 6 years and I am very upset",
    "A: we can't do that, account number please",
    "C: this is the third time, I'm leaving",
    "A: I'm sorry, I see how hard that is. What I can do is this",
)


@pytest.fixture
def client(store: Store) -> TestClient:
    return client_of(application(service(store)))


def posted(conversation: str = "c") -> list[dict[str, Any]]:
    return [
        {
            "conversation_id": conversation,
            "turn_id": one.turn_id,
            "speaker": one.speaker.value,
            "text": one.text,
            "order": place,
        }
        for place, one in enumerate(STORY)
    ]


def levels(client: TestClient, conversation: str = "c") -> dict[str, float]:
    found = client.get(f"/conversations/{conversation}/updates").json()
    return {one["update"]["turn_id"]: one["update"]["risk"]["level"] for one in found}


def expected() -> dict[str, float]:
    return {one.turn.turn_id: one.to_dict()["risk"]["level"] for one in assistant().hear_all(STORY)}


def test_one_by_one_and_in_a_batch_give_the_same(client: TestClient) -> None:
    for one in posted():
        assert client.post("/turns", json=one).status_code == 200
    answer = client.post("/turns", json={"turns": posted("d")})
    assert [one["taken"] for one in answer.json()["turns"]] == ["new"] * 4
    assert levels(client) == levels(client, "d") == expected()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[1::5])
def test_turns_out_of_order_end_in_the_same_state(order: tuple[int, ...], client: TestClient) -> None:
    for place in order:
        client.post("/turns", json=posted()[place])
    assert levels(client) == expected()


def test_a_repeat_changes_nothing(client: TestClient) -> None:
    first = client.post("/turns", json={"turns": posted()}).json()["turns"]
    before = client.get("/conversations/c").json()
    again = client.post("/turns", json={"turns": posted()}).json()["turns"]
    assert {one["taken"] for one in again} == {"repeated"}
    assert [one["update"] for one in again] == [one["update"] for one in first]
    assert client.get("/conversations/c").json() == before


@pytest.mark.parametrize(
    ("sent", "taken", "kept"),
    [
        ([("very", False), ("very upset", True)], ["new", "corrected"], "very upset"),
        ([("very", False), ("very u", False), ("very upset", True)], ["new", "corrected", "corrected"], "very upset"),
        ([("very upset", True), ("very", False)], ["new", "outdated"], "very upset"),
        ([("very", False), ("very", False)], ["new", "repeated"], "very"),
        ([("very upset", True), ("very upset!", True)], ["new", "corrected"], "very upset!"),
    ],
)
def test_a_correction_of_an_interim_result_replaces_it(
    sent: list[tuple[str, bool]], taken: list[str], kept: str, client: TestClient
) -> None:
    answers = [client.post("/turns", json=turn(text=text, final=final)).json() for text, final in sent]
    assert [one["turns"][0]["taken"] for one in answers] == taken
    assert [one["text"] for one in client.get("/conversations/c/updates").json()] == [kept]


def test_a_batch_of_many_conversations_and_numbers_for_ids(client: TestClient) -> None:
    batch = [turn(conversation_id=number % 3, turn_id=number) for number in range(9)]
    answer = client.post("/turns", json={"turns": batch}).json()["turns"]
    assert [(one["conversation_id"], one["turn_id"]) for one in answer] == [(str(n % 3), str(n)) for n in range(9)]
    assert sorted(one["turns"] for one in client.get("/conversations").json()) == [3, 3, 3]


def test_a_conversation_begins_ends_and_is_found(client: TestClient) -> None:
    about = {"conversation_id": "c", "agent": "desk-4", "language": "en", "customer": {"id": "17", "name": "Rosa"}}
    begun = client.post("/conversations", json=about).json()
    assert (begun["agent"], begun["customer_id"], begun["turns"]) == ("desk-4", "17", 0)
    client.post("/turns", json=turn())
    assert client.post("/conversations/c/end").json() == {"status": "done"}
    assert client.get("/conversations/c").json()["ended_at"]
    assert client.post("/turns", json=turn(turn_id="2")).status_code == 200
    assert client.get("/conversations/c").json()["turns"] == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["b", "a"]),
        ({"words": "upset third"}, ["a"]),
        ({"words": "nothing of the kind"}, []),
        ({"label": "frustration"}, ["a"]),
        ({"customer": "ros"}, ["a"]),
        ({"customer": "17"}, ["a"]),
        ({"agent": "desk-4"}, ["a"]),
        ({"outcome": "saved"}, ["a"]),
        ({"outcome": "open"}, ["b"]),
        ({"live": "true"}, ["b", "a"]),
        ({"live": "false"}, []),
        ({"since": "2000-01-01", "until": "9999-12-31"}, ["b", "a"]),
        ({"until": "0001-01-01"}, []),
        ({"limit": 1}, ["b"]),
        ({"limit": 1, "offset": 1}, ["a"]),
    ],
)
def test_conversations_are_found_by(query: dict[str, Any], found: list[str], client: TestClient) -> None:
    client.post("/conversations", json={"conversation_id": "a", "agent": "desk-4"})
    client.post("/turns", json=turn(conversation_id="a", customer={"id": "17", "name": "Rosa"}))
    client.put("/conversations/a/outcome", json={"result": "saved"})
    client.post("/turns", json=turn(conversation_id="b", text="good morning"))
    assert [one["id"] for one in client.get("/conversations", params=query).json()] == found


@pytest.mark.parametrize("name", ["projects/p/conversations/7", "a b", "50%", "قرارداد", "x?y#z", "c/updates/d"])
def test_ids_may_have_any_readable_characters(name: str, client: TestClient) -> None:
    client.post("/turns", json=turn(conversation_id=name))
    address = f"/conversations/{quote(name, safe='')}"
    assert client.get(address).json()["id"] == name
    assert len(client.get(f"{address}/updates").json()) == 1
    assert client.post(f"{address}/end").json() == {"status": "done"}


def test_updates_go_on_from_a_revision_and_cut_no_change_in_two(client: TestClient, store: Store) -> None:
    client.post("/turns", json={"turns": [turn(turn_id=str(number), text="hello") for number in range(5)]})
    client.post("/turns", json=turn(turn_id="last", text="hello"))
    first = store.conversations.updates_after(0, "c", limit=3)
    assert (len(first), len({one.revision for one in first})) == (5, 1)
    rest = client.get("/conversations/c/updates", params={"after": first[-1].revision}).json()
    assert [one["update"]["turn_id"] for one in rest] == ["last"]


def test_what_is_said_of_a_conversation(client: TestClient, store: Store) -> None:
    taken = client.post("/turns", json=turn(text="I'm leaving, your manager please")).json()["turns"][0]
    assert taken["update"]["prompt"]
    for method, path, body in (
        ("PUT", "/conversations/c/outcome", {"result": "lost", "reason": "price", "value_at_risk": 12.5}),
        ("POST", "/conversations/c/feedback", {"turn_id": "1", "verdict": "copied"}),
        (
            "POST",
            "/conversations/c/marks",
            {"turn_id": "1", "label": "churn_threat", "start": 0, "end": 11, "verdict": "right"},
        ),
        ("POST", "/conversations/c/notes", {"text": "offer the free month", "takes_over": True}),
    ):
        assert client.request(method, path, json=body).json() == {"status": "done"}, path
    outcome = store.reviews.outcome("c")
    assert outcome is not None
    assert (outcome.result, outcome.reason, outcome.author) == ("lost", "price", "this machine")
    assert [one.verdict for one in store.reviews.feedback("c")] == ["copied"]
    assert [one.label for one in store.reviews.marks("c")] == ["churn_threat"]
    assert [(one.text, one.takes_over) for one in store.alerts.notes("c")] == [("offer the free month", True)]
    (alert,) = client.get("/alerts").json()
    assert client.post(f"/alerts/{alert['id']}/acknowledge").json()["acknowledged_by"] == "this machine"
    assert client.get("/alerts").json() == []


def test_a_customer_is_erased_whom_only_a_turn_named(client: TestClient, store: Store) -> None:
    client.post("/turns", json=turn(customer={"id": "17"}))
    client.post("/turns", json=turn(conversation_id="d", customer={"id": "18"}))
    assert client.delete("/customers/17").json() == {"conversations": 1}
    assert [one["id"] for one in client.get("/conversations").json()] == ["d"]
    assert client.delete("/customers/17").json() == {"conversations": 0}
    assert store.privacy.audit()[0].action == "erased a customer"


@pytest.mark.parametrize(
    ("path", "query", "noted"),
    [
        ("/conversations/c/updates", {}, ("read", "c")),
        ("/conversations/c/updates", {"after": 1}, ("read", "c")),
        ("/alerts", {}, ("read alerts", "all that wait")),
        ("/conversations", {"words": "upset"}, ("searched", "by words")),
        ("/conversations", {"customer": "Rosa"}, ("searched", "by customer")),
        ("/conversations", {"customer": "Rosa", "words": "upset"}, ("searched", "by words and customer")),
        ("/conversations", {"words": ""}, None),
        ("/conversations", {"band": "calm"}, None),
        ("/conversations/c", {}, None),
    ],
)
def test_who_looks_at_what_is_noted_once_an_hour(
    path: str, query: dict[str, Any], noted: tuple[str, str] | None, store: Store
) -> None:
    times = iter([0, 0, 10, 59, 62])
    last = datetime(2026, 3, 1, tzinfo=UTC)

    def clock() -> datetime:
        return last

    client = client_of(application(service(store, clock)))
    client.post("/turns", json=turn())
    for minutes in times:
        last = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        assert client.get(path, params=query).status_code == 200
    expected = [("this machine", *noted)] * 2 if noted else []
    assert [(one.who, one.action, one.subject) for one in store.privacy.audit()] == expected


def test_a_clock_that_jumps_breaks_nothing(store: Store) -> None:
    jumps = itertools.cycle([timedelta(0), timedelta(days=4000), timedelta(days=-9000), timedelta(seconds=-1)])
    client = client_of(application(service(store, lambda: datetime(2026, 3, 1, tzinfo=UTC) + next(jumps))))
    for one in posted():
        assert client.post("/turns", json={key: one[key] for key in one if key != "order"}).status_code == 200
    assert levels(client) == expected()
    for path in ("/conversations", "/conversations?live=true", "/alerts", "/health"):
        assert client.get(path).status_code == 200
