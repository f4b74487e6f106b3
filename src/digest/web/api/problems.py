"""Errors as problem details (RFC 9457, application/problem+json), for programs that read them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from digest.errors import DigestError, OutsideError

log = logging.getLogger(__name__)
_TITLES = {
    400: "Bad request", 401: "Not authorised", 404: "Not found", 405: "Method not allowed", 413: "Too large",
    422: "Not valid", 500: "Internal error", 503: "Not available",
}  # fmt: skip
_KINDS = frozenset({"one", "many"})
"""How validation calls the two forms of a body; nobody who sent it does."""


class FieldProblem(BaseModel):
    """One field that is wrong."""

    field: str
    """Like "title", or "3.title" in a list."""
    detail: str


class Problem(BaseModel):
    """What went wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


def problem(
    status: int, detail: str, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer."""
    body = Problem(title=_TITLES.get(status, "Error"), status=status, detail=detail, errors=list(errors))
    return JSONResponse(
        body.model_dump(exclude_defaults=False), status, dict(headers or {}), "application/problem+json"
    )


def answer_problems(server: FastAPI) -> None:
    """Makes every error of the application a problem."""

    @server.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [_field_problem(detail) for detail in error.errors()]
        first = errors[0]
        return problem(422, f"{first.field}: {first.detail}" if first.field else first.detail, errors)

    @server.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    @server.exception_handler(DigestError)
    def failed(request: Request, error: DigestError) -> JSONResponse:
        return problem(503 if isinstance(error, OutsideError) else 400, str(error))

    @server.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(500, "something broke on our side; it has been logged")


def _field_problem(error: Mapping[str, Any]) -> FieldProblem:
    """The error without what only our code calls so; a broken body has no field."""
    path = [str(step) for step in error["loc"][1:]]
    path = path[1:] if path and path[0] in _KINDS else path
    if error["type"] == "json_invalid":
        return FieldProblem(field="", detail=f"not JSON: {error.get('ctx', {}).get('error', 'it cannot be read')}")
    return FieldProblem(field=".".join(path), detail=str(error["msg"]).removeprefix("Value error, "))
