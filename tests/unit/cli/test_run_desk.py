"""What `digest run` says of the desk when it starts: that it is closed, or that passwords could be read on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from build import NOW
from digest.cli.serve import _warn_of_desk
from digest.model.access import Role, User
from visits import small_app


@pytest.mark.parametrize(
    ("users", "url", "said"),
    [
        (0, "https://news.example.org", "digest user add NAME"),
        (1, "https://news.example.org", ""),
        (1, "http://localhost:8000", ""),
        (1, "http://[::1]:8000", ""),
        (1, "http://news.example.org", "put HTTPS in front"),
    ],
)
def test_a_start_says_what_is_wrong_with_the_desk(
    sqlite_template: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, users: int, url: str, said: str
):
    with small_app(tmp_path, sqlite_template, 1) as app:
        for number in range(users):
            app.press.store.access.add_user(User(f"ada{number}", Role.EDITOR, "hash", NOW))
        web = app.settings.web.model_copy(update={"public_url": url})
        settings = app.settings.model_copy(update={"web": web})
        _warn_of_desk(replace(app, loaded=replace(app.loaded, settings=settings)))
    assert said in caplog.text
    assert bool(caplog.text) == bool(said)
