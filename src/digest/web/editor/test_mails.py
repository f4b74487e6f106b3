"""Sending tests from the desk: which reader's mail, to whom, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse

from digest.errors import DigestError
from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.entering import note
from digest.pipeline.previewing import persona_named, reader_by_address
from digest.pipeline.testing import Tried, addresses_named, send_tests
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.preview import Identity
from digest.web.site import Site

Name = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    reader: str = ""
    address: str = ""
    lists: tuple[str, ...] = ()
    others: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Lists and addresses."""
        return (*self.lists, *filter(None, re.split(r"[\s,;]+", self.others)))

    @property
    def who(self) -> str:
        """Whose mail: a subscriber's where an address is given, else a persona's."""
        return self.address.strip() or self.reader


def test_mail_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/test")

    @routes.get("")
    def ask(request: Request, identity: Identity, reader: Annotated[str, Query(max_length=300)] = "") -> HTMLResponse:
        asked = Asked(address=reader) if "@" in reader else Asked(reader=reader)
        return _page(site, request, site.app.press.issue(identity), asked)

    @routes.post("")
    def send(
        request: Request,
        identity: Identity,
        actor: Editor,
        reader: Name = "",
        address: Name = "",
        lists: Annotated[list[str] | None, Form()] = None,
        others: Annotated[str, Form(max_length=4000)] = "",
    ) -> HTMLResponse:
        app, asked = site.app, Asked(reader, address, tuple(lists or ()), others)
        issue, now = app.press.issue(identity), app.clock()
        try:
            to = addresses_named(app.settings, asked.names)
            tests = send_tests(app.press, issue, _reader(site, issue, asked.who), to, app.transport(), now)
        except DigestError as error:
            return _page(site, request, issue, asked, error=error)
        taken = sum(result.is_taken for result in tests.results)
        note(app.press, actor, "sent a test", issue.id, now, f"as {reader or 'a subscriber'}, {taken} of {len(to)}")
        return _page(site, request, issue, asked, tests)

    return routes


def _reader(site: Site, issue: Issue, who: str) -> Recipient:
    """A subscriber by address, or a persona by name."""
    if "@" in who:
        return reader_by_address(site.app.press, issue.newsletter, who)
    return persona_named(site.app.personas(), who)


def _page(
    site: Site,
    request: Request,
    issue: Issue,
    asked: Asked,
    tests: Tried | None = None,
    error: DigestError | None = None,
) -> HTMLResponse:
    return desk_page(
        request,
        "editor/test.html",
        400 if error else 200,
        issue=issue,
        newsletter=site.app.press.newsletter_of(issue),
        lists=site.app.settings.test_lists,
        only_to=site.app.settings.smtp.only_to,
        personas=site.app.personas(),
        asked=asked,
        tests=tests,
        error=error,
    )
