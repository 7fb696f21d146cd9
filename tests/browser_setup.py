"""Find or fetch a browser for the browser tests; ``make test`` runs this once.

The system's Chromium comes first, then apt where it may install, then Playwright's own. Where none can be had
this says so and the browser tests are skipped with the same words.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def system_browser() -> str | None:
    """Path of a Chromium on this machine, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _tried(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _by_apt() -> bool:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    _tried("apt-get", "-qq", "update")
    fonts = ("fonts-noto-core", "fonts-noto-color-emoji")
    return _tried("apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium", *fonts)


def main() -> None:
    """Leave a browser on the machine, or say plainly that there is none."""
    if system_browser() or (_by_apt() and system_browser()):
        return
    if not _tried(sys.executable, "-m", "playwright", "install", "chromium"):
        print("No Chromium could be found or installed: the browser tests will be skipped.", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
