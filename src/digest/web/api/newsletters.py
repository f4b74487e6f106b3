"""Newsletters and categories: what is configured, to read. Their settings are changed in the configuration."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, HTTPException, Path

from digest.config.publication import CategorySettings, NewsletterSettings
from digest.model.api import Scope
from digest.model.issue import Cadence
from digest.web.api.access import needs
from digest.web.api.paging import Shape
from digest.web.site import Site

SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
Slug: TypeAlias = Annotated[str, Path(pattern=SLUG, max_length=100)]


class CategoryOut(Shape):
    """A topic."""

    slug: str
    name: str
    description: str
    choosable: bool
    """false: readers can neither choose nor drop it."""


class CategoryList(Shape):
    """All of them."""

    items: list[CategoryOut]


class NewsletterOut(Shape):
    """A recurring mailing."""

    slug: str
    name: str
    description: str
    language: str
    """BCP 47 tag."""
    categories: list[str]
    """Slugs, in the order in which they are told."""
    cadence: Cadence
    """Of a reader who chooses none."""
    cadences: list[Cadence]
    """Those that readers choose from."""
    days: list[int]
    """ISO weekdays on which it comes weekly."""
    reader_time: bool
    """Whether readers choose their hour."""
    listed: bool
    """false: pages name it nowhere."""
    sign_up_url: str
    archive_url: str


class NewsletterList(Shape):
    """All of them."""

    items: list[NewsletterOut]


def newsletter_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    _newsletters(routes, site)
    _categories(routes, site)
    return routes


def _newsletters(routes: APIRouter, site: Site) -> None:
    reading = [needs(Scope.NEWSLETTERS_READ)]

    @routes.get("/newsletters", dependencies=reading, tags=["newsletters"])
    def list_newsletters() -> NewsletterList:
        """List the newsletters."""
        return NewsletterList(items=[_newsletter(site, one) for one in site.app.settings.newsletters])

    @routes.get("/newsletters/{newsletter}", dependencies=reading, tags=["newsletters"])
    def get_newsletter(newsletter: Slug) -> NewsletterOut:
        """Get a newsletter."""
        return _newsletter(site, site.app.press.newsletter(newsletter))


def _categories(routes: APIRouter, site: Site) -> None:
    reading = [needs(Scope.CATEGORIES_READ)]

    @routes.get("/categories", dependencies=reading, tags=["categories"])
    def list_categories() -> CategoryList:
        """List the categories."""
        return CategoryList(items=[_category(one) for one in site.app.settings.categories])

    @routes.get("/categories/{category}", dependencies=reading, tags=["categories"])
    def get_category(category: Slug) -> CategoryOut:
        """Get a category."""
        for one in site.app.settings.categories:
            if one.slug == category:
                return _category(one)
        raise HTTPException(404, f"category {category}: there is none of that name")


def _newsletter(site: Site, of: NewsletterSettings) -> NewsletterOut:
    base = site.app.settings.web.public_url.rstrip("/")
    return NewsletterOut(
        slug=of.slug,
        name=of.name,
        description=of.description,
        language=of.language,
        categories=[category.slug for category in site.app.press.categories_of(of)],
        cadence=of.cadence,
        cadences=list(of.cadences),
        days=sorted(of.days_of(Cadence.WEEKLY)) if Cadence.WEEKLY in of.cadences else [],
        reader_time=of.reader_time,
        listed=of.listed,
        sign_up_url=f"{base}/sign-up/{of.slug}",
        archive_url=f"{base}/archive/{of.slug}",
    )


def _category(of: CategorySettings) -> CategoryOut:
    return CategoryOut(slug=of.slug, name=of.name, description=of.description, choosable=of.choosable)
