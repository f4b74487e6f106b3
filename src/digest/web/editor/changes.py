"""Tells open previews when a template or the configuration has changed, by server-sent events.

It looks at the files again and again instead of having the system watch them: an editor that saves by putting a new
file in the old one's place, a folder made later and a folder shared with a container are seen all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from digest.config.shipped import shipped
from digest.errors import DigestError
from digest.web.site import Site

_LOOK_SECONDS = 0.3
_QUIET_LOOKS = 15
"""After so many looks without a change a comment keeps the connection open, and shows when it is closed."""


def change_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor")

    @routes.get("/changes")
    async def changes(request: Request) -> StreamingResponse:
        events = _events(site, request.app.state.is_closing)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


def watched(site: Site) -> list[Path]:
    """The files and folders that a preview depends on, whether or not they are there."""
    loaded = site.app.loaded
    paths = (loaded.path, loaded.settings.templates, loaded.settings.personas, shipped("templates"))
    return [path for path in paths if path]


def fingerprint(paths: Iterable[Path]) -> frozenset[tuple[Path, int, int]]:
    """Every file among and under these paths, with its time of change in nanoseconds and its size."""
    return frozenset(mark for path in paths for mark in _marks(path))


def _marks(path: Path) -> Iterator[tuple[Path, int, int]]:
    for file in (path, *path.rglob("*")) if path.is_dir() else (path,):
        try:
            found = file.stat()
        except OSError:
            continue
        yield file, found.st_mtime_ns, found.st_size


async def _events(site: Site, is_closing: Callable[[], bool]) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    quiet, seen = 0, await asyncio.to_thread(fingerprint, watched(site))
    while not is_closing():
        await asyncio.sleep(_LOOK_SECONDS)
        found = await asyncio.to_thread(fingerprint, watched(site))
        if found != seen:
            quiet, seen = 0, found
            yield await asyncio.to_thread(_reloaded, site)
        elif (quiet := quiet + 1) % _QUIET_LOOKS == 0:
            yield ": still here\n\n"


def _reloaded(site: Site) -> str:
    try:
        site.reload()
    except DigestError as error:
        lines = "\n".join(f"data: {line}" for line in str(error).splitlines())
        return f"event: refused\n{lines}\n\n"
    return "event: changed\ndata: now\n\n"
