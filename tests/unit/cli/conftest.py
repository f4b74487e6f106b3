"""Runs commands in an empty folder, without the environment's own settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from digest.cli import build

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    for name in os.environ:
        if name.startswith("DIGEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs `digest` with these arguments; `stdin` is text or bytes, `root` another command tree."""

    def invoke(*arguments: object, stdin: str | bytes | None = None, root: typer.Typer | None = None) -> Result:
        return CliRunner().invoke(root or build(), [str(argument) for argument in arguments], input=stdin)

    return invoke
