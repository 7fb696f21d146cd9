"""Conversations with their outcomes as a table, one row each, for spreadsheets and notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from csr_assist.errors import InputError
from csr_assist.files import whole
from csr_assist.records import Format, for_spreadsheets
from csr_assist.store import Store, Summary

_TIME = pa.timestamp("ms", tz="UTC")
COLUMNS = {
    "conversation_id": pa.string(),
    "opened_at": _TIME,
    "touched_at": _TIME,
    "ended_at": _TIME,
    "channel": pa.string(),
    "language": pa.string(),
    "agent": pa.string(),
    "customer_id": pa.string(),
    "turns": pa.int64(),
    "risk_level": pa.float64(),
    "risk_band": pa.string(),
    "worst_level": pa.float64(),
    "worst_band": pa.string(),
    "outcome": pa.string(),
    "reason": pa.string(),
    "value_at_risk": pa.float64(),
    "note": pa.string(),
    "said_by": pa.string(),
    "said_at": _TIME,
}
"""Columns of every format, in order. Customers' names stay in the store."""


def format_of(path: Path) -> Format:
    """The format that the file's ending names.

    Raises:
        InputError: it names none.
    """
    ending = path.suffix.lstrip(".").lower()
    if ending not in list(Format):
        raise InputError(f"{path}: expected a file that ends in {', '.join(f'.{form}' for form in Format)}")
    return Format(ending)


def write_lines(path: Path, records: Iterable[dict[str, Any]]) -> int:
    """Write JSON Lines; gives how many.

    Raises:
        InputError: the file cannot be written.
    """
    count = 0
    with whole(path) as part, part.open("w", encoding="utf-8") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def write_conversations(path: Path, form: Format, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows of conversations; gives how many.

    Raises:
        InputError: the file cannot be written.
    """
    if form is Format.JSONL:
        return write_lines(path, ({key: _plain(value) for key, value in row.items()} for row in rows))
    with whole(path) as part, part.open("wb") as stream:
        return write_table(stream, form, rows)


def write_table(stream: BinaryIO, form: Format, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows of conversations as CSV or Parquet; gives how many."""
    given = map(for_spreadsheets, rows) if form is Format.CSV else rows
    table = pa.Table.from_pylist(list(given), schema=pa.schema(list(COLUMNS.items())))
    if form is Format.CSV:
        pa_csv.write_csv(table, stream)
    else:
        pq.write_table(table, stream)
    return int(table.num_rows)


def rows_of(store: Store, summaries: Iterable[Summary]) -> Iterator[dict[str, Any]]:
    """One row a conversation, with what was said of its outcome.

    Raises:
        StoreError: the store cannot be read.
    """
    for one in summaries:
        outcome = store.reviews.outcome(one.id) if one.outcome else None
        values = (
            one.id,
            one.opened_at,
            one.touched_at,
            one.ended_at,
            one.channel,
            one.language and one.language.value,
            one.agent,
            one.customer.id if one.customer else None,
            one.turns,
            one.level,
            one.band.value,
            one.peak,
            one.worst_band.value,
            one.outcome and one.outcome.value,
            outcome and outcome.reason,
            outcome.value_at_risk if outcome else None,
            outcome and outcome.note,
            outcome and outcome.author,
            outcome and outcome.at,
        )
        yield dict(zip(COLUMNS, values, strict=True))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
