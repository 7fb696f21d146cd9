"""``serve`` and ``replay``: the API without the screens, and a transcript played into a running server."""

from __future__ import annotations

import secrets
import socket
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from csr_assist.commands.common import opened, say, say_unread
from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.loopback import is_loopback
from csr_assist.shipped import Kit
from csr_assist.sources import Problem, column_map, named, read_turns, swapped

app = typer.Typer()
HOST = "127.0.0.1"


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65535)] = 8600,
    host: Annotated[
        str, typer.Option(help="Address to listen on; other than this machine's needs a key first.")
    ] = HOST,
    model: Annotated[Path | None, typer.Option(help="Folder of the detector; the shipped one if not given.")] = None,
    playbook: Annotated[Path | None, typer.Option(help="Folder of the playbook; the shipped one if not given.")] = None,
) -> None:
    """Start the API alone at http://HOST:PORT/api/v1; Ctrl-C stops it."""
    import uvicorn

    from csr_assist.api import PREFIX, create_api, standalone
    from csr_assist.serving import serve as start

    _check_host(host)
    with _listening(host, port) as listening:
        serving = start(Kit(model, playbook))
        api = standalone(create_api(lambda: serving))
        say(f"CSR Assist: http://{host}:{port}{PREFIX}/docs")
        try:
            uvicorn.Server(uvicorn.Config(api, log_level="warning")).run([listening])
        finally:
            serving.dispatcher.stop()
            serving.service.store.close()


def _check_host(host: str) -> None:
    """Other machines are let in by a key alone, so there must be one."""
    if is_loopback(host):
        return
    with opened() as store:
        if not store.privacy.has_tokens():
            raise InputError(
                f"--host {host} opens the API to other machines, so it needs a key first: csr-assist token add NAME"
            )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such address"
        raise InputError(f"port {port} of {host} cannot be listened on ({reason})") from None


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A transcript in any form that scan reads.")],
    to: Annotated[str, typer.Option(help="Address of the server.", metavar="URL")] = "http://localhost:8501",
    speed: Annotated[float, typer.Option(help="How many times faster than it was spoken.", min=0.1, max=1000)] = 1.0,
    conversation: Annotated[
        str | None, typer.Option(help="Id on the server; its own with a fresh ending if not given.", metavar="ID")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Key that may post turns.", envvar="CSR_ASSIST_TOKEN", metavar="KEY")
    ] = None,
    keep_open: Annotated[bool, typer.Option("--keep-open", help="Leave the conversation without an end.")] = False,
    source: Annotated[str | None, typer.Option(help="Format of the file; detected if not given.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Who is who, as 'speaker 1=agent'; can be repeated.")] = None,
    swap_roles: Annotated[bool, typer.Option("--swap-roles", help="Exchange customer and agent.")] = False,
    column: Annotated[
        list[str] | None, typer.Option(help="What a table's column is, as 'text=Message'; can be repeated.")
    ] = None,
) -> None:
    """Play a transcript into a running server as a platform would, with the pauses of the recording."""
    from csr_assist.replay import Server, play, steps_of

    found = read_turns(file, source, named(role or ()), column_map(column or ()))
    turns = _turns(swapped(found) if swap_roles else found)
    fresh = secrets.token_hex(3)
    if conversation is not None and len({turn.conversation_id for turn in turns}) > 1:
        raise InputError(f"{file}: holds several conversations; --conversation names one")
    steps = steps_of(turns, lambda key: conversation or f"{key}-{fresh}")
    out = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    taken: Counter[str] = Counter()
    names = list(dict.fromkeys(step.turn.conversation_id for step in steps))
    with Server(to, token) as server, Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        for name in names:
            say(f"desk: {server.desk_of(name)}")
        task = progress.add_task("turns", total=len(steps))
        for took in play(steps, server, speed, keep_open):
            taken.update(_counted(took))
            _show(out, took)
            progress.advance(task)
    kinds = ", ".join(f"{count} {kind}" for kind, count in taken.items())
    out.print(f"{', '.join(names)}: {kinds}", markup=False, highlight=False, soft_wrap=True)


def _turns(found: Iterable[Turn | Problem]) -> list[Turn]:
    """The turns of a file; what is not read of it is said."""
    turns: list[Turn] = []
    problems: list[Problem] = []
    for item in found:
        if isinstance(item, Turn):
            turns.append(item)
        else:
            problems.append(item)
    say_unread(problems)
    return turns


def _counted(took: dict[str, Any]) -> list[str]:
    update = took["update"] or {}
    return [took["taken"], *(kind for kind in ("prompt", "alert") if update.get(kind))]


def _show(out: Console, took: dict[str, Any]) -> None:
    """The prompt that a turn brought, if it did."""
    prompt = (took["update"] or {}).get("prompt")
    if prompt:
        options = " · ".join(option["text"] for option in prompt["options"])
        line = f"turn {took['turn_id']}: {prompt['say']}" + (f" [{options}]" if options else "")
        out.print(line, markup=False, highlight=False, soft_wrap=True)
