"""Tells a route of the desk who asks, and lets nobody do what their role does not cover.

    @routes.post("/issues/{identity}/approve")
    def approve(identity: Identity, actor: Editor) -> Response: ...

What changes something is taken only from our own pages: the same origin, and the form's token (a field `csrf`, or the
header X-CSRF-Token). A GET never needs one, for it changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from digest.access.sessions import form_token, is_form_token
from digest.errors import DigestError
from digest.model.access import Actor, Role
from digest.pipeline.entering import actor_of
from digest.web.guard import is_from_here
from digest.web.pages import PAGE_POLICY
from digest.web.site import Site

FIELD, HEADER = "csrf", "X-CSRF-Token"
LOCAL = Actor("you", Role.ADMIN)
"""Whoever sits at this machine."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ForbiddenError(DigestError):
    """Not with this role, or not from this page."""


class LoginNeeded(Exception):  # not an error: it leads to a page
    """Nobody known asks: they are sent to the login page."""


class Access:
    """Who may do what on one server."""

    def __init__(self, site: Site, login: bool) -> None:
        """`login`: ask for one. Without, the server must listen on loopback only, behind LocalOnly."""
        self.site = site
        self.login = login

    @property
    def cookie(self) -> str:
        """Its name; browsers take the prefix from a secure page only (RFC 6265bis)."""
        return "__Secure-digest" if self.is_secure else "digest"

    @property
    def is_secure(self) -> bool:
        """Whether the desk is reached by HTTPS, as the settings say."""
        return self.site.app.settings.web.public_url.startswith("https:")

    def actor(self, request: Request) -> Actor | None:
        """Who asks; None for a stranger."""
        if not self.login:
            return LOCAL
        return actor_of(self.site.app.press, request.cookies.get(self.cookie, ""), self.site.app.clock())

    def form_token(self, actor: Actor) -> str:
        """What this actor's forms carry."""
        return form_token(actor.session, self.site.app.press.secret)

    def is_from_here(self, request: Request) -> bool:
        """Whether a page of this server sent the request, as far as the browser tells."""
        return is_from_here(request, self.site.app.settings.web.public_url)


def access_of(request: Request) -> Access:
    """That of the server that was asked."""
    access: Access = request.app.state.access
    return access


def require(role: Role) -> Callable[[Request], Awaitable[Actor]]:
    """A dependency that gives who asks. Raises LoginNeeded and ForbiddenError."""

    async def required(request: Request) -> Actor:
        actor = await current_user(request)
        if not actor.role.covers(role):
            problem = f"your role is {actor.role}; this is for {role}s"
            raise ForbiddenError(actor.name, problem, "ask an admin: digest user role NAME ROLE")
        return actor

    return required


Editor = Annotated[Actor, Depends(require(Role.EDITOR))]
"""Who asks, of a route that only editors may use."""


async def by_method(request: Request) -> Actor:
    """For whole routers: every user may look, only editors may change."""
    return await require(Role.VIEWER if request.method in _SAFE else Role.EDITOR)(request)


async def current_user(request: Request) -> Actor:
    """Who asks, whatever their role. Raises LoginNeeded, and ForbiddenError for a change that no page of ours asks."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        access = access_of(request)
        actor = await run_in_threadpool(access.actor, request)
        if actor is None:
            raise LoginNeeded
        if request.method not in _SAFE:
            await _check_form(access, actor, request)
        request.state.actor = actor
    return actor


async def _check_form(access: Access, actor: Actor, request: Request) -> None:
    token = request.headers.get(HEADER) or (await request.form()).get(FIELD)
    good = isinstance(token, str) and is_form_token(token, actor.session, access.site.app.press.secret)
    if not good or not access.is_from_here(request):
        raise ForbiddenError("form", "it is not from a page of this desk, or the page is too old", "open the page anew")


def desk_page(request: Request, template: str, status: int = 200, **variables: object) -> HTMLResponse:
    """A page of the desk, for whoever asks: templates get `actor`, `csrf` and `login` besides `variables`."""
    access = access_of(request)
    actor: Actor = request.state.actor
    known = {"actor": actor, "csrf": access.form_token(actor), "login": access.login}
    return access.site.page(template, status, PAGE_POLICY, "en", **known, **variables)
