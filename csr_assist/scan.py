"""Read transcripts, write one record a turn, say what was found: the work behind ``csr-assist scan``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from csr_assist.assistant import Assistant, Update
from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.labels import Label
from csr_assist.privacy.masking import mask
from csr_assist.records import RecordWriter
from csr_assist.sources import NO_COLUMNS, NOBODY, Columns, Named, Problem, read_turns, swapped
from csr_assist.state import Band

BATCH = 128
"""Turns that are read together; bounds memory and gives the progress bar its steps."""


@dataclass(slots=True)
class Summary:
    """What a scan found."""

    files: int = 0
    turns: int = 0
    conversations: set[tuple[int, str]] = field(default_factory=set)
    """By file and id."""
    at_risk: set[tuple[int, str]] = field(default_factory=set)
    cues: Counter[Label] = field(default_factory=Counter)
    prompts: int = 0
    alerts: int = 0
    problems: list[str] = field(default_factory=list)
    """Lines that were not read."""
    notices: list[str] = field(default_factory=list)
    """How lines were read that could be read in more than one way."""
    unread: list[str] = field(default_factory=list)
    """Inputs that could not be read at all."""

    def add(self, update: Update) -> None:
        """Count one update."""
        self.turns += 1
        self.conversations.add((self.files, update.turn.conversation_id))
        if update.state.band is Band.AT_RISK:
            self.at_risk.add((self.files, update.turn.conversation_id))
        self.cues.update(update.reading.labels)
        self.prompts += update.prompt is not None
        self.alerts += update.alert is not None


def scan(
    paths: Sequence[Path],
    assistant: Assistant,
    writer: RecordWriter,
    source: str | None = None,
    roles: Named = NOBODY,
    advance: Callable[[int], None] = lambda _: None,
    expect: Callable[[int], None] = lambda _: None,
    columns: Columns = NO_COLUMNS,
    swap: bool = False,
) -> Summary:
    """Scan files in order, masked. A file that cannot be read is noted and the others are still read.

    Args:
        paths: transcript files.
        assistant: hears the turns.
        writer: takes the records.
        source: name of the format, or None to detect it.
        roles: who is who, where the files do not say it.
        advance: told how many turns are done, for a progress bar.
        expect: told how many turns were found in a file, before they are read.
        columns: what the columns of tables are, where their headers do not say it.
        swap: whether customer and agent are exchanged, where roles were inferred the wrong way round.
    """
    summary = Summary()
    for path in paths:
        try:
            found = read_turns(path, source, roles, columns)
            turns = list(_turns(swapped(found) if swap else found, summary))
        except InputError as error:
            summary.unread.append(str(error))
            continue
        summary.files += 1
        expect(len(turns))
        # A conversation does not reach over files: two exports may both number their calls from 1.
        for some in _batched(turns):
            updates = list(assistant.hear_all(some))
            for update in updates:
                summary.add(update)
            writer.write([update.to_dict() for update in updates])
            advance(len(updates))
        for conversation in {turn.conversation_id for turn in turns}:
            assistant.forget(conversation)
    return summary


def _turns(found: Iterable[Turn | Problem], summary: Summary) -> Iterator[Turn]:
    """Turns without what no record may hold; problems are noted."""
    for item in found:
        if isinstance(item, Problem):
            (summary.notices if item.read else summary.problems).append(str(item))
        else:
            # before it is read, so that evidence lies where the record shows it
            yield replace(item, text=mask(item.text, item.language))


def _batched(turns: Sequence[Turn]) -> Iterator[Sequence[Turn]]:
    for at in range(0, len(turns), BATCH):
        yield turns[at : at + BATCH]
