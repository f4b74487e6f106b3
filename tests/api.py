"""Programs that use the API of a small site, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count

from fastapi.testclient import TestClient

from digest.app import App
from digest.model.api import Scope
from digest.pipeline.tokens import add_token
from digest.pipeline.users import OPERATOR
from digest.web.server import Offer
from visits import opened

_CHANCE = count(1)
ALL = tuple(Scope)
READERS = Offer()
"""What `digest serve` offers without the desk."""


def token(app: App, *scopes: Scope, name: str = "cms", days: int = 0) -> str:
    """A new token, of all scopes unless some are named."""
    chance = next(_CHANCE).to_bytes(16)
    return add_token(app.press, OPERATOR, name, scopes or ALL, days, chance, app.clock())


@contextmanager
def program(app: App, *scopes: Scope, name: str = "cms") -> Iterator[TestClient]:
    """A program that may do what these scopes say; all, when none is named."""
    with opened(app, READERS, base_url="http://testserver/api/v1/") as client:
        client.headers["Authorization"] = f"Bearer {token(app, *scopes, name=name)}"
        yield client


def scopes_but(*without: Scope) -> Iterable[Scope]:
    """All the others."""
    return [scope for scope in Scope if scope not in without]
