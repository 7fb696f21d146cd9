"""What the screens share in one process: the kit and the store, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
import yaml

from csr_assist.conversation import Conversation, Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.service import Service
from csr_assist.serving import Serving, serve
from csr_assist.shipped import EXAMPLES, Kit
from csr_assist.sources import NO_COLUMNS, Columns, Problem, parse_text, read_turns
from csr_assist.sources.decode import decode
from csr_assist.sources.inference import swapped
from csr_assist.store import Store

_WARM_UP = Turn("warm-up", "1", Speaker.CUSTOMER, "I have been a customer since March 2019")
"""Heard once before the first visit: models and word tables are loaded then, not at a customer's first words."""


@dataclass(frozen=True)
class Example:
    """A conversation that ships with the product."""

    path: Path
    title: str
    ending: str

    def turns(self) -> tuple[Turn, ...]:
        """Its turns, in order."""
        return tuple(found for found in read_turns(self.path) if isinstance(found, Turn))


@dataclass(frozen=True)
class Services:
    """Handed to every screen's ``render``."""

    kit: Kit
    serving: Serving
    examples: tuple[Example, ...]

    @property
    def service(self) -> Service:
        """The live service."""
        return self.serving.service

    @property
    def store(self) -> Store:
        """What is kept."""
        return self.serving.service.store


@st.cache_resource(show_spinner=False)
def services() -> Services:
    """The one set of services of this process."""
    kit = Kit()
    kit.assistant().hear(_WARM_UP)
    return Services(kit, serve(kit), examples(EXAMPLES))


def examples(folder: Path) -> tuple[Example, ...]:
    """The example conversations, in the order of their index.

    Raises:
        InputError: the index is absent or names a file that is not there.
    """
    try:
        rows: list[dict[str, Any]] = yaml.safe_load((folder / "index.yaml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{folder}: index.yaml is missing") from None
    found = tuple(Example(folder / row["file"], row["title"], row["ending"]) for row in rows)
    for example in found:
        if not example.path.is_file():
            raise InputError(f"{folder / 'index.yaml'}: there is no file {example.path.name}")
    return found


def conversations_in(
    content: str | bytes, name: str, columns: Columns = NO_COLUMNS, swap: bool = False
) -> tuple[list[Conversation], list[Problem]]:
    """Pasted or uploaded text as conversations, and the lines that could not be read.

    ``columns``: what a table's columns hold, where its header does not say; ``swap``: customer and agent exchanged.

    Raises:
        InputError: nothing in it can be read.
    """
    turns: dict[str, list[Turn]] = {}
    problems: list[Problem] = []
    text = content if isinstance(content, str) else decode(content, name)
    parsed = parse_text(text, name, columns=columns)
    for found in swapped(parsed) if swap else parsed:
        if isinstance(found, Problem):
            problems.append(found)
        else:
            turns.setdefault(found.conversation_id, []).append(found)
    return [Conversation(key, tuple(some)) for key, some in turns.items()], problems
