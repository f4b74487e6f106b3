"""The rooms of the desk beside the board: issues, feeds, readers, schedule, settings. They show, and change nothing."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from digest.config.showing import shown
from digest.pipeline.outlook import outlook
from digest.pipeline.slots import cadences_due
from digest.ports.readers import ReaderFilter
from digest.web.access.actor import desk_page
from digest.web.site import Site

_DEFAULT = "default"
"""Where a value comes from that nobody set."""
_NEXT = 5
"""Slots that the schedule shows of each newsletter."""


def room_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor")

    @routes.get("")
    def issues(request: Request) -> HTMLResponse:
        newsletters = site.app.settings.newsletters
        found = site.app.press.store.issues.all()
        return desk_page(request, "editor/issues.html", issues=found, newsletters=newsletters)

    @routes.get("/feeds")
    def feeds(request: Request) -> HTMLResponse:
        store = site.app.press.store
        by_trouble = sorted(store.feeds.all(), key=lambda feed: (not feed.state.error, feed.source.title))
        return desk_page(request, "editor/feeds.html", feeds=by_trouble, articles=store.articles.count_by_feed())

    @routes.get("/readers")
    def readers(request: Request) -> HTMLResponse:
        store = site.app.press.store
        newsletters = site.app.settings.newsletters
        counts = [(one, store.readers.count(ReaderFilter(one.key))) for one in newsletters]
        return desk_page(request, "editor/readers.html", counts=counts, total=store.readers.count())

    @routes.get("/schedule")
    def schedule(request: Request) -> HTMLResponse:
        press, now = site.app.press, site.app.clock()
        found = [outlook(press, newsletter, _NEXT, now) for newsletter in site.app.settings.newsletters]
        due = {
            (one.newsletter.slug, slot.on): cadences_due(one.newsletter, slot.on) for one in found for slot in one.slots
        }
        return desk_page(request, "editor/schedule.html", outlooks=found, due=due)

    @routes.get("/settings")
    def settings(request: Request, every: bool = False) -> HTMLResponse:
        """Those that somebody set; with `every` the others too."""
        loaded = site.app.loaded
        rows = [(key, _written(value), loaded.origins.get(key, _DEFAULT)) for key, value in shown(loaded)]
        chosen = [row for row in rows if every or row[2] != _DEFAULT]
        return desk_page(request, "editor/settings.html", rows=chosen, every=every, file=loaded.path)

    return routes


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
