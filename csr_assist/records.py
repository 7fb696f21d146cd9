"""Records of updates to files: JSON Lines, CSV or Parquet, written as they come."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from csr_assist.errors import InputError
from csr_assist.files import whole


class Format(StrEnum):
    """How records are written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


_COLUMNS = {
    "conversation_id": pa.string(),
    "turn_id": pa.string(),
    "speaker": pa.string(),
    "cues": pa.string(),
    "scores": pa.string(),
    "dissatisfaction": pa.float64(),
    "loyalty": pa.float64(),
    "risk_level": pa.float64(),
    "risk_band": pa.string(),
    "facts": pa.string(),
    "prompt": pa.string(),
    "alert": pa.string(),
    "promises": pa.string(),
}
"""Columns of CSV and Parquet; what is nested in JSON Lines is JSON text there."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def format_for(output: Path | None, asked: Format | None) -> Format:
    """The asked format, else the one that the file's ending names, else JSON Lines.

    Raises:
        InputError: Parquet is asked for without a file to write it to.
    """
    ending = output.suffix.lstrip(".").lower() if output else ""
    chosen = asked or (Format(ending) if ending in list(Format) else Format.JSONL)
    if chosen is Format.PARQUET and output is None:
        raise InputError("--format parquet needs --output FILE: Parquet cannot be written to the terminal")
    return chosen


def for_spreadsheets(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for CSV: a spreadsheet would run text that begins as a formula does, so a ``'`` stands before it."""
    return {
        key: f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
        for key, value in row.items()
    }


class RecordWriter:
    """Writes records to a file, or to the standard output when there is none; a context manager.

    A file takes its name when all is written: a scan that fails leaves an earlier result as it was.

    Raises:
        InputError: the file cannot be written.
    """

    def __init__(self, output: Path | None, form: Format) -> None:
        self._form = form
        self._stream: IO[str] = sys.stdout
        self._parquet: pq.ParquetWriter | None = None
        self._schema = pa.schema(list(_COLUMNS.items()))
        with ExitStack() as opened:
            part = opened.enter_context(whole(output)) if output else None
            if form is Format.PARQUET:
                self._parquet = opened.enter_context(pq.ParquetWriter(str(part), self._schema))
            elif part:
                self._stream = opened.enter_context(part.open("w", encoding="utf-8", newline=""))
            if form is Format.CSV:
                csv.writer(self._stream).writerow(_COLUMNS)
            self._opened = opened.pop_all()

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append records."""
        if self._parquet:
            self._parquet.write_table(pa.Table.from_pylist([_flat(r) for r in records], schema=self._schema))
        elif self._form is Format.CSV:
            writer = csv.DictWriter(self._stream, list(_COLUMNS))
            writer.writerows(for_spreadsheets(_flat(record)) for record in records)
        else:
            self._stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in record.items() if key != "risk"}
    flat |= {"risk_level": record["risk"]["level"], "risk_band": record["risk"]["band"]}
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for key, value in flat.items()
    }
