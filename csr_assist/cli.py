"""The command line: ``csr-assist COMMAND``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from csr_assist.commands import exports, live, privacy, training
from csr_assist.commands.common import say, say_unread, terminal
from csr_assist.errors import CsrAssistError, InputError
from csr_assist.labels import Label
from csr_assist.records import Format, RecordWriter, format_for
from csr_assist.scan import Summary
from csr_assist.scan import scan as scan_files
from csr_assist.shipped import APP, CORPUS, MEASURED, MODEL_VARIABLE, PLAYBOOK_VARIABLE, Kit
from csr_assist.sources import column_map, expand, named

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__, rich_markup_mode=None
)
for commands in (live, exports, privacy, training):
    app.add_typer(commands.app)

Model = Annotated[Path | None, typer.Option(help="Folder of the detector; the shipped one if not given.")]
Playbook = Annotated[Path | None, typer.Option(help="Folder of the playbook; the shipped one if not given.")]


@app.command()
def scan(
    inputs: Annotated[list[Path], typer.Argument(help="Transcript files or folders of them.", metavar="INPUT...")],
    output: Annotated[Path | None, typer.Option(help="File to write; the standard output if not given.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="By the output's ending if not given.")] = None,
    source: Annotated[str | None, typer.Option(help="Format of the input; detected if not given.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Who is who, as 'speaker 1=agent'; can be repeated.")] = None,
    swap_roles: Annotated[bool, typer.Option("--swap-roles", help="Exchange customer and agent.")] = False,
    column: Annotated[
        list[str] | None, typer.Option(help="What a table's column is, as 'text=Message'; can be repeated.")
    ] = None,
    model: Model = None,
    playbook: Playbook = None,
) -> None:
    """Read transcripts and write one record a turn: cues, risk, facts and what the agent could say."""
    began = time.monotonic()
    paths, missing = _expanded(inputs, output)
    assistant = Kit(model, playbook).assistant()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RecordWriter(output, format_for(output, form)) as writer:
        with Progress(*columns, console=terminal) as progress:
            task = progress.add_task("turns", total=0)
            found = 0

            def expect(count: int) -> None:
                nonlocal found
                found += count
                progress.update(task, total=found)

            summary = scan_files(
                paths,
                assistant,
                writer,
                source,
                named(role or ()),
                advance=lambda n: progress.advance(task, n),
                expect=expect,
                columns=column_map(column or ()),
                swap=swap_roles,
            )
        summary.unread[:0] = missing
        _report(summary, time.monotonic() - began)
        if not summary.files:  # in here, so that an earlier result stays
            raise typer.Exit(1)
    if summary.unread:
        raise typer.Exit(1)


def _expanded(inputs: list[Path], output: Path | None) -> tuple[list[Path], list[str]]:
    """Files of all inputs but the output itself, and why some inputs have none: one does not stop the others."""
    paths: list[Path] = []
    missing: list[str] = []
    own = output.resolve() if output else None
    for one in inputs:
        if one.resolve() == own:
            raise InputError(f"{one}: is given as input and as output; write to another file")
        try:
            found = [path for path in expand([one]) if path.resolve() != own]
        except InputError as error:
            missing.append(str(error))
        else:
            paths += found
            missing += [] if found else [f"{one}: no transcript in this folder but the output"]
    return list(dict.fromkeys(paths)), missing


def _report(summary: Summary, seconds: float) -> None:
    for notice in summary.notices:
        say(notice, "yellow")
    say_unread(summary.problems)
    for reason in summary.unread:
        say(f"not read: {reason}", "red")
    table = Table.grid(padding=(0, 2))
    rows = {
        "turns": str(summary.turns),
        "conversations": str(len(summary.conversations)),
        "ever at risk": str(len(summary.at_risk)),
        "prompts": str(summary.prompts),
        "alerts": str(summary.alerts),
        "lines not read": str(len(summary.problems)),
        "most heard": ", ".join(f"{label} {count}" for label, count in summary.cues.most_common(5)) or "nothing",
        "time": f"{seconds:.1f} s",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    terminal.print(table)


@app.command()
def run(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
    model: Model = None,
    playbook: Playbook = None,
) -> None:
    """Start the screens at http://localhost:PORT; Ctrl-C stops them."""
    Kit(model, playbook).check()
    for name, folder in ((MODEL_VARIABLE, model), (PLAYBOOK_VARIABLE, playbook)):
        if folder:
            os.environ[name] = str(folder.resolve())
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    say(f"CSR Assist: http://localhost:{port}")
    os.execv(sys.executable, command)


@app.command()
def labels() -> None:
    """List every label with its meaning and an example."""
    table = Table("label", "speaker", "meaning", "for example")
    for label in Label:
        table.add_row(label.value, label.speaker.value, label.meaning, label.examples[0])
    Console().print(table)


@app.command()
def corpus(
    folder: Annotated[Path, typer.Argument(help="Folder of annotated turns (*.jsonl).")] = CORPUS,
) -> None:
    """Check a corpus line by line and count what is in it."""
    from csr_assist.training.corpus import load_corpus
    from csr_assist.training.inventory import inventory

    counts = inventory(load_corpus(folder))
    table = Table("label", *(language.value for language in counts.turns), title=f"{counts.total:,} annotated turns")
    table.add_row("all turns", *(f"{number:,}" for number in counts.turns.values()), end_section=True)
    for label in Label:
        table.add_row(label.value, *(f"{counts.labels[label, language]:,}" for language in counts.turns))
    table.caption = (
        f"{counts.silent:,} carry no label, {counts.with_context:,} have a turn before, {len(counts.trades):,} trades; "
        + ", ".join(f"{channel} {number:,}" for channel, number in counts.channels.most_common())
    )
    Console().print(table)


@app.command()
def evaluate(
    folder: Annotated[
        Path, typer.Argument(help="Folder of measuring sets (*.jsonl); the project's own if not given.")
    ] = MEASURED,
    model: Model = None,
    output: Annotated[Path | None, typer.Option(help="Write the figures as JSON, too.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw them, too (.png, .svg, .pdf).")] = None,
) -> None:
    """Measure the detector on sets it was not trained on, side by side with VADER, TextBlob and keywords."""
    from csr_assist.evaluation import all_rivals, draw, measure, report_tables, to_json
    from csr_assist.evaluation.picture import ENDINGS
    from csr_assist.evaluation.sets import load_sets

    if picture and picture.suffix not in ENDINGS:
        raise InputError(f"{picture}: a picture ends in {', '.join(ENDINGS)}")
    for file in filter(None, (output, picture)):  # now, as measuring takes minutes
        if file.is_dir() or not file.parent.is_dir():
            reason = "it is a folder" if file.is_dir() else f"there is no folder {file.parent}"
            raise InputError(f"{file}: cannot be written ({reason})")
    sets = load_sets(folder)
    with terminal.status("measuring") as status:
        report = measure(Kit(model).detector, sets, all_rivals(), lambda name: status.update(f"measuring {name}"))
    for table in report_tables(report):
        Console(width=110).print(table)
    if output:
        output.write_text(to_json(report), encoding="utf-8")
    if picture:
        draw(report, picture)


def main() -> None:
    """Entry point: an error of ours is one sentence and exit status 1."""
    try:
        app()
    except CsrAssistError as error:
        say(f"csr-assist: {error}", "red")
        sys.exit(1)
