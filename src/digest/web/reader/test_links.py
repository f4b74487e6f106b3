"""Where the personal links of a test mail lead: a page that says that it was a test, and does nothing."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from digest.pipeline.testing import TEST_PATH
from digest.web.reader.visit import Visit, visits
from digest.web.site import Site


def test_link_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    visiting = Depends(visits(site))

    @routes.get(TEST_PATH)
    @routes.get(f"{TEST_PATH}/{{way}}")
    def told(way: str = "", visit: Visit = visiting) -> HTMLResponse:
        """`way`: what mails write after a link to choose, "/drop" for example."""
        return visit.notice(
            visit.say("That mail was a test"),
            visit.say("Its links to leave, to choose and to read online lead nowhere. In a reader’s mail they work."),
        )

    return routes
