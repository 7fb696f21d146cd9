"""Bytes to text: UTF-8 and UTF-16 for sure, older encodings by a good guess, anything else refused."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from csr_assist.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # starts with the mark of UTF-16-LE, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WINDOWS = ["cp1252", "cp1256"]
"""What was used before Unicode for the product's languages; short texts are guessed among these first."""
_SAMPLE = 64 * 1024
_MOST_CONTROLS = 0.02
"""Share of control characters above which bytes are no text. Random bytes have 0.1 and more."""
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x7f-\x84\x86-\x9f]")


def decode(data: bytes, name: str) -> str:
    r"""Decode a file's bytes to text with ``\n`` as the only line end and no byte order mark.

    Raises:
        InputError: there are no bytes or no text, or the bytes are not text.
    """
    if not data:
        raise InputError(f"{name}: the file is empty")
    text = _marked(data) or _unmarked(data)
    if text is None or _is_binary(text):
        raise InputError(f"{name}: not a text file; save it as UTF-8 text (JSONL, CSV, VTT, SRT or TXT) first")
    text = normal(text)
    if not text.strip():
        raise InputError(f"{name}: the file is empty")
    return text


def normal(text: str) -> str:
    r"""The text with ``\n`` as its only line end, and without a byte order mark, NUL and half characters."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _marked(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return None


def _unmarked(data: bytes) -> str | None:
    if b"\0" in data:
        return _utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mixed(data)


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: the zeros are the upper halves of ASCII, so they all stand on one side."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if min(even, odd) or max(even, odd) < len(data) / 50:
        return None
    try:
        return data.decode("utf-16-le" if odd else "utf-16-be")
    except UnicodeDecodeError:
        return None


def _mixed(data: bytes) -> str | None:
    """Line by line, since exports glue files together: UTF-8 where it fits, else what the other lines look like."""
    lines = data.split(b"\n")
    foreign = {number for number, line in enumerate(lines) if not _is_utf8(line)}
    encoding = _guess(b"\n".join(lines[number] for number in sorted(foreign)))
    if encoding is None:
        return None
    return "\n".join(
        line.decode(encoding if number in foreign else "utf-8", errors="replace") for number, line in enumerate(lines)
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    match = from_bytes(sample, cp_isolation=_WINDOWS).best() or from_bytes(sample).best()
    return match.encoding if match else None


def _is_binary(text: str) -> bool:
    if "\0" in text:
        return True
    return len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text)
