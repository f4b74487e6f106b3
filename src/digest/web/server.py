"""Puts the routes together and answers errors; knows no page itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from digest import __version__
from digest.app import App
from digest.errors import DigestError
from digest.web.editor.changes import change_routes
from digest.web.editor.local import LocalOnly
from digest.web.editor.preview import preview_routes
from digest.web.operate.health import health_routes
from digest.web.pages import Pages
from digest.web.reader.archive import archive_routes
from digest.web.reader.membership import membership_routes
from digest.web.reader.sign_up import sign_up_routes
from digest.web.site import Site

log = logging.getLogger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Which pages a server has."""

    reader: bool = True
    editor: bool = False
    """Without login: only for a server that listens on loopback."""


def create_server(app: App, offer: Offer = Offer(), reload: Callable[[], App] | None = None) -> FastAPI:
    """The web application. `reload`: builds the App anew after the configuration has changed (editor's preview)."""
    site = Site(app, Pages(app.settings.templates), reload)
    server = FastAPI(title=app.settings.site.name, version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    server.include_router(health_routes(site))
    if offer.reader:
        for routes in (sign_up_routes, membership_routes, archive_routes):
            server.include_router(routes(site))
    if offer.editor:
        server.include_router(preview_routes(site))
        server.include_router(change_routes(site))
        server.add_middleware(LocalOnly, prefix="/editor")
    server.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    server.mount("/media", StaticFiles(directory=app.media, check_dir=False), name="media")
    _answer_errors(server, site)
    _add_headers(server)
    return server


def _answer_errors(server: FastAPI, site: Site) -> None:
    @server.exception_handler(DigestError)
    def refused(request: Request, error: DigestError) -> Response:
        paragraphs = [f"{error.problem[:1].upper()}{error.problem[1:]}.", error.remedy]
        return site.notice("That did not work", *filter(None, paragraphs), status=400)

    @server.exception_handler(StarletteHTTPException)
    def not_found(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return site.notice("There is no such page", "The address may be mistyped, or the page is gone.", status=404)
        return site.notice("That did not work", f"{error.detail}.", status=error.status_code)

    @server.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.scope["route"].path if "route" in request.scope else "?",
                  exc_info=error)  # fmt: skip
        return site.notice("Something broke on our side", "It has been logged. Please try again.", status=500)


def _add_headers(server: FastAPI) -> None:
    @server.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response
