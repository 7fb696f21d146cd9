"""Fixtures: a server process of the product, and a page in a real Chromium."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser_setup import system_browser
from playwright.sync_api import Browser, Error, Page, sync_playwright


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'desk.db'}"


@pytest.fixture(scope="module")
def address(database: str) -> Iterator[str]:
    with product(free_port(), CSR_ASSIST_DATABASE_URL=database) as url:
        yield url


@contextmanager
def product(port: int, folder: Path | None = None, **environment: str) -> Iterator[str]:
    """The product as its users start it, in ``folder``; gives its address."""
    with process("csr_assist", "run", "--port", str(port), folder=folder, **environment) as server:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/_stcore/health", server)
        yield url


@contextmanager
def process(
    module: str, *words: str, folder: Path | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A module that runs in a process of its own."""
    running = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


def wait_for(url: str, server: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Until the server answers there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"no answer from {url} in {seconds} s")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            one = playwright.chromium.launch(
                executable_path=system_browser(), args=["--no-sandbox", "--disable-background-networking"]
            )
        except Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]}")
        yield one
        one.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    one = context.new_page()
    one.set_default_timeout(60_000)
    yield one
    context.close()
