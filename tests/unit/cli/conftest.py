"""Runs commands in an empty folder, without the environment's own settings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner, Result

from digest import app as composition
from digest.app import App
from digest.cli import build
from digest.config.load import load
from send_ground import approved

Run = Callable[..., Result]


_tree = cache(build)
_command = cache(get_command)
"""To build all commands takes longer than most of them do."""


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the tables of a new site."""
    for name in os.environ:
        if name.startswith("DIGEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("typer.testing._get_command", _command)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "digest.sqlite3")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs `digest` with these arguments; `stdin` is text or bytes, `root` another command tree."""

    def invoke(*arguments: object, stdin: str | bytes | None = None, root: typer.Typer | None = None) -> Result:
        return CliRunner().invoke(root or _tree(), [str(argument) for argument in arguments], input=stdin)

    return invoke


@pytest.fixture
def app(folder: Path) -> Iterator[App]:
    """A site with an approved issue, without feeds and readers; its weekly comes on Tuesdays."""
    from test_delivery_commands import CONFIG

    Path("config.toml").write_text(CONFIG.format(port=1), encoding="utf-8")
    app = composition.build(load(Path("config.toml")), lambda: datetime.now(UTC))
    approved(app.press)
    yield app
    app.press.store.close()
