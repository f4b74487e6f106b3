"""Approving an issue at the desk: where it stands, what preflight says, and the button; and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.errors import DigestError
from digest.model.access import Actor, Role
from digest.model.findings import Finding, Severity, told_once
from digest.model.issue import Issue, IssueState
from digest.pipeline.checking import issue_findings
from digest.pipeline.releasing import approve_checked, withdraw_issue
from digest.pipeline.silence import silence
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.preview import Identity
from digest.web.site import Site, see


def approve_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")

    @routes.get("/approve")
    def show(request: Request, identity: Identity, look: bool = False) -> HTMLResponse:
        """`look`: with what preflight says; a script asks for that by itself, because it takes seconds."""
        return _page(site, request, site.app.press.issue(identity), look=look)

    @routes.get("/approve/findings")
    def findings(request: Request, identity: Identity) -> HTMLResponse:
        return desk_page(request, "editor/findings.html", 200, **_said(site, request, site.app.press.issue(identity)))

    @routes.post("/approve")
    def approve(
        request: Request, identity: Identity, actor: Editor, version: Annotated[int, Form()],
        override: Annotated[Sequence[str], Form(max_length=100)] = (),
    ) -> Response:  # fmt: skip
        press, now = site.app.press, site.app.clock()
        try:
            issue = approve_checked(press, press.issue(identity), actor, override, version, now)
        except DigestError as error:
            return _page(site, request, press.issue(identity), error, look=True)
        return see(f"/editor/issues/{issue.id}/approve")

    @routes.post("/withdraw")
    def withdraw(request: Request, identity: Identity, actor: Editor) -> Response:
        press = site.app.press
        try:
            issue = withdraw_issue(press, press.issue(identity), actor, site.app.clock())
        except DigestError as error:
            return _page(site, request, press.issue(identity), error)
        return see(f"/editor/issues/{issue.id}/approve")

    return routes


def _page(
    site: Site, request: Request, issue: Issue, error: DigestError | None = None, look: bool = False
) -> HTMLResponse:
    press = site.app.press
    newsletter = press.newsletter_of(issue)
    is_looked_at = issue.state is IssueState.DRAFT and bool(issue.content.stories)
    said = _said(site, request, issue) if look and is_looked_at else {"issue": issue, "may": _may(request)}
    return desk_page(
        request,
        "editor/approve.html",
        409 if error else 200,
        newsletter=newsletter,
        error=error,
        silence=silence(issue, newsletter, press.settings.schedule, site.app.clock()),
        is_looked_at=is_looked_at,
        **({"findings": None} | said),
    )


def _said(site: Site, request: Request, issue: Issue) -> dict[str, Any]:
    """What preflight says."""
    findings = told_once(issue_findings(site.app.press, issue, site.app.clock()))
    return {
        "issue": issue,
        "may": _may(request),
        "findings": findings,
        "errors": _by_rule(findings, Severity.ERROR),
        "warnings": _by_rule(findings, Severity.WARNING),
        "notes": sum(finding.severity is Severity.INFO for finding in findings),
        "titles": {item.story: item.title for item in issue.content.stories},
    }


def _may(request: Request) -> bool:
    actor: Actor = request.state.actor
    return actor.role.covers(Role.EDITOR)


def _by_rule(findings: Sequence[Finding], severity: Severity) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is severity:
            found.setdefault(finding.id, []).append(finding)
    return found
