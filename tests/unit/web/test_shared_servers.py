"""Tests take a server one after another: what it knew of one site is gone when it serves the next."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from types import FunctionType

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry

from digest.web.reader.clicks import Counting
from digest.web.server import Offer
from digest.web.site import Site
from serving import PREVIEW
from visits import opened, served, small_app

ISSUE = "/editor/issues/weekly-2026-11-24"
PATHS = (
    "/", "/metrics", "/sign-up/weekly", "/archive/weekly", "/media/none.png", "/api/v1/newsletters", "/editor/login",
    "/editor", ISSUE, f"{ISSUE}/preview", f"{ISSUE}/preview/findings", f"{ISSUE}/preview/since", "/nothing",
)  # fmt: skip
OFFERS = [PREVIEW, Offer(editor=True)]


@pytest.mark.parametrize("offer", OFFERS)
def test_a_server_that_serves_another_site_remembers_nothing(sqlite_template: Path, tmp_path: Path, offer: Offer):
    """Nothing of the first is reachable any more, so nothing can come back from it."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with small_app(first, sqlite_template, 1) as app:
        with opened(app, offer) as program:
            server = program.app
            for path in PATHS:
                program.get(path)
        gone = weakref.ref(app.press.store)
    del app, program
    with small_app(second, sqlite_template, 1) as app, served(app, offer) as again:
        assert again is server
        gc.collect()
        assert gone() is None


@pytest.mark.parametrize("offer", OFFERS)
def test_no_route_keeps_anything_of_its_own(app, offer: Offer):
    """What lasts from one request to the next is the site's, besides clicks on their way and figures for a moment."""
    with served(app, offer) as server:
        [api] = [route.app for route in server.routes if getattr(route, "name", "") == "api"]
        ends = [
            found.route.endpoint
            for found in iter_route_contexts([*server.routes, *api.routes])
            if hasattr(found.route, "endpoint")
        ]
    held = [cell.cell_contents for end in ends for cell in end.__closure__ or ()]
    assert sum(isinstance(one, Site) for one in held) > 50
    for one in held:
        assert isinstance(one, (Site, FastAPI, FunctionType, Counting, CollectorRegistry)), one
