"""``export`` and ``feedback export``: conversations as a table, and what people said as training reads it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from csr_assist.commands.common import opened, operator, say
from csr_assist.errors import InputError
from csr_assist.files import whole
from csr_assist.labels import Label
from csr_assist.records import Format
from csr_assist.state import Band

app = typer.Typer()
feedback = typer.Typer(no_args_is_help=True, help="What agents and reviewers said of prompts and cues.")
app.add_typer(feedback, name="feedback")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="File to write: .csv, .parquet or .jsonl.")],
    since: Annotated[str | None, typer.Option(help="First day, as 2026-01-31.", metavar="DAY")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, included.", metavar="DAY")] = None,
    label: Annotated[
        Label | None, typer.Option(help="Carrying such a cue; csr-assist labels lists them.", metavar="LABEL")
    ] = None,
    band: Annotated[Band | None, typer.Option(help="The worst that it was.")] = None,
    outcome: Annotated[str | None, typer.Option(help="How it ended: saved, lost or open.")] = None,
    customer: Annotated[str | None, typer.Option(help="Customer's id, or a part of the name.")] = None,
    agent: Annotated[str | None, typer.Option(help="Whose desk it was on.")] = None,
    words: Annotated[str, typer.Option(help="Words that were said in it.")] = "",
) -> None:
    """Write the kept conversations with their outcomes, one row each."""
    from csr_assist.export import format_of, rows_of, write_conversations
    from csr_assist.store import ALL, Query, Result

    form = format_of(file)
    if outcome is not None and outcome not in list(Result):
        raise InputError(f"--outcome is '{outcome}'; allowed are {', '.join(Result)}")
    query = Query(
        words=words,
        label=label,
        band=band,
        outcome=Result(outcome) if outcome else None,
        since=_day("--since", since),
        until=_day("--until", until),
        customer=customer,
        agent=agent,
        limit=ALL,
    )
    now = datetime.now(UTC)
    with opened() as store:
        count = write_conversations(file, form, rows_of(store, store.search.find(query, now)))
        store.privacy.note(operator(), "exported conversations", f"{count} to {file.name}", now)
    say(f"{count} conversations: {file}")


@feedback.command("export")
def export_feedback(
    file: Annotated[Path, typer.Argument(help="File to write; its name ends in .jsonl.")],
) -> None:
    """Write the turns that reviewers marked as training reads them, and agents' verdicts on prompts beside them."""
    from csr_assist.export import format_of, write_lines
    from csr_assist.reviewed import prompt_verdicts, reviewed_turns

    if format_of(file) is not Format.JSONL:
        raise InputError(f"{file}: training reads files that end in .jsonl")
    beside = file.with_suffix(".prompts.json")  # not .jsonl: a folder of these is a corpus
    with opened() as store:
        found = list(reviewed_turns(store))
        count = write_lines(file, (one.line for one in found if one.line))
        verdicts = list(prompt_verdicts(store))
        with whole(beside) as part:
            part.write_text(json.dumps(verdicts, ensure_ascii=False, indent=1), encoding="utf-8")
        store.privacy.note(operator(), "exported feedback", f"{count} turns to {file.name}", datetime.now(UTC))
    for reason, number in Counter(one.reason for one in found if one.reason).items():
        say(f"left out: {number} marked turns ({reason})", "yellow")
    say(f"{count} marked turns: {file}")
    say(f"{len(verdicts)} verdicts on prompts: {beside}")


def _day(option: str, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError(f"{option} is '{given}'; expected a day as 2026-01-31") from None
