"""Records of updates to files: JSON Lines, CSV or Parquet, written as they come."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from csr_assist.errors import InputError


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


class RecordWriter:
    """Writes records to a file, or to the standard output when there is none; a context manager.

    A file takes its name when all is written: a scan that fails leaves an earlier result as it was.
    """

    def __init__(self, output: Path | None, form: Format) -> None:
        self._form = form
        self._stream: IO[str] | None = None
        self._parquet: pq.ParquetWriter | None = None
        self._schema = pa.schema(list(_COLUMNS.items()))
        self._output = output
        self._part = output.with_name(output.name + ".part") if output else None
        if output and output.is_dir():
            raise InputError(f"{output}: cannot be written (it is a folder)")
        try:
            if form is Format.PARQUET:
                self._parquet = pq.ParquetWriter(str(self._part), self._schema)
            else:
                self._stream = self._part.open("w", encoding="utf-8", newline="") if self._part else sys.stdout
        except OSError as error:
            raise InputError(f"{output}: cannot be written ({error.strerror})") from None
        if form is Format.CSV and self._stream:
            csv.writer(self._stream).writerow(_COLUMNS)

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append records."""
        if self._parquet:
            self._parquet.write_table(pa.Table.from_pylist([_flat(r) for r in records], schema=self._schema))
        elif self._stream and self._form is Format.CSV:
            writer = csv.DictWriter(self._stream, list(_COLUMNS))
            writer.writerows(_flat(record) for record in records)
        elif self._stream:
            self._stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._parquet:
            self._parquet.close()
        elif self._stream and self._part:
            self._stream.close()
        if self._part and self._output:
            if error is None:
                self._part.replace(self._output)
            else:
                self._part.unlink(missing_ok=True)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in record.items() if key != "risk"}
    flat |= {"risk_level": record["risk"]["level"], "risk_band": record["risk"]["band"]}
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for key, value in flat.items()
    }
