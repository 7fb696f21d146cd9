from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table, create_engine, inspect, text
from storing import NOW, change, heard, keep

from csr_assist.conversation import Customer
from csr_assist.errors import StoreError
from csr_assist.labels import Label
from csr_assist.store import About, Feedback, Mark, MarkVerdict, Store, Verdict
from csr_assist.store.database import migrations
from csr_assist.store.tables import Base

FIRST_RELEASE = Table(
    "feedback",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("conversation_id", String, nullable=False, index=True),
    Column("turn_id", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("say", String, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("option_id", String),
)
ROW = {
    "at": datetime(2026, 1, 2, 3, 4, 5, 678),
    "conversation_id": "تماس-۱",
    "turn_id": "7",
    "verdict": "chosen",
    "say": "حق با شماست",
    "labels": ["frustration", "tenure"],
    "option_id": "waive_fee",
}
AS_VALUE = Feedback(
    "تماس-۱", "7", Verdict.CHOSEN, "حق با شماست", ("frustration", "tenure"), "waive_fee",
    datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
)  # fmt: skip
OPEN = "import sys; from csr_assist.store import Store; sys.stdin.readline(); Store(sys.argv[1]).close()"


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, Base.metadata))
    engine.dispose()
    return found


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def migrate(url: str, to: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        (command.upgrade if to == "head" else command.downgrade)(migrations(connection), to)
    engine.dispose()


def of_first_release(url: str) -> None:
    engine = create_engine(url)
    FIRST_RELEASE.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(FIRST_RELEASE.insert(), [ROW, {**ROW, "turn_id": "8", "option_id": None, "labels": []}])
    engine.dispose()


def test_migrated_tables_are_those_of_the_code(database_url: str) -> None:
    Store(database_url).close()
    assert differences(database_url) == []
    assert tables(database_url) == {*Base.metadata.tables, "alembic_version"}


def test_a_database_of_the_first_release_opens_and_keeps_its_rows(database_url: str) -> None:
    of_first_release(database_url)
    store = Store(database_url)
    first, second = store.reviews.feedback()
    assert (first, second.turn_id, second.labels) == (AS_VALUE, "8", ())
    assert keep(store, "C: I am very upset") > 0
    store.close()
    assert differences(database_url) == []


def test_opening_again_changes_nothing(store: Store, database_url: str) -> None:
    revision = keep(store, "C: I am very upset")
    Store(database_url).close()
    migrate(database_url, "head")
    assert store.conversations.revision("c") == revision
    assert keep(store, "C: I am very upset", conversation="d") == revision + 1


def test_down_to_the_first_release_and_up_again(database_url: str) -> None:
    of_first_release(database_url)
    Store(database_url).close()
    migrate(database_url, "0001")
    assert tables(database_url) == {"feedback", "alembic_version"}
    store = Store(database_url)
    assert store.reviews.feedback()[0] == AS_VALUE
    assert keep(store, "C: I am very upset") == 1
    store.close()
    assert differences(database_url) == []


def test_what_was_named_and_marked_before_comes_along(store: Store, database_url: str) -> None:
    ((one, update),) = heard("C: I am very upset")
    turn = replace(update.turn, customer=Customer("17"))
    store.conversations.keep(change([(replace(one, turn=turn), replace(update, turn=turn))]))
    store.conversations.begin("c", About(customer=Customer("18")), NOW)
    keep(store, "C: ۶ سال", conversation="d")
    for conversation, start, end in (("c", 5, 15), ("d", 2, 5)):
        mark = Mark(conversation, "1", Label.FRUSTRATION, start, end, MarkVerdict.RIGHT, "Ann")
        assert store.reviews.add_mark(mark, NOW)
    before = store.reviews.marks()
    assert [one.words for one in before] == ["very upset", "سال"]
    store.close()
    migrate(database_url, "0002")
    assert "customers" not in tables(database_url)
    again = Store(database_url)
    assert again.reviews.marks() == before
    assert [again.privacy.erase_customer(customer) for customer in ("17", "18")] == [1, 0]
    again.close()
    assert differences(database_url) == []


def test_a_migration_that_fails_leaves_nothing(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE outcomes (x INTEGER)"))
    with pytest.raises(StoreError):
        Store(database_url)
    assert tables(database_url) == {"outcomes"}
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE outcomes"))
    engine.dispose()
    Store(database_url).close()


def test_a_database_of_a_later_release_is_left_alone(database_url: str) -> None:
    Store(database_url).close()
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="is of a later release than this one"):
        Store(database_url)


def test_threads_may_open_a_fresh_database_at_once(database_url: str) -> None:
    together, failed = Barrier(6), list[Exception]()

    def opens() -> None:
        together.wait()
        try:
            Store(database_url).close()
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=opens) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert differences(database_url) == []


def test_processes_may_open_a_fresh_database_at_once(database_url: str) -> None:
    opening = [
        subprocess.Popen([sys.executable, "-c", OPEN, database_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for one in opening:
        assert one.stdin is not None
        one.stdin.write(b"\n")
        one.stdin.flush()
    said = [one.communicate()[1].decode() for one in opening]
    assert said == [""] * 3
    assert differences(database_url) == []
