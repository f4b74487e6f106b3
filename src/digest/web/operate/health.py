"""Health for machines: /healthz says that the process answers, /readyz that it can do its work."""

from __future__ import annotations

import logging

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from digest.web.site import Site

log = logging.getLogger(__name__)


def health_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/healthz")
    def alive() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @routes.get("/readyz")
    def ready() -> PlainTextResponse:
        """Asked every few seconds: a statement that costs nothing, on a connection of the pool."""
        try:
            site.app.press.store.measures.is_ready()
        except Exception:
            log.exception("not ready: the database does not answer")
            return PlainTextResponse("not ready: the database does not answer\n", 503)
        return PlainTextResponse("ok\n")

    return routes
