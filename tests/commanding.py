"""The command line in this very process, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from csr_assist.cli import app
from csr_assist.errors import CsrAssistError
from csr_assist.store import Store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The database that the commands open."""
    url = f"sqlite:///{tmp_path / 'csr.db'}"
    monkeypatch.setenv("CSR_ASSIST_DATABASE_URL", url)
    for name in ("CSR_ASSIST_TOKEN", "CSR_ASSIST_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    opened = Store(url)
    yield opened
    opened.close()


def cli(*arguments: object) -> Result:
    """A command that works."""
    done = _ran(*arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done


def refused(*arguments: object) -> str:
    """The one sentence of a command that does not."""
    done = _ran(*arguments)
    if isinstance(done.exception, CsrAssistError):
        return str(done.exception)
    assert done.exit_code == 2, done.output
    return str(done.output)


def _ran(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))
