"""The sign-up page: shows the newsletters and their topics, takes a wish, has it confirmed by mail.

The answer says the same whoever the address belongs to; what follows is done after it is out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from digest.config.publication import NewsletterSettings
from digest.deliver.headers import address as sendable
from digest.errors import DigestError, HeaderError
from digest.model.errands import ErrandKind
from digest.pipeline.sampling import sample
from digest.subscribe.addresses import AddressError, normalise
from digest.subscribe.names import read_name
from digest.subscribe.preferences import WishError
from digest.subscribe.remarks import suggestion
from digest.subscribe.wishes import read_wish
from digest.web.guard import FormGuard, Verdict, is_from_here
from digest.web.pages import EMBEDDED_POLICY, PAGE_POLICY
from digest.web.reader.offers import guessed, offers
from digest.web.reader.visit import Given, Visit, texts, visits
from digest.web.site import Site, see

_FIELDS = ("email", "name", "country", "timezone", "language", "categories", "cadence", "day", "hour")


def sign_up_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    _form_routes(routes, site)
    _taking_routes(routes, site)
    _link_routes(routes, site)
    return routes


def _form_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/")
    def home() -> RedirectResponse:
        listed = listed_newsletters(site)
        if not listed:
            raise HTTPException(404)
        return see(f"/sign-up/{listed[0].slug}")

    @routes.get("/sign-up/{slug}")
    def form(slug: str, visit: Visit = visiting) -> HTMLResponse:
        return _form(visit, newsletter_named(site, slug))

    @routes.get("/embed/{slug}")
    def embedded(slug: str, visit: Visit = visiting) -> HTMLResponse:
        """The same form, for a frame within another site's page."""
        return _form(visit, newsletter_named(site, slug), embedded=True)

    @routes.get("/sign-up/{slug}/sent")
    def sent(slug: str, visit: Visit = visiting) -> HTMLResponse:
        return _look_into_your_inbox(visit, newsletter_named(site, slug))

    @routes.get("/sign-up/{slug}/{way}")
    def instead(slug: str, way: Literal["drop", "more", "less"]) -> RedirectResponse:
        """Where an issue on the web leads whose mails lead to a reader's own page."""
        return see(f"/sign-up/{newsletter_named(site, slug).slug}")


def _taking_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.post("/sign-up/{slug}")
    def subscribe(slug: str, given: Given, after: BackgroundTasks, visit: Visit = visiting) -> Response:
        newsletter, fields = newsletter_named(site, slug), texts(given)
        wish = {name: fields.get(name, "") for name in _FIELDS} | {"newsletter": newsletter.slug}
        wish["email"], meant = _meant(fields)
        refused = _refused(visit, newsletter, wish)
        if refused is None and meant:
            return _form(visit, newsletter, wish, meant=meant)
        return refused or _taken(visit, newsletter, wish, judged(visit, f"sign-up:{slug}", fields), after)

    @routes.post("/sign-up/{slug}/sample")
    def sampled(slug: str, given: Given, visit: Visit = visiting) -> HTMLResponse:
        """The form as it is, with what its topics would have brought. Changes nothing."""
        newsletter, fields = newsletter_named(site, slug), texts(given)
        return _form(visit, newsletter, {name: fields.get(name, "") for name in _FIELDS})


def _link_routes(routes: APIRouter, site: Site) -> None:
    visiting = Depends(visits(site))

    @routes.get("/preferences")
    def ask(visit: Visit = visiting) -> HTMLResponse:
        return _link_form(visit)

    @routes.post("/preferences")
    def send(given: Given, after: BackgroundTasks, visit: Visit = visiting) -> Response:
        """Sends the link to the preferences, to an address that has any; the answer is the same."""
        fields = texts(given)
        try:
            email = normalise(fields.get("email", ""))
            sendable(email)
        except (AddressError, HeaderError) as error:
            return _link_form(visit, fields.get("email", ""), error)
        verdict = judged(visit, "preferences", fields)
        if verdict is Verdict.STALE:
            return _link_form(visit, email, DigestError("token", visit.say("Please send the form once more")))
        if verdict is Verdict.TOO_MANY:
            return too_many(visit)
        if verdict is Verdict.WELCOME:
            visit.app.press.store.errands.add(ErrandKind.LINK, {"email": email}, visit.app.clock())
            after.add_task(site.do_errands)
        return see(f"/preferences/sent{visit.lang}")

    @routes.get("/preferences/sent")
    def sent(visit: Visit = visiting) -> HTMLResponse:
        return visit.notice(
            visit.say("Look into your inbox"),
            visit.say("If one of our newsletters comes to this address, a mail with the link is on its way."),
        )


def _meant(fields: Mapping[str, str]) -> tuple[str, str]:
    """The address, and another one to ask about: what a slip of the keyboard in it hides, asked once.

    It follows from what was written alone, never from who is known here.
    """
    email, asked = fields.get("email", ""), fields.get("asked", "")
    other = suggestion(email.strip())
    if asked != email:
        return email, other
    return (other, "") if other and fields.get("meant") == other else (email, "")


def _refused(visit: Visit, newsletter: NewsletterSettings, wish: Mapping[str, str]) -> Response | None:
    """The form again, with what is wrong beside its field. No topic means all in a file; on a form it is a slip."""
    try:
        sendable(read_wish(wish, visit.app.settings).draft.email)
        read_name(wish["name"])
        if not wish["categories"] and offers(visit, newsletter).choices:
            raise WishError("categories", "no topic is ticked", "tick at least one")
    except (AddressError, HeaderError, WishError) as error:
        return _form(visit, newsletter, wish, error)
    return None


def _taken(
    visit: Visit, newsletter: NewsletterSettings, wish: dict[str, str], verdict: Verdict, after: BackgroundTasks
) -> Response:
    """What a good form is answered, and the errand that it leads to."""
    match verdict:
        case Verdict.STALE:
            old = visit.say("The form had lain for too long, or was not ours")
            return _form(visit, newsletter, wish, DigestError("token", old, visit.say("please send it again")))
        case Verdict.TOO_MANY:
            return too_many(visit)
        case Verdict.WELCOME:
            network = visit.network if visit.app.settings.web.keep_network_addresses else ""
            visit.app.press.store.errands.add(ErrandKind.SIGN_UP, wish | {"network": network}, visit.app.clock())
            after.add_task(visit.site.do_errands)
    return see(f"/sign-up/{newsletter.slug}/sent{visit.lang}")


def _look_into_your_inbox(visit: Visit, newsletter: NewsletterSettings) -> HTMLResponse:
    return visit.notice(
        visit.say("Look into your inbox"),
        visit.say(
            "We have sent you a mail with a link. Open it and press the button, and %(newsletter)s comes to you.",
            newsletter=newsletter.name,
        ),
        visit.say("Nothing there after some minutes? Look among the spam, or sign up again tomorrow."),
        alternative={"url": f"/archive/{newsletter.slug}", "text": visit.say("Meanwhile, read earlier issues")},
    )


def newsletter_named(site: Site, slug: str) -> NewsletterSettings:
    """The newsletter of that slug; the answer is 404 when there is none."""
    newsletter = site.app.settings.newsletter(slug)
    if newsletter is None:
        raise HTTPException(404)
    return newsletter


def listed_newsletters(site: Site) -> list[NewsletterSettings]:
    """Those that pages may name."""
    return [newsletter for newsletter in site.app.settings.newsletters if newsletter.listed]


def judged(visit: Visit, form: str, fields: Mapping[str, str]) -> Verdict:
    """What becomes of a form; one that another site's page sent is stale."""
    if not is_from_here(visit.request, visit.app.settings.web.public_url, null=True):
        return Verdict.STALE
    return FormGuard(visit.app.press).judge(form, fields, visit.network, visit.app.clock())


def too_many(visit: Visit) -> HTMLResponse:
    """The answer when a network, or everybody, has sent more forms than they may."""
    words = visit.say("There were more forms than usual from where you are. Please try again tomorrow.")
    return visit.notice(visit.say("Not now"), words, status=429)


def _link_form(visit: Visit, email: str = "", error: DigestError | None = None) -> HTMLResponse:
    token = FormGuard(visit.app.press).token("preferences", visit.app.clock())
    bits = visit.app.settings.sign_up.proof_of_work
    return visit.page(
        "reader/link.html", 400 if error else 200, email=email, error=error, wrong=wrong_field(error), token=token,
        bits=bits,
    )  # fmt: skip


def _form(
    visit: Visit,
    newsletter: NewsletterSettings,
    given: Mapping[str, str] | None = None,
    error: DigestError | None = None,
    embedded: bool = False,
    meant: str = "",
) -> HTMLResponse:
    offered, press = offers(visit, newsletter), visit.app.press
    chosen: Collection[str] = [category.slug for category in offered.choices]
    if given is not None:
        chosen = [slug for slug in given["categories"].split(";") if slug]
    return visit.page(
        "reader/sign_up.html",
        400 if error else 200,
        policy=EMBEDDED_POLICY if embedded else PAGE_POLICY,
        robots="index" if newsletter.listed and not embedded else "noindex",
        embedded=embedded,
        newsletter=newsletter,
        newsletters=listed_newsletters(visit.site) if newsletter.listed else [],
        offered=offered,
        chosen=chosen,
        category_names={category.slug: category.name for category in visit.app.settings.categories},
        form=given or guessed(visit, newsletter),
        sample=sample(press, newsletter.key, chosen, visit.app.clock()),
        token=FormGuard(press).token(f"sign-up:{newsletter.slug}", visit.app.clock()),
        bits=visit.app.settings.sign_up.proof_of_work,
        error=error,
        wrong=wrong_field(error),
        meant=meant,
    )


def wrong_field(error: DigestError | None) -> str:
    """The field that an error stands beside; empty for one that stands above the form."""
    if isinstance(error, WishError):
        return error.place
    return "email" if isinstance(error, AddressError | HeaderError) else ""
