from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_doubles import application, server, service
from commanding import cli, refused, store

from csr_assist.shipped import EXAMPLES
from csr_assist.store import Query, Store, Summary

__all__ = ["store"]

EXAMPLE = EXAMPLES / "01-six-years-call.jsonl"
LINES = ("I've been a customer for 6 years and I am very upset", "we can't", "third time, I'm leaving")


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.jsonl"
    rows = [
        {"conversation_id": "call-1", "turn_id": n, "speaker": ("customer", "agent")[n % 2], "text": text}
        for n, text in enumerate(LINES)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with server(application(service(store))) as url:
        yield url.removesuffix("/api/v1")


def kept(store: Store) -> list[Summary]:
    return store.search.find(Query(), service(store).clock())


def test_a_transcript_is_played_and_its_prompts_are_shown(store: Store, address: str, call: Path) -> None:
    out = cli("replay", call, "--to", address, "--speed", "1000").stdout
    (summary,) = kept(store)
    assert summary.id.startswith("call-1-")
    assert summary.turns == 3
    assert summary.ended_at
    assert f"{summary.id}: 3 new, " in out
    first = out.splitlines()[0]
    assert first.startswith("turn 0: ")
    _, turns = store.conversations.read(summary.id)
    prompt = turns[0].update.prompt
    assert prompt
    assert prompt.say in first
    assert all(option.text in first for option in prompt.options)


@pytest.mark.parametrize(
    ("options", "ids", "ended"),
    [
        ((), 2, True),
        (("--keep-open",), 2, False),
        (("--conversation", "mine"), 1, True),
        (("--conversation", "mine", "--keep-open"), 1, False),
    ],
)
def test_a_repeat_is_another_conversation_unless_it_is_named(
    store: Store, address: str, call: Path, options: tuple[str, ...], ids: int, ended: bool
) -> None:
    for _ in range(2):
        cli("replay", call, "--to", address, "--speed", "1000", *options)
    found = kept(store)
    assert len({one.id for one in found}) == ids
    assert [one.turns for one in found] == [3] * ids
    assert [bool(one.ended_at) for one in found] == [ended] * ids
    if ids == 1:
        assert found[0].id == "mine"


def test_roles_can_be_said_and_unread_lines_are_named(store: Store, address: str, tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text("Mara: I am very upset\nBen: we can't\n", encoding="utf-8")
    roles = ("--role", "Mara=customer", "--role", "Ben=agent")
    cli("replay", path, "--to", address, "--speed", "1000", *roles)
    assert kept(store)[0].turns == 2
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text('{"speaker": "customer", "text": "hello"}\n' + "{}\n" * 25, encoding="utf-8")
    said = cli("replay", mixed, "--to", address).stderr
    assert "mixed.jsonl:2" in said
    assert "and 5 more lines" in said


def test_columns_can_be_named_and_roles_exchanged(store: Store, address: str, tmp_path: Path) -> None:
    path = tmp_path / "call.csv"
    path.write_text("Von;Nachricht\nAgent;I am very upset\nCustomer;we can't\n", encoding="utf-8")
    columns = ("--column", "speaker=Von", "--column", "text=Nachricht")
    cli("replay", path, "--to", address, "--speed", "1000", "--swap-roles", *columns)
    _, turns = store.conversations.read(kept(store)[0].id)
    assert [one.heard.turn.speaker for one in turns] == ["customer", "agent"]


@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_server_with_keys_takes_turns_with_one(
    store: Store, address: str, call: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    key = cli("token", "add", "phone").stdout.strip()
    reads = cli("token", "add", "board", "--scope", "read").stdout.strip()
    assert "needs a key" in refused("replay", call, "--to", address)
    assert "this key opens nothing" in refused("replay", call, "--to", address, "--token", "csra_wrong")
    assert "opens read" in refused("replay", call, "--to", address, "--token", reads)
    assert kept(store) == []
    monkeypatch.setenv("CSR_ASSIST_TOKEN", key if way == "environment" else reads)
    cli("replay", call, "--to", address, "--speed", "1000", *(("--token", key) if way == "option" else ()))
    assert kept(store)[0].turns == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((EXAMPLE, "--to", "http://127.0.0.1:9"), "no server answers at http://127.0.0.1:9"),
        ((EXAMPLE, "--to", "localhost"), "'localhost' is no address"),
        (("nowhere.jsonl",), "nowhere.jsonl: there is no such file"),
        ((EXAMPLE, "--source", "fax"), "source 'fax' is unknown"),
        ((EXAMPLE, "--role", "Mara"), "NAME=ROLE"),
        ((EXAMPLE, "--column", "text"), "FIELD=HEADER"),
        ((EXAMPLE, "--speed", "0"), "--speed"),
        ((EXAMPLE, "--speed", "nan"), "--speed"),
        ((EXAMPLE, "--conversation", "x", "--to", "http://127.0.0.1:9"), "no server answers"),
    ],
)
@pytest.mark.usefixtures("store")
def test_what_cannot_be_played_is_one_sentence(arguments: tuple[object, ...], said: str) -> None:
    assert said in refused("replay", *arguments)


def test_one_name_does_not_fit_two_conversations(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    rows = [{"conversation_id": one, "speaker": "customer", "text": "hello"} for one in "ab"]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert "several conversations" in refused("replay", path, "--conversation", "x")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "api.example"])
@pytest.mark.parametrize("before", [(), ("add", "revoke")])
@pytest.mark.usefixtures("store")
def test_other_machines_are_not_served_without_a_key(host: str, before: tuple[str, ...]) -> None:
    for command in before:
        cli("token", command, "phone")
    assert "needs a key first" in refused("serve", "--host", host)


@pytest.mark.usefixtures("store")
def test_other_machines_are_served_with_a_key() -> None:
    cli("token", "add", "phone")
    # an address that is nobody's: the key is enough, the address is not
    assert "port 8600 of 192.0.2.1 cannot be listened on" in refused("serve", "--host", "192.0.2.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.usefixtures("store")
def test_a_port_that_is_taken_is_named(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} of {host} cannot be listened on" in refused("serve", "--host", host, "--port", port)


def test_the_api_alone_takes_a_call_with_the_shipped_detector_and_stops_when_asked(store: Store) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [sys.executable, "-m", "csr_assist", "serve", "--port", str(port)], env=dict(os.environ), stderr=subprocess.PIPE
    )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 120
        while not answers(address):
            assert serving.poll() is None
            assert time.monotonic() < end
            time.sleep(0.3)
        out = cli("replay", EXAMPLE, "--to", address, "--speed", "1000", "--conversation", "real").stdout
        assert "real: 20 new" in out
        serving.send_signal(signal.SIGINT)
        _, said = serving.communicate(timeout=30)
    finally:
        serving.kill()
    assert f"http://127.0.0.1:{port}/api/v1/docs" in said.decode()
    assert "Traceback" not in said.decode()
    (summary,) = kept(store)
    assert (summary.id, summary.turns) == ("real", 20)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v1/health", timeout=30).is_success
    except httpx.TransportError:
        return False
