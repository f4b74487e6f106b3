"""The editor's preview: what any reader gets of an issue as it stands now, by itself or as a pane beside the board."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from digest.model.access import Actor
from digest.model.issue import Issue
from digest.pipeline.metering import meters
from digest.pipeline.viewing import View, view
from digest.web.access.actor import desk_page
from digest.web.editor.glass import PARTS, WIDTHS, Asked, Glass
from digest.web.editor.identity import Identity
from digest.web.editor.readers import MAY, reader_of
from digest.web.editor.sights import CAVEATS, LABELS
from digest.web.site import Site

__all__ = ["Identity", "looked_at", "preview_routes", "preview_variables"]
SUBJECT_PHONE, SUBJECT_DESKTOP = 41, 70
"""Characters of a subject that an inbox shows, about."""


def preview_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/preview")

    @routes.get("")
    def preview(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        variables = preview_variables(site, site.app.press.issue(identity), asked, request.state.actor)
        return desk_page(request, "editor/preview.html", **variables)

    @routes.get("/facts")
    def facts(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        """What stands around the frame and changes with each edit."""
        variables = preview_variables(site, site.app.press.issue(identity), asked, request.state.actor)
        return desk_page(request, "editor/preview_facts.html", **variables)

    return routes


def preview_variables(site: Site, issue: Issue, asked: Glass, actor: Actor) -> dict[str, Any]:
    """What the page is made of; `seen` is None where the reader gets no mail."""
    press, personas = site.app.press, site.app.personas()
    glass = replace(asked, reader=asked.reader or next((persona.slug for persona in personas), ""))
    recipient = reader_of(site, issue, glass.reader, actor)
    seen = looked_at(site, issue, glass, actor)
    return {
        "issue": issue,
        "newsletter": press.newsletter_of(issue),
        "personas": personas,
        "files": site.files,
        "glass": glass,
        "subscriber": recipient.subscriber,
        "may_search": actor.role.covers(MAY),
        "seen": seen,
        "values": dict(seen.edition.values) if seen else {},
        "meters": meters(press, issue, seen) if seen else None,
        "parts": PARTS,
        "widths": WIDTHS,
        "sights": LABELS,
        "caveat": CAVEATS.get(glass.sight, ""),
        "limits": {"phone": SUBJECT_PHONE, "desktop": SUBJECT_DESKTOP},
    }


def looked_at(site: Site, issue: Issue, glass: Glass, actor: Actor) -> View | None:
    """The mail; None: the reader gets none."""
    press = site.app.press
    reader = reader_of(site, issue, glass.reader, actor)
    return view(press, issue, reader, site.drafts.fragments(press, issue), site.app.clock())
