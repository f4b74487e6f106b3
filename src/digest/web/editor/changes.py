"""Tells open previews when a template or the configuration has changed, by server-sent events.

It looks at the files again and again instead of having the system watch them: an editor that saves by putting a new
file in the old one's place, a folder made later and a folder shared with a container are seen all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
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
    """The routes; from now on the site knows which files it was made from."""
    site.files = fingerprint(watched(site))
    routes = APIRouter(prefix="/editor")

    @routes.get("/changes")
    async def changes(request: Request, seen: str = "") -> StreamingResponse:
        """`seen`: the fingerprint of the files that the page was made from; without, as they are now."""
        events = _events(site, request.app.state.is_closing, seen)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


def watched(site: Site) -> list[Path]:
    """The files and folders that a preview depends on, whether or not they are there."""
    loaded = site.app.loaded
    paths = (loaded.path, loaded.settings.templates, loaded.settings.personas, shipped("templates"))
    return [path for path in paths if path]


def fingerprint(paths: Iterable[Path]) -> str:
    """Another one whenever a file among or under these paths has another time of change or another size."""
    marks = sorted(mark for path in paths for mark in _marks(path))
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:16]


def _marks(path: Path) -> Iterator[tuple[str, int, int]]:
    for file in (path, *path.rglob("*")) if path.is_dir() else (path,):
        try:
            found = file.stat()
        except OSError:
            continue
        yield str(file), found.st_mtime_ns, found.st_size


async def _events(site: Site, is_closing: Callable[[], bool], seen: str) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    quiet, seen = 0, seen or await asyncio.to_thread(fingerprint, watched(site))
    while not is_closing():
        found = await asyncio.to_thread(fingerprint, watched(site))
        if found != seen:
            quiet, seen = 0, found
            yield await asyncio.to_thread(_reloaded, site)
        elif (quiet := quiet + 1) % _QUIET_LOOKS == 0:
            yield ": still here\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


def _reloaded(site: Site) -> str:
    files = fingerprint(watched(site))
    try:
        site.reload()
    except DigestError as error:
        lines = "\n".join(f"data: {line}" for line in str(error).splitlines())
        return f"event: refused\n{lines}\n\n"
    site.files = files
    return "event: changed\ndata: now\n\n"
