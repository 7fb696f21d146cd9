"""Errors that a user can act on.

``CsrAssistError``
├── ``InputError``     a file, line or field that cannot be read: names what was given and what is allowed
├── ``PlaybookError``  a playbook value that is wrong: names file, key and value
├── ``CorpusError``    a training example that is wrong: names file and line
├── ``ModelError``     the detector's files are absent, damaged or of another version
├── ``NotifyError``    a notice or a target of alerts that is wrong (in ``notify``, with ``DeliveryError``)
└── ``StoreError``     the database cannot be opened, read or written to
"""

from __future__ import annotations


class CsrAssistError(Exception):
    """Base of every error that this package raises on purpose; its text is one clear sentence."""


class InputError(CsrAssistError):
    """A source, a line of it or a field that cannot be read."""


class PlaybookError(CsrAssistError):
    """A playbook file that does not validate."""


class CorpusError(CsrAssistError):
    """An annotated example that does not validate."""


class ModelError(CsrAssistError):
    """A detector that cannot be loaded."""


class StoreError(CsrAssistError):
    """A database that cannot be opened, read or written to."""


def shortened(text: str, most: int) -> str:
    """The text on one line of printable characters, at most ``most`` of them."""
    head = "".join(c if c.isprintable() else " " for c in text[: 4 * most])
    line = " ".join(head.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
