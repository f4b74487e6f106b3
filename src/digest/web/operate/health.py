"""Health for machines: /healthz says that the process answers, /readyz that its database does."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from digest.web.site import Site


def health_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/healthz")
    def alive() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @routes.get("/readyz")
    def ready() -> PlainTextResponse:
        site.app.press.store.articles.count()
        return PlainTextResponse("ok\n")

    return routes
