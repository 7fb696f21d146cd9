"""Files of JSON Lines, and the texts of public sets, which are not ours to ship.

Those are in a folder that the user names, one ``<set>.jsonl.gz`` (or ``.jsonl``) each, with ``id`` and ``text``.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from csr_assist.errors import CorpusError


def lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each JSON object of a file stands (file and line), and the object.

    Raises:
        CorpusError: a line is no JSON object, or the file is no text in UTF-8.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield f"{path.name}:{number}", _object(line, f"{path.name}:{number}")
    except (UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
        raise CorpusError(f"{path}: cannot be read after line {number} ({error})") from None


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise CorpusError(f"{where}: not a JSON object ({error})") from None
    if not isinstance(row, dict):
        raise CorpusError(f"{where}: not a JSON object but a {type(row).__name__}")
    return row


def texts_of(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """Every row of a public set by its id.

    Raises:
        CorpusError: the set is absent, or a line is no JSON object with an id and a text.
    """
    for path in (folder / f"{name}.jsonl.gz", folder / f"{name}.jsonl"):
        if path.exists():
            found = {}
            for where, row in lines(path):
                if bad := [key for key in ("id", "text") if not isinstance(row.get(key), str)]:
                    raise CorpusError(f"{where}: field '{bad[0]}' is missing or no text")
                found[row["id"]] = row
            return found
    raise CorpusError(f"{folder}: no {name}.jsonl.gz; README names the sets")
