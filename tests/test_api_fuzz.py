"""Whatever comes in: never a 500, never a half-stored conversation.

A bounded number of examples; ``CSR_ASSIST_FUZZ=10000`` makes it that many in all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from api_doubles import application, client_of, make_token, service, turn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, openapi
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.schemas import OpenApiSchema
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient
from test_platforms import JUNK, NAMES, ROLES, SAMPLES, damaged

from csr_assist.api import PREFIX
from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.heard import Incoming
from csr_assist.privacy.keys import Scope
from csr_assist.service import Service
from csr_assist.sources import FORMATS, Problem, parse_text, read_turns
from csr_assist.store import Store

EXAMPLES = int(os.environ.get("CSR_ASSIST_FUZZ") or 300)
WHOLE = """
    SELECT count(*) FROM conversations WHERE turns != (SELECT count(*) FROM turns WHERE conversation_id = id)
    OR (SELECT count(DISTINCT place) FROM turns WHERE conversation_id = id) != turns
"""
BEGUN = "SELECT count(*) FROM conversations WHERE turns = 0"
TEXTS = {
    "jsonl": json.dumps(turn()) + "\n" + json.dumps(turn(turn_id="2", at="2026-03-01T09:30:12Z")),
    "captions": "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<v Customer>very upset\n\n00:03.000 --> 00:04.000\nhello\n",
    "table": "conversation_id,turn_id,speaker,text,at\nc,1,customer,very upset,2026-03-01 09:30\nc,2,agent,hello,\n",
    "script": "Customer: I am very upset\nAgent (09:31): hello\n[10:02] Customer: your manager please\n",
    "unlabelled": "Good morning, how can I help?\n\nI have been a customer for 6 years.\n",
}
CHARACTERS = st.text(st.sampled_from('\0\ud800\u202e\ufeff\x85\t\n\r{}[]",:;|=<>-#1٣éس😀 aA'), max_size=8)
VALUES = st.recursive(
    JUNK | CHARACTERS | st.integers() | st.just(10**400) | st.just("9999-12-31T23:59:59-12:00") | st.just("x" * 300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CHARACTERS | st.sampled_from(sorted(turn())), inner),
    max_leaves=5,
)
TURNS = st.dictionaries(st.sampled_from([*turn(), "at", "order", "final", "customer", "language", "other"]), VALUES)


def bounded(share: float, among: int = 1) -> settings:
    """A share of all examples, for each of several tests."""
    count = max(1, round(EXAMPLES * share / among))
    unhurried = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
    return settings(
        max_examples=count,
        suppress_health_check=unhurried,
        database=None,
        derandomize=EXAMPLES == 300,
        phases=(Phase.generate, Phase.shrink),
    )


class Kept:
    """A service whose store can be looked into behind its back."""

    def __init__(self, url: str) -> None:
        self.service: Service = service(Store(url))
        self._engine = create_engine(url)
        token = make_token(self.service, "all", Scope.ADMIN)
        self.key = {"Authorization": f"Bearer {token}"}
        self.client: TestClient = client_of(application(self.service))
        self.client.headers.update(self.key)

    def count(self, query: str) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def close(self) -> None:
        self._engine.dispose()
        self.service.store.close()


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    opened = Kept(f"sqlite:///{tmp_path_factory.mktemp('store') / 'csr.db'}")
    yield opened
    opened.close()


@pytest.fixture
def kept_anywhere(database_url: str) -> Iterator[Kept]:
    opened = Kept(database_url)
    yield opened
    opened.close()


def check(kept: Kept, answer: Any) -> None:
    assert answer.status_code < 500, (answer.request.url, answer.text)
    # an address with a line break belongs to nobody: what the API is mounted in says so
    if answer.status_code >= 400 and "%0A" not in str(answer.request.url):
        kinds = answer.headers["content-type"]  # of schemathesis a list
        assert "application/problem+json" in kinds, answer.request.url
        assert answer.json()["detail"]
    assert kept.count(WHOLE) == 0


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_of_the_document(mode: GenerationMode, kept: Kept) -> None:
    schema: OpenApiSchema = openapi.from_asgi(f"{PREFIX}/openapi.json", kept.client.app)
    # streams never end
    found = schema.exclude(path_regex="/events$").get_all_operations()
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == 15
    for operation in operations:

        @bounded(0.25, len(operations))
        @given(operation.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            kept.client.post("/turns", json=turn(conversation_id="call-2041", turn_id="7"))
            check(kept, case.call(headers={**dict(case.headers or {}), **kept.key}))

        with suppress(Unsatisfiable):  # there is nothing to get wrong where nothing is given
            run()


@bounded(0.1, 2)
@given(body=st.lists(TURNS, max_size=4), junk=TURNS, batch=st.booleans())
def test_turns_of_any_values(
    body: list[dict[str, Any]], junk: dict[str, Any], batch: bool, kept_anywhere: Kept
) -> None:
    kept = kept_anywhere
    posted = [{**turn(), **one} for one in body]
    whole: Any = {"turns": posted} if batch else {**turn(), **junk}
    check(kept, kept.client.post("/turns", content=json.dumps(whole), headers={"content-type": "application/json"}))
    assert kept.count(BEGUN) == 0


@bounded(0.05)
@given(body=st.binary(max_size=200) | VALUES.map(json.dumps).map(str.encode))
def test_bodies_of_any_bytes(body: bytes, kept: Kept) -> None:
    for path in ("/turns", "/conversations", "/conversations/c/notes"):
        check(kept, kept.client.post(path, content=body, headers={"content-type": "application/json"}))


@pytest.mark.parametrize("name", NAMES)
def test_webhooks_of_damaged_events(name: str, kept_anywhere: Kept) -> None:
    @bounded(0.2, 2 * len(NAMES))
    @given(st.data(), VALUES, st.booleans())
    def run(draw: st.DataObject, junk: Any, form: bool) -> None:
        value = damaged(SAMPLES[name], draw, junk)
        sent: dict[str, Any] = {"content": json.dumps(value), "headers": {"content-type": "application/json"}}
        if form and isinstance(value, dict):
            fields = {key: _readable(one) for key, one in value.items() if _readable(key) == key}
            sent = {"data": fields}
        answer = kept_anywhere.client.post(f"/webhooks/{name}", params={"conversation_id": "w"}, **sent)
        assert answer.status_code == 200, answer.text
        check(kept_anywhere, answer)
        assert kept_anywhere.count(BEGUN) == 0

    run()


def _readable(value: object) -> str:
    return json.dumps(value) if not isinstance(value, str) else value.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("name", NAMES)
def test_importers_of_damaged_documents(name: str, kept: Kept) -> None:
    @bounded(0.1, len(NAMES))
    @given(st.data(), VALUES)
    def run(draw: st.DataObject, junk: Any) -> None:
        document = json.dumps([SAMPLES[name], damaged(SAMPLES[name], draw, junk)])
        _import(kept, lambda: parse_text(document, "f.json", name, ROLES))

    run()


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
def test_importers_of_damaged_texts(name: str, kept: Kept) -> None:
    @bounded(0.15, len(FORMATS))
    @given(st.data(), CHARACTERS)
    def run(draw: st.DataObject, junk: str) -> None:
        given_text = TEXTS[name]
        begin = draw.draw(st.integers(0, len(given_text)))
        end = draw.draw(st.integers(begin, min(len(given_text), begin + 12)))
        mangled = given_text[:begin] + junk + given_text[end:]
        _import(kept, lambda: parse_text(mangled, "f.txt", name))
        _import(kept, lambda: parse_text(mangled, "f.txt"))

    run()


@bounded(0.15)
@given(data=st.binary(max_size=300), name=st.sampled_from([*NAMES, *TEXTS, None]))
def test_importers_of_files_of_any_bytes(
    data: bytes, name: str | None, kept: Kept, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    _import(kept, lambda: read_turns(path, name))


def _import(kept: Kept, read: Callable[[], Iterator[Turn | Problem]]) -> None:
    try:
        found = list(read())
    except InputError:
        return
    assert all(isinstance(one, Turn | Problem) for one in found)
    kept.service.take([Incoming(one) for one in found if isinstance(one, Turn)])
    assert kept.count(WHOLE) == 0
    assert kept.count(BEGUN) == 0
