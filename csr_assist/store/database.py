"""The database behind the store: opened, brought to the newest tables, and asked in transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from pydantic_core import PydanticSerializationError
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from csr_assist.errors import StoreError
from csr_assist.store.tables import ClockRow

_MIGRATIONS = Path(__file__).parent / "migrations"
BUSY = 10_000
"""Milliseconds that SQLite waits for another writer."""
_OPENING = Lock()
"""Alembic runs one migration at a time in a process."""
_ADVISORY = 0x637372
"""Number of PostgreSQL's lock that processes hold while they migrate; nobody else uses it."""


CONNECT = 5
"""Seconds that a database server has to answer when it is first called."""
CONNECTIONS = 40
"""Kept open at most: as many as requests are served at once."""


class Database:
    """Opens the database at ``url`` and brings its tables up to date.

    Raises:
        StoreError: the database cannot be reached or written to, or is of a later release.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        # SQLite's own waiting is no line: with many threads some would never come to write
        self._line: AbstractContextManager[object] = Lock() if self._engine.dialect.name == "sqlite" else nullcontext()
        try:
            with _OPENING, self._engine.begin() as connection:
                _alone(connection)
                command.upgrade(migrations(connection), "head")
        except SQLAlchemyError as error:
            self.close()
            name = error.__class__.__name__
            raise StoreError(f"the store at {self._engine.url!r} cannot be opened ({name})") from error
        except CommandError as error:
            self.close()
            raise StoreError(f"the store at {self._engine.url!r} is of a later release than this one") from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look things up in.

        Raises:
            StoreError: the database cannot be reached.
        """
        try:
            with Session(self._engine) as session:
                yield session
        except (SQLAlchemyError, UnicodeError) as error:
            raise StoreError(f"the store cannot be read ({error.__class__.__name__})") from error

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, int]]:
        """One transaction and the number of its change; all of it is kept, or nothing.

        Raises:
            StoreError: the database cannot be written to, or does not take a text.
        """
        try:
            with self._line, Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session, next_revision(session)
        except (SQLAlchemyError, UnicodeError, PydanticSerializationError) as error:  # half a character is no text
            raise StoreError(f"the store cannot be written to ({error.__class__.__name__})") from error

    def wipe(self) -> None:
        """Take what was erased out of SQLite's log, too; what others are reading meanwhile goes with a later one.

        PostgreSQL's own housekeeping does so in its time.

        Raises:
            StoreError: the database cannot be written to.
        """
        if self._engine.dialect.name != "sqlite":
            return
        try:
            with self._line, self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except SQLAlchemyError as error:
            raise StoreError(f"the store cannot be written to ({error.__class__.__name__})") from error

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()


def next_revision(session: Session) -> int:
    """Count one change. First in its transaction: whoever comes second waits here, so numbers come in order."""
    counted = update(ClockRow).values(revision=ClockRow.revision + 1).returning(ClockRow.revision)
    return session.execute(counted).scalar_one()


def migrations(connection: Connection) -> Config:
    """What Alembic's commands need to work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _alone(connection: Connection) -> None:
    """Begin to write, behind whoever else opens the database: one migrates, the others find it done."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python would begin at the first row, behind the tables
    elif connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY)))


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.drivername in ("postgres", "postgresql"):  # as most services write it
            address = address.set(drivername="postgresql+psycopg")
        distant = address.get_backend_name() != "sqlite"
        engine = create_engine(
            address,
            hide_parameters=True,  # no customer's words in errors
            pool_pre_ping=distant,  # a server may have gone meanwhile, a file not
            pool_size=CONNECTIONS,
            connect_args={"connect_timeout": CONNECT} if address.get_backend_name() == "postgresql" else {},
        )
    except (SQLAlchemyError, ImportError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreError(f"'{url.partition(':')[0]}' is no database address that can be opened here") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _as_we_need_it)
    return engine


def _as_we_need_it(connection: object, _: object) -> None:
    """Writers that wait for each other, readers beside a writer, rows that go with their conversation and for good."""
    for pragma in (f"busy_timeout={BUSY}", "journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]
