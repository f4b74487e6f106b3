"""Puts the API together: its routes, its gate, its errors, and its description under openapi.json."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from digest import __version__
from digest.web.api.access import TokenGate
from digest.web.api.articles import article_routes
from digest.web.api.feedback import feedback_routes
from digest.web.api.problems import answer_problems
from digest.web.site import Site

_DESCRIPTION_PATH = "/openapi.json"
_TOKEN = HTTPBearer(auto_error=False, description="A token of [api] token_file.")
"""For the description only: the gate is what checks."""


def create_api(site: Site) -> FastAPI:
    """The application to mount under /api/v1."""
    api = FastAPI(
        title=f"{site.app.settings.site.name} API",
        version=__version__,
        openapi_url=_DESCRIPTION_PATH,
        docs_url=None,
        redoc_url=None,
    )
    api.include_router(article_routes(site), dependencies=[Depends(_TOKEN)])
    api.include_router(feedback_routes(site), dependencies=[Depends(_TOKEN)])
    api.add_middleware(TokenGate, site=site, open_path=_DESCRIPTION_PATH)
    answer_problems(api)
    return api
