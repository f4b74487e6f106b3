"""A draft that was shared: a page with the mail in a frame, for whoever has the link. It can only be looked at."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.pipeline.sharing import Shared, ShareOverError, share_of, shared
from digest.web.pages import mail_page
from digest.web.site import Site

_NOTHING = "This reader gets no mail of this issue: none of its stories is in their categories.\n"
_NO_MAIL = f"<!doctype html><title>No mail</title><p>{_NOTHING}</p>"


def shared_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/r/share")

    @routes.get("/{token}")
    def page(token: str, part: Literal["html", "text"] = "html") -> HTMLResponse:
        try:
            seen = _seen(site, token)
        except ShareOverError:
            return site.notice("This link is over", "Ask whoever gave it to you for a new one.", status=410)
        newsletter = site.app.press.newsletter_of(seen.issue)
        return site.page("reader/shared.html", seen=seen, newsletter=newsletter, token=token, part=part)

    @routes.get("/{token}/html")
    def html(token: str) -> Response:
        seen = _seen(site, token)
        return mail_page(_opening_tabs(seen.html) if seen.html else _NO_MAIL)

    @routes.get("/{token}/text")
    def text(token: str) -> Response:
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return PlainTextResponse(_seen(site, token).text or _NOTHING, headers=headers)

    return routes


def _seen(site: Site, token: str) -> Shared:
    """What the link shows. Raises ShareOverError, and HTTPException for what is no link of ours."""
    press, now = site.app.press, site.app.clock()
    share = share_of(press, token, now)
    if share is None:
        raise HTTPException(404)
    return shared(press, share, site.app.personas(), now)


def _opening_tabs(html: str) -> str:
    """The mail with links that open a tab of their own, instead of replacing it in its frame."""
    return html.replace("<head>", '<head><base target="_blank">', 1)
