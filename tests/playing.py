"""The demonstration, played in this process, with the web application in front of it: what browser tests visit."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from build import NOW
from digest.app import App
from digest.demo.show import Stage, open_app, perform, stage, write_config
from digest.model.ids import IssueId
from digest.pipeline.approving import approve_issue
from digest.pipeline.drafting import draft_issue
from digest.pipeline.slots import next_slot_of
from serving import PREVIEW, free_port, running

NO_WAITING = "\n[sign_up]\nleast_seconds = 0\n"
"""Browsers in tests fill a form faster than people do."""
PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@dataclass(frozen=True)
class Show:
    """A played demonstration: the weekly is sent, one daily is approved, and an earlier one is a draft."""

    app: App
    on: Stage
    url: str
    sent: IssueId
    approved: IssueId
    draft: IssueId

    @property
    def config(self) -> Path:
        return self.on.folder / "config.toml"

    @property
    def templates(self) -> Path:
        """The project's own templates."""
        return self.on.folder / "templates"

    def mails(self, address: str) -> list[EmailMessage]:
        """What the SMTP server has for this address, in order."""
        files = [file for file in self.on.mailroom.files() if file.name.endswith(f"-{address}.eml")]
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


@contextmanager
def show(folder: Path) -> Iterator[Show]:
    """Plays the demonstration on a fixed day, and serves it on a free port until the block ends."""
    clock = clock_from(NOW)
    with stage(folder, NOW) as on, free_port() as listener:
        config = write_config(on, listener.getsockname()[1])
        text = re.sub("(?m)^# (templates =)", r"\1", config.read_text(encoding="utf-8"))
        config.write_text(text + NO_WAITING, encoding="utf-8")
        app = open_app(config, clock)
        sent = IssueId(perform(app, on, lambda what, done, total: None).issue)
        approved, draft = _two_dailies(app)
        with running(app, PREVIEW, listener, lambda: open_app(config, clock)):
            yield Show(app, on, app.settings.web.public_url, sent, approved, draft)


def clock_from(start: datetime) -> Callable[[], datetime]:
    """A clock that shows this moment now, and runs on."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def _two_dailies(app: App) -> tuple[IssueId, IssueId]:
    """The later one is drafted first: an issue tells nothing that an earlier one has told."""
    now = app.clock()
    daily = app.press.newsletter("daily")
    first = next_slot_of(daily, now)
    later = draft_issue(app.press, daily, next_slot_of(daily, first.at), now)
    draft = draft_issue(app.press, daily, first, now)
    return approve_issue(app.press, later, "test", now).id, draft.id


class Visitor:
    """Somebody with a browser of their own, who notes whatever goes wrong."""

    def __init__(self, show: Show, context: BrowserContext) -> None:
        self.show = show
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        context.on("request", lambda request: self._note_request(request.url))
        context.on("console", lambda said: self._note(said.text) if said.type in {"error", "warning"} else None)
        context.on("weberror", lambda error: self._note(str(error.error)))
        context.on("dialog", lambda dialog: (self._note(f"dialog: {dialog.message}"), dialog.dismiss()))

    def goes_to(self, address: str) -> Page:
        """Opens a path of the site, or an address."""
        self.page.goto(address if "://" in address else self.show.url + address)
        return self.page

    def _note(self, what: str) -> None:
        # A page that says "that did not work" has that status, which Chromium finds worth an error.
        if "Failed to load resource: the server responded with a status of 4" not in what:
            self.complaints.append(what)

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.show.url, self.show.on.publishers.url, "data:", "about:")):
            self.complaints.append(f"request to {url}")


@contextmanager
def visitor(show: Show, browser: Browser, **options: Any) -> Iterator[Visitor]:
    """A visitor, by default at a desk; at the end of the visit nothing may have gone wrong."""
    context = browser.new_context(**(DESKTOP | options))
    context.set_default_timeout(20_000)
    try:
        guest = Visitor(show, context)
        yield guest
        assert guest.complaints == [], "; ".join(guest.complaints)
    finally:
        context.close()


def with_first_story(app: App, issue: IssueId, **fields: Any) -> None:
    """Rewrites the first story of a draft."""
    found = app.press.issue(issue)
    first, *others = found.content.stories
    content = replace(found.content, stories=(replace(first, **fields), *others))
    app.press.store.issues.save_content(issue, content, found.version, app.clock())
