"""What README says, done: its commands run, its snippet runs, its figures and files are there."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from csr_assist.settings import Role, load
from csr_assist.sources import FORMATS, PLATFORMS, Format
from csr_assist.sources.platform import Platform

README = Path("README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.S)
COMMANDS = [
    line for kind, body in BLOCKS if kind == "sh" for line in body.splitlines() if line.startswith("csr-assist")
]
SNIPPETS = [body for kind, body in BLOCKS if kind == "python"]


@pytest.mark.parametrize("line", [line for line in COMMANDS if " scan " in line])
def test_scan_commands_run(line: str, tmp_path: Path) -> None:
    arguments = shlex.split(line)[1:]
    out = arguments.index("--output") + 1
    arguments[out] = str(tmp_path / arguments[out])
    done = subprocess.run([sys.executable, "-m", "csr_assist", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path(arguments[out]).stat().st_size > 1000


@pytest.mark.parametrize("line", [line for line in COMMANDS if " scan " not in line])
def test_long_commands_know_their_options(line: str) -> None:
    words = shlex.split(line)
    done = subprocess.run(
        [sys.executable, "-m", "csr_assist", words[1], "--help"],
        capture_output=True, text=True, check=True, env={"COLUMNS": "200", "PATH": ""},
    )  # fmt: skip
    assert all(word in done.stdout for word in words if word.startswith("--"))


@pytest.mark.parametrize("body", [body for kind, body in BLOCKS if kind == "yaml"])
def test_settings_are_those_that_can_be_read(body: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(body, encoding="utf-8")
    settings = load(path)
    assert len(settings.notify.targets) == 4
    assert settings.platforms["twilio"].named
    assert set(settings.roles.values()) <= set(get_args(Role))


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets_run(snippet: str) -> None:
    done = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) >= 5


def test_the_two_commands_stand_at_the_top_and_exist() -> None:
    assert BLOCKS[0][0] == "sh"
    targets = re.findall(r"^make (\w+)", BLOCKS[0][1], re.M)
    makefile = Path("Makefile").read_text(encoding="utf-8")
    assert targets == ["run", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)
    assert "make test" in Path(".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_linked_files_exist(name: str) -> None:
    assert Path(name).exists()


def test_no_figure_is_left_open() -> None:
    assert "<!-- figures -->" not in README


@pytest.mark.parametrize("name", ["README.md", "benchmarks/README.md", "models/detector/README.md"])
def test_figures_are_those_that_were_measured(name: str) -> None:
    tables = runpy.run_path("benchmarks/tables.py")
    text = Path(name).read_text(encoding="utf-8")
    assert "<!-- table " in text
    assert tables["filled"](text) == text


@pytest.mark.parametrize("known", [*FORMATS, *PLATFORMS], ids=lambda known: known.name)
def test_every_source_is_named(known: Format | Platform) -> None:
    assert f"`{known.name}`" in README
