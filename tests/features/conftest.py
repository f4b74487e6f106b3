"""Plays the demonstration once for all feature tests, as a person would: by its command."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from commands import Played, run_digest


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The demonstration, played once by each test process that asks for it."""
    folder = tmp_path_factory.mktemp("demo")
    said = run_digest("demo", "--no-serve", "--json", "--dir", str(folder), cwd=folder)
    yield Played(folder, json.loads(said)["summary"])
