"""Tells open previews when a template or the configuration has changed, by server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from watchfiles import awatch

from digest.config.shipped import shipped
from digest.errors import DigestError
from digest.web.site import Site

_QUIET_MS = 5000
"""After this much silence a comment keeps the connection open, and a closed one is noticed."""


def change_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor")

    @routes.get("/changes")
    async def changes() -> StreamingResponse:
        return StreamingResponse(_events(site), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


def watched(site: Site) -> list[Path]:
    """The files and folders that a preview depends on."""
    loaded = site.app.loaded
    paths = (loaded.path, loaded.settings.templates, loaded.settings.personas, shipped("templates"))
    return [path for path in paths if path and path.exists()]


async def _events(site: Site) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for changes in awatch(*watched(site), yield_on_timeout=True, rust_timeout=_QUIET_MS, debounce=200):
        if not changes:
            yield ": still here\n\n"
            continue
        try:
            site.reload()
            yield "event: changed\ndata: now\n\n"
        except DigestError as error:
            lines = "\n".join(f"data: {line}" for line in str(error).splitlines())
            yield f"event: refused\n{lines}\n\n"
