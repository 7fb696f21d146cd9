from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from api_doubles import application, client_of, now, service
from commanding import cli, refused, store
from storing import change, heard

from csr_assist.conversation import Customer
from csr_assist.store import About, Store

__all__ = ["store"]


@pytest.mark.parametrize(
    ("scope", "opens", "shut"),
    [
        (("--scope", "ingest"), ("POST",), ("GET", "DELETE")),
        ((), ("POST",), ("GET", "DELETE")),
        (("--scope", "read"), ("GET",), ("POST", "DELETE")),
        (("--scope", "admin"), ("POST", "GET", "DELETE"), ()),
    ],
)
def test_a_key_opens_what_it_is_for_until_it_is_revoked(
    store: Store, scope: tuple[str, ...], opens: tuple[str, ...], shut: tuple[str, ...]
) -> None:
    key = cli("token", "add", "phone system", *scope).stdout.strip()
    client = client_of(application(service(store)))
    paths = {"POST": "/conversations", "GET": "/conversations", "DELETE": "/customers/C-1"}

    def status(method: str) -> int:
        body = {"conversation_id": "c"} if method == "POST" else None
        return client.request(method, paths[method], json=body, headers={"authorization": f"Bearer {key}"}).status_code

    assert [status(method) for method in opens] == [200] * len(opens)
    assert [status(method) for method in shut] == [403] * len(shut)
    done = cli("token", "revoke", "phone system")
    assert "no key is left" in done.stderr
    assert [status(method) for method in paths] == [401] * 3


def test_keys_are_listed_without_what_they_are(store: Store) -> None:
    key = cli("token", "add", "desk [1]", "--scope", "read").stdout.strip()
    cli("token", "add", "board", "--scope", "read")
    assert "no key is left" not in cli("token", "revoke", "board").stderr
    listed = cli("token", "list").stdout
    assert "desk [1]" in listed
    assert key not in listed
    assert all(key not in f"{line}" for line in store.privacy.audit())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "board"), "'board' was made before"),
        (("add", "x", "--scope", "write"), "--scope is 'write'; allowed are ingest, read, admin"),
        (("add", " "), "readable"),
        (("add", "a\nb"), "readable"),
        (("revoke", "nobody"), "there is no key 'nobody'"),
        (("revoke", "Board"), "there is no key 'Board'"),
    ],
)
@pytest.mark.usefixtures("store")
def test_what_cannot_be_done_with_a_key_is_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    cli("token", "add", "board")
    assert said in refused("token", *arguments)


def test_a_name_is_given_once_even_after_it_was_revoked(store: Store) -> None:
    cli("token", "add", "board")
    cli("token", "revoke", "board")
    assert "there is no key" in refused("token", "revoke", "board")
    assert "was made before" in refused("token", "add", "board")
    assert [line.action for line in store.privacy.audit()] == ["revoked a key", "made a key"]


def keep(store: Store, conversation: str, days_ago: float, customer: str) -> None:
    at = now() - timedelta(days=days_ago)
    about = About(customer=Customer(customer))
    store.conversations.keep(change(heard("C: hello", conversation=conversation), at=at, about=about))


@pytest.mark.parametrize(
    ("options", "settings", "left"),
    [
        ((), "", ["day", "month", "year - 1"]),
        ((), "privacy: {retention_days: 29}", ["day"]),
        ((), "privacy: {retention_days: 31}", ["day", "month"]),
        (("--days", "31"), "privacy: {retention_days: 7}", ["day", "month"]),
        (("--days", "1"), "", []),
        (("--days", "36500"), "", ["day", "month", "year + 1", "year - 1"]),
    ],
)
def test_purging_keeps_what_is_young_enough_and_says_so(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    settings: str,
    left: list[str],
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(settings, encoding="utf-8")
    monkeypatch.setenv("CSR_ASSIST_SETTINGS", str(path))
    ages = {"day": 1.1, "month": 30, "year - 1": 364, "year + 1": 366}
    for name, days in ages.items():
        keep(store, name, days, "C-1")
    count = len(ages) - len(left)
    assert f"erased: {count} conversations" in cli("purge", *options).stderr
    assert [name for name in sorted(ages) if store.conversations.summary(name)] == left
    (line,) = store.privacy.audit()
    assert (line.action, line.subject.split()[0]) == ("purged", str(count))


@pytest.mark.parametrize(("customer", "left"), [("C-1", ["b", "c"]), ("C-12", ["a", "b"]), ("C", ["a", "b", "c"])])
def test_erasing_a_customer_takes_theirs_alone_and_only_the_fact_stays(
    store: Store, customer: str, left: list[str]
) -> None:
    for name, whose in (("a", "C-1"), ("b", "C-2"), ("c", "C-12")):
        keep(store, name, 1, whose)
    assert f"erased: {3 - len(left)} conversations" in cli("erase-customer", customer).stderr
    assert [name for name in "abc" if store.conversations.summary(name)] == left
    (line,) = store.privacy.audit()
    assert (line.action, line.subject) == ("erased a customer", f"{3 - len(left)} conversations")
    assert "at the command line" in line.who


def test_the_audit_trail_is_shown_from_its_end(store: Store) -> None:
    for number in range(4):
        store.privacy.note("[b]Rosa[/b]", "reviewed", f"call-{number}", now())
    shown = cli("audit", "--limit", "2").stdout
    assert shown.index("call-3") < shown.index("call-2")
    assert "call-1" not in shown
    assert "[b]Rosa[/b]" in shown
