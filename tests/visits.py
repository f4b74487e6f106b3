"""A small site, and programs that ask it in this process, without a network."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient
from sqlalchemy import select

import press
from build import NOW
from databases import ADDRESS_KEY
from digest.app import App
from digest.config.load import Loaded
from digest.config.machine import SmtpSettings
from digest.config.settings import Settings
from digest.links import Links
from digest.pipeline.press import Press
from digest.store.schema import metadata
from digest.store.store import open_store
from digest.web.pages import Pages
from digest.web.server import Offer, server_of
from digest.web.site import Site
from serving import PREVIEW

_FREE: defaultdict[tuple[Offer, str], list[tuple[Site, FastAPI]]] = defaultdict(list)
_PAGES = Pages(None)
"""The shipped ones, compiled once."""
BASE = "http://localhost:8000"
SECRET = "k" * 32


def everything(app: App, *but: str) -> dict[str, list[str]]:
    """Every row of every table but of those named."""
    tables = [table for table in metadata.sorted_tables if table.name not in but]
    with app.press.store.engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


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


@contextmanager
def opened(
    app: App, offer: Offer = PREVIEW, reload: Callable[[], App] | None = None, **where: object
) -> Iterator[TestClient]:
    """A program that asks the site, from this machine unless said otherwise."""
    options = {"base_url": BASE, "client": ("127.0.0.1", 50_000), "raise_server_exceptions": False}
    with served(app, offer, reload) as server, TestClient(server, **(options | where)) as program:  # type: ignore[arg-type]
        yield program


@contextmanager
def served(app: App, offer: Offer, reload: Callable[[], App] | None = None) -> Iterator[FastAPI]:
    """A server of that site. To build one takes FastAPI a third of a second: one that is free again serves another."""
    free = _FREE[offer, app.settings.site.name]
    site, server = free.pop() if free else _built(app, offer)
    _show(site, server, app, reload)
    yield server
    free.append((site, server))  # not after a failure


def _built(app: App, offer: Offer) -> tuple[Site, FastAPI]:
    site = Site(app, _pages(app.settings.templates))
    return site, server_of(site, offer)


def _show(site: Site, server: FastAPI, app: App, reload: Callable[[], App] | None) -> None:
    """The site forgets all that it held: see test_a_server_that_serves_another_site_remembers_nothing."""
    fresh = Site(app, _pages(app.settings.templates), reload)
    fresh.settle_clicks = site.settle_clicks
    vars(site).update(vars(fresh))
    [media] = [route for route in server.routes if getattr(route, "name", "") == "media"]
    app.media.mkdir(parents=True, exist_ok=True)
    media.app = StaticFiles(directory=app.media)
    server.state.is_closing = lambda: False


def _pages(own: Path | None) -> Pages:
    return Pages(own) if own else _PAGES


def without_mail_server(app: App) -> App:
    """The same, with a port that nothing listens on."""
    settings = app.settings.model_copy(update={"smtp": SmtpSettings(host="127.0.0.1", port=1, security="none")})
    return replace(app, loaded=replace(app.loaded, settings=settings))
