"""Where counted links lead: on to the address that the issue has for them, and nowhere else.

A link names an issue and a code that we made; it holds no address, so nobody can have it lead elsewhere. Counted is
that a link was followed, not by whom: see digest.feedback.clicks.
"""

from __future__ import annotations

import logging
from threading import Lock, Timer
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import RedirectResponse

from digest.feedback.clicks import HOLD, Sieve, is_program
from digest.model.ids import IssueId
from digest.pipeline.clicking import count, target_of
from digest.pipeline.errands import anonymous
from digest.web.gate import ASKED_HEAD
from digest.web.guard import asked_from
from digest.web.site import Site

log = logging.getLogger(__name__)
IssueName = Annotated[str, Path(pattern="^[a-z0-9-]{1,120}$")]
Code = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


class Counting:
    """Clicks of this process on their way to the table: held for a few seconds, then counted or dropped."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sieve = Sieve()
        self._lock = Lock()
        self._timer: Timer | None = None

    def note(self, issue: IssueId, code: str, place: str) -> None:
        """A click of somebody; it is counted a little later, whether or not another comes."""
        self._sieve.note(issue, code, place, self._site.app.clock())
        with self._lock:
            if self._timer is None:
                self._timer = Timer(HOLD.total_seconds() + 1, self.settle)
                self._timer.daemon = True
                self._timer.start()

    def settle(self) -> None:
        """Writes down what has waited long enough."""
        with self._lock:
            self._timer = None
        try:
            count(self._site.app.press, self._sieve.take(self._site.app.clock()))
        except Exception:
            log.exception("clicks could not be counted")

    def close(self) -> None:
        """Before the process ends: what still waits is counted too, and one that a program made in its last seconds."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
                self._timer = None
        count(self._site.app.press, self._sieve.take(self._site.app.clock() + HOLD))


def click_routes(site: Site) -> APIRouter:
    """The routes."""
    counting = Counting(site)
    site.settle_clicks = counting.settle
    routes = APIRouter(prefix="/c", on_shutdown=[counting.close])

    @routes.get("/{issue}/{code}")
    def follow(request: Request, issue: IssueName, code: Code) -> RedirectResponse:
        press = site.app.press
        target = target_of(press, IssueId(issue), code)
        if target is None:
            raise HTTPException(404)
        if not is_program(request.headers, is_head=bool(request.scope.get(ASKED_HEAD))):
            agent = request.headers.get("user-agent", "")
            place = anonymous(press, f"{asked_from(request, press.settings.web)} {agent}")
            counting.note(IssueId(issue), code, place)
        return RedirectResponse(target.url, 302, {"Cache-Control": "no-store"})

    return routes
