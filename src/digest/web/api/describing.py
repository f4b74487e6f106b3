"""The description of the API (OpenAPI): what every operation may answer besides, and the header of every POST."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from digest.web.api.problems import PROBLEM, FieldProblem, Problem
from digest.web.api.replay import HEADER, KEY

_Schema = dict[str, Any]
_ALWAYS = {
    "401": "No good token",
    "403": "The token lacks the scope",
    "422": "A field is wrong; nothing was changed",
    "429": "Too many requests in this minute; the header Retry-After says how many seconds to wait",
    "500": "Something broke on our side",
    "503": "Something that we need is away; try again later",
}
_WITH_NAME = {"404": "There is none of that name"}
_WITH_BODY = {"400": "What was sent cannot be read or used", "413": "The body is too large"}
_POST = {"409": "Its state does not allow it, or the first request with this key is still being answered"}
_KEY_HEADER: _Schema = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name that you give to this request. Sent again under it within 24 hours, it is not done twice "
    "but answered as before.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": f"^{KEY}$"},
}


_SUBSCRIBER = {"subscriber": "$response.body#/subscriber"}
_LINKS = {
    "add_subscriber": {
        "get_subscriber": _SUBSCRIBER,
        "describe_subscriber": _SUBSCRIBER,
        "get_consent": _SUBSCRIBER,
        "list_subscriptions_of": _SUBSCRIBER,
        "add_subscription": _SUBSCRIBER,
        "erase_subscriber": _SUBSCRIBER,
    },
    "list_subscriptions": {
        name: {
            "subscriber": "$response.body#/items/0/subscriber",
            "newsletter": "$response.body#/items/0/newsletter",
        }
        for name in ("get_subscription", "change_subscription", "end_subscription")
    },
    "list_articles": {"get_article": {"article": "$response.body#/items/0/id"}},
    "list_issues": {
        name: {"issue": "$response.body#/items/0/id"}
        for name in ("get_issue", "pause_issue_now", "resume_issue_now", "cancel_issue_now")
    },
}
"""Which operation's answer names what others are asked for (OpenAPI links)."""


class DescribedApi(FastAPI):
    """Describes itself exactly: every error that it may answer, as problem details."""

    def openapi(self) -> _Schema:
        """The description, made once."""
        if not self.openapi_schema:
            _complete(super().openapi())
        return dict(self.openapi_schema or {})


def _complete(description: _Schema) -> None:
    schemas = description["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (FieldProblem, Problem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas[model.__name__] = {key: value for key, value in schema.items() if key != "$defs"}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method == "post":
                operation.setdefault("parameters", []).append(_KEY_HEADER)
            _link(operation)
            operation["responses"] |= {status: _problem(told) for status, told in _errors(path, method).items()}


def _link(operation: _Schema) -> None:
    further = {name: {"operationId": name, "parameters": named}
               for name, named in _LINKS.get(operation["operationId"], {}).items()}  # fmt: skip
    for status, response in operation["responses"].items():
        if further and status.startswith("2"):
            response["links"] = further


def _errors(path: str, method: str) -> dict[str, str]:
    found = dict(_ALWAYS)
    found |= _WITH_NAME if "{" in path else {}
    found |= _WITH_BODY if method in {"post", "patch"} else {}
    return found | (_POST if method in {"post", "patch"} else {})


def _problem(told: str) -> _Schema:
    return {"description": told, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
