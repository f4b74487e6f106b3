"""A small site, and programs that ask it in this process, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from fastapi.testclient import TestClient

import press
from build import NOW
from databases import ADDRESS_KEY
from digest.app import App
from digest.config.load import Loaded
from digest.config.machine import SmtpSettings
from digest.config.settings import Settings
from digest.links import Links
from digest.pipeline.press import Press
from digest.store.store import open_store
from digest.web.server import Offer, create_server

BASE = "http://localhost:8000"
SECRET = "k" * 32


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@contextmanager
def small_app(folder: Path, migrated: Path, mail_port: int) -> Iterator[App]:
    """One newsletter, three topics and a draft issue, on a copy of a migrated database."""
    settings = Settings(
        site=press.SITE,
        categories=press.CATEGORIES,
        newsletters=(press.newsletter(),),
        smtp=SmtpSettings(host="127.0.0.1", port=mail_port, security="none", timeout=5),
    )
    shutil.copy(migrated, folder / "site.sqlite3")
    store = open_store("sqlite:///site.sqlite3", folder, ADDRESS_KEY)
    store.issues.create(press.issue(), NOW)
    try:
        links = Links(BASE, [SECRET])
        yield App(Loaded(settings, None, folder, {}), Press(settings, store, press.TEMPLATES, links, SECRET), Clock())
    finally:
        store.close()


def opened(app: App, reload: Callable[[], App] | None = None, **where: object) -> TestClient:
    """A program that asks the site, from this machine unless said otherwise."""
    server = create_server(app, Offer(reader=True, editor=True, login=False), reload)
    options = {"base_url": BASE, "client": ("127.0.0.1", 50_000), "raise_server_exceptions": False}
    return TestClient(server, **(options | where))  # type: ignore[arg-type]


def without_mail_server(app: App) -> App:
    """The same, with a port that nothing listens on."""
    settings = app.settings.model_copy(update={"smtp": SmtpSettings(host="127.0.0.1", port=1, security="none")})
    return replace(app, loaded=replace(app.loaded, settings=settings))
