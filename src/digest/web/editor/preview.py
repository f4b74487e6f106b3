"""The editor's preview: the draft issue, and what any reader gets of it, as it stands now."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.previewing import Preview, persona_named, preview, reader_by_address
from digest.web.access.actor import desk_page
from digest.web.pages import mail_page
from digest.web.site import Site

Identity = Annotated[str, Path(pattern="^[a-z0-9-]{1,120}$")]
Part = Literal["html", "text", "source"]
Width = Literal["phone", "desktop"]
_NOTHING = "This reader gets no mail: none of these stories is in their categories."


def preview_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor")
    _pages(routes, site)
    _parts(routes, site)
    return routes


def _pages(routes: APIRouter, site: Site) -> None:
    @routes.get("/issues/{identity}/preview")
    def issue(
        request: Request, identity: Identity, reader: str = "", part: Part = "html", width: Width = "desktop"
    ) -> HTMLResponse:
        shown = site.app.press.issue(identity)
        personas = site.app.personas()
        chosen = reader or next((persona.slug for persona in personas), "")
        recipient = _reader(site, shown, chosen)
        return desk_page(
            request,
            "editor/preview.html",
            issue=shown,
            newsletter=site.app.press.newsletter_of(shown),
            categories={category.slug: category for category in site.app.settings.categories},
            items={item.story: item for item in shown.content.stories},
            personas=personas,
            files=site.files,
            reader=chosen,
            part=part,
            width=width,
            subscriber=recipient.subscriber,
            seen=preview(site.app.press, shown, recipient, site.app.clock()),
        )


def _parts(routes: APIRouter, site: Site) -> None:
    @routes.get("/issues/{identity}/html")
    def html(identity: Identity, reader: str) -> HTMLResponse:
        seen = _seen(site, site.app.press.issue(identity), reader)
        return mail_page(
            _opening_tabs(seen.html) if seen else f"<!doctype html><title>No mail</title><p>{_NOTHING}</p>"
        )

    @routes.get("/issues/{identity}/text")
    def text(identity: Identity, reader: str) -> Response:
        seen = _seen(site, site.app.press.issue(identity), reader)
        return PlainTextResponse(seen.text if seen else _NOTHING)

    @routes.get("/issues/{identity}/source")
    def source(identity: Identity, reader: str) -> Response:
        seen = _seen(site, site.app.press.issue(identity), reader)
        return PlainTextResponse(b"".join(seen.message.segments) if seen else _NOTHING)


def _opening_tabs(html: str) -> str:
    """The mail with links that open a tab of their own, instead of replacing it in the preview's frame."""
    return html.replace("<head>", '<head><base target="_blank">', 1)


def _seen(site: Site, issue: Issue, reader: str) -> Preview | None:
    return preview(site.app.press, issue, _reader(site, issue, reader), site.app.clock())


def _reader(site: Site, issue: Issue, name: str) -> Recipient:
    """A subscriber by address, or a persona by name."""
    if "@" in name:
        return reader_by_address(site.app.press, issue.newsletter, name)
    return persona_named(site.app.personas(), name)
