"""Logging in and out of the desk. What is wrong with a login is not told, and nobody may try too often."""

from __future__ import annotations

import ipaddress
import math
import re
import secrets
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from digest.access.passwords import AccessError, clean_name
from digest.access.sessions import LONGEST
from digest.model.access import Actor
from digest.model.urls import split_url
from digest.pipeline.entering import Attempt, end_sessions, log_in, was_here
from digest.web.access.actor import Access, ForbiddenError, access_of, current_user
from digest.web.editor.local import is_loopback
from digest.web.guard import network_of
from digest.web.site import Site, see

LOGIN = "/editor/login"
_NEXT = re.compile(r"/editor(?:[/?][\w./?=&%+:@~-]*)?", re.ASCII)
Text = Annotated[str, Form(max_length=1000)]


def login_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor")

    @routes.get("/login")
    def ask(request: Request, next: str = "/editor") -> Response:
        if access_of(request).actor(request):
            return see(_safe(next))
        return _page(site, _safe(next))

    @routes.post("/login")
    def entered(request: Request, name: Text, password: Text, code: Text = "", next: Text = "/editor") -> Response:
        access = access_of(request)
        if not access.is_from_here(request):
            raise ForbiddenError("form", "it is not from the login page of this desk", "open the page anew")
        now, network = site.app.clock(), _network(request)
        counted = _counted(site, name, network)
        by_network = not is_loopback(network) and site.tries_of_network.wait(network_of(network), now)
        wait = by_network or site.tries_of_name.wait(counted, now)
        if wait:
            return _page(site, _safe(next), name, wait)
        token = secrets.token_urlsafe(32)
        attempt = Attempt(name, password, code, network, request.headers.get("User-Agent", ""))
        if log_in(site.app.press, attempt, token, now) is None:
            return _page(site, _safe(next), name, wrong=True)
        site.tries_of_name.forget(counted)
        if earlier := access.actor(request):  # this browser forgets that session now
            end_sessions(site.app.press, earlier, earlier.name, now, only=earlier.session)
        return _with_cookie(access, see(_safe(next)), token)

    @routes.post("/logout")
    def left(request: Request, actor: Annotated[Actor, Depends(current_user)]) -> Response:
        end_sessions(site.app.press, actor, actor.name, site.app.clock(), only=actor.session)
        answer = see(LOGIN)
        access = access_of(request)
        answer.delete_cookie(access.cookie, path="/editor", secure=access.is_secure, httponly=True, samesite="lax")
        return answer

    return routes


def to_login(request: Request) -> Response:
    """Where a stranger is sent: programs of a page are told by htmx's header, everybody else is led."""
    if request.headers.get("HX-Request"):
        page = split_url(request.headers.get("HX-Current-URL", ""))
        return Response(status_code=401, headers={"HX-Redirect": _address(f"{page.path}?{page.query}")})
    if request.method != "GET":
        return see(LOGIN)
    return see(_address(f"{request.url.path}?{request.url.query}"))


def _page(
    site: Site, next_: str, name: str = "", wait: timedelta = timedelta(), *, wrong: bool = False
) -> HTMLResponse:
    closed = not site.app.press.store.access.users()
    minutes = math.ceil(wait / timedelta(minutes=1))
    status = 429 if minutes else 403 if wrong or closed else 200
    page = site.page(
        "editor/login.html", status, next=next_, name=name[:64], wrong=wrong, minutes=minutes, closed=closed
    )
    if minutes:
        page.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return page


def _with_cookie(access: Access, answer: Response, token: str) -> Response:
    """Lax: a link in a mail to the editor opens the desk; no other site can send a form with it."""
    answer.set_cookie(
        access.cookie, token, max_age=int(LONGEST.total_seconds()), path="/editor",
        secure=access.is_secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


def _counted(site: Site, name: str, network: str) -> str:
    """What tries are counted by: strangers who try a name elsewhere must not lock its owner out at their own place.

    However the name is written: what is the same user is one count.
    """
    try:
        key = clean_name(name)
    except AccessError:
        key = name.strip().lower()[:64]
    return f"{key} {network_of(network)}" if was_here(site.app.press, key, network) else key


def _network(request: Request) -> str:
    """Where the request comes from; behind a web server on this machine what that one says last (X-Forwarded-For)."""
    peer = request.client.host if request.client else ""
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if not is_loopback(peer) or not said:
        return peer
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return peer


def _safe(path: str) -> str:
    """A page of the desk, never of another site."""
    return path if _NEXT.fullmatch(path) and not path.startswith(LOGIN) else "/editor"


def _address(path: str) -> str:
    wanted = _safe(path.rstrip("?"))
    return LOGIN if wanted == "/editor" else f"{LOGIN}?{urlencode({'next': wanted})}"
