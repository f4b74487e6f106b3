"""What takes longer than an edit may: preflight, who gets what, what is new since the last issue, what is covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from digest.model.findings import Severity, told_once
from digest.model.issue import Issue
from digest.pipeline.audience import audience
from digest.pipeline.checking import issue_findings
from digest.pipeline.comparing import since_last
from digest.pipeline.metering import block_names, coverage, name_of
from digest.ports.readers import ReaderFilter
from digest.web.access.actor import desk_page
from digest.web.editor.glass import Asked
from digest.web.editor.identity import Identity
from digest.web.editor.preview import looked_at
from digest.web.editor.readers import MAY
from digest.web.editor.sights import place_of
from digest.web.site import Site

COUNTED_UNASKED = 20_000
"""Readers up to which who gets what is counted without being asked for."""
_Made = TypeVar("_Made")


def check_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/preview")

    @routes.get("/findings")
    def findings(request: Request, identity: Identity, asked: Asked) -> HTMLResponse:
        issue = site.app.press.issue(identity)
        return desk_page(request, "editor/preview_findings.html", 200, **_findings(site, issue, asked, request))

    @routes.get("/audience")
    def audience_(request: Request, identity: Identity, count: bool = False) -> HTMLResponse:
        issue, press = site.app.press.issue(identity), site.app.press
        readers = press.store.readers.count(ReaderFilter(issue.newsletter))
        told = None
        if issue.frozen_at is None and (count or readers <= COUNTED_UNASKED):
            made = site.drafts.fragments(press, issue)
            told = _kept(site).of("audience", issue, lambda: audience(press, issue, made, site.app.clock()))
        may_see = request.state.actor.role.covers(MAY)
        variables = {"issue": issue, "readers": readers, "audience": told, "may_see": may_see}
        return desk_page(request, "editor/preview_audience.html", **variables)

    @routes.get("/since")
    def since(request: Request, identity: Identity) -> HTMLResponse:
        issue, press = site.app.press.issue(identity), site.app.press
        made = site.drafts.fragments(press, issue)
        found = _kept(site).of("since", issue, lambda: since_last(press, issue, made))
        covered = coverage(press, issue.content)
        return desk_page(request, "editor/preview_since.html", issue=issue, since=found, coverage=covered)

    return routes


class _Kept:
    """What was found last of each kind, as long as the issue is as it was."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], object]] = {}

    def of(self, kind: str, issue: Issue, make: Callable[[], _Made]) -> _Made:
        """The same again, or made anew."""
        seen = (issue.id, issue.version)
        old = self._made.get(kind)
        if old and old[0] == seen:
            return old[1]  # type: ignore[return-value]  # a kind is always made by one function
        made = make()
        self._made[kind] = (seen, made)
        return made


def _kept(site: Site) -> _Kept:
    return site.once(_Kept, _Kept)  # a change of configuration or templates begins anew


def _findings(site: Site, issue: Issue, asked: Asked, request: Request) -> dict[str, object]:
    press, actor = site.app.press, request.state.actor
    made = site.drafts.fragments(press, issue)
    every = _kept(site).of("findings", issue, lambda: issue_findings(press, issue, site.app.clock(), made))
    seen = looked_at(site, issue, asked, actor)
    names = block_names(press, issue)
    there = set(seen.edition.keys) if seen else set()
    found = told_once(every, there)
    rows = [
        (one, name_of(one.block, names), place_of(one.block) if one.block in there - {"head", "tail"} else "")
        for one in found
    ]
    counts = {severity: sum(one.severity is severity for one in found) for severity in Severity}
    return {"issue": issue, "glass": asked, "rows": rows, "counts": counts}
