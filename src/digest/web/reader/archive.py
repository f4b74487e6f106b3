"""Issues on the web: a newsletter's archive, and "view online" of a reader's edition; nothing personal in either."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from digest.links import Purpose
from digest.model.ids import IssueId, issue_id
from digest.model.issue import Issue, IssueState
from digest.pipeline.previewing import edition_of_everything, edition_sent, public_page
from digest.web.pages import mail_page
from digest.web.reader.sign_up import newsletter_named
from digest.web.site import Site

_PUBLIC = frozenset({IssueState.SENDING, IssueState.SENT})


def archive_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/archive/{slug}")
    def archive(slug: str) -> HTMLResponse:
        newsletter = newsletter_named(site, slug)
        issues = site.app.press.store.issues.all(newsletter.key, limit=200)
        sent = [issue for issue in issues if issue.state in _PUBLIC]
        return site.page("reader/archive.html", robots="index", newsletter=newsletter, issues=sent)

    @routes.get("/archive/{slug}/{slot}")
    def whole_issue(slug: str, slot: date) -> HTMLResponse:
        issue = _public_issue(site, issue_id(newsletter_named(site, slug).key, slot))
        return mail_page(public_page(site.app.press, issue, edition_of_everything(site.app.press, issue)))

    @routes.get("/r/view/{token}")
    def own_edition(token: str) -> HTMLResponse:
        claim = site.claim(Purpose.VIEW, token)
        issue = site.app.press.store.issues.get(IssueId(claim.subject))
        edition = edition_sent(site.app.press, issue, claim.subscriber) if issue else None
        if issue is None or edition is None:
            raise HTTPException(404)
        return mail_page(public_page(site.app.press, issue, edition))

    return routes


def _public_issue(site: Site, identity: IssueId) -> Issue:
    issue = site.app.press.store.issues.get(identity)
    if issue is None or issue.state not in _PUBLIC:
        raise HTTPException(404)
    return issue
