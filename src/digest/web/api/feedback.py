"""What came back about a mail, pushed by a provider or a mail server: the mail's own bytes (RFC 5322)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from digest.model.api import Scope
from digest.model.feedback import FeedbackKind
from digest.pipeline.hearing import Consequence, hear
from digest.web.api.access import needs
from digest.web.api.paging import Shape
from digest.web.site import Site


class HeardOut(Shape):
    """What the mail says, and what followed."""

    kind: FeedbackKind
    consequence: Consequence
    delivery: str | None
    """ISSUE/SUBSCRIBER, when it names one of ours."""


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def feedback_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.post(
        "/feedback",
        tags=["feedback"],
        openapi_extra=_BODY,
        dependencies=[needs(Scope.FEEDBACK_WRITE)],
    )
    async def send_feedback(request: Request) -> HeardOut:
        """Hear a bounce or a complaint. Twice is as good as once."""
        raw = await request.body()
        heard = await run_in_threadpool(hear, site.app.press, raw, site.app.clock())
        delivery = str(heard.delivery) if heard.delivery else None
        return HeardOut(kind=heard.feedback.kind, consequence=heard.consequence, delivery=delivery)

    return routes
