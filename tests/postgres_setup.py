"""Find or fetch PostgreSQL for the tests of the store; ``make test`` runs this once.

Programs that are there come first, then apt where it may install. Where none can be had this says so and the tests
that need a server are skipped. The tests start a server of their own, on a free port.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from databases import programs


def _tried(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _by_apt() -> bool:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    _tried("apt-get", "-qq", "update")
    return _tried("apt-get", "-qq", "-y", "--no-install-recommends", "install", "postgresql")


def main() -> None:
    """Leave PostgreSQL's programs on the machine, or say plainly that there are none."""
    if programs() or (_by_apt() and programs()):
        return
    print("No PostgreSQL could be found or installed: its tests of the store will be skipped.", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
