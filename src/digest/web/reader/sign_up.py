"""The sign-up page: shows the newsletters and their topics, takes a wish, has it confirmed by mail."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from digest.config.publication import NewsletterSettings
from digest.errors import DigestError
from digest.pipeline.subscribing import sign_up
from digest.subscribe.wishes import read_wish
from digest.web.site import Site, see


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
            wish = read_wish(given, site.app.settings)
        except DigestError as error:
            return _form(site, newsletter, given, categories, error)
        site.mail(sign_up(site.app.press, wish, "web", site.app.clock()))
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


def _form(
    site: Site,
    newsletter: NewsletterSettings,
    given: dict[str, str] | None = None,
    chosen: Collection[str] | None = None,
    error: DigestError | None = None,
) -> HTMLResponse:
    choices = [category for category in site.app.settings.categories_of(newsletter) if category.choosable]
    return site.page(
        "reader/sign_up.html",
        400 if error else 200,
        robots="index",
        newsletter=newsletter,
        newsletters=site.app.settings.newsletters,
        choices=choices,
        chosen=[category.slug for category in choices] if chosen is None else chosen,
        form=given or {"email": "", "name": ""},
        error=error,
    )
