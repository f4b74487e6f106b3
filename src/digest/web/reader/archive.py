"""Issues on the web: a newsletter's archive, its stories by topic, and "view online"; nothing personal in any."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import escape

from digest.links import Purpose
from digest.model.ids import IssueId, issue_id
from digest.model.issue import Issue
from digest.pipeline.archiving import PUBLIC, Stories, issues_of
from digest.pipeline.previewing import edition_of_everything, edition_shown, public_page
from digest.web.pages import mail_page
from digest.web.reader.sign_up import listed_newsletters, newsletter_named
from digest.web.reader.syndication import atom, json_feed
from digest.web.reader.visit import Visit, visits
from digest.web.site import Site
from digest.words import words

PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Words = Annotated[str, Query(max_length=200)]
_SMALL_PRINT = (
    "margin:0;padding:0 24px 40px;color:#5c636b;font:12px/18px monospace;text-align:center;overflow-wrap:anywhere"
)
_BODY = re.compile("<body[^>]*>")
_CACHED = {"Cache-Control": "public, max-age=600"}


def archive_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    _list_routes(routes, site)
    _feed_routes(routes, site)
    _issue_routes(routes, site)
    return routes


def _list_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/archive")
    def newsletters(visit: Visit = visiting) -> HTMLResponse:
        return visit.page("reader/newsletters.html", robots="index", newsletters=listed_newsletters(site))

    @routes.get("/archive/{slug}")
    def archive(slug: str, page: PageNumber = 1, visit: Visit = visiting) -> HTMLResponse:
        newsletter = newsletter_named(site, slug)
        return visit.page(
            "reader/archive.html", robots="index" if newsletter.listed else "noindex", newsletter=newsletter,
            issues=issues_of(site.app.press, newsletter.key, page),
        )  # fmt: skip

    @routes.get("/archive/{slug}/latest")  # where mails lead, which know the archive only
    @routes.get("/latest/{slug}")
    def latest(
        slug: str, topic: Words = "", q: Words = "", page: PageNumber = 1, visit: Visit = visiting
    ) -> HTMLResponse:
        """All stories of the latest issues, by topic and words."""
        newsletter = newsletter_named(site, slug)
        categories = site.app.settings.categories_of(newsletter)
        return visit.page(
            "reader/latest.html",
            robots="noindex" if q or not newsletter.listed else "index",
            newsletter=newsletter,
            categories=categories,
            names={category.slug: category.name for category in site.app.settings.categories},
            topic=topic,
            words=q,
            told=site.once(Stories, Stories).of(site.app.press, newsletter.key, topic, q, page),
        )


def _feed_routes(routes: APIRouter, site: Site) -> None:
    @routes.get("/archive/{slug}/feed.xml")
    def as_atom(slug: str) -> Response:
        newsletter, press = newsletter_named(site, slug), site.app.press
        document = atom(newsletter, issues_of(press, newsletter.key).items, press.links.base)
        return Response(document, media_type="application/atom+xml", headers=_CACHED)

    @routes.get("/archive/{slug}/feed.json")
    def as_json(slug: str) -> JSONResponse:
        newsletter, press = newsletter_named(site, slug), site.app.press
        feed = json_feed(newsletter, issues_of(press, newsletter.key).items, press.links.base)
        return JSONResponse(feed, media_type="application/feed+json", headers=_CACHED)


def _issue_routes(routes: APIRouter, site: Site) -> None:
    @routes.get("/archive/{slug}/{slot}")
    def whole_issue(slug: str, slot: date) -> HTMLResponse:
        issue = _public_issue(site, issue_id(newsletter_named(site, slug).key, slot))
        page = public_page(site.app.press, issue, edition_of_everything(site.app.press, issue))
        return mail_page(_as_page(page, _approval(issue, site.app.press.newsletter_of(issue).language)))

    @routes.get("/r/view/{token}")
    def own_edition(token: str) -> HTMLResponse:
        claim = site.claim(Purpose.VIEW, token)
        issue = site.app.press.store.issues.get(IssueId(claim.subject))
        edition = edition_shown(site.app.press, issue, claim.subscriber) if issue else None
        if issue is None or edition is None:
            raise HTTPException(404)
        return mail_page(_as_page(public_page(site.app.press, issue, edition)))


def _approval(issue: Issue, language: str) -> str:
    """The hash of what was approved, as each mail has it in its header Digest-Issue."""
    said = words(language).gettext("Revision %(revision)s of this issue, approved as %(hash)s")
    line = said % {"revision": issue.revision, "hash": issue.approval_hash}
    return f'<p class="approval muted" style="{_SMALL_PRINT}">{escape(line)}</p>'


def _as_page(mail: str, note: str = "") -> str:
    """A mail stands inside its program's landmarks, a page has its own; with a note below it."""
    return _BODY.sub(r"\g<0><main>", mail, count=1).replace("</body>", f"{note}</main></body>", 1)


def _public_issue(site: Site, identity: IssueId) -> Issue:
    issue = site.app.press.store.issues.get(identity)
    if issue is None or issue.state not in PUBLIC:
        raise HTTPException(404)
    return issue
