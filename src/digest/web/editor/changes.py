"""Tells open previews what has changed, by server-sent events: a template, the configuration, or their issue.

It looks at the files again and again instead of having the system watch them: an editor that saves by putting a new
file in the old one's place, a folder made later and a folder shared with a container are seen all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from digest.config.shipped import shipped
from digest.errors import DigestError
from digest.model.ids import IssueId
from digest.web.site import Site

NOBODYS = IssueId("")
_LOOK_SECONDS = 0.1
_LOOKS_AT_ISSUE = 5
"""An issue is read only at every so manieth look: it comes from the database, whole."""
_QUIET_LOOKS = 40
"""After so many looks without a change a comment keeps the connection open, and shows when it is closed."""


def change_routes(site: Site) -> APIRouter:
    """The routes; from now on the site knows which files it was made from."""
    _note_files(site, fingerprint(watched(site)))
    routes = APIRouter(prefix="/editor")

    @routes.get("/changes")
    async def changes(
        request: Request, seen: str = "", issue: Annotated[str, Query(max_length=120)] = ""
    ) -> StreamingResponse:
        """`seen`: the fingerprint of the files that the page was made from; without, as they are now."""
        events = _events(site, request.app.state.is_closing, seen, IssueId(issue))
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


def watched(site: Site) -> list[Path]:
    """The files and folders that a preview depends on, whether or not they are there."""
    return [*_settings(site), *_templates(site)]


def _settings(site: Site) -> list[Path]:
    loaded = site.app.loaded
    return [path for path in (loaded.path, loaded.settings.personas) if path]


def _templates(site: Site) -> list[Path]:
    return [path for path in (site.app.settings.templates, shipped("templates")) if path]


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


async def _events(
    site: Site, is_closing: Callable[[], bool], seen: str, issue: IssueId = NOBODYS
) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    look, version = 0, await asyncio.to_thread(_version, site, issue)
    seen = seen or await asyncio.to_thread(fingerprint, watched(site))
    while not is_closing():
        look += 1
        found = await asyncio.to_thread(fingerprint, watched(site))
        if found != seen:
            seen = found
            yield await asyncio.to_thread(_reloaded, site, found)
        if look % _LOOKS_AT_ISSUE == 0 and issue:
            now = await asyncio.to_thread(_version, site, issue)
            if now != version:
                version = now
                yield f"event: edited\ndata: {version}\n\n"
        if look % _QUIET_LOOKS == 0:
            yield ": still here\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


def _version(site: Site, issue: IssueId) -> int:
    found = site.app.press.store.issues.get(issue) if issue else None
    return found.version if found else 0


def _reloaded(site: Site, files: str) -> str:
    try:
        if site.files != files:  # else another open preview saw it first
            site.reload() if fingerprint(_settings(site)) != site.settings_files else site.reload_templates()
    except DigestError as error:
        lines = "\n".join(f"data: {line}" for line in str(error).splitlines())
        return f"event: refused\n{lines}\n\n"
    _note_files(site, files)
    return "event: changed\ndata: now\n\n"


def _note_files(site: Site, files: str) -> None:
    site.files, site.settings_files = files, fingerprint(_settings(site))
