"""Fixtures of the browser tests: a played demonstration, and a browser for each file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from browsers import chromium
from playing import Show, show


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """The demonstration, played once by each test process that asks for it."""
    with show(tmp_path_factory.mktemp("show")) as playing:
        yield playing


@pytest.fixture(scope="module")
def browser(played: Show) -> Iterator[Browser]:
    """Chromium. It keeps this thread's event loop running, so it opens after everything else."""
    with chromium() as opened:
        yield opened
