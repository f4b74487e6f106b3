"""`digest config` and `digest init`."""

from __future__ import annotations

import json
import stat

import pytest

from digest.config.load import load, web_keys

SECRET = "hunter2-canary"


def test_a_new_site_has_a_key_that_only_its_owner_reads_and_a_good_configuration(run, folder):
    result = run("init", "news")
    key = folder / "news" / "secret.key"
    assert result.exit_code == 0
    assert "cd news" in result.stdout
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert web_keys(load(folder / "news" / "config.toml").settings) == (key.read_text().strip(),)
    assert len(key.read_text().strip()) == 64
    check = run("--config", "news/config.toml", "config", "check")
    assert (check.exit_code, check.stdout) == (0, "news/config.toml: 14 categories, 11 feeds, 2 newsletters\n")
    assert (folder / "news" / "templates" / "README.md").exists()
    assert (folder / "news" / "subscribers" / "example.csv").exists()


def test_every_sample_note_of_a_new_site_becomes_an_article(run, folder):
    run("init", "news")
    gathered = json.loads(run("--config", "news/config.toml", "gather", "--json").stdout)
    (notes,) = [feed for feed in gathered["feeds"] if feed["title"] == "Open Bench Notes"]
    assert (notes["saved"]["new"], notes["left_out"], notes["error"]) == (4, [], "")


def test_two_sites_have_two_keys(run, folder):
    run("init", "a")
    run("init", "b")
    assert (folder / "a/secret.key").read_text() != (folder / "b/secret.key").read_text()


def test_nothing_is_written_over_or_beside_what_is_there(run, folder):
    (folder / "news").mkdir()
    (folder / "news" / "config.toml").write_text("mine")
    result = run("init", "news")
    assert result.exit_code == 2
    assert "config.toml already there" in result.stderr
    assert [path.name for path in (folder / "news").iterdir()] == ["config.toml"]


def test_other_files_are_no_conflict(run, folder):
    (folder / "notes.txt").write_text("mine")
    assert run("init", ".").exit_code == 0


def test_a_site_cannot_be_made_in_a_file(run, folder):
    (folder / "news").write_text("mine")
    result = run("init", "news")
    assert result.exit_code in (2, 4)
    assert result.stderr.startswith("Error: ")


@pytest.fixture
def site(folder):
    """A configuration with secrets in it."""
    (folder / "smtp.secret").write_text(SECRET)
    (folder / "config.toml").write_text(
        f"templates = 'absent'\n[database]\nurl = 'postgresql://me:{SECRET}@host/db'\n"
        f"[smtp]\npassword_file = 'smtp.secret'\n[[feeds]]\nurl = 'notes'\n"
    )
    return folder


@pytest.mark.parametrize("arguments", [["show"], ["show", "--origins"], ["show", "--json", "--origins"], ["check"]])
def test_secrets_are_never_shown(run, site, arguments):
    result = run("config", *arguments)
    assert SECRET not in result.output
    assert result.output


@pytest.mark.parametrize(
    ("url", "told"),
    [("https://me:pw@hooks.example:8443/services/T0/B1?key=2", "https://hooks.example:8443/***"), ("", "")],
)
def test_of_a_webhook_the_host_is_shown_for_its_path_may_be_a_key(run, site, url, told):
    assert (
        run("--set", f"alarms.webhook={url}", "config", "show", "alarms.webhook").stdout.split("\t")[-1] == f"{told}\n"
    )


def test_origins_say_where_each_value_comes_from(run, site):
    shown = run("--set", "smtp.port=26", "config", "show", "smtp", "--origins").stdout.splitlines()
    assert shown[0] == "key\tvalue\torigin"
    assert "smtp.port\t26\tcommand line" in shown
    assert "smtp.password\t***\tconfig.toml:5" in shown
    assert "smtp.host\tlocalhost\tdefault" in shown


def test_json_has_settings_and_origins_by_key(run, site):
    answer = json.loads(run("config", "show", "database", "--json", "--origins").stdout)
    assert answer["schema"] == 1
    keys = dict.fromkeys(("database.address_key", "database.address_key_file"))
    assert answer["settings"] == {"database.url": "postgresql://me:***@host/db", **keys}
    assert answer["origins"] == {"database.url": "config.toml:3", **dict.fromkeys(keys, "default")}


def test_a_single_key_can_be_asked_for_and_an_unknown_one_is_refused(run, site):
    assert run("config", "show", "smtp.port").stdout == "key\tvalue\nsmtp.port\t25\n"
    assert run("config", "show", "smtp.po").exit_code == 2


def test_check_finds_what_is_named_and_not_there(run, site):
    result = run("config", "check")
    assert result.exit_code == 1
    assert f"templates: {site}/absent: not found" in result.stdout
    assert f"feeds.0.url: {site}/notes: not found" in result.stdout


def test_check_refuses_what_load_refuses(run, folder):
    (folder / "config.toml").write_text("[smtp]\nprot = 1\n")
    result = run("config", "check")
    assert result.exit_code == 3
    assert result.stderr == "Error: config.toml:2: [smtp] prot: unknown key; did you mean port?\n"


def test_a_theme_that_there_is_not_is_found_before_the_first_issue_needs_it(run, folder):
    newsletter = "[[newsletters]]\nslug = 'w'\nname = 'W'\ntheme = 'crad'\n"
    (folder / "config.toml").write_text(f"{newsletter}sender = {{ name = 'W', address = 'w@example.org' }}\n")
    said = "config.toml:4: [[newsletters]] no. 1: theme: there is no theme 'crad'; did you mean card?"
    result = run("config", "check")
    assert (result.exit_code, result.stderr) == (3, f"Error: {said}\n")
    result = run("template", "check")
    assert (result.exit_code, said in result.stdout) == (1, True)


def test_check_tells_programs_too(run, site):
    result = run("config", "check", "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["file"], answer["feeds"]) == (1, "config.toml", 1)
    assert answer["missing"] == [f"templates: {site}/absent: not found", f"feeds.0.url: {site}/notes: not found"]


def test_the_schema_is_json_schema(run):
    assert json.loads(run("config", "schema").stdout)["$schema"].startswith("https://json-schema.org/")
