"""The preference centre, which a signed link opens without a password: everything that a reader may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from digest.deliver.headers import address as sendable
from digest.errors import DigestError, HeaderError
from digest.links import LinkClaim, Purpose
from digest.model.errands import ErrandKind
from digest.model.people import Preferences, SubscriberDraft
from digest.pipeline.choosing import pause
from digest.pipeline.disclosing import disclose
from digest.pipeline.slots import Coming, coming_to
from digest.pipeline.subscribing import Member, choose, confirm, describe, member
from digest.subscribe.addresses import AddressError, normalise
from digest.subscribe.names import read_name
from digest.subscribe.preferences import WishError, read_date, read_preferences
from digest.subscribe.wishes import read_country, read_language, read_zone
from digest.web.reader.offers import offers
from digest.web.reader.sign_up import wrong_field
from digest.web.reader.visit import Given, Visit, quickly, texts, visits
from digest.web.site import Site, see

_SAVED = frozenset({"yes", "confirmed", "paused", "resumed", "mailed"})
_LATEST = 6


def membership_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/r")
    _confirm_routes(routes, site)
    _preference_routes(routes, site)
    _person_routes(routes, site)
    return routes


def _confirm_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/confirm/{token}")
    def ask(token: str, visit: Visit = visiting) -> HTMLResponse:
        mine = member(site.app.press, site.claim(Purpose.CONFIRM, token))
        visit, name = visit.of(mine.subscriber.language), mine.newsletter.name
        return visit.page(
            "reader/press.html",
            heading=visit.say("Confirm %(newsletter)s", newsletter=name),
            lede=visit.say("One press, and it comes to you."),
            action=f"/r/confirm/{token}",
            button=visit.say("Confirm"),
            alternative=None,
        )

    @routes.post("/confirm/{token}")
    def confirmed(token: str, after: BackgroundTasks, visit: Visit = visiting) -> Response:
        claim = site.claim(Purpose.CONFIRM, token)
        if confirm(site.app.press, claim, visit.origin, site.app.clock()):
            _ask_by_mail(site, ErrandKind.WELCOME, claim, after)
        return see(f"{site.path(Purpose.PREFERENCES, claim)}?saved=confirmed")


def _preference_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/preferences/{token}")
    async def show(token: str, request: Request) -> HTMLResponse:
        """Asks FastAPI for nothing but the token: its dependencies cost as much here as the database."""
        saved, claim = request.query_params.get("saved", ""), site.claim(Purpose.PREFERENCES, token)
        shown = saved if saved in _SAVED else ""
        return await quickly(site, lambda: preferences_page(Visit(site, request, "en"), token, claim, shown))

    @routes.post("/preferences/{token}")
    def save(token: str, given: Given, visit: Visit = visiting) -> Response:
        claim, fields = site.claim(Purpose.PREFERENCES, token), texts(given)
        mine = member(site.app.press, claim)
        try:
            wanted = _wanted(visit, mine, fields)
        except WishError as error:
            return preferences_page(visit, token, claim, error=error, fields=fields)
        choose(site.app.press, claim, wanted, visit.origin, site.app.clock())
        return see(f"/r/preferences/{token}?saved=yes")

    @routes.post("/preferences/{token}/pause")
    def paused(token: str, given: Given, visit: Visit = visiting) -> Response:
        claim, now = site.claim(Purpose.PREFERENCES, token), site.app.clock()
        try:
            until = read_date(texts(given).get("until", ""), "until")
            if until is not None and until <= now.date():
                raise WishError("until", "this day is past", "choose a later one")
        except WishError as error:
            return preferences_page(visit, token, claim, error=error)
        pause(site.app.press, claim, until, visit.origin, now)
        return see(f"/r/preferences/{token}?saved={'paused' if until else 'resumed'}")


def _person_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.post("/preferences/{token}/person")
    def described(token: str, given: Given, visit: Visit = visiting) -> Response:
        claim, fields = site.claim(Purpose.PREFERENCES, token), texts(given)
        try:
            draft = _described(member(site.app.press, claim), fields)
        except WishError as error:
            return preferences_page(visit, token, claim, error=error)
        describe(site.app.press, claim, draft, visit.origin, site.app.clock())
        return see(f"/r/preferences/{token}?saved=yes")

    @routes.post("/preferences/{token}/address")
    def moving(token: str, given: Given, after: BackgroundTasks, visit: Visit = visiting) -> Response:
        claim = site.claim(Purpose.PREFERENCES, token)
        try:
            email = _other_address(member(site.app.press, claim), texts(given).get("address", ""))
        except WishError as error:
            return preferences_page(visit, token, claim, error=error)
        _ask_by_mail(site, ErrandKind.MOVE, claim, after, address=email)
        return see(f"/r/preferences/{token}?saved=mailed")

    @routes.post("/preferences/{token}/erase")
    def erasing(token: str, after: BackgroundTasks) -> Response:
        """A mail that was passed on must not be enough to erase its reader: another one has the link."""
        claim = site.claim(Purpose.PREFERENCES, token)
        member(site.app.press, claim)
        _ask_by_mail(site, ErrandKind.ERASE, claim, after)
        return see(f"/r/preferences/{token}?saved=mailed")

    @routes.get("/preferences/{token}/export")
    def export(token: str) -> JSONResponse:
        """All that is kept, as a file."""
        claim = site.claim(Purpose.PREFERENCES, token)
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
        return JSONResponse(disclose(site.app.press, claim.subscriber), headers=headers)


def preferences_page(
    visit: Visit,
    token: str,
    claim: LinkClaim,
    saved: str = "",
    error: DigestError | None = None,
    fields: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The whole page; with an error beside its field, and what was ticked kept."""
    mine = member(visit.app.press, claim, _LATEST)
    visit, chosen = visit.of(mine.subscriber.language), mine.subscription.preferences
    coming = [] if mine.subscription.left_at else _coming(visit, mine)
    return visit.page(
        "reader/preferences.html",
        400 if error else 200,
        newsletter=mine.newsletter,
        person=mine.subscriber,
        chosen=chosen,
        ticked=_ticked(chosen, fields),
        offered=offers(visit, mine.newsletter),
        left=mine.subscription.left_at is not None,
        paused=chosen.paused_until is not None and chosen.paused_until > visit.app.clock().date(),
        coming=coming,
        topics={c.key: c.name for c in visit.app.settings.categories},
        others=_others(visit, claim),
        sent=_shown(visit, mine, claim),
        change=mine.change,
        saved=saved,
        error=error,
        wrong=wrong_field(error),
        token=token,
        unsubscribe_url=visit.site.path(Purpose.UNSUBSCRIBE, claim),
    )


def _ticked(chosen: Preferences, fields: Mapping[str, str] | None) -> frozenset[str]:
    if fields is None:
        return frozenset(chosen.categories)
    return frozenset(slug for slug in fields.get("categories", "").split(";") if slug)


def _wanted(visit: Visit, mine: Member, fields: Mapping[str, str]) -> Preferences:
    """What the form says; what it does not ask for stays. Raises WishError."""
    if not fields.get("categories"):
        raise WishError("categories", "no topic is ticked", "tick at least one, or leave the newsletter below")
    before = mine.subscription.preferences
    own = [(name.partition(":")[2], value) for name, value in fields.items() if name.startswith("cadence:") and value]
    ticked = fields["categories"].split(";")
    said = {
        "categories": fields["categories"],
        "cadence": fields.get("cadence") or before.cadence,
        "cadences": ";".join(f"{category}={cadence}" for category, cadence in own if category in ticked),
        "more": ";".join(sorted(before.more & set(ticked))),
        "day": fields.get("day", "") or ("" if before.day is None or "day" in fields else str(before.day)),
        "hour": fields.get("hour", "") or ("" if before.hour is None else str(before.hour)),
        "paused_until": before.paused_until.isoformat() if before.paused_until else "",
    }
    return read_preferences(said, mine.newsletter, visit.app.settings)


def _described(mine: Member, fields: Mapping[str, str]) -> SubscriberDraft:
    """What the form says of the person; the address is not its matter. Raises WishError."""
    before = mine.subscriber
    return SubscriberDraft(
        before.email, _own_name(before.name, fields.get("name", "")), read_country(fields.get("country", "")),
        read_zone(fields.get("timezone", "") or before.timezone),
        read_language(fields.get("language", "")) or before.language,
    )  # fmt: skip


def _own_name(before: str, name: str) -> str:
    """What is written for the name; one from an old list stays as it is, so that the rest can be saved."""
    return before if name == before else read_name(name)


def _other_address(mine: Member, address: str) -> str:
    """A new address of the reader's. Raises WishError."""
    try:
        email = normalise(address)
        sendable(email)
    except (AddressError, HeaderError) as error:
        raise WishError("address", error.problem, error.remedy) from error
    if email.lower() == mine.subscriber.email.lower():
        raise WishError("address", "this is the address that you have", "write the new one")
    return email


def _coming(visit: Visit, mine: Member) -> list[Coming]:
    """The days on which the reader's next issues are due; none when the newsletter's rule has no more."""
    chosen, zone = mine.subscription.preferences, mine.subscriber.timezone
    sent = {mail.slot for mail in mine.sent}
    return [day for day in coming_to(mine.newsletter, chosen, zone, visit.app.clock()) if day.on not in sent]


def _others(visit: Visit, claim: LinkClaim) -> list[tuple[str, str]]:
    """The other newsletters that the reader has: name, and the path of the same page about it."""
    named = {n.key: n.name for n in visit.app.settings.newsletters}
    if len(named) == 1:
        return []
    has = visit.app.press.store.readers.subscriptions(claim.subscriber)
    slugs = [s.newsletter for s in has if s.confirmed_at and not s.left_at and s.newsletter in named]
    claims = [replace(claim, subject=slug) for slug in slugs if slug != claim.newsletter]
    return [(named[of.newsletter], visit.site.path(Purpose.PREFERENCES, of)) for of in claims]


def _shown(visit: Visit, mine: Member, claim: LinkClaim) -> list[tuple[date, str, str]]:
    """Issues that the reader was sent: day, subject, path."""
    views = (visit.site.path(Purpose.VIEW, replace(claim, subject=mail.issue)) for mail in mine.sent)
    return [(mail.slot, mail.subject, view) for mail, view in zip(mine.sent, views, strict=True)]


def _ask_by_mail(site: Site, kind: ErrandKind, claim: LinkClaim, after: BackgroundTasks, **more: str) -> None:
    fields = {"subscriber": str(claim.subscriber), "newsletter": claim.newsletter, **more}
    site.app.press.store.errands.add(kind, fields, site.app.clock())
    after.add_task(site.do_errands)
