"""Answers errors with pages: which status, and which words. Readers see no path and no key; editors see everything."""

from __future__ import annotations

import logging

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from digest.errors import ConfigError, DigestError, OutsideError, TemplateError, UsageError
from digest.web.access.actor import ForbiddenError, LoginNeeded
from digest.web.access.login import to_login
from digest.web.api.problems import problem
from digest.web.editor.files import TOO_LARGE
from digest.web.gate import SAFE_HEADERS
from digest.web.languages import language_of
from digest.web.pages import sentence
from digest.web.reader.refusing import broken, refused, unanswered
from digest.web.reader.visit import Visit
from digest.web.site import Site

log = logging.getLogger(__name__)

EDITOR = "/editor"
_API = "/api/"
"""Addresses that no route of the API matches, such as one with a line feed, are answered for programs too."""
_STATUS = {UsageError: 404, OutsideError: 503, TemplateError: 500, ConfigError: 500, ForbiddenError: 403}
"""400 for every other error."""


def answer_errors(server: FastAPI, site: Site) -> None:
    """Has every error of the routes answered with a page."""

    @server.exception_handler(DigestError)
    def failed(request: Request, error: DigestError) -> Response:
        status = _STATUS.get(type(error), 400)
        if request.url.path.startswith(EDITOR):
            return _for_editor(site, error, status)
        if status >= 500:
            log.error("%s failed: %s", _route_of(request), error)
            return broken(_visit(site, request), status)
        return refused(_visit(site, request), error, status)

    @server.exception_handler(LoginNeeded)
    def strange(request: Request, error: LoginNeeded) -> Response:
        return to_login(request)

    @server.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        in_address = any(found["loc"][0] in {"path", "query"} for found in error.errors())
        return unanswered(_visit(site, request), 404 if in_address else 400)

    @server.exception_handler(StarletteHTTPException)
    def answered(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith(_API):
            return problem(error.status_code, "there is nothing at this address", headers=error.headers)
        response = unanswered(_visit(site, request), error.status_code)
        response.headers.update(error.headers or {})
        return response

    @server.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s failed", _route_of(request), exc_info=error)
        response = broken(_visit(site, request), 500)
        response.headers.update(SAFE_HEADERS)  # this answer goes out beside the gate
        return response


def too_much(site: Site, path: str) -> Response:
    """What the desk answers to more than the form at this path can take."""
    if path.endswith("/files"):
        problem_, remedy = TOO_LARGE
        said, back = f"The file {problem_}.", {"url": path, "text": "Back to the files"}
    else:
        said, remedy = "What was sent is longer than any text that fits into a mail.", "shorten it, then save again"
        back = {"url": EDITOR, "text": "All issues"}
    return site.notice("That is too much", said, sentence(remedy), status=413, alternative=back)


def _for_editor(site: Site, error: DigestError, status: int) -> Response:
    found = f"{error.place}: {error.problem}"
    back = {"url": EDITOR, "text": "All issues"}
    return site.notice("That did not work", sentence(found), sentence(error.remedy), status=status, alternative=back)


def _visit(site: Site, request: Request) -> Visit:
    """In the language of whoever asks; the desk speaks English."""
    at_desk = request.url.path.startswith(EDITOR)
    return Visit(site, request, "en" if at_desk else language_of(request))


def _route_of(request: Request) -> str:
    """The route's pattern; never the path, which holds readers' links."""
    route = request.scope.get("route")
    return f"{request.method} {getattr(route, 'path', '?')}"
