"""Every page of readers in each of its states: where it is, and the form that leads to it where only a POST does.

Takes a played demonstration; makes readers of its own in it, one for each thing that cannot be done twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from playwright.sync_api import Page, Route
from starlette.routing import Match
from starlette.routing import Route as WebRoute

import build
from digest.links import LinkClaim, Purpose
from digest.model.ids import NewsletterSlug, SubscriberId
from digest.model.issue import Cadence
from digest.model.people import ConsentKind
from digest.pipeline.moving import ask_to_move
from digest.pipeline.sharing import lend, link_of
from digest.web.access.actor import LOCAL
from digest.web.server import Offer, create_server
from playing import Show

NO_PAGES = frozenset({
    "/archive/{slug}/feed.xml", "/archive/{slug}/feed.json", "/r/preferences/{token}/export", "/r/share/{token}/text",
    "/r/share/{token}/html", "/c/{issue}/{code}", "/favicon.ico",
})  # fmt: skip
"""Routes that answer programs, or show nothing but a mail, which has tests of its own."""
FEW = frozenset({
    "sign-up", "near miss", "link", "archive", "issue", "latest", "nothing there", "preferences", "drop", "less",
    "leave both", "old address", "confirm",
})  # fmt: skip
"""One for each template: what every run looks at."""
_OTHERS = ("/editor", "/health", "/ready", "/metrics", "/live")
_SUBMIT = """([action, fields]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action});
    for (const [name, value] of fields)
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
    document.body.append(form);
    form.submit();
}"""


@dataclass(frozen=True)
class Sight:
    """A page in one of its states."""

    name: str
    path: str
    form: Mapping[str, str] | None = None
    """Sent by POST; GET without."""
    says: str = ""
    """What is to be read there, in English."""
    is_mail: bool = False
    """An issue on the web."""

    def open(self, page: Page, base: str, language: str = "") -> None:
        """Shows it, as a browser comes to it."""
        if self.is_mail:
            page.route("**/*", _without_policy)
            page.goto(base + self.path)
            page.unroute("**/*", _without_policy)
        elif self.form is None:
            asked = f"{'&' if '?' in self.path else '?'}lang={language}" if language else ""
            page.goto(base + self.path.replace("#", f"{asked}#", 1) if "#" in self.path else base + self.path + asked)
        else:
            page.goto(f"{base}/preferences/sent")
            with page.expect_navigation():
                page.evaluate(_SUBMIT, [self.path, list(self.form.items())])


def _without_policy(route: Route) -> None:
    """A mail on the web is sandboxed, and then no script can look at it. Its pictures come in the same way."""
    answer = route.fetch()
    kept = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
    route.fulfill(response=answer, headers=kept)


@dataclass
class _Readers:
    """Readers of the daily, made one after the other."""

    show: Show
    numbers: count[int] = field(default_factory=lambda: count(1))

    def link(self, purpose: Purpose, part: str = "", **chosen: object) -> str:
        """The path of a link of a new reader."""
        return self.of(self.new(**chosen), purpose, part)

    def new(self, newsletters: tuple[str, ...] = ("daily",), confirmed: bool = True, **chosen: object) -> SubscriberId:
        readers = self.show.app.press.store.readers
        fields = {"cadence": Cadence.DAILY, "cadences": ((build.slugs("security")[0], Cadence.WEEKLY),)} | chosen
        draft = build.subscriber_draft(f"sight{next(self.numbers)}@example.com", language="en")
        for slug in map(NewsletterSlug, newsletters):
            wish = build.preferences("privacy", "security", **fields)
            made = readers.sign_up(draft, slug, wish, build.consent(newsletter=slug))
            if confirmed:
                readers.confirm(made.id, slug, build.consent(ConsentKind.CONFIRMED, newsletter=slug))
        return made.id

    def of(self, reader: SubscriberId, purpose: Purpose, part: str = "") -> str:
        press, today = self.show.app.press, self.show.app.clock().date()
        subject = f"daily.{part}" if part else "daily"
        return f"/r/{purpose}/{press.links.token(LinkClaim(purpose, reader, today, subject))}"

    def moving(self, purpose: Purpose) -> str:
        """The path of a link of somebody who has asked for another address."""
        press, reader = self.show.app.press, self.new()
        claim = LinkClaim(Purpose.PREFERENCES, reader, self.show.app.clock().date(), "daily")
        ask_to_move(press, claim, f"moved{reader}@example.com", self.show.app.clock())
        change = press.store.readers.address_change(reader)
        assert change
        return self.of(reader, purpose, str(change.id))

    def left(self) -> str:
        reader = self.new()
        left = build.consent(ConsentKind.LEFT, newsletter=NewsletterSlug("daily"))
        self.show.app.press.store.readers.leave(reader, NewsletterSlug("daily"), left)
        return self.of(reader, Purpose.PREFERENCES)


def sights(show: Show) -> list[Sight]:
    """All of them."""
    readers = _Readers(show)
    return [*_open_to_all(show), *_refused(readers), *_choosing(show, readers), *_pressing(readers), *_done(readers)]


def _open_to_all(show: Show) -> list[Sight]:
    slot = show.sent.removeprefix("weekly-")
    issue = show.app.press.issue(show.draft)
    share = lend(show.app.press, issue, show.app.personas(), "few", 7, LOCAL, show.app.clock())
    return [
        Sight("home", "/", says="The Weekly Digest"),
        Sight("sign-up", "/sign-up/daily", says="On which day"),
        Sight("sign-up weekly", "/sign-up/weekly", says="What you would have had last week"),
        Sight("embed", "/embed/daily", says="Subscribe"),
        Sight("sign-up sent", "/sign-up/daily/sent", says="Look into your inbox"),
        Sight("from the web to sign up", "/sign-up/daily/drop", says="Subscribe"),
        Sight("link", "/preferences", says="Send me the link"),
        Sight("link sent", "/preferences/sent", says="Look into your inbox"),
        Sight("newsletters", "/archive", says="The Daily Brief"),
        Sight("archive", "/archive/weekly", says="All stories"),
        Sight("archive without issues", "/archive/daily", says="Subscribe"),
        Sight("issue", f"/archive/weekly/{slot}", says="approved as", is_mail=True),
        Sight("latest", "/latest/weekly", says="stories"),
        Sight("latest of a topic", "/latest/weekly?topic=security", says="Security"),
        Sight("latest page 2", "/latest/weekly?page=2", says="Page 2"),
        Sight("search", "/latest/weekly?q=ransomware", says="ransomware"),
        Sight("search without results", "/latest/weekly?q=zeppelin", says="zeppelin"),
        Sight("archive, where mails lead", "/archive/weekly/latest", says="stories"),
        Sight("nothing there", "/nowhere", says="There is no such page"),
        Sight("no such newsletter", "/archive/monthly", says="There is no such page"),
        Sight("no such issue", "/archive/weekly/1999-01-01", says="There is no such page"),
        Sight("test mail", "/r/test", says="was a test"),
        Sight("test mail, drop", "/r/test/drop", says="was a test"),
        Sight("shared draft", link_of(show.app.press, share).removeprefix(show.url), says="The Daily Brief"),
    ]


def _refused(readers: _Readers) -> list[Sight]:
    wish = {"categories": "privacy", "email": "ada@example.org"}
    return [
        Sight("no address", "/sign-up/daily", wish | {"email": "ada at home"}, says="@-sign"),
        Sight("near miss", "/sign-up/daily", wish | {"email": "ada@gmial.com"}, says="Did you mean ada@gmail.com"),
        Sight("no topic", "/sign-up/daily", {"email": "ada@example.org"}, says="Tick at least one"),
        Sight("no such country", "/sign-up/daily", wish | {"country": "QQ"}, says="country"),
        Sight("stale form", "/sign-up/daily", wish | {"token": "old"}, says="lain for too long"),
        Sight("sample", "/sign-up/weekly/sample", wish, says="What you would have had last week"),
        Sight("link to nowhere", "/preferences", {"email": "ada"}, says="@-sign"),
        Sight("link again", "/preferences", {"email": "ada@example.org"}, says="once more"),
        Sight("expired", "/r/confirm/stale", says="no longer good"),
        Sight("not to be posted to", "/archive/weekly", {"a": "b"}, says="not made to be used"),
        Sight("confirm twice", readers.link(Purpose.CONFIRM), {}, says="Confirmed"),
    ]


def _choosing(show: Show, readers: _Readers) -> list[Sight]:
    today = show.app.clock().date()
    mine = readers.link(Purpose.PREFERENCES)
    paused = readers.link(Purpose.PREFERENCES, paused_until=today + timedelta(days=30))
    amelie = show.app.press.store.readers.by_email("amelie.fournier@example.com")
    assert amelie
    sent = show.app.press.links.token(LinkClaim(Purpose.PREFERENCES, amelie.id, today, "weekly"))
    view = show.app.press.links.token(LinkClaim(Purpose.VIEW, amelie.id, today, show.sent))
    return [
        Sight("preferences", mine, says="Another rhythm for single topics"),
        Sight("preferences confirmed", f"{mine}?saved=confirmed", says="Confirmed"),
        Sight("preferences mailed", f"{mine}?saved=mailed", says="on its way"),
        Sight("preferences with issues", f"/r/preferences/{sent}?lang=en", says="What you were sent"),
        Sight("preferences at a topic", f"{mine}#robotics", says="Robotics"),
        Sight("paused", paused, says="Nothing comes until"),
        Sight("left", readers.left(), says="You have left"),
        Sight("move waits", readers.moving(Purpose.PREFERENCES), says="waits until it is confirmed"),
        Sight("own issue", f"/r/view/{view}", says="Privacy", is_mail=True),
        Sight("none ticked", mine, {"cadence": "daily"}, says="Tick at least one"),
        Sight("impossible day", mine, {"categories": "privacy", "day": "9"}, says="day"),
        Sight("pause in the past", f"{mine}/pause", {"until": f"{date(2020, 1, 1)}"}, says="later"),
        Sight("same address", f"{mine}/address", {"address": "nobody"}, says="@-sign"),
        Sight("person refused", f"{mine}/person", {"country": "QQ"}, says="country"),
    ]


def _pressing(readers: _Readers) -> list[Sight]:
    mine = readers.link(Purpose.PREFERENCES)
    both = readers.new(("daily", "weekly"), cadence=Cadence.WEEKLY, cadences=())
    return [
        Sight("confirm", readers.link(Purpose.CONFIRM, confirmed=False), says="Confirm The Daily Brief"),
        Sight("drop", f"{mine}/drop", says="Drop a topic"),
        Sight("more", f"{mine}/more", says="More of a topic"),
        Sight("less", f"{mine}/less", says="Less often"),
        Sight("no less", f"{readers.link(Purpose.PREFERENCES, cadence=Cadence.MONTHLY, cadences=())}/less"),
        Sight("leave", readers.link(Purpose.UNSUBSCRIBE), says="Leave The Daily Brief"),
        Sight("leave both", readers.of(both, Purpose.UNSUBSCRIBE), says="Leave it and the other one"),
        Sight("new address", readers.moving(Purpose.NEW_ADDRESS), says="Confirm this address"),
        Sight("old address", readers.moving(Purpose.OLD_ADDRESS), says="Another address"),
        Sight("erase", readers.link(Purpose.ERASE), says="Erase everything"),
    ]


def _done(readers: _Readers) -> list[Sight]:
    mine = readers.link(Purpose.PREFERENCES)
    page = {"from": "page"}
    return [
        Sight("saved", mine, {"categories": "privacy;security", "cadence": "weekly"}, says="Saved"),
        Sight("person saved", f"{mine}/person", {"name": "Ada", "language": "en"}, says="Saved"),
        Sight("pause", f"{readers.link(Purpose.PREFERENCES)}/pause", {"until": "2026-12-24"}, says="Nothing comes"),
        Sight("moving", f"{mine}/address", {"address": "elsewhere@example.com"}, says="on its way"),
        Sight("erasing", f"{mine}/erase", {}, says="on its way"),
        Sight("dropped", f"{readers.link(Purpose.PREFERENCES)}/drop", {"topic": "privacy"}, says="no longer comes"),
        Sight("more done", f"{mine}/more", {"topic": "robotics"}, says="comes first"),
        Sight("less done", f"{mine}/less", {"shown": ""}, says="less often"),
        Sight("left now", readers.link(Purpose.UNSUBSCRIBE), page, says="You have left"),
        Sight("agreed at the new", readers.moving(Purpose.NEW_ADDRESS), {}, says="at the other address"),
        Sight("refused at the old", readers.moving(Purpose.OLD_ADDRESS), {"refuse": "yes"}, says="stays as it is"),
        Sight("erased", readers.link(Purpose.ERASE), {}, says="Nothing of you is left"),
    ]


def routes_of(show: Show) -> dict[str, WebRoute]:
    """Every route for people who read, by method and pattern: "GET /archive/{slug}"."""
    server = create_server(show.app, Offer(reader=True, editor=False, login=False))
    return {
        f"{method} {route.path}": route
        for route in server.routes
        if isinstance(route, WebRoute) and not route.path.startswith(_OTHERS) and route.path not in NO_PAGES
        for method in (route.methods or ()) if method != "HEAD"
    }  # fmt: skip


def route_of(sight: Sight, routes: Mapping[str, WebRoute]) -> str:
    """Which of the routes answers the sight; empty for none."""
    method = "GET" if sight.form is None else "POST"
    path = sight.path.partition("?")[0].partition("#")[0]
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    return next((name for name, route in routes.items() if route.matches(scope)[0] is Match.FULL), "")
