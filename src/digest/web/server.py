"""Puts the routes together into one web application; knows no page itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from digest import __version__
from digest.app import App
from digest.web.access.account import account_routes
from digest.web.access.actor import Access, by_method
from digest.web.access.login import login_routes
from digest.web.access.users import user_routes
from digest.web.api.server import create_api
from digest.web.editor.adding import adding_routes
from digest.web.editor.approve import approve_routes
from digest.web.editor.board import board_routes
from digest.web.editor.changes import change_routes
from digest.web.editor.checks import check_routes
from digest.web.editor.figures import figure_routes
from digest.web.editor.files import file_routes
from digest.web.editor.frames import frame_routes
from digest.web.editor.local import LocalOnly
from digest.web.editor.preview import preview_routes
from digest.web.editor.pull import pull_routes
from digest.web.editor.readers import reader_routes
from digest.web.editor.rooms import room_routes
from digest.web.editor.sharing import share_routes
from digest.web.editor.stories import story_routes
from digest.web.editor.test_mails import test_mail_routes
from digest.web.editor.watch import watch_routes
from digest.web.gate import Gate
from digest.web.operate.health import health_routes
from digest.web.operate.metrics import metric_routes
from digest.web.pages import Pages
from digest.web.reader.archive import archive_routes
from digest.web.reader.clicks import click_routes
from digest.web.reader.membership import membership_routes
from digest.web.reader.presses import press_routes
from digest.web.reader.shared import shared_routes
from digest.web.reader.sign_up import sign_up_routes
from digest.web.reader.test_links import test_link_routes
from digest.web.refusals import EDITOR, answer_errors, too_much
from digest.web.site import Site
from digest.web.too_much import TooMuch

LONGEST_FORM = 65_536
"""Bytes; a form with every field at its longest and a hundred topics has fewer than half of that."""
LONGEST_EDIT = 1_048_576
"""Bytes of a form of the desk; those that bring files have limits of their own."""
_READER = (
    membership_routes,
    press_routes,
    click_routes,
    sign_up_routes,
    archive_routes,
    test_link_routes,
    shared_routes,
)
"""What anybody may look at, or whoever has a link. What is asked for most comes first: routes are tried in turn."""
_DESK = (
    room_routes,
    board_routes,
    adding_routes,
    approve_routes,
    story_routes,
    preview_routes,
    reader_routes,
    frame_routes,
    check_routes,
    watch_routes,
    figure_routes,
    file_routes,
    pull_routes,
    test_mail_routes,
    share_routes,
    change_routes,
)
"""What every user of the desk may look at, and editors may change."""
_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Offer:
    """Which pages a server has."""

    reader: bool = True
    editor: bool = False
    login: bool = True
    """Ask editors for their names. Without: only for a server that listens on loopback."""
    api: bool = True
    """For whoever has a token."""


def create_server(app: App, offer: Offer = Offer(), reload: Callable[[], App] | None = None) -> FastAPI:
    """The web application. `reload`: builds the App anew after the configuration has changed (editor's preview)."""
    return server_of(Site(app, Pages(app.settings.templates), reload), offer)


def server_of(site: Site, offer: Offer) -> FastAPI:
    """The pages of a site. What they remember from one request to the next, the site and its store hold."""
    title = site.app.settings.site.name
    server = FastAPI(title=title, version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    server.include_router(health_routes(site))
    server.include_router(metric_routes(site))
    if offer.reader:
        for routes in _READER:
            server.include_router(routes(site), max_body_size=LONGEST_FORM)
    if offer.editor:
        _open_desk(server, site, offer.login)
    if offer.api:
        server.mount("/api/v1", create_api(site), name="api")
    _serve_files(server, site.app)
    server.state.is_closing = lambda: False  # whoever runs the server may say so, and open streams end
    answer_errors(server, site)
    server.add_middleware(Gate)
    return server


def _open_desk(server: FastAPI, site: Site, login: bool) -> None:
    server.state.access = Access(site, login)
    for routes in _DESK:
        server.include_router(routes(site), dependencies=[Depends(by_method)], max_body_size=LONGEST_EDIT)
    server.add_middleware(TooMuch, prefix=EDITOR, page=partial(too_much, site))
    if login:
        for access_routes in (login_routes, account_routes, user_routes):
            server.include_router(access_routes(site), max_body_size=LONGEST_FORM)
    else:
        server.add_middleware(LocalOnly, prefix=EDITOR)


def _serve_files(server: FastAPI, app: App) -> None:
    app.media.mkdir(parents=True, exist_ok=True)

    @server.get("/favicon.ico")
    def icon() -> FileResponse:
        return FileResponse(_STATIC / "icon.svg")

    server.mount("/static", StaticFiles(directory=_STATIC), name="static")
    server.mount("/media", StaticFiles(directory=app.media), name="media")
