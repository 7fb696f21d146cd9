from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from databases import rows
from storing import NOW, change, heard, keep, raised

from csr_assist.conversation import Customer
from csr_assist.errors import StoreError
from csr_assist.labels import Label
from csr_assist.store import (
    About,
    Audited,
    Feedback,
    Mark,
    MarkVerdict,
    Note,
    Outcome,
    Result,
    Store,
    Verdict,
)
from csr_assist.store.tables import Base

NOT_OF_CONVERSATIONS = {"clock", "tokens", "audit"}


def fill(store: Store, name: str, customer: str | None, at: datetime = NOW) -> None:
    """Something in every table that knows conversations."""
    keep(
        store,
        f"C: I am very upset, {name}",
        conversation=name,
        at=at,
        about=About(customer=Customer(customer, f"{name} {name}"), started_at=at),
        alerts=[raised(name, quote=name, channels=(f"{name}-channel",))],
        prompted=frozenset("1"),
    )
    store.alerts.add_note(Note(name, "Ann", name), at)
    store.reviews.set_outcome(Outcome(name, Result.LOST, "Ann"), at)
    store.reviews.add_feedback(Feedback(name, "1", Verdict.COPIED, "We let you down."), at)
    store.reviews.add_mark(Mark(name, "1", Label.FRUSTRATION, 5, 15, MarkVerdict.RIGHT, "Ann"), at)


def of(url: str, name: str) -> dict[str, list[str]]:
    """By table, the rows with a value that begins with the name; those of deliveries by their channel."""
    found: dict[str, list[str]] = {}
    for table, what in Base.metadata.tables.items():
        mine = [str(row) for row in rows(url, what) if any(str(value).startswith(name) for value in row.values())]
        found |= {table: mine} if mine else {}
    return found


def test_erasing_a_customer_takes_all_of_theirs_and_nothing_else(store: Store, database_url: str) -> None:
    for name, customer in {"gone-1": "17", "gone-2": "17", "stays": "18", "nobody": None, "other": "170"}.items():
        fill(store, name, customer)
    store.privacy.note("Ann", "looked", "something", NOW)
    before = {name: of(database_url, name) for name in ("stays", "nobody", "other")}
    expected = set(Base.metadata.tables) - NOT_OF_CONVERSATIONS
    assert set(of(database_url, "gone-1")) == set(before["stays"]) == expected
    assert store.privacy.erase_customer("17") == 2
    assert of(database_url, "gone") == {}
    assert {name: of(database_url, name) for name in before} == before
    assert len(store.privacy.audit()) == 1
    assert store.privacy.erase_customer("17") == 0


@pytest.mark.parametrize("customer", ["17", "18", "19"])
def test_a_customer_is_erased_by_every_id_they_were_given(store: Store, database_url: str, customer: str) -> None:
    fill(store, "stays", "20")
    before = of(database_url, "stays")
    begun = store.conversations.begin("gone", About(customer=Customer("17", "Ann")), NOW)
    ((one, update),) = heard("C: hello", conversation="gone")
    turn = replace(update.turn, customer=Customer("18"))
    pairs = [(replace(one, turn=turn), replace(update, turn=turn))]
    about = About(customer=Customer("19"))
    store.conversations.keep(change(pairs, begun.revision, new=frozenset("1"), about=about))
    assert store.privacy.erase_customer(customer) == 1
    assert of(database_url, "gone") == {}
    assert of(database_url, "stays") == before


def test_what_is_erased_is_not_in_the_files_either(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'csr.db'}")
    for number in range(30):
        fill(store, f"Wanda {number}", "17")
    other = Store(f"sqlite:///{tmp_path / 'csr.db'}")
    assert other.privacy.erase_customer("17") == 30
    assert [path.name for path in tmp_path.iterdir() if b"Wanda" in path.read_bytes()] == []
    fill(store, "Wanda", "17", NOW - timedelta(days=1))
    assert store.privacy.purge(NOW) == 1
    assert [path.name for path in tmp_path.iterdir() if b"Wanda" in path.read_bytes()] == []
    for one in (store, other):
        one.close()


def test_feedback_of_no_conversation_is_purged_by_its_own_age(store: Store) -> None:
    for days, turn in ((4000, "old"), (366, "old"), (1, "new")):
        said = Feedback("pasted", turn, Verdict.WRONG, "We let you down.")
        store.reviews.add_feedback(said, NOW - timedelta(days=days))
    assert store.privacy.purge(NOW - timedelta(days=365)) == 0
    assert [one.turn_id for one in store.reviews.feedback()] == ["new"]


@pytest.mark.parametrize("customer", ["", "1", "1%", "%", "_7", "' OR 1=1 --"])
def test_only_the_very_customer_is_erased(sqlite_store: Store, customer: str) -> None:
    fill(sqlite_store, "stays", "17")
    fill(sqlite_store, "nobody", None)
    assert sqlite_store.privacy.erase_customer(customer) == 0


def test_what_nobody_has_touched_for_long_is_purged(store: Store, database_url: str) -> None:
    old, limit = NOW - timedelta(days=365, seconds=1), NOW - timedelta(days=365)
    fill(store, "gone", "17", old)
    fill(store, "begun long ago", "18", old)
    store.conversations.begin("begun long ago", About(), NOW)
    fill(store, "stays", "19", limit)
    store.privacy.note("Ann", "looked", "gone", old)
    before = of(database_url, "stays")
    assert store.privacy.purge(limit) == 1
    assert set(of(database_url, "gone")) == {"audit"}
    assert of(database_url, "stays") == before
    assert store.conversations.revision("begun long ago") > 0
    assert store.privacy.purge(limit) == 0


def test_many_are_purged_at_once(sqlite_store: Store) -> None:
    for number in range(501):
        sqlite_store.conversations.begin(f"c{number}", About(), NOW)
    assert sqlite_store.privacy.purge(NOW + timedelta(seconds=1)) == 501


def test_what_was_erased_may_begin_again(store: Store) -> None:
    fill(store, "c", "17")
    store.privacy.erase_customer("17")
    fill(store, "c", "17")
    assert (len(store.alerts.of("c")), len(store.alerts.notes("c")), len(store.reviews.marks())) == (1, 1, 1)


def test_a_key_is_known_by_its_hash_until_it_is_revoked(store: Store) -> None:
    privacy, later = store.privacy, NOW + timedelta(hours=1)
    assert privacy.add_token("desk", "hash-1", "read", NOW)
    assert privacy.add_token("calls", "hash-2", "ingest", later)
    assert (privacy.token("hash-1"), privacy.token("hash-2")) == (("desk", "read"), ("calls", "ingest"))
    assert (privacy.token("hash-3"), privacy.token("HASH-1"), privacy.token("")) == (None, None, None)
    assert not privacy.add_token("desk", "hash-3", "read", NOW)
    assert privacy.revoke_token("desk", later)
    assert privacy.token("hash-1") is None
    assert privacy.tokens() == [("desk", "read", NOW, later), ("calls", "ingest", later, None)]
    assert not privacy.add_token("desk", "hash-4", "read", later)


@pytest.mark.parametrize("name", ["unknown", "revoked", "DESK", ""])
def test_what_opens_nothing_cannot_be_revoked(sqlite_store: Store, name: str) -> None:
    for known in ("desk", "revoked"):
        sqlite_store.privacy.add_token(known, f"hash of {known}", "read", NOW)
    sqlite_store.privacy.revoke_token("revoked", NOW)
    before = sqlite_store.privacy.tokens()
    assert not sqlite_store.privacy.revoke_token(name, NOW + timedelta(days=1))
    assert sqlite_store.privacy.tokens() == before


def test_two_keys_never_share_a_hash(store: Store) -> None:
    store.privacy.add_token("desk", "hash", "read", NOW)
    with pytest.raises(StoreError):
        store.privacy.add_token("other", "hash", "admin", NOW)
    assert store.privacy.token("hash") == ("desk", "read")


def test_the_audit_trail_shows_the_newest_first(store: Store) -> None:
    lines = [Audited(NOW - timedelta(minutes=n), f"Ann {n}", "read", "c" if n % 2 else "d") for n in range(5)]
    for line in lines:
        store.privacy.note(line.who, line.action, line.subject, line.at)
    assert store.privacy.audit() == lines[::-1]
    assert store.privacy.audit(2) == lines[:2:-1]
    assert store.privacy.audit(subject="c") == [lines[3], lines[1]]
    assert store.privacy.audit(subject="C") == []


@pytest.mark.parametrize(
    ("minutes", "who", "action", "subject", "noted"),
    [
        (0, "Ann", "read", "c", False),
        (60, "Ann", "read", "c", False),
        (60.1, "Ann", "read", "c", True),
        (-5, "Ann", "read", "c", True),
        (5, "Ben", "read", "c", True),
        (5, "Ann", "followed", "c", True),
        (5, "Ann", "read", "d", True),
    ],
)
def test_a_line_of_the_trail_stands_for_an_hour(
    sqlite_store: Store, minutes: float, who: str, action: str, subject: str, noted: bool
) -> None:
    sqlite_store.privacy.note_once("Ann", "read", "c", NOW)
    sqlite_store.privacy.note_once(who, action, subject, NOW + timedelta(minutes=minutes))
    assert len(sqlite_store.privacy.audit()) == 1 + noted
