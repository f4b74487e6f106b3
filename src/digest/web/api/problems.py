"""Errors as problem details (RFC 9457, application/problem+json), for programs that read them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException as StarletteHTTPException

from digest.errors import ConfigError, DigestError, HeaderError, OutsideError, StateError, TemplateError, UsageError
from digest.subscribe.addresses import AddressError
from digest.subscribe.preferences import WishError

log = logging.getLogger(__name__)
_KINDS = frozenset({"one", "many"})
"""How validation calls the two forms of a body; nobody who sent it does."""


PROBLEM = "application/problem+json"
_STATUS = {UsageError: 404, StateError: 409, OutsideError: 503, ConfigError: 500, TemplateError: 500}
"""400 for every other error of ours."""


class FieldProblem(BaseModel):
    """One field that is wrong."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    field: str
    """Like "title", or "3.title" in a list."""
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    type: str
    """Always about:blank: the status says it all."""
    title: str
    """The status in words."""
    status: int
    detail: str
    """What is wrong, and what to do."""
    errors: list[FieldProblem]
    """Every field that is wrong."""


def problem(
    status: int, detail: str, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer."""
    title = HTTPStatus(status).phrase
    body = Problem(type="about:blank", title=title, status=status, detail=detail, errors=list(errors))
    return JSONResponse(body.model_dump(), status, dict(headers or {}), PROBLEM)


def answer_problems(server: FastAPI) -> None:
    """Makes every error of the application a problem."""

    @server.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [_field_problem(detail) for detail in error.errors()]
        first = errors[0]
        return problem(422, f"{first.field}: {first.detail}" if first.field else first.detail, errors)

    @server.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(methods_of(server.openapi(), request))
        return problem(error.status_code, str(error.detail), headers=headers)

    @server.exception_handler(DigestError)
    def failed(request: Request, error: DigestError) -> JSONResponse:
        if isinstance(error, WishError | AddressError | HeaderError):
            told = "; ".join(filter(None, (error.problem, error.remedy)))
            field = _named(error)
            return problem(422, f"{field}: {told}", [FieldProblem(field=field, detail=told)])
        status = _STATUS.get(type(error), 400)
        if status >= 500:
            log.error("%s failed: %s", request.method, error)
        return problem(status, str(error) if status < 500 else "something failed on our side; it has been logged")

    @server.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> JSONResponse:
        route = getattr(request.scope.get("route"), "path", "?")
        log.error("%s %s failed", request.method, route, exc_info=error)
        return problem(500, "something broke on our side; it has been logged")


def methods_of(description: Mapping[str, Any], request: Request) -> list[str]:
    """The methods of all operations at the address of a request."""
    asked, paths = request.url.path.removeprefix(str(request.scope.get("root_path", ""))), description["paths"]
    found = [asked] if asked in paths else [path for path in paths if _fits(path, asked)]
    return sorted(method.upper() for path in found for method in paths[path])


def _fits(path: str, asked: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", path), asked) is not None


def _named(error: DigestError) -> str:
    """The field that it is about."""
    return error.place if isinstance(error, WishError) else "email"


def _field_problem(error: Mapping[str, Any]) -> FieldProblem:
    """The error without what only our code calls so; a broken body has no field."""
    path = [str(step) for step in error["loc"][1:]]
    path = path[1:] if path and path[0] in _KINDS else path
    if error["type"] == "json_invalid":
        return FieldProblem(field="", detail=f"not JSON: {error.get('ctx', {}).get('error', 'it cannot be read')}")
    return FieldProblem(field=".".join(path), detail=str(error["msg"]).removeprefix("Value error, "))
