from __future__ import annotations

import socket
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest

from csr_assist.errors import StoreError
from csr_assist.store import Feedback, Store, Verdict

NOW = datetime(2026, 3, 1, 9, 30, 12, 345678, tzinfo=UTC)
GIVEN = Feedback(
    conversation_id="call-1",
    turn_id="7",
    verdict=Verdict.CHOSEN,
    say="We let you down.",
    labels=("frustration", "tenure"),
    option_id="waive_fee",
)


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.reviews.feedback() == []


def test_feedback_comes_back_whole(store: Store) -> None:
    store.reviews.add_feedback(GIVEN, NOW)
    (kept,) = store.reviews.feedback()
    assert replace(kept, at=None) == GIVEN


def test_the_store_sets_the_time_in_utc(store: Store) -> None:
    jakarta = NOW.astimezone(timezone(timedelta(hours=7)))
    store.reviews.add_feedback(replace(GIVEN, at=datetime(1999, 1, 1, tzinfo=UTC)), jakarta)
    (kept,) = store.reviews.feedback()
    assert kept.at == NOW
    assert kept.at.tzinfo is UTC


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_kept(store: Store, verdict: Verdict) -> None:
    store.reviews.add_feedback(replace(GIVEN, verdict=verdict), NOW)
    assert [kept.verdict for kept in store.reviews.feedback()] == [verdict]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(replace(GIVEN, say="حق با شماست، می\u200cدونم"), id="Persian"),
        pytest.param(replace(GIVEN, say="😡 \U0001f9d1\u200d\U0001f4bb"), id="emoji"),
        pytest.param(replace(GIVEN, say="'; DROP TABLE feedback; --"), id="SQL"),
        pytest.param(replace(GIVEN, conversation_id="تماس-۱", turn_id="é"), id="ids"),
        pytest.param(replace(GIVEN, say=""), id="nothing said"),
        pytest.param(replace(GIVEN, say="x" * 100_000), id="very long"),
        pytest.param(replace(GIVEN, labels=(), option_id=None), id="no labels, no option"),
    ],
)
def test_any_text_is_kept(store: Store, given: Feedback) -> None:
    store.reviews.add_feedback(given, NOW)
    assert [replace(kept, at=None) for kept in store.reviews.feedback()] == [given]
    assert [replace(kept, at=None) for kept in store.reviews.feedback(given.conversation_id)] == [given]


def test_feedback_comes_in_the_order_given_also_by_conversation(store: Store) -> None:
    for turn, call in enumerate(["b", "a", "b", "a", "c", "b"]):
        store.reviews.add_feedback(replace(GIVEN, conversation_id=call, turn_id=str(9 - turn)), NOW)
    assert [kept.turn_id for kept in store.reviews.feedback()] == ["9", "8", "7", "6", "5", "4"]
    assert [kept.turn_id for kept in store.reviews.feedback("b")] == ["9", "7", "4"]
    assert [kept.turn_id for kept in store.reviews.feedback("a")] == ["8", "6"]
    assert store.reviews.feedback("") == []
    assert store.reviews.feedback("B") == []


def test_the_same_verdict_twice_is_two(store: Store) -> None:
    store.reviews.add_feedback(GIVEN, NOW)
    store.reviews.add_feedback(GIVEN, NOW)
    assert len(store.reviews.feedback("call-1")) == 2


def test_what_is_kept_is_there_after_closing(database_url: str) -> None:
    first = Store(database_url)
    first.reviews.add_feedback(GIVEN, NOW)
    first.close()
    second = Store(database_url)
    assert [replace(kept, at=None) for kept in second.reviews.feedback()] == [GIVEN]
    second.close()


def test_two_stores_share_one_database(store: Store, database_url: str) -> None:
    other = Store(database_url)
    other.reviews.add_feedback(GIVEN, NOW)
    assert len(store.reviews.feedback()) == 1
    other.close()


def test_other_threads_may_use_it(store: Store) -> None:
    threads = [Thread(target=store.reviews.add_feedback, args=(replace(GIVEN, turn_id=str(n)), NOW)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {kept.turn_id for kept in store.reviews.feedback()} == {str(n) for n in range(8)}


def test_readers_do_not_wait_for_a_writer(sqlite_store: Store, tmp_path: Path) -> None:
    sqlite_store.reviews.add_feedback(GIVEN, NOW)
    writer = sqlite3.connect(tmp_path / "csr.db", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("DELETE FROM feedback")
    assert len(sqlite_store.reviews.feedback()) == 1
    writer.execute("ROLLBACK")
    writer.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "''"),
        ("nonsense", "'nonsense'"),
        ("/tmp/csr.db", "'/tmp/csr.db'"),
        ("csr://somewhere", "'csr'"),
        ("postgresql+nodriver://host/db", "'postgresql+nodriver'"),
        ("postgresql://csr:secret@host:port/db", "'postgresql'"),
    ],
)
def test_what_is_no_address_is_named_without_secrets(url: str, words: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(url)
    assert str(caught.value) == f"{words} is no database address that can be opened here"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_that_is_not_there_is_named_by_every_scheme(scheme: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        with pytest.raises(StoreError) as caught:
            Store(f"{scheme}://csr:secret@127.0.0.1:{taken.getsockname()[1]}/db")
    assert "cannot be opened" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_absent_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "csr.db"
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{path}")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"no database, " * 100, b"SQLite format 3\0" + b"\xff" * 200])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{path}")
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_the_words_stay_out_of_logs() -> None:
    assert "let you down" not in repr(GIVEN)
