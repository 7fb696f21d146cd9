"""Plain text that names no speaker: a turn a line, or all in one line, which is read sentence by sentence.

Roles are inferred from the words, and one problem says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from csr_assist.conversation import Turn
from csr_assist.sources.inference import LINES, SENTENCES, infer_roles, utterances
from csr_assist.sources.record import turns
from csr_assist.sources.roles import Named
from csr_assist.sources.rows import INFERRED, Problem, Row


def read(text: str, name: str, roles: Named) -> Iterator[Turn | Problem]:
    """Read turns, in the order of the text."""
    return inferred(list(told(text)), name, roles)


def inferred(rows: Sequence[Row], name: str, roles: Named) -> Iterator[Turn | Problem]:
    """The turns of rows as ``with_roles`` gives them, after the problem that says so."""
    if any("speaker" in row.fields for row in rows):
        yield Problem(f"{name}:{rows[0].line}", INFERRED)
    yield from turns(rows, name, roles)


def told(text: str) -> Iterator[Row]:
    """Rows of who says what, as far as the words show it. Sentences of one line that one side says are one row."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    in_one = len(lines) == 1
    said = [(lines[0][0], one) for one in utterances(lines[0][1])] if in_one else lines
    return with_roles(said, SENTENCES if in_one else LINES, joined=in_one)


def with_roles(said: Sequence[tuple[int, str]], changes: float, joined: bool) -> Iterator[Row]:
    """Rows of who says what; a single utterance says too little to tell whose it is.

    Args:
        said: utterances in order, each with the number of its line.
        changes: probability that the next one is the other side's.
        joined: whether what one side says in a row is one row, for each may be a part of a turn.
    """
    if len(said) < 2:
        yield from (Row(number, {"text": words}) for number, words in said)
        return
    guesses = infer_roles([words for _, words in said], changes)
    rows = [(guess.role, number, words) for guess, (number, words) in zip(guesses, said, strict=True)]
    for _, group in groupby(rows, key=lambda row: row[: 1 if joined else 2]):
        (role, number, first), *more = group
        yield Row(number, {"speaker": role, "text": " ".join([first, *(words for _, _, words in more)])})


def fits(text: str) -> bool:
    """Always: it is for what no other format reads."""
    return bool(text)
