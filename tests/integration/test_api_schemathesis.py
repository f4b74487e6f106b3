"""The API against its own description: whatever schemathesis makes of that is answered as described, never with a 500.

A little of it in this process; in full against a running server, with all phases of its command, where soak tests run.
There are a reader, an article, an issue and a suppression, so that what it asks for is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

import build
import schemathesis_hooks
from api import token
from build import NOW, WEEKLY
from digest.app import App
from digest.demo.mailroom import free_port
from digest.model.people import ConsentKind, SuppressionReason
from digest.web.server import create_server
from visits import small_app

HOOKS = Path(schemathesis_hooks.__file__)
_NO_SERVER = 9
"""A port that nothing listens on: mails wait as errands."""
_RULES = frozenset({"positive_data_acceptance"})
"""Left out: what fits the description may still break a rule of the configuration (a topic that is not there), and is
then answered with 422, as described."""

load_all_checks()
_CHECKS = [check for name, check in ((one.__name__, one) for one in CHECKS.get_all()) if name not in _RULES]
_USUAL = settings(
    max_examples=2,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Any]:
    """The description, and the application to ask, with a token that may do everything."""
    with small_app(tmp_path_factory.mktemp("site"), sqlite_template, _NO_SERVER) as app:
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", prepared(app))
        schema.config.update(headers={"Authorization": f"Bearer {token(app)}"})
        yield schema


def prepared(app: App) -> FastAPI:
    """A site that has something of everything, and takes as many requests as come."""
    app.settings.__dict__["api"] = app.settings.api.model_copy(update={"per_minute": 100_000_000})
    _filled(app)
    return create_server(app)


def _filled(app: App) -> None:
    readers = app.press.store.readers
    reader = readers.sign_up(build.subscriber_draft(), WEEKLY, build.preferences(), build.consent())
    readers.confirm(reader.id, WEEKLY, build.consent(ConsentKind.CONFIRMED))
    readers.suppress("eve@example.com", SuppressionReason.BOUNCE, NOW)
    app.press.store.feeds.sync([build.feed_source("https://a.example/")], NOW)
    app.press.store.articles.save([build.article(1)])


def test_every_answer_is_as_described(described: Any) -> None:
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) > 25
    for operation in operations:

        @_USUAL
        @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def check(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=_CHECKS)

        check()


@pytest.mark.soak
def test_every_answer_of_a_running_server_is_as_described(tmp_path: Path, sqlite_template: Path) -> None:
    """By the command: examples, edges, random data, and chains of requests that follow from each other."""
    with small_app(tmp_path, sqlite_template, _NO_SERVER) as app, served(prepared(app)) as url:
        options = ["--exclude-checks", ",".join(_RULES), "-n", "100", "--continue-on-failure", "--no-color"]
        header = ["-H", f"Authorization: Bearer {token(app)}", "--suppress-health-check", "all"]
        command = [Path(sys.executable).parent / "schemathesis", "run", f"{url}/api/v1/openapi.json", *header, *options]
        environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS), "PYTHONPATH": str(HOOKS.parent)}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=3_000
        )
    assert done.returncode == 0, done.stdout[-20_000:]


@contextmanager
def served(server: FastAPI) -> Iterator[str]:
    """The application behind a real HTTP server."""
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(server, port=port, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(20)
