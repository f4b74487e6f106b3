"""Lists page by page: each answer names the next page by a cursor, which says where this one ended (a keyset).

A cursor is opaque and sealed against changes: what comes back in it was ours, and of the same list.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict

from digest.web.site import Site

USUAL, MOST = 50, 200
Limit: TypeAlias = Annotated[int, Query(ge=1, le=MOST, description="Items on a page.")]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=500, description="`next` of the page before; the first page without.")
]
Key: TypeAlias = Sequence[str | int]
"""The columns by which a list is ordered, of one row."""
_Row = TypeVar("_Row")
_PROOF = 16
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
"""Text without control characters, as a pattern that every JSON Schema reads."""


class Shape(BaseModel):
    """What programs send and get: no field but those that are named."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, from_attributes=True)


class PageShape(Shape):
    """A page of a list."""

    next: str | None
    """Cursor of the next page; null on the last one. The header Link names the same."""


def read_cursor(site: Site, name: str, cursor: str | None) -> Key | None:
    """Where the page before ended. Raises RequestValidationError for what is no cursor of that list."""
    if cursor is None:
        return None
    try:
        data = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")
    except ValueError:
        data = b""
    proof, text = data[:_PROOF], data[_PROOF:]
    if not hmac.compare_digest(proof, _proof(site, name, text)):
        told = "is no cursor of this list; take `next` of the page before"
        raise RequestValidationError([{"type": "cursor", "loc": ("query", "cursor"), "msg": told}])
    key: Key = json.loads(text)
    return key


def cut(
    site: Site, name: str, rows: Sequence[_Row], limit: int, key: Callable[[_Row], Key]
) -> tuple[Sequence[_Row], str | None]:
    """The page's rows, and the cursor of the next page. `rows`: one more than `limit` were asked for."""
    if len(rows) <= limit:
        return rows, None
    text = json.dumps(list(key(rows[limit - 1]))).encode()
    return rows[:limit], base64.urlsafe_b64encode(_proof(site, name, text) + text).decode().rstrip("=")


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Says the same in the header Link (RFC 8288), relative to this page."""
    if cursor:
        further = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{further.path}?{further.query}>; rel="next"'


def _proof(site: Site, name: str, text: bytes) -> bytes:
    key = hashlib.sha256(site.app.press.secret.encode()).digest()
    return hmac.digest(key, f"cursor {name}\n".encode() + text, hashlib.sha256)[:_PROOF]
