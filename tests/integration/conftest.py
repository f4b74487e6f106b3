"""Fixtures of the browser tests: a played demonstration and a browser, one of each for a test process."""

from __future__ import annotations

from asyncio import AbstractEventLoop, _get_running_loop, _set_running_loop
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


@pytest.fixture(scope="session")
def _opened() -> Iterator[tuple[Browser, AbstractEventLoop | None]]:
    """Chromium, opened once by each test process, with Playwright's event loop laid aside."""
    with chromium() as opened:
        loop = _get_running_loop()
        _set_running_loop(None)
        yield opened, loop
        _set_running_loop(loop)


@pytest.fixture
def browser(_opened: tuple[Browser, AbstractEventLoop | None]) -> Iterator[Browser]:
    """Chromium. Its event loop counts as this thread's during the test only: others run loops of their own."""
    opened, loop = _opened
    _set_running_loop(loop)
    yield opened
    _set_running_loop(None)
