"""``token``, ``purge``, ``erase-customer`` and ``audit``: who may come in, what is let go of, and who looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from csr_assist.commands.common import minute, opened, operator, say
from csr_assist.errors import InputError

app = typer.Typer()
token = typer.Typer(no_args_is_help=True, help="Keys to the API: once there is one, nobody comes in without.")
app.add_typer(token, name="token")

Name = Annotated[str, typer.Argument(help="What the key is for, as 'phone system'.")]


@token.command("add")
def add_token(
    name: Name,
    scope: Annotated[str, typer.Option(help="What it opens: ingest (turns in), read, or admin (all).")] = "ingest",
) -> None:
    """Make a key and print it: this once, as only its hash is kept."""
    from csr_assist.privacy.keys import Scope, make_key

    if scope not in list(Scope):
        raise InputError(f"--scope is '{scope}'; allowed are {', '.join(Scope)}")
    now = datetime.now(UTC)
    with opened() as store:
        key = make_key(store, name, Scope(scope), now)
        store.privacy.note(operator(), "made a key", f"{name} ({scope})", now)
    say("Keep it now; it is not shown again:")
    typer.echo(key)


@token.command("list")
def list_tokens() -> None:
    """List the keys, without what they are."""
    table = Table("name", "opens", "made", "revoked")
    with opened() as store:
        for name, scope, made, revoked in store.privacy.tokens():
            table.add_row(escape(name), scope, minute(made), minute(revoked))
    Console().print(table)


@token.command("revoke")
def revoke_token(name: Name) -> None:
    """Let a key open nothing from now on."""
    now = datetime.now(UTC)
    with opened() as store:
        if not store.privacy.revoke_token(name, now):
            raise InputError(f"there is no key '{name}' that opens anything; csr-assist token list shows all")
        store.privacy.note(operator(), "revoked a key", name, now)
        left = store.privacy.has_tokens()
    say(f"revoked: {name}")
    if not left:
        say("no key is left: the API now answers this machine, and it alone, without one", "yellow")


@app.command()
def purge(
    days: Annotated[
        int | None, typer.Option(help="Keep so many days; what the settings say if not given.", min=1, max=36_500)
    ] = None,
) -> None:
    """Erase conversations that nobody has touched for longer than they are to be kept."""
    from csr_assist.settings import load

    keep = days or load().privacy.retention_days
    now = datetime.now(UTC)
    with opened() as store:
        count = store.privacy.purge(now - timedelta(days=keep))
        store.privacy.note(operator(), "purged", f"{count} conversations older than {keep} days", now)
    say(f"erased: {count} conversations that were last touched more than {keep} days ago")


@app.command("erase-customer")
def erase_customer(
    customer: Annotated[str, typer.Argument(help="The customer's id, in full.", metavar="ID")],
) -> None:
    """Erase every conversation with a customer and all that hangs on it; only the fact stays, in the audit trail."""
    now = datetime.now(UTC)
    with opened() as store:
        count = store.privacy.erase_customer(customer)
        store.privacy.note(operator(), "erased a customer", f"{count} conversations", now)
    say(f"erased: {count} conversations")


@app.command()
def audit(
    limit: Annotated[int, typer.Option(help="How many lines.", min=1, max=100_000)] = 50,
) -> None:
    """Show the last lines of the audit trail, the newest first: who did what, when."""
    table = Table("when", "who", "what", "whose or how many")
    with opened() as store:
        for line in store.privacy.audit(limit):
            table.add_row(minute(line.at), *map(escape, (line.who, line.action, line.subject)))
    Console().print(table)
