"""Loading the configuration: what wins, where it came from, what is refused and how that is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digest.config.load import load, schema, web_keys
from digest.errors import ConfigError, ExitStatus

KEY = "k" * 32
NEWSLETTER = """
[[newsletters]]
slug = "weekly"
name = "Weekly"
sender = { name = "Editor", address = "editor@example.org" }
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes config.toml into a folder of its own, made the current one, and gives its path."""
    monkeypatch.chdir(tmp_path)

    def write(text: str | bytes, name: str = "config.toml") -> Path:
        data = text if isinstance(text, bytes) else text.encode()
        Path(name).write_bytes(data)
        return Path(name)

    return write


def refused(path: Path | None, overrides=None, environ=None) -> str:
    """What load says when it refuses."""
    with pytest.raises(ConfigError) as caught:
        load(path, overrides or {}, environ or {})
    assert caught.value.exit_status is ExitStatus.CONFIGURATION
    return str(caught.value)


def test_the_command_line_wins_over_the_environment_over_the_file_over_the_default(written):
    path = written("[smtp]\nport = 1\nhost = 'file'\nusername = 'file'\n")
    environ = {"DIGEST__SMTP__PORT": "2", "DIGEST__SMTP__HOST": "environment"}
    loaded = load(path, {"smtp.port": "3"}, environ)
    smtp = loaded.settings.smtp
    assert (smtp.port, smtp.host, smtp.username, smtp.timeout) == (3, "environment", "file", 60.0)
    keys = ("port", "host", "username", "timeout")
    assert [loaded.origins[f"smtp.{key}"] for key in keys] == [
        "command line",
        "environment DIGEST__SMTP__HOST",
        "config.toml:4",
        "default",
    ]


def test_every_setting_in_force_has_an_origin(written):
    loaded = load(written(NEWSLETTER))
    assert loaded.origins["newsletters.0.sender.name"] == "config.toml:5"
    assert loaded.origins["newsletters.0.hour"] == "default"
    assert loaded.origins["feeds"] == "default"


@pytest.mark.parametrize(
    ("sender", "says"),
    [
        ("address = 'weekly-digest@example.org', bounces = 'bounces@example.org'", ""),
        ("address = 'weekly-digest@example.org'", "shorten sender.address, or set sender.bounces, or the slug"),
        ("address = 'a@example.org', bounces = 'news-bounces@example.org'", "shorten sender.bounces or the slug"),
    ],
)
def test_envelope_senders_that_would_be_too_long_to_name_a_delivery_are_refused(written, sender, says):
    """They were plain ones, without a word, and bounces without a returned part were nobody's."""
    text = NEWSLETTER.replace('address = "editor@example.org"', f"verp = true, {sender}")
    path = written(text.replace('"weekly"', '"security-weekly"'))
    if says:
        told = refused(path)
        assert told.startswith("config.toml:5: [[newsletters]] no. 1: sender.verp: has no room")
        assert "'security-weekly'" in told and "25 characters together" in told and told.endswith(says)
    else:
        assert load(path).settings.newsletters[0].sender.verp


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = load(None, environ={"DIGEST__SITE__NAME": "Ours", "DIGEST_CONFIG": "is none of ours", "PATH": "x"})
    assert loaded.settings.site.name == "Ours"
    assert (loaded.path, loaded.root) == (None, tmp_path)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("smtp.port", "2525", 2525),
        ("smtp.timeout", "1.5", 1.5),
        ("smtp.verify", "no", False),
        ("smtp.verify", "true", True),
        ("smtp.username", "2525", "2525"),
        ("smtp.username", "[a]", "[a]"),
        ("smtp.security", "tls", "tls"),
        ("gather.allow_networks", '["10.0.0.0/8"]', ("10.0.0.0/8",)),
        ("gather.allow_networks", "['10.0.0.0/8',]", ("10.0.0.0/8",)),
        ("newsletters.weekly.hour", "9", 9),
        ("newsletters.0.days", "[1, 2]", (1, 2)),
        ("newsletters.weekly.sender.name", "New", "New"),
    ],
)
def test_text_from_outside_becomes_what_the_setting_takes(written, key, text, value):
    path = written(NEWSLETTER)
    by_line = load(path, {key: text}).settings
    by_environ = load(path, environ={"DIGEST__" + key.upper().replace(".", "__"): text}).settings
    for settings in (by_line, by_environ):
        found = settings
        for part in key.replace("newsletters.weekly", "newsletters.0").split("."):
            found = found[int(part)] if part.isdigit() else getattr(found, part)
        assert found == value


def test_whole_tables_can_come_from_the_environment():
    feeds = '[{"url": "https://example.org/feed"}, {"url": "https://example.net/feed", "weight": 2}]'
    loaded = load(None, environ={"DIGEST__FEEDS": feeds})
    assert [feed.weight for feed in loaded.settings.feeds] == [1.0, 2.0]
    assert loaded.origins["feeds.1.url"] == "environment DIGEST__FEEDS"


def test_a_byte_order_mark_and_windows_line_ends_are_fine(written):
    loaded = load(written(b"\xef\xbb\xbf[smtp]\r\nport = 26\r\n"))
    assert (loaded.settings.smtp.port, loaded.origins["smtp.port"]) == (26, "config.toml:2")


# ------------------------------------------------------------------------------------------ Refusals


def test_an_unknown_key_is_named_with_file_line_and_the_key_that_was_meant(written):
    said = refused(written("# mail\n\n[smtp]\nprot = 25\n"))
    assert said == "config.toml:4: [smtp] prot: unknown key; did you mean port?"


def test_an_unknown_section_is_named(written):
    said = refused(written("\n[stmp]\nport = 25\n"))
    assert said == "config.toml:2: stmp: unknown section or key; did you mean smtp?"


def test_an_unknown_key_in_the_third_feed_is_found(written):
    feeds = "".join(f'[[feeds]]\nurl = "https://example.org/{n}"\n' for n in range(3))
    said = refused(written(feeds + "titel = 'x'\n"))
    assert said == "config.toml:7: [[feeds]] no. 3: titel: unknown key; did you mean title?"


def test_a_key_of_another_section_is_sent_home(written):
    assert "[web] password: unknown key; password belongs to [smtp]" in refused(written("[web]\npassword = 'x'\n"))


def test_a_key_that_resembles_nothing_gets_the_list(written):
    assert "the keys here are slug, name, description" in refused(written("[[categories]]\nqqq = 1\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp]\nport = '25'", "config.toml:2: [smtp] port: should be a valid integer, not '25'"),
        ("[smtp]\nport = true", "config.toml:2: [smtp] port: should be a valid integer, not true"),
        ("[smtp]\nport = 0", "config.toml:2: [smtp] port: should be greater than or equal to 1, not 0"),
        ("[smtp]\nverify = 1", "config.toml:2: [smtp] verify: should be a valid boolean, not 1"),
        ("[smtp]\ntimeout = nan", "[smtp] timeout: "),
        ("smtp = 3", "config.toml:1: [smtp]: should be an object"),
        ("feeds = 3", "config.toml:1: [[feeds]]: should be a valid array"),
        ("templates = 3", "config.toml:1: templates: "),
        ("[[feeds]]\ntitle = 'x'", "config.toml:1: [[feeds]] no. 1: url: is missing; URL of an RSS"),
        ("[gather]\npictures = 'hots'", "should be 'host', 'hotlink' or 'none', not 'hots'; did you mean host?"),
        ("[site]\nname = '=?utf-8?q?=0ABcc:_x?='", "[site] name: goes into a mail header"),
        (NEWSLETTER + "timezone = 'Europe/Berlim'", "no IANA time zone; did you mean Europe/Berlin?"),
        (NEWSLETTER + "days = [8]", "should be different weekdays, 1 (Monday) to 7 (Sunday), not [8]"),
        (NEWSLETTER + "cadence = 'weakly'", "not 'weakly'; did you mean weekly?"),
        (NEWSLETTER.replace("name =", "nmae =", 2), "[[newsletters]] no. 1: sender.nmae: unknown key"),
    ],
)
def test_wrong_values_are_refused_with_what_is_allowed(written, text, said):
    assert said in refused(written(text + "\n"))


SENDER = "\n[[newsletters]]\nslug = 'w'\nname = 'W'\n[newsletters.sender]\nname = 'E'\n"
GOOD = f"{SENDER}address = 'e@example.org'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"{SENDER}address = 'weekly.news'",
            "config.toml:7: [[newsletters]] no. 1: sender.address: 'weekly.news' is no",
        ),
        (f"{SENDER}address = 'a b@example.org'", "sender.address: 'a b@example.org' is no address that can be mailed"),
        (f"{SENDER}address = 'news@exa_mple.org'", "sender.address: 'news@exa_mple.org' is no address"),
        (
            f"{GOOD}reply_to = '@example.org'",
            "config.toml:8: [[newsletters]] no. 1: sender.reply_to: '@example.org' is",
        ),
        (f"{GOOD}bounces = 'bounces@'", "config.toml:8: [[newsletters]] no. 1: sender.bounces: 'bounces@' is no"),
        ("[web]\npublic_url = 'ftp//x'", "config.toml:2: [web] public_url: 'ftp//x' is no web address"),
        ("[web]\npublic_url = 'http://[::1'", "config.toml:2: [web] public_url: 'http://[::1' is no web address"),
        ("[site]\nurl = 'press.example.org'", "config.toml:2: [site] url: 'press.example.org' is no web address"),
        ("[database]\nurl = 'mysql://x'", "config.toml:2: [database] url: mysql is not supported; use sqlite:/// or"),
        ("[database]\nurl = 'x.sqlite3'", "config.toml:2: [database] url: is no database URL; write one like sqlite:"),
    ],
)
def test_what_could_never_send_is_refused_when_it_is_read_and_not_at_the_first_issue(written, text, said):
    assert said in refused(written(text + "\n"))


@pytest.mark.parametrize(
    "address", ["news@bücher.example", "grüße@example.org", "o'neil+x@mail.example.org", "root@localhost"]
)
def test_senders_may_have_the_addresses_that_mail_can_have(written, address):
    sender = load(written(f'{SENDER}address = "{address}"\nreply_to = ""\n')).settings.newsletters[0].sender
    assert (sender.address, sender.reply_to) == (address, "")


@pytest.mark.parametrize("url", ["https://news.example.org", "http://[::1]:8000/", "https://bücher.example/news"])
def test_the_public_address_may_be_any_web_address(url):
    assert load(None, {"web.public_url": url}).settings.web.public_url == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NEWSLETTER * 2, "config.toml:8: [[newsletters]] no. 2: slug: 'weekly' is taken by [[newsletters]] no. 1"),
        (
            "[[categories]]\nslug = 'a'\nname = 'A'\n" * 2,
            "config.toml:5: [[categories]] no. 2: slug: 'a' is taken by [[categories]] no. 1",
        ),
        (
            "[[categories]]\nslug = 'privacy'\nname = 'P'\n[[feeds]]\nurl = 'x'\ncategories = ['privcy']",
            "config.toml:6: [[feeds]] no. 1: categories: 'privcy' is not defined in [[categories]]; "
            "did you mean privacy?",
        ),
    ],
)
def test_tables_that_contradict_each_other_are_refused(written, text, said):
    assert refused(written(text + "\n")) == said


def test_all_problems_are_told_at_once_in_the_order_of_the_file(written):
    said = refused(written("tempaltes = 'x'\n[smtp]\nprot = 5\nport = 'x'\n[web]\nport = 70000\n")).splitlines()
    assert said[0] == "config.toml: 4 problems"
    assert [line.split(": ")[0].strip() for line in said[1:]] == [f"config.toml:{line}" for line in (1, 3, 4, 6)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp]\nport 25\n", "config.toml:2:6: not valid TOML: Expected '=' after a key in a key/value pair"),
        ("[smtp\n", "config.toml:1:6: not valid TOML"),
        ("a = [1,\n", "config.toml: not valid TOML: "),
        ("[smtp]\n[smtp]\n", "config.toml:2:6: not valid TOML: Cannot declare"),
        ("a = 1\nb = 'é'\n".encode("latin-1"), "config.toml:2: is not UTF-8"),
        ("a = " + "[" * 5000, "config.toml: not valid TOML"),
    ],
)
def test_a_broken_file_is_named_with_line_and_column(written, text, said):
    assert refused(written(text)).startswith(said)


def test_a_missing_file_says_how_to_make_one():
    assert (
        refused(Path("absent.toml"))
        == "absent.toml: not found; check the name; `digest init DIR` makes a site with a config.toml"
    )


def test_a_folder_is_no_configuration(tmp_path):
    assert "cannot be read: Is a directory" in refused(tmp_path)


@pytest.mark.parametrize(
    ("overrides", "environ", "said"),
    [
        (
            {},
            {"DIGEST__SMTP__PROT": "1"},
            "environment DIGEST__SMTP__PROT: [smtp] prot: unknown key; did you mean port?",
        ),
        ({"smtp.prot": "1"}, {}, "command line: [smtp] prot: unknown key; did you mean port?"),
        ({"smtp.port": "x"}, {}, "command line: [smtp] port: should be a valid integer, not 'x'"),
        ({"smtp.port.deep": "1"}, {}, "command line: [smtp] port: should be a valid integer"),
        ({"newsletters.dayly.hour": "1"}, {}, "command line: [[newsletters]] dayly.hour: there is no 'dayly'"),
        ({"newsletters.7": "{}"}, {}, "command line: [[newsletters]] 7: there is no '7'"),
        ({"": "1"}, {}, "command line: unknown section or key"),
        ({}, {"DIGEST__": "1"}, "environment DIGEST__: unknown section or key"),
    ],
)
def test_what_comes_from_outside_the_file_is_refused_by_its_name(written, overrides, environ, said):
    assert said in refused(written(NEWSLETTER), overrides, environ)


# ------------------------------------------------------------------------------------------ Secrets


def test_secrets_are_read_from_files_beside_the_configuration(written, tmp_path):
    (tmp_path / "smtp.secret").write_text("  hunter2\n")
    (tmp_path / "secret.key").write_text(f"{KEY}\n\n{'o' * 40}\n")
    path = written("[smtp]\npassword_file = 'smtp.secret'\n[web]\nsecret_key_file = 'secret.key'\n")
    loaded = load(path)
    assert loaded.settings.smtp.password.get_secret_value() == "hunter2"
    assert web_keys(loaded.settings) == (KEY, "o" * 40)
    assert loaded.settings.smtp.password_file == tmp_path / "smtp.secret"
    assert loaded.origins["smtp.password"] == "config.toml:2"
    assert web_keys(load(None).settings) == ()


def test_the_later_of_secret_and_file_wins(written, tmp_path):
    (tmp_path / "one").write_text("from-file")
    path = written("[smtp]\npassword_file = 'one'\n")
    by_value = load(path, environ={"DIGEST__SMTP__PASSWORD": "from-environment"}).settings.smtp
    by_file = load(written("[smtp]\npassword = 'x'\n"), environ={"DIGEST__SMTP__PASSWORD_FILE": "one"}).settings.smtp
    assert by_value.password.get_secret_value() == "from-environment"
    assert by_file.password.get_secret_value() == "from-file"


def test_each_of_several_relays_has_a_password_file_of_its_own(written, tmp_path):
    (tmp_path / "two.secret").write_text("second\n")
    path = written(
        "[[smtp.relays]]\nhost = 'one'\npassword = 'first'\n"
        "[[smtp.relays]]\nhost = 'two'\npassword_file = 'two.secret'\n"
    )
    relays = load(path).settings.smtp.every_relay
    assert [(relay.host, relay.password.get_secret_value()) for relay in relays] == [
        ("one", "first"),
        ("two", "second"),
    ]
    assert relays[1].password_file == tmp_path / "two.secret"
    said = refused(written("[[smtp.relays]]\npassword_file = 'absent'\n"))
    assert said == "config.toml:2: [smtp] relays.0.password_file: absent cannot be read: No such file or directory"


def test_a_secret_file_in_a_table_from_the_environment_is_read(tmp_path):
    (tmp_path / "one").write_text("from-file")
    loaded = load(None, environ={"DIGEST__SMTP": json.dumps({"password_file": str(tmp_path / "one")})})
    assert loaded.settings.smtp.password.get_secret_value() == "from-file"
    assert loaded.origins["smtp.password"] == "environment DIGEST__SMTP"


def test_a_secret_given_twice_in_one_place_is_refused(written):
    path = written("[smtp]\npassword = 'x'\npassword_file = 'y'\n")
    assert "[smtp] password: is set, and password_file too; keep one of them" in refused(path)
    twice = {"DIGEST__SMTP__PASSWORD": "x", "DIGEST__SMTP__PASSWORD_FILE": "y"}
    assert "[smtp] password" in refused(None, environ=twice)


def test_a_secret_file_that_is_not_there_is_named_with_its_line(written):
    said = refused(written("\n[smtp]\npassword_file = 'absent'\n"))
    assert said == "config.toml:3: [smtp] password_file: absent cannot be read: No such file or directory"


@pytest.mark.parametrize("keys", ["short", "", f"{KEY}\nshort"])
def test_a_weak_signing_key_is_refused_without_showing_it(written, tmp_path, keys):
    (tmp_path / "secret.key").write_text(keys)
    said = refused(written("[web]\nsecret_key_file = 'secret.key'\n"))
    assert "must hold at least one key, each of at least 32 characters" in said
    assert "short" not in said


@pytest.mark.parametrize(
    "text",
    [
        "[smtp]\npassword = 'hunter2-canary'\nport = 'x'",
        "[smtp]\npassword = 1234567890\n",
        "[smtp]\npasword = 'hunter2-canary'",
        "[summarise]\napi_key = ['hunter2-canary']",
        "[database]\nurl = 'postgresql://me:hunter2-canary@host/db'\npool = 'postgresql://me:hunter2-canary@host/db'",
        "[gather]\nmax_redirects = 'https://me:hunter2-canary@host/'",
    ],
)
def test_no_refusal_repeats_a_secret(written, text):
    said = refused(written(text + "\n"))
    assert "hunter2-canary" not in said
    assert "1234567890" not in said


def test_no_repr_shows_a_secret(written):
    path = written(
        "[database]\nurl = 'postgresql://me:hunter2-canary@host/db'\n[smtp]\npassword = 'hunter2-canary'\n"
        f"[web]\nsecret_key = '{KEY}'\n[[feeds]]\nurl = 'https://me:hunter2-canary@host/feed'\n"
    )
    loaded = load(path)
    for shown in (repr(loaded), str(loaded.settings), repr(loaded.settings.smtp), f"{loaded.settings.database}"):
        assert "hunter2-canary" not in shown
        assert KEY not in shown


# ------------------------------------------------------------------------------------------ Paths


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path):
    (tmp_path / "site").mkdir()
    config = tmp_path / "site" / "config.toml"
    config.write_text("templates = 'mine'\npersonas = '/abs/personas.toml'\n[[feeds]]\nurl = 'notes'\n")
    loaded = load(config)
    settings, root = loaded.settings, tmp_path / "site"
    assert loaded.root == root
    assert (settings.templates, settings.personas) == (root / "mine", Path("/abs/personas.toml"))
    assert settings.feeds[0].url == str(root / "notes")
    assert settings.database.url == f"sqlite:///{root}/var/digest.sqlite3"


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "sqlite:////abs/x.sqlite3", "postgresql://digest@localhost/digest"],
)
def test_other_database_addresses_stay_as_they_are(url):
    assert load(None, {"database.url": url}).settings.database.url == url


def test_the_schema_describes_every_key():
    described = json.loads(json.dumps(schema()))
    assert described["properties"].keys() >= {"smtp", "feeds", "newsletters"}
    assert described["$defs"]["SmtpSettings"]["properties"]["port"]["description"].startswith("25 relay")
    assert described["additionalProperties"] is False
