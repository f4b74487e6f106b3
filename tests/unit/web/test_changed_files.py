"""The preview sees every way in which a file can change, however it was saved."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from digest.errors import ConfigError
from digest.web.editor.changes import _events, fingerprint, watched
from digest.web.pages import Pages
from digest.web.site import Site


def test_a_file_written_replaced_added_or_removed_changes_the_fingerprint(tmp_path: Path):
    config, templates = tmp_path / "config.toml", tmp_path / "templates"
    seen = [fingerprint([config, templates])]

    def look() -> None:
        seen.append(fingerprint([config, templates]))
        assert seen[-1] not in seen[:-1]

    config.write_text("a")
    look()
    config.write_text("bb")
    look()
    (tmp_path / "new").write_text("cc")
    (tmp_path / "new").replace(config)
    look()
    (templates / "email").mkdir(parents=True)
    look()
    (templates / "email" / "head.css").write_text("")
    look()
    (templates / "email" / "head.css").unlink()
    look()


def test_nothing_changes_while_nothing_is_saved(tmp_path: Path):
    (tmp_path / "a").write_text("a")
    assert fingerprint([tmp_path]) == fingerprint([tmp_path])


def test_the_shipped_templates_are_watched(app):
    assert any((path / "web" / "base.html").exists() for path in watched(Site(app, Pages(None))))


@pytest.mark.parametrize("refused", [True, False])
def test_a_change_is_told_or_the_error_in_one_event(app, tmp_path, refused, monkeypatch):
    config = tmp_path / "config.toml"
    config.write_text("")

    def reload():
        if refused:
            raise ConfigError("config.toml: [smtp] prot", "unknown key;\n  did you mean port?")
        return app

    site = Site(app, Pages(None), reload)
    monkeypatch.setattr("digest.web.editor.changes._settings", lambda _: [config])
    monkeypatch.setattr("digest.web.editor.changes._LOOK_SECONDS", 0)

    async def first_change() -> str:
        told = []
        async for event in _events(site, lambda: False, ""):
            told.append(event)
            if event == ": still here\n\n":
                config.write_text("x")
            elif event.startswith("event:"):
                break
        assert told[0] == "retry: 1000\n\n"
        return told[-1]

    event = asyncio.run(first_change())
    if refused:
        assert event == "event: refused\ndata: config.toml: [smtp] prot: unknown key;\ndata:   did you mean port?\n\n"
    else:
        assert event == "event: changed\ndata: now\n\n"


def test_what_changed_between_the_page_and_its_stream_is_told_at_once(app):
    async def first() -> list[str]:
        events = _events(Site(app, Pages(None)), lambda: False, "as the page had it")
        return [await anext(events), await anext(events)]

    assert asyncio.run(first())[1] == "event: changed\ndata: now\n\n"


def test_the_stream_ends_when_the_server_is_closing(app):
    async def everything() -> list[str]:
        return [event async for event in _events(Site(app, Pages(None)), lambda: True, "")]

    assert asyncio.run(everything()) == ["retry: 1000\n\n"]
