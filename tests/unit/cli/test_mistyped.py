"""What people mistype: each is answered in one line with the next step, and by the exit status that the table says."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from test_bounce_commands import CONFIG

from digest.errors import ExitStatus


@pytest.fixture
def site(folder: Path) -> Path:
    """A site with a list of readers beside it."""
    (folder / "config.toml").write_text(CONFIG)
    (folder / "readers.csv").write_text("email,name\nzoe@example.org,Zoë\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "--port", "99999"], "should be less than or equal to 65535"),
        (["preview", "--port", "-1"], "should be greater than or equal to 0"),
        (["user", "deeds", "--limit", "99999999999999999999"], "should be less than or equal to 10000"),
        (["subscribers", "suppress", "zzz"], "zzz: An email address must have an @-sign; write one like name@"),
        (["subscribers", "import", "readers.csv", "--encoding", "klingon"], "--encoding klingon: is not known; write"),
        (["subscribers", "import", "readers.csv", "--delimiter", ";;"], "--delimiter ;;: is not one character; write"),
        (["subscribers", "import", "readers.csv", "--map", "name=foo"], "--map name=foo: there is no field 'foo'; the"),
        (["subscribers", "import", "readers.csv", "--map", "nome=name"], "readers.csv:1: has no column 'nome'; there"),
        (["backup", "config.toml"], "config.toml: is there already; name a new file that ends in .tar, or a folder"),
        (["restore", "nofile.tar"], "nofile.tar: is not there; name a file that `digest backup` wrote"),
        (["restore", "var"], "var: is a folder; name a file that `digest backup` wrote"),
        (["feed", "add", "http://[::1"], "feed http://[::1: is no http or https address; write one like https://"),
        (["issue", "build", "weekly", "--slot", "0001-01-01"], "--slot 0001-01-01: is in no year that we can count in"),
        (["issue", "build", "weekly", "--slot", "2026-12-0199"], "--slot 2026-12-0199: is no date; write one like"),
        *[
            (["subscribers", "import", "readers.csv", "--encoding", encoding],
             f"readers.csv: --encoding {encoding}: the file is not in that encoding; leave the option out")
            for encoding in ("utf-16", "utf-32", "undefined")
        ],
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_and_gives_2(run, site: Path, arguments, said):
    result = run(*arguments)
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert result.exit_code == ExitStatus.USAGE


def test_what_is_no_backup_is_told_in_one_line(run, site: Path):
    result = run("restore", "config.toml")
    assert result.stderr == "Error: config.toml: is no backup of Digest Press; name a file that `digest backup` wrote\n"
    assert result.exit_code == ExitStatus.FINDINGS


def test_a_taken_port_is_told_with_the_option_that_names_another(run, site: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("preview", "--port", taken.getsockname()[1])
    assert result.stderr.endswith("Address already in use; name another by --port, or none for a free one\n")
    assert result.exit_code == ExitStatus.USAGE


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("nodir/x.toml", "there is no folder nodir; check the path, or `digest init nodir` makes a site there"),
        ("var/config.toml", "`digest init var` writes one; --config names another"),
        ("var/x.toml", "check the name; `digest init DIR` makes a site with a config.toml"),
    ],
)
def test_a_configuration_that_is_not_there_is_told_with_what_makes_one_there(run, site: Path, path, step):
    assert run("--config", path, "config", "check").stderr == f"Error: {path}: not found; {step}\n"


def test_a_search_that_finds_nobody_does_not_say_that_there_is_nobody(run, site: Path):
    assert "Nobody yet. Import some" in run("subscribers", "list").stdout
    run("subscribers", "import", "readers.csv")
    assert "Nobody has 'zzz' in their address or name" in run("subscribers", "list", "--search", "zzz").stdout


def test_a_simulation_takes_the_option_that_it_advises(run, site: Path):
    (site / "other.csv").write_text("contact\nzoe@example.org\n")
    assert "--map COLUMN=email" in run("simulate", "--subscribers", "other.csv").stderr
    assert run("simulate", "--subscribers", "other.csv", "--map", "contact=email").exit_code == 0
