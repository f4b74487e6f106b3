"""The board: the draft issue by category, and what an editor does to it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from digest.web.editor.preview import Identity
from digest.web.site import Site, see


def board_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")

    @routes.get("")
    def board(identity: Identity) -> RedirectResponse:
        return see(f"/editor/issues/{identity}/preview")

    return routes
