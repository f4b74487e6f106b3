"""Programs that use the API of a small site, in this process."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from fastapi import FastAPI
from fastapi.testclient import TestClient

from digest.app import App
from digest.model.api import Scope
from digest.pipeline.tokens import add_token
from digest.pipeline.users import OPERATOR
from digest.web.server import create_server

_CHANCE = count(1)
ALL = tuple(Scope)


def token(app: App, *scopes: Scope, name: str = "cms", days: int = 0) -> str:
    """A new token, of all scopes unless some are named."""
    chance = next(_CHANCE).to_bytes(16)
    return add_token(app.press, OPERATOR, name, scopes or ALL, days, chance, app.clock())


def program(app: App, *scopes: Scope, name: str = "cms", server: FastAPI | None = None) -> TestClient:
    """A program that may do what these scopes say."""
    headers = {"Authorization": f"Bearer {token(app, *scopes, name=name)}"}
    base = "http://testserver/api/v1/"
    return TestClient(server or create_server(app), base, headers=headers, raise_server_exceptions=False)


def scopes_but(*without: Scope) -> Iterable[Scope]:
    """All the others."""
    return [scope for scope in Scope if scope not in without]
