"""Puts the API together: its routes, its gate, its errors, and its description under openapi.json."""

from __future__ import annotations

from fastapi import FastAPI

from digest import __version__
from digest.web.api.access import TokenGate
from digest.web.api.articles import article_routes
from digest.web.api.describing import DescribedApi
from digest.web.api.feedback import feedback_routes
from digest.web.api.issues import issue_routes
from digest.web.api.newsletters import newsletter_routes
from digest.web.api.problems import answer_problems
from digest.web.api.replay import Idempotent
from digest.web.api.subscribers import subscriber_routes
from digest.web.api.subscriptions import subscription_routes
from digest.web.api.suppressions import suppression_routes
from digest.web.site import Site

DESCRIPTION_PATH = "/openapi.json"
_ROUTES = (
    newsletter_routes,
    subscriber_routes,
    subscription_routes,
    article_routes,
    issue_routes,
    suppression_routes,
    feedback_routes,
)


def create_api(site: Site) -> FastAPI:
    """The application to mount under /api/v1."""
    api = DescribedApi(
        title=f"{site.app.settings.site.name} API",
        version=__version__,
        openapi_url=DESCRIPTION_PATH,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
        generate_unique_id_function=lambda route: route.name,
    )
    for routes in _ROUTES:
        api.include_router(routes(site))
    api.add_middleware(Idempotent, site=site)
    api.add_middleware(TokenGate, site=site, open_path=DESCRIPTION_PATH)
    answer_problems(api)
    return api
