"""Files that are complete whenever they can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from csr_assist.errors import InputError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write to that takes its name when all is written: what fails leaves an earlier one as it was.

    A pipe or a device is no file to be replaced: it is written to as it is. Of a link, the file behind it is replaced.

    Raises:
        InputError: it cannot be written.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path}: cannot be written (it is a folder)")
        if path.exists() and not path.is_file():
            yield path
        else:
            with _part_of(path.resolve()) as part:
                yield part
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None


@contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()
