from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from api_doubles import application, client_of, server, service, turn
from databases import Server, free_port, programs, stoppable_server
from sqlalchemy import create_engine, text

from csr_assist.api import PREFIX
from csr_assist.store import Store

STARTING = 120.0
"""Seconds in which the detector is loaded, on a busy machine."""
AT_ONCE = 4
KILL_AFTER = 12
"""Turns that are acknowledged before the server is killed."""


@contextmanager
def process(port: int, database: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The API alone, as a user starts it; killed at the end, if it still runs."""
    command = [sys.executable, "-m", "uvicorn", "csr_assist.api.alone:app", "--port", str(port), "--no-access-log"]
    given = {**os.environ, "CSR_ASSIST_DATABASE_URL": database}
    with (folder / "log").open("ab") as log, subprocess.Popen(command, env=given, stdout=log, stderr=log) as running:
        try:
            _await(f"http://127.0.0.1:{port}{PREFIX}/health")
            yield running
        finally:
            running.kill()


def _await(address: str, within: float = STARTING) -> None:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if httpx.get(address, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(address)


def said(conversation: str, number: int) -> dict[str, object]:
    return turn(conversation_id=conversation, turn_id=str(number), order=number, text=f"this is the {number}th time")


class Caller:
    """Posts turns of its own conversation and of one that all share, until the server is gone."""

    def __init__(self, address: str, name: str) -> None:
        self.sent: list[tuple[str, int]] = []
        self.acknowledged: list[tuple[str, int]] = []
        self._address, self._name, self._stop = address, name, Event()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with httpx.Client(base_url=self._address, timeout=60) as client:
            for number in range(10_000):
                batch = [(self._name, number), ("shared", number * 10 + int(self._name))]
                self.sent += batch
                try:
                    answer = client.post("/turns", json={"turns": [said(*one) for one in batch]})
                except httpx.TransportError:
                    return
                if self._stop.is_set() or answer.status_code != 200:
                    return
                self.acknowledged += batch

    def join(self) -> None:
        self._stop.set()
        self._thread.join()


def kept(client: httpx.Client, conversation: str) -> list[int]:
    answer = client.get(f"/conversations/{conversation}/updates")
    return [int(one["update"]["turn_id"]) for one in answer.json()] if answer.status_code == 200 else []


def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}{PREFIX}"
    with process(port, database_url, tmp_path) as running:
        callers = [Caller(address, str(number)) for number in range(AT_ONCE)]
        while sum(len(one.acknowledged) for one in callers) < KILL_AFTER:
            assert running.poll() is None
            time.sleep(0.01)
        running.kill()
        running.wait()
        for caller in callers:
            caller.join()
    acknowledged = {one for caller in callers for one in caller.acknowledged}
    sent = {one for caller in callers for one in caller.sent}
    with process(port, database_url, tmp_path), httpx.Client(base_url=address, timeout=60) as client:
        names = sorted({name for name, _ in sent})
        there = [(name, number) for name in names for number in kept(client, name)]
        assert len(there) == len(set(there))
        assert acknowledged <= set(there) <= sent
        for found in client.get("/conversations").json():
            assert found["turns"] == len(kept(client, found["id"])) > 0
        again = client.post("/turns", json={"turns": [said(*one) for one in sorted(sent)]}).json()["turns"]
        taken = {(one["conversation_id"], int(one["turn_id"])): one["taken"] for one in again}
        assert taken == {one: "repeated" if one in there else "new" for one in sent}
        assert {name: sorted(kept(client, name)) for name in names} == {
            name: sorted(number for other, number in sent if other == name) for name in names
        }
    assert "th time" not in (tmp_path / "log").read_text()


@pytest.fixture
def postgres_of_its_own() -> Iterator[Server]:
    if programs() is None:
        pytest.skip("no PostgreSQL on this machine: apt install postgresql")
    with stoppable_server() as running:
        yield running


def test_a_database_that_is_gone_and_comes_back(postgres_of_its_own: Server) -> None:
    store = Store(f"{postgres_of_its_own.address}/postgres")
    with server(application(service(store))) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/turns", json=said("c", 1)).status_code == 200
        postgres_of_its_own.stop()
        for method, path, body in (
            ("POST", "/turns", said("c", 2)),
            ("POST", "/turns", said("d", 1)),
            ("GET", "/conversations", None),
            ("GET", "/health", None),
            ("GET", "/events", None),
            ("PUT", "/conversations/c/outcome", {"result": "saved"}),
            ("POST", "/webhooks/genesys", {}),
        ):
            answer = client.request(method, path, json=body)
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), path
            assert answer.headers["content-type"] == "application/problem+json"
        postgres_of_its_own.start()
        _await(f"{address}/health")
        assert client.post("/turns", json=said("c", 2)).json()["turns"][0]["taken"] == "new"
        assert client.post("/turns", json=said("c", 1)).json()["turns"][0]["taken"] == "repeated"
        assert kept(client, "c") == [1, 2]
        assert client.get("/conversations/d").status_code == 404
    store.close()


def test_who_listens_meanwhile_hears_on(postgres_of_its_own: Server) -> None:
    store = Store(f"{postgres_of_its_own.address}/postgres")
    with server(application(service(store))) as address, httpx.stream("GET", f"{address}/events", timeout=60) as events:
        postgres_of_its_own.stop()
        time.sleep(2)
        postgres_of_its_own.start()
        _await(f"{address}/health")
        httpx.post(f"{address}/turns", json=said("c", 1), timeout=60)
        assert next(line for line in events.iter_lines() if line.startswith("data")).startswith("data")
    store.close()


def test_a_database_that_is_locked_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csr_assist.store.database.BUSY", 100)
    url = f"sqlite:///{tmp_path / 'csr.db'}"
    store = Store(url)
    client = client_of(application(service(store)))
    other = create_engine(url, isolation_level="AUTOCOMMIT")
    with other.connect() as holding:
        holding.execute(text("BEGIN EXCLUSIVE"))
        answer = client.post("/turns", json=said("c", 1))
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5")
        holding.execute(text("ROLLBACK"))
    other.dispose()
    assert client.post("/turns", json=said("c", 1)).status_code == 200
    store.close()
