"""A small site: one newsletter, three topics, a draft issue, and a mail server that listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import program
from digest.app import App
from mail_servers import MailServer, mail_server, usual
from visits import opened, small_app


@pytest.fixture(scope="module")
def mail_room() -> Iterator[MailServer]:
    """A mail server for the tests of one file."""
    with mail_server() as server:
        yield server


@pytest.fixture
def mails(mail_room: MailServer) -> MailServer:
    """The mail server that confirmations go to; it has none yet, and takes all."""
    mail_room.answer = usual
    mail_room.bodies.clear()
    return mail_room


@pytest.fixture
def app(sqlite_template: Path, mails: MailServer, tmp_path: Path) -> Iterator[App]:
    """An App that works on a store of its own and the mail server."""
    with small_app(tmp_path, sqlite_template, mails.port) as built:
        yield built


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    """A program on this machine; errors that nobody foresaw are answered, not raised."""
    with opened(app) as program:
        program.clock = app.clock
        yield program


@pytest.fixture
def shop(app: App) -> Iterator[TestClient]:
    """A program elsewhere that may do everything by the API."""
    with program(app) as opened_program:
        yield opened_program
