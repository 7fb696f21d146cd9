"""Texts of public sets, which are not ours to ship: one ``<set>.jsonl.gz`` (or ``.jsonl``) each in a user's folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from csr_assist.errors import CorpusError


def lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each JSON object of a file stands (file and line), and the object.

    Raises:
        CorpusError: a line is no JSON object.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            where = f"{path.name}:{number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise CorpusError(f"{where}: not a JSON object ({error})") from None
            if not isinstance(row, dict):
                raise CorpusError(f"{where}: not a JSON object but a {type(row).__name__}")
            yield where, row


def texts_of(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """Every row of a public set by its id.

    Raises:
        CorpusError: the set is absent or a line is no JSON object.
    """
    for path in (folder / f"{name}.jsonl.gz", folder / f"{name}.jsonl"):
        if path.exists():
            return {row["id"]: row for _, row in lines(path)}
    raise CorpusError(f"{folder}: no {name}.jsonl.gz; README says where each set comes from")
