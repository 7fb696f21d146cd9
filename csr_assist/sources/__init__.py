"""Transcripts in: one module per format, each parsing only. A line that is bad is a ``Problem``, never a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Protocol

from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.sources import (
    azure,
    captions,
    contact_lens,
    genesys,
    google,
    jsonl,
    knowledge_mining,
    live_call,
    post_call,
    script,
    table,
    transcribe,
    twilio,
    unlabelled,
    zendesk,
)
from csr_assist.sources.decode import decode, normal
from csr_assist.sources.inference import swapped
from csr_assist.sources.platform import first
from csr_assist.sources.roles import NOBODY, Named, named
from csr_assist.sources.rows import Problem, shown
from csr_assist.sources.table import NO_COLUMNS, Columns, column_map

__all__ = [
    "FORMATS",
    "NOBODY",
    "NO_COLUMNS",
    "PLATFORMS",
    "SUFFIXES",
    "Columns",
    "Format",
    "Named",
    "Problem",
    "column_map",
    "expand",
    "named",
    "parse_text",
    "read_turns",
    "swapped",
]


class Reader(Protocol):
    """A format or a platform: reads a text, given the name of its file."""

    @property
    def name(self) -> str:
        """As in ``--source``."""
        ...

    @property
    def read(self) -> Callable[[str, str, Named], Iterator[Turn | Problem]]:
        """Turns and problems, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of transcript: its name, the suffixes that prove it, what it looks like, and its reader."""

    name: str
    suffixes: tuple[str, ...]
    fits: Callable[[str], bool]
    read: Callable[[str, str, Named], Iterator[Turn | Problem]]


PLATFORMS = (
    transcribe.PLATFORM,  # before Contact Lens: it knows its own from theirs, not the other way round
    post_call.PLATFORM,
    contact_lens.PLATFORM,
    live_call.PLATFORM,
    google.PLATFORM,
    genesys.PLATFORM,
    twilio.PLATFORM,
    azure.PLATFORM,
    zendesk.PLATFORM,
    knowledge_mining.PLATFORM,
)
"""In the order in which JSON is tried; what is none of them is the canonical ``jsonl``."""
FORMATS = (
    Format("jsonl", (".jsonl", ".ndjson", ".json"), jsonl.fits, jsonl.read),
    Format("captions", (".vtt", ".srt"), captions.fits, captions.read),
    Format("table", (".csv", ".tsv"), table.fits, table.read),
    Format("script", (), script.fits, script.read),
    Format("unlabelled", (), unlabelled.fits, unlabelled.read),
)
"""In the order in which a text without a telling suffix is tried; ``unlabelled`` takes what is left."""
SUFFIXES = (*(suffix for known in FORMATS for suffix in known.suffixes), ".txt")
"""What ``expand`` takes from a folder. A ``.txt`` may hold any of the formats."""


def read_turns(
    path: Path, source: str | None = None, roles: Named = NOBODY, columns: Columns = NO_COLUMNS
) -> Iterator[Turn | Problem]:
    """Read a transcript, lazily and in the order of the file.

    Args:
        path: the file; its encoding is found out.
        source: name of a format; without it, the suffix or else the content says which.
        roles: who is who, where names do not say it (see ``named``).
        columns: what the columns of a table are, where the header does not say it (see ``column_map``).

    Raises:
        InputError: the file or the format cannot be read at all; while reading: no turn was found.
    """
    _check(source)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; expected a file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path}: the file cannot be read: {reason}") from None
    return _parsed(decode(data, path.name), path.name, source, roles, columns)


def parse_text(
    text: str, name: str, source: str | None = None, roles: Named = NOBODY, columns: Columns = NO_COLUMNS
) -> Iterator[Turn | Problem]:
    """Read a transcript that was pasted or uploaded; ``name`` takes the place of the file's name.

    Raises:
        InputError: as for ``read_turns``.
    """
    _check(source)
    text = normal(text)
    if not text.strip():
        raise InputError(f"{name}: the text is empty")
    return _parsed(text, name, source, roles, columns)


def expand(inputs: Sequence[Path]) -> list[Path]:
    """Files as they are, folders as the transcripts in them and in their folders, sorted; each file once.

    Raises:
        InputError: a path is missing, or a folder holds no transcript.
    """
    files: list[Path] = []
    for path in inputs:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder")
        found = _transcripts(path) if path.is_dir() else [path]
        if not found:
            raise InputError(f"{path}: no transcript in this folder; expected {', '.join(SUFFIXES)}")
        files += found
    return list(dict.fromkeys(files))


def _transcripts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def _check(source: str | None) -> None:
    names = [known.name for known in (*FORMATS, *PLATFORMS)]
    if source is not None and source not in names:
        raise InputError(f"source {shown(source)} is unknown; allowed are {', '.join(names)}")


def _formats(columns: Columns) -> tuple[Format, ...]:
    """All formats; tables with the columns that the user names."""
    fits, read = partial(table.fits, columns=columns), partial(table.read, columns=columns)
    return tuple(replace(known, fits=fits, read=read) if known.name == "table" else known for known in FORMATS)


def _chosen(source: str, formats: tuple[Format, ...]) -> Reader:
    readers: tuple[Reader, ...] = (*formats, *PLATFORMS)
    return next(known for known in readers if known.name == source)


def _detected(text: str, name: str, formats: tuple[Format, ...]) -> Reader:
    suffix = PurePath(name).suffix.lower()
    by_suffix = [known for known in formats if suffix in known.suffixes]
    chosen = by_suffix[0] if by_suffix else next(known for known in formats if known.fits(text))
    value = first(text) if chosen.name == "jsonl" else None
    return next((platform for platform in PLATFORMS if value and platform.fits(value)), chosen)


def _parsed(text: str, name: str, source: str | None, roles: Named, columns: Columns) -> Iterator[Turn | Problem]:
    name = "".join(c if c.isprintable() else "_" for c in name).strip() or "text"
    formats = _formats(columns)
    reader = _chosen(source, formats) if source else _detected(text, name, formats)
    return _with_turns(reader.read(text, name, roles), name)


def _with_turns(found: Iterator[Turn | Problem], name: str) -> Iterator[Turn | Problem]:
    turns = 0
    first: Problem | None = None
    for item in found:
        if isinstance(item, Turn):
            turns += 1
        first = first or (item if isinstance(item, Problem) else None)
        yield item
    if not turns:
        raise InputError(f"{name}: no turn found" + (f"; the first problem is at {first}" if first else ""))
