"""What the commands share: the terminal, the store, and who is at the keyboard."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console

from csr_assist.shipped import database_url

if TYPE_CHECKING:
    from csr_assist.store import Store

terminal = Console(stderr=True)
SHOWN_PROBLEMS = 20


def say(text: str, style: str | None = None) -> None:
    """A line beside the output, as it is: no markup, no colours of its own."""
    terminal.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def say_unread(problems: Sequence[object]) -> None:
    """Lines that were not read, with what was expected; of many the first."""
    for problem in problems[:SHOWN_PROBLEMS]:
        say(str(problem), "yellow")
    if (more := len(problems) - SHOWN_PROBLEMS) > 0:
        say(f"... and {more} more lines that were not read", "yellow")


@contextmanager
def opened() -> Iterator[Store]:
    """The store of this machine.

    Raises:
        StoreError: it cannot be opened.
    """
    from csr_assist.store import Store  # not needed by commands that have no part in it, and slow to load

    store = Store(database_url())
    try:
        yield store
    finally:
        store.close()


def operator() -> str:
    """Who is at the keyboard, for the audit trail."""
    try:
        return f"{getpass.getuser()} at the command line"
    except (OSError, KeyError, ImportError):  # a container whose user has no name
        return "the command line"


def minute(moment: datetime | None) -> str:
    """A time in a table; nothing for none."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
