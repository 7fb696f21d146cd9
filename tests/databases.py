"""Databases for tests: SQLite files, and one PostgreSQL server of this test run's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, create_engine, text

POSTGRES = "postgres"
_CARELESS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off"
"""Fast, for data that nobody needs tomorrow."""


def new_database(server: str) -> str:
    """Address of a fresh database of the server."""
    name = f"t{uuid4().hex}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def rows(url: str, table: Table) -> list[dict[str, Any]]:
    """All that is in a table, by a connection of its own."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(table.select()).mappings()]
    engine.dispose()
    return found


def programs() -> Path | None:
    """Folder of PostgreSQL's programs on this machine, the newest, if there are any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    other = shutil.which("initdb")
    return Path(other).resolve().parent if other else None


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started again; ``address`` names no database."""

    address: str
    start: Callable[[], None]
    stop: Callable[[], None]


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server on a free port of this machine; gives its address without a database."""
    with stoppable_server(_CARELESS) as server:
        yield server.address


@contextmanager
def stoppable_server(options: str = "-c fsync=off") -> Iterator[Server]:
    """The same, to be stopped at once and started again: what it has acknowledged is then there.

    Its data lie beside pytest's folders, which another run closes to the user that the server must run as.
    """
    with TemporaryDirectory(prefix="csr-postgres-") as folder:
        server = _made(Path(folder), options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _made(folder: Path, options: str) -> Server:
    where = programs()
    assert where is not None
    as_user = ["setpriv", "--reuid", POSTGRES, "--regid", POSTGRES, "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, POSTGRES, POSTGRES)
    data, port = folder / "data", free_port()

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(where / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run("initdb", "-D", str(data), "-U", POSTGRES, "-A", "trust", "-E", "UTF8", "--locale", "C")
    listening = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {options}"
    control = ("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"))
    return Server(
        f"postgresql+psycopg://{POSTGRES}@127.0.0.1:{port}",
        start=partial(run, *control, "-o", listening, "start"),
        stop=partial(run, *control, "-m", "immediate", "stop"),
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
