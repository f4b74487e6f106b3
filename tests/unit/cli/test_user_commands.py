"""`digest user`: passwords are never named on the command line; what is done is on record; errors say the next step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from argon2 import PasswordHasher

PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.access.passwords._HASHER", PasswordHasher(1, 64, 1))


@pytest.fixture
def site(folder: Path) -> Path:
    """An empty site."""
    (folder / "config.toml").write_text("")
    return folder


@pytest.fixture
def word(tmp_path: Path) -> str:
    """A file with a good password."""
    (tmp_path / "word").write_text(f"{PASSWORD}\n")
    return str(tmp_path / "word")


def users(run) -> list[tuple[str, str]]:
    found = json.loads(run("user", "list", "--json").stdout)["users"]
    return [(user["name"], user["role"]) for user in found]


def test_users_are_added_listed_given_roles_and_removed(site: Path, run, word: str):
    assert "ada may log in as admin" in run("user", "add", "Ada", "--role", "admin", "--password-file", word).stdout
    assert run("user", "add", "bea", "--password-file", "-", stdin=f"{PASSWORD}\n").exit_code == 0
    assert users(run) == [("ada", "admin"), ("bea", "editor")]
    assert "bea is viewer" in run("user", "role", "bea", "viewer").stdout
    assert run("user", "remove", "ada").exit_code == 0
    assert users(run) == [("bea", "viewer")]
    assert "the desk of digest run is closed" in run("user", "remove", "bea").stdout
    deeds = json.loads(run("user", "deeds", "--json").stdout)["deeds"]
    assert [(deed["what"], deed["about"]) for deed in reversed(deeds)] == [
        ("added as admin", "ada"), ("added as editor", "bea"), ("changed the role", "bea"),
        ("removed", "ada"), ("removed", "bea"),
    ]  # fmt: skip
    assert {deed["who"] for deed in deeds} == {"operator"}
    assert "removed" in run("user", "deeds", "--about", "ada", "--limit", "1").stdout


def test_a_password_is_typed_twice_and_not_shown(site: Path, run):
    answer = run("user", "add", "ada", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert answer.exit_code == 0
    assert PASSWORD not in answer.output
    assert users(run) == [("ada", "editor")]


@pytest.mark.parametrize(
    ("name", "password", "problem"),
    [
        ("ada", "short", "has 5 characters"), ("ada", "", "has 0 characters"), ("ada", "a" * 16, "easy to guess"),
        ("adalovelace", "adalovelace1234", "easy to guess"), ("ada b", PASSWORD, "is no name"),
        ("", PASSWORD, "is no name"), ("x" * 65, PASSWORD, "is no name"),
    ],
)  # fmt: skip
def test_what_is_no_name_or_password_is_refused(site: Path, run, name: str, password: str, problem: str):
    answer = run("user", "add", name, "--password-file", "-", stdin=f"{password}\n")
    assert answer.exit_code == 1
    assert problem in answer.stderr
    assert users(run) == []


def test_a_taken_name_and_one_that_is_not_there_are_told_the_next_step(site: Path, run, word: str):
    run("user", "add", "ada", "--password-file", word)
    taken = run("user", "add", "ADA", "--password-file", word)
    assert (taken.exit_code, "digest user password" in taken.stderr) == (2, True)
    for command in (("role", "eve", "admin"), ("remove", "eve"), ("codes", "eve"), ("sessions", "eve")):
        gone = run("user", *command)
        assert (gone.exit_code, "digest user list" in gone.stderr) == (2, True)


def test_a_password_file_that_is_not_there_is_named(site: Path, run):
    answer = run("user", "add", "ada", "--password-file", "nowhere.txt")
    assert (answer.exit_code, "nowhere.txt" in answer.stderr) == (4, True)


def test_sessions_are_listed_and_ended_and_codes_turned_off(site: Path, run, word: str, tmp_path: Path):
    run("user", "add", "ada", "--password-file", word)
    assert json.loads(run("user", "sessions", "--json").stdout) == {"schema": 1, "sessions": []}
    assert "0 sessions ended" in run("user", "sessions", "ada", "--end").stdout
    assert run("user", "sessions", "--end").exit_code == 2
    assert "asks for no code" in run("user", "codes", "ada", "--off").stdout
    assert "logged out everywhere" in run("user", "password", "ada", "--password-file", word).stdout
