"""Whose mail a preview shows: a persona, or for those who may see them a subscriber, by part of name or address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from digest.errors import UsageError
from digest.model.access import Actor, Role
from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.previewing import persona_named, reader_by_address
from digest.ports.readers import ReaderFilter
from digest.web.access.actor import ForbiddenError, require
from digest.web.editor.identity import Identity
from digest.web.site import Site

OFFERED = 12
"""Subscribers that a search offers."""
MAY = Role.EDITOR
"""Who may look at subscribers' addresses and own mails; personas are for everybody at the desk."""


def reader_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")

    @routes.get("/readers")
    def readers(
        identity: Identity,
        actor: Annotated[Actor, Depends(require(MAY))],
        search: Annotated[str, Query(max_length=200)] = "",
    ) -> JSONResponse:
        found = matching(site, site.app.press.issue(identity), search)
        people = [{"address": one.subscriber.email, "name": one.subscriber.name} for one in found]
        return JSONResponse(people, headers={"Cache-Control": "no-store"})

    return routes


def sees_readers(request: Request) -> bool:
    """Whether whoever asks for a page of the desk may see whom something is about."""
    actor: Actor = request.state.actor
    return actor.role.covers(MAY)


def matching(site: Site, issue: Issue, search: str) -> Sequence[Recipient]:
    """Subscribers of the issue's newsletter with those letters in name or address; none for no letters."""
    if not search.strip():
        return ()
    which = ReaderFilter(issue.newsletter, search.strip())
    page = site.app.press.store.readers.all(which, limit=OFFERED)
    return [
        Recipient(subscriber, subscription.preferences)
        for subscriber, subscriptions in page
        for subscription in subscriptions
        if subscription.newsletter == issue.newsletter
    ]


def reader_of(site: Site, issue: Issue, name: str, actor: Actor) -> Recipient:
    """A persona by name, a subscriber by address or by part of it. Raises UsageError and ForbiddenError."""
    personas = site.app.personas()
    if any(persona.slug == name for persona in personas):
        return persona_named(personas, name)
    if not actor.role.covers(MAY):
        problem = f"your role is {actor.role}; looking at a subscriber’s mail is for {MAY}s"
        raise ForbiddenError(actor.name, problem, "choose a persona")
    if "@" in name:
        return reader_by_address(site.app.press, issue.newsletter, name)
    found = matching(site, issue, name)
    if not found:
        known = ", ".join(persona.slug for persona in personas)
        raise UsageError(name, f"is neither a persona nor a reader of {issue.newsletter}", f"personas are: {known}")
    return found[0]
