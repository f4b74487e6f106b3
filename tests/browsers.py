"""Debian's Chromium for tests: found on this machine, or the test skips and says what to install."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

NO_BROWSER = "NO BROWSER: install Debian's chromium (apt-get install chromium); the browser tests did not run"
_WHOLE = ("chromium", "chromium-browser", "google-chrome")
_LIGHT = ("chromium-headless-shell",)
"""The same engine without the windows around it, which cost a third of the time of a test."""
_OFFLINE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


expect.set_options(timeout=20_000)  # a busy machine is no failure


@contextmanager
def chromium(*, whole: bool = False) -> Iterator[Browser]:
    """A headless browser that opens no connections of its own: rather the light one, or what people have (`whole`)."""
    path = next(filter(None, map(shutil.which, _WHOLE + _LIGHT if whole else _LIGHT + _WHOLE)), None)
    if path is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_OFFLINE))
        try:
            yield browser
        finally:
            browser.close()
