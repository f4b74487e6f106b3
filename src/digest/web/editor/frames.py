"""The mail itself in each of its parts: documents for sandboxed frames, under a policy by which they can do nothing."""

from __future__ import annotations

import html
import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.pipeline.viewing import View
from digest.web.editor.glass import Asked, Glass
from digest.web.editor.header_words import header_lines
from digest.web.editor.identity import Identity
from digest.web.editor.preview import looked_at
from digest.web.editor.sights import document
from digest.web.pages import LIVE_POLICY, mail_page
from digest.web.site import Site

NOTHING = "This reader gets no mail: none of these stories is in their topics."
_PLAIN = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title><style>"
    ":root{{color-scheme:light dark}}"
    "body{{margin:0;padding:16px 20px;font:13px/20px ui-monospace,Menlo,Consolas,monospace}}"
    "pre{{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}}dl{{margin:0;max-width:60rem}}"
    "div{{padding:8px 0;border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}}"
    "dt{{font-weight:600}}dd{{margin:0;overflow-wrap:anywhere}}.words{{font:14px/20px system-ui,sans-serif;opacity:.8}}"
    "</style></head><body>{body}</body></html>"
)


def frame_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")
    _shown(routes, site)
    _told(routes, site)
    return routes


def _seen(site: Site, request: Request, identity: str, asked: Glass) -> View | None:
    return looked_at(site, site.app.press.issue(identity), asked, request.state.actor)


def _shown(routes: APIRouter, site: Site) -> None:
    @routes.get("/html")
    def mail(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        found = _seen(site, request, identity, asked)
        if found is None:
            return _plain("No mail", NOTHING)
        return mail_page(document(found.pieces, asked.sight), asked.pictures, LIVE_POLICY)

    @routes.get("/text")
    def text(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        found = _seen(site, request, identity, asked)
        return _plain("Text", found.text if found else NOTHING)

    @routes.get("/code")
    def code(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        found = _seen(site, request, identity, asked)
        return _plain("HTML", found.html if found else NOTHING)


def _told(routes: APIRouter, site: Site) -> None:
    @routes.get("/headers")
    def headers(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        found = _seen(site, request, identity, asked)
        return _headers(site, found) if found else _plain("Headers", NOTHING)

    @routes.get("/source")
    def source(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        found = _seen(site, request, identity, asked)
        return _plain("Source", b"".join(found.message.segments).decode("utf-8", "replace") if found else NOTHING)

    @routes.get("/mail.eml")
    def download(request: Request, identity: Identity, asked: Asked) -> Response:
        found = _seen(site, request, identity, asked)
        if found is None:
            return PlainTextResponse(NOTHING, 404)
        name = re.sub(r"[^a-z0-9-]", "-", f"{identity}-{asked.reader}".lower())
        head = {"Content-Disposition": f'attachment; filename="{name}.eml"', "Cache-Control": "no-store"}
        return Response(b"".join(found.message.segments), media_type="message/rfc822", headers=head)


def _plain(title: str, text: str) -> HTMLResponse:
    """Text as it is, on a page that can do no more than a mail."""
    return mail_page(_PLAIN.format(title=title, body=f"<pre>{html.escape(text)}</pre>"), policy=LIVE_POLICY)


def _headers(site: Site, seen: View) -> HTMLResponse:
    keys = [(key.domain, key.selector) for key in site.app.settings.dkim.keys]
    rows = "".join(
        f"<div><dt>{html.escape(line.name)}</dt><dd>{html.escape(line.value)}</dd>"
        f'<dd class="words">{html.escape(line.words)}</dd></div>'
        for line in header_lines(seen.message, keys)
    )
    return mail_page(_PLAIN.format(title="Headers", body=f"<dl>{rows}</dl>"), policy=LIVE_POLICY)
