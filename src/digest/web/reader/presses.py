"""Pages with one press, which links in a mail open: leave, drop a topic, fewer, more, another address, erase.

A GET shows the button and changes nothing, so that programs that open every link change nothing either; only the
POST does, and a second one finds it done. The one-click POST of mail programs (RFC 8058) leaves at once.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.config.publication import CategorySettings
from digest.links import LinkClaim, Purpose
from digest.model.people import ChangeOutcome, Origin
from digest.pipeline.choosing import drop_category, less_often, lesser, more_like_this
from digest.pipeline.erasing import erase
from digest.pipeline.moving import agree_to_move, moving, refuse_to_move
from digest.pipeline.subscribing import leave, leave_all, member
from digest.subscribe.choices import cadences_text
from digest.web.reader.visit import Given, Visit, texts, visits
from digest.web.site import Site, see


def press_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/r")
    _unsubscribe_routes(routes, site)
    _topic_routes(routes, site)
    _less_routes(routes, site)
    _address_routes(routes, site)
    _erase_routes(routes, site)
    return routes


def _unsubscribe_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/unsubscribe/{token}")
    def ask(token: str, visit: Visit = visiting) -> HTMLResponse:
        claim = site.claim(Purpose.UNSUBSCRIBE, token)
        mine = member(site.app.press, claim)
        others = [
            s for s in site.app.press.store.readers.subscriptions(claim.subscriber)
            if s.confirmed_at and s.left_at is None and s.newsletter != claim.newsletter
        ]  # fmt: skip
        visit = visit.of(mine.subscriber.language)
        return visit.page(
            "reader/unsubscribe.html",
            newsletter=mine.newsletter,
            action=f"/r/unsubscribe/{token}",
            others=len(others),
            preferences_url=site.path(Purpose.PREFERENCES, claim),
        )

    @routes.post("/unsubscribe/{token}")
    def left(token: str, given: Given, visit: Visit = visiting) -> Response:
        """RFC 8058: at once, without login, cookie or redirect, and as often as it is asked."""
        claim, fields, now = site.claim(Purpose.UNSUBSCRIBE, token), texts(given), site.app.clock()
        if not fields.get("from"):
            leave(site.app.press, claim, Origin("one-click", visit.network), now)
            return PlainTextResponse("You have left this newsletter.\n")
        if fields.get("all"):
            leave_all(site.app.press, claim, visit.origin, now)
        else:
            leave(site.app.press, claim, visit.origin, now)
        newsletter = site.app.settings.newsletter(claim.newsletter)
        name = newsletter.name if newsletter else claim.newsletter
        return visit.notice(
            visit.say("You have left %(newsletter)s", newsletter=name),
            visit.say("No further issue comes to you."),
            alternative={"url": f"/sign-up/{claim.newsletter}", "text": visit.say("Subscribe again")},
        )


def _topic_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    def page(visit: Visit, token: str, way: str) -> HTMLResponse:
        claim = site.claim(Purpose.PREFERENCES, token)
        mine = member(site.app.press, claim)
        visit = visit.of(mine.subscriber.language)
        chosen = mine.subscription.preferences
        topics = [c for c in site.app.settings.categories_of(mine.newsletter) if c.choosable]
        shown = [c for c in topics if c.key in chosen.categories or way == "more"]
        return visit.page(
            "reader/topics.html", newsletter=mine.newsletter, topics=shown, more=chosen.more, way=way, token=token
        )

    @routes.get("/preferences/{token}/drop")
    def ask_drop(token: str, visit: Visit = visiting) -> HTMLResponse:
        return page(visit, token, "drop")

    @routes.get("/preferences/{token}/more")
    def ask_more(token: str, visit: Visit = visiting) -> HTMLResponse:
        return page(visit, token, "more")

    @routes.post("/preferences/{token}/drop")
    def dropped(token: str, given: Given, visit: Visit = visiting) -> HTMLResponse:
        claim, topic = _topic(site, token, texts(given).get("topic", ""))
        stays = drop_category(site.app.press, claim, visit.origin, site.app.clock())
        done = visit.say("%(topic)s no longer comes to you.", topic=topic.name)
        if not stays:
            done = visit.say("That was your last topic, so you have left the newsletter.")
        return _done(visit, token, visit.say("Dropped"), done)

    @routes.post("/preferences/{token}/more")
    def wanted(token: str, given: Given, visit: Visit = visiting) -> HTMLResponse:
        claim, topic = _topic(site, token, texts(given).get("topic", ""))
        more_like_this(site.app.press, claim, visit.origin, site.app.clock())
        done = visit.say("%(topic)s comes first from now on, and is left out last.", topic=topic.name)
        return _done(visit, token, visit.say("More of it"), done)


def _less_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/preferences/{token}/less")
    def ask(token: str, visit: Visit = visiting) -> Response:
        claim = site.claim(Purpose.PREFERENCES, token)
        mine = member(site.app.press, claim)
        wanted = lesser(site.app.press, claim)
        if wanted is None:
            return see(f"/r/preferences/{token}#pause")
        visit = visit.of(mine.subscriber.language)
        chosen = mine.subscription.preferences
        return visit.page(
            "reader/less.html", newsletter=mine.newsletter, chosen=chosen, wanted=wanted,
            shown=cadences_text(chosen), token=token,
        )  # fmt: skip

    @routes.post("/preferences/{token}/less")
    def lessened(token: str, given: Given, visit: Visit = visiting) -> HTMLResponse:
        claim = site.claim(Purpose.PREFERENCES, token)
        less_often(site.app.press, claim, texts(given).get("shown", ""), visit.origin, site.app.clock())
        return _done(visit, token, visit.say("Less often"), visit.say("It comes less often from now on."))


def _address_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    def page(visit: Visit, token: str, purpose: Purpose) -> HTMLResponse:
        found = moving(site.app.press, site.claim(purpose, token))
        visit = visit.of(found.member.subscriber.language)
        return visit.page(
            "reader/address.html", newsletter=found.member.newsletter, at_old=purpose is Purpose.OLD_ADDRESS,
            action=f"/r/{purpose}/{token}",
        )  # fmt: skip

    def agreed(visit: Visit, token: str, purpose: Purpose, fields: dict[str, str]) -> HTMLResponse:
        claim = site.claim(purpose, token)
        if fields.get("refuse"):
            refuse_to_move(site.app.press, claim)
            return visit.notice(visit.say("Refused"), visit.say("The address stays as it is."))
        outcome = agree_to_move(site.app.press, claim, visit.origin, site.app.clock())
        words = {
            ChangeOutcome.CHANGED: visit.say("From now on mail goes to the new address."),
            ChangeOutcome.WAITING: visit.say("Now press the button in the mail at the other address too."),
            ChangeOutcome.TAKEN: visit.say("The new address has a subscription of its own, so nothing was changed."),
            ChangeOutcome.GONE: visit.say("This change waits no longer."),
        }
        return visit.notice(visit.say("Another address"), words[outcome])

    @routes.get("/new-address/{token}")
    def ask_new(token: str, visit: Visit = visiting) -> HTMLResponse:
        return page(visit, token, Purpose.NEW_ADDRESS)

    @routes.post("/new-address/{token}")
    def agree_new(token: str, given: Given, visit: Visit = visiting) -> HTMLResponse:
        return agreed(visit, token, Purpose.NEW_ADDRESS, texts(given))

    @routes.get("/old-address/{token}")
    def ask_old(token: str, visit: Visit = visiting) -> HTMLResponse:
        return page(visit, token, Purpose.OLD_ADDRESS)

    @routes.post("/old-address/{token}")
    def agree_old(token: str, given: Given, visit: Visit = visiting) -> HTMLResponse:
        return agreed(visit, token, Purpose.OLD_ADDRESS, texts(given))


def _erase_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/erase/{token}")
    def ask(token: str, visit: Visit = visiting) -> HTMLResponse:
        mine = member(site.app.press, site.claim(Purpose.ERASE, token))
        visit = visit.of(mine.subscriber.language)
        lede = visit.say(
            "Your address, your name, what you chose and what you were sent: all of it goes, from every newsletter "
            "of ours. What stays is a keyed number that keeps your address from being mailed again."
        )
        return visit.page(
            "reader/press.html", heading=visit.say("Erase everything"), lede=lede, action=f"/r/erase/{token}",
            button=visit.say("Erase everything for good"), alternative=None,
        )  # fmt: skip

    @routes.post("/erase/{token}")
    def erased(token: str, visit: Visit = visiting) -> HTMLResponse:
        erase(site.app.press, site.claim(Purpose.ERASE, token).subscriber, visit.origin, site.app.clock())
        return visit.notice(visit.say("Erased"), visit.say("Nothing of you is left here. Goodbye."))


def _topic(site: Site, token: str, slug: str) -> tuple[LinkClaim, CategorySettings]:
    """The claim about one topic of the link's newsletter; 404 for a topic that it does not have."""
    claim = site.claim(Purpose.PREFERENCES, token)
    newsletter = member(site.app.press, claim).newsletter
    known = {c.slug: c for c in site.app.settings.categories_of(newsletter) if c.choosable}
    if slug not in known:
        raise HTTPException(404)
    return replace(claim, subject=f"{claim.newsletter}.{slug}"), known[slug]


def _done(visit: Visit, token: str, heading: str, words: str) -> HTMLResponse:
    back = {"url": f"/r/preferences/{token}", "text": visit.say("All that you can choose")}
    return visit.notice(heading, words, alternative=back)
