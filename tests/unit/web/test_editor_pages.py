"""The editor's pages: for this machine only, escaped, and with nothing in a mail that could act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

import press as tests_press
from build import NOW
from digest.errors import ConfigError
from digest.model.feeds import FeedSource, FeedState
from digest.web.pages import so_many
from visits import opened

ISSUE = "/editor/issues/weekly-2026-11-24"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Host": "localhost.evil.test"},
        {"Host": "192.168.1.5:8000"},
        {"Host": "["},
        {"Host": ""},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_a_request_by_another_name_or_from_another_site_is_refused(client, headers):
    for path in ("/editor", ISSUE, f"{ISSUE}/html?reader=all", "/editor/changes"):
        assert client.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000"])
def test_this_machine_is_let_in_by_any_of_its_names(client, host):
    assert client.get("/editor", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize("address", ["192.168.1.5", "::ffff:10.0.0.1", "unknown"])
def test_another_machine_is_refused_whatever_it_says(app, address):
    with opened(app, client=(address, 50_000)) as far:
        assert far.get("/editor").status_code == 403
        assert far.get("/sign-up/weekly").status_code == 200


def test_the_list_teaches_the_next_step_while_there_is_no_issue(client, app, monkeypatch):
    monkeypatch.setattr(app.press.store.issues, "all", lambda: ())
    assert "digest issue build weekly" in client.get("/editor").text


def test_the_list_names_every_issue(client):
    page = client.get("/editor").text
    assert f'href="{ISSUE}"' in page
    assert "draft" in page


@pytest.mark.parametrize("part", ["html", "text", "code", "headers", "source"])
def test_every_part_of_the_mail_can_be_seen(client, part):
    assert f'src="{ISSUE}/{part}?reader=few"' in client.get(f"{ISSUE}/preview?reader=few&part={part}").text
    seen = client.get(f"{ISSUE}/{part}?reader=few")
    assert seen.status_code == 200
    assert "stop" in seen.text
    assert seen.headers["content-type"].startswith("text/html")
    assert seen.headers["content-security-policy"].startswith("sandbox")


def test_a_reader_with_nothing_to_read_is_said_to_get_no_mail(client, app):
    only_robots = tests_press.content(*tests_press.stories()[3:], sponsors=(), events=())
    app.press.store.issues.save_content(app.press.issue("weekly-2026-11-24").id, only_robots, 1, NOW)
    assert "Jonas Lindgren gets no mail" in client.get(f"{ISSUE}/preview?reader=few").text
    assert "gets no mail" in client.get(f"{ISSUE}/html?reader=few").text


def test_a_mail_on_the_web_can_do_nothing(client):
    policy = client.get(f"{ISSUE}/html?reader=all").headers["content-security-policy"]
    sandbox, *rest = (part.strip() for part in policy.split(";"))
    assert sandbox == "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    assert "default-src 'none'" in rest
    assert not any(part.startswith(("script-src", "connect-src")) for part in rest)


def test_links_of_the_shown_mail_open_beside_the_editor(client):
    assert '<base target="_blank">' in client.get(f"{ISSUE}/html?reader=all").text


def test_names_from_outside_are_escaped(client, app):
    hostile = replace(
        tests_press.stories()[0], title="<script>alert(1)</script>", outlet='"><b>x', url="javascript:alert(1)"
    )
    app.press.store.issues.save_content(app.press.issue("weekly-2026-11-24").id, tests_press.content(hostile), 1, NOW)
    for path in (f"{ISSUE}/preview?reader=all", f"{ISSUE}/html?reader=all", "/editor"):
        page = client.get(path).text
        assert "alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "<b>x" not in page


def test_an_editor_is_told_where_a_template_is_broken(app, tmp_path):
    (tmp_path / "email" / "blocks").mkdir(parents=True)
    (tmp_path / "email" / "blocks" / "intro.mjml").write_text("\n{% if %}")
    broken = replace(app, press=replace(app.press, templates=tests_press.Templates(tmp_path)))
    with opened(broken) as client:
        answer = client.get(f"{ISSUE}/preview?reader=all")
    assert answer.status_code == 500
    assert "intro.mjml:2" in answer.text


def test_a_configuration_that_cannot_be_used_leaves_the_old_one(app):
    from digest.web.pages import Pages
    from digest.web.site import Site

    def refuse() -> None:
        raise ConfigError("config.toml: [smtp] prot", "unknown key")

    site = Site(app, Pages(None), refuse)
    with pytest.raises(ConfigError):
        site.reload()
    assert site.app is app


def test_a_feed_that_fails_stands_first_with_what_is_wrong(client, app):
    good, bad = (
        app.press.store.feeds.add(FeedSource(f"https://{name}.example.com/feed", title), NOW)
        for name, title in (("good", "A good one"), ("bad", "The failing one"))
    )
    app.press.store.feeds.record(good.id, FeedState(checked_at=NOW))
    failing = FeedState(checked_at=NOW, failing_since=NOW, failures=2, error="answers 500 <b>now</b>")
    app.press.store.feeds.record(bad.id, failing)
    page = client.get("/editor/feeds").text
    assert page.index("The failing one") < page.index("A good one")
    assert "failing</span> since 24 Nov" in page
    assert "answers 500 &lt;b&gt;now&lt;/b&gt;" in page


def test_the_settings_say_where_they_come_from_and_keep_secrets(client, app, monkeypatch):
    smtp = app.settings.smtp.model_copy(update={"password": SecretStr("hunter2"), "username": "ada"})
    alarms = app.settings.alarms.model_copy(update={"webhook": "https://ada:key@hooks.example/T024/B9?code=7"})
    settings = app.settings.model_copy(update={"smtp": smtp, "alarms": alarms})
    origins = {
        "alarms.webhook": "config.toml:20",
        "smtp.password": "config.toml:9",
        "smtp.username": "DIGEST__SMTP__USERNAME",
    }
    told = replace(app, loaded=replace(app.loaded, settings=settings, origins=origins))
    with opened(told) as program:
        page = program.get("/editor/settings").text
        assert "DIGEST__SMTP__USERNAME" in page
        assert "hunter2" not in page
        assert "https://hooks.example/***" in page and "T024" not in page and "code=7" not in page, "a path is a key"
        assert "smtp.timeout" not in page
        assert "smtp.timeout" in program.get("/editor/settings?every=1").text


def test_things_are_counted_in_the_singular_the_plural_and_thousands():
    assert [so_many(n, "story", "stories") for n in (0, 1, 1204)] == ["0 stories", "1 story", "1,204 stories"]
