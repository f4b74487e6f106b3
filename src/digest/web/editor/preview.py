"""The editor's preview: the draft issue, and what any reader gets of it, as it stands now."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.previewing import Preview, persona_named, preview, reader_by_address
from digest.web.pages import mail_page
from digest.web.site import Site

_NOTHING = "This reader gets no mail: none of these stories is in their categories."


def preview_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor")
    _pages(routes, site)
    _parts(routes, site)
    return routes


def _pages(routes: APIRouter, site: Site) -> None:
    @routes.get("")
    def issues() -> HTMLResponse:
        found = site.app.press.store.issues.all()
        return site.page("editor/issues.html", issues=found, newsletters=site.app.settings.newsletters)

    @routes.get("/issues/{identity}")
    def issue(identity: str, reader: str = "", part: str = "html", width: str = "desktop") -> HTMLResponse:
        shown = site.app.press.issue(identity)
        personas = site.app.personas()
        chosen = reader or personas[0].slug
        return site.page(
            "editor/issue.html",
            issue=shown,
            newsletter=site.app.press.newsletter_of(shown),
            categories={category.slug: category for category in site.app.settings.categories},
            items={item.story: item for item in shown.content.stories},
            personas=personas,
            reader=chosen,
            part=part,
            width=width,
            seen=_seen(site, shown, chosen),
        )


def _parts(routes: APIRouter, site: Site) -> None:
    @routes.get("/issues/{identity}/html")
    def html(identity: str, reader: str) -> HTMLResponse:
        seen = _seen(site, site.app.press.issue(identity), reader)
        return mail_page(seen.html if seen else f"<!doctype html><title>No mail</title><p>{_NOTHING}</p>")

    @routes.get("/issues/{identity}/text")
    def text(identity: str, reader: str) -> Response:
        seen = _seen(site, site.app.press.issue(identity), reader)
        return PlainTextResponse(seen.text if seen else _NOTHING)

    @routes.get("/issues/{identity}/source")
    def source(identity: str, reader: str) -> Response:
        seen = _seen(site, site.app.press.issue(identity), reader)
        return PlainTextResponse(b"".join(seen.message.segments) if seen else _NOTHING)


def _seen(site: Site, issue: Issue, reader: str) -> Preview | None:
    return preview(site.app.press, issue, _reader(site, issue, reader), site.app.clock())


def _reader(site: Site, issue: Issue, name: str) -> Recipient:
    """A subscriber by address, or a persona by name."""
    if "@" in name:
        return reader_by_address(site.app.press, issue.newsletter, name)
    return persona_named(site.app.personas(), name)
