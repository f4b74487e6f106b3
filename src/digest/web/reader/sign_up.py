"""The sign-up page: shows the newsletters and their topics, takes a wish, has it confirmed by mail."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from digest.config.publication import CategorySettings, NewsletterSettings
from digest.errors import DigestError, HeaderError, OutsideError
from digest.model.people import Origin
from digest.pipeline.subscribing import sign_up
from digest.subscribe.addresses import AddressError
from digest.subscribe.preferences import WishError
from digest.subscribe.wishes import Wish, read_wish
from digest.web.site import Site, see

log = logging.getLogger(__name__)


def sign_up_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/")
    def home() -> RedirectResponse:
        newsletters = site.app.settings.newsletters
        if not newsletters:
            raise HTTPException(404)
        return see(f"/sign-up/{newsletters[0].slug}")

    @routes.get("/sign-up/{slug}")
    def form(slug: str) -> HTMLResponse:
        return _form(site, newsletter_named(site, slug))

    @routes.post("/sign-up/{slug}")
    def subscribe(
        slug: str,
        email: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        categories: Annotated[tuple[str, ...], Form()] = (),
    ) -> Response:
        newsletter = newsletter_named(site, slug)
        given = {"email": email, "name": name, "newsletter": slug, "categories": ";".join(categories)}
        try:
            _send_confirmation(site, _wish(site, newsletter, given))
        except (AddressError, HeaderError, WishError, OutsideError) as error:
            return _form(site, newsletter, given, categories, error)
        return see(f"/sign-up/{slug}/sent")

    @routes.get("/sign-up/{slug}/sent")
    def sent(slug: str) -> HTMLResponse:
        newsletter = newsletter_named(site, slug)
        return site.notice(
            "Look into your inbox",
            f"We have sent you a mail with a link. Open it and press the button, and {newsletter.name} comes to you.",
            "Nothing there after some minutes? Look among the spam, or sign up again.",
            alternative={"url": f"/archive/{slug}", "text": "Meanwhile, read earlier issues"},
        )

    return routes


def newsletter_named(site: Site, slug: str) -> NewsletterSettings:
    """The newsletter of that slug; the answer is 404 when there is none."""
    newsletter = site.app.settings.newsletter(slug)
    if newsletter is None:
        raise HTTPException(404)
    return newsletter


def choices_of(site: Site, newsletter: NewsletterSettings) -> list[CategorySettings]:
    """The topics that its readers can tick."""
    return [category for category in site.app.settings.categories_of(newsletter) if category.choosable]


def _wish(site: Site, newsletter: NewsletterSettings, given: dict[str, str]) -> Wish:
    """What the form says. In a file of readers no topic means all of them; on a form it is a slip."""
    wish = read_wish(given, site.app.settings)
    if not given["categories"] and choices_of(site, newsletter):
        raise WishError("categories", "no topic is ticked", "tick at least one")
    return wish


def _send_confirmation(site: Site, wish: Wish) -> None:
    try:
        site.mail(sign_up(site.app.press, wish, Origin("web"), site.app.clock()))
    except OutsideError as error:
        log.error("no mail to confirm could be sent: %s", error)
        problem = "our mail server does not answer, so the mail to confirm could not be sent"
        raise OutsideError("mail", problem, "please subscribe again in some minutes") from error


def _form(
    site: Site,
    newsletter: NewsletterSettings,
    given: dict[str, str] | None = None,
    chosen: Collection[str] | None = None,
    error: DigestError | None = None,
) -> HTMLResponse:
    choices = choices_of(site, newsletter)
    return site.page(
        "reader/sign_up.html",
        _status(error),
        robots="index",
        newsletter=newsletter,
        newsletters=site.app.settings.newsletters,
        choices=choices,
        chosen=[category.slug for category in choices] if chosen is None else chosen,
        form=given or {"email": "", "name": ""},
        error=error,
        wrong=_wrong_field(error),
    )


def _status(error: DigestError | None) -> int:
    if isinstance(error, OutsideError):
        return 503
    return 400 if error else 200


def _wrong_field(error: DigestError | None) -> str:
    """The field that the error stands beside: email, categories, or none."""
    if isinstance(error, AddressError | HeaderError):
        return "email"
    return error.place if isinstance(error, WishError) else ""
