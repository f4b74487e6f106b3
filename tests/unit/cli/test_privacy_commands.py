"""`digest subscribers show`, `consent`, `erase`, `suppress` and their kin: what an operator does about one person."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

CONFIG = """
[[categories]]
slug = "privacy"
name = "Privacy"
[[newsletters]]
slug = "weekly"
name = "The Weekly"
[newsletters.sender]
name = "Weekly"
address = "weekly@press.example.com"
"""
ADDRESS = "ada@example.org"


@pytest.fixture
def site(folder: Path, run) -> Path:
    (folder / "config.toml").write_text(CONFIG)
    (folder / "readers.csv").write_text("email,name\nAda@Example.org,=Ada\nbea@example.org,Bea\n")
    assert run("subscribers", "import", "readers.csv").exit_code == 0
    return folder


def test_what_is_kept_of_a_reader_is_shown_as_json(site: Path, run):
    told = json.loads(run("subscribers", "show", "ADA@example.org").stdout)
    assert (told["person"]["email"], told["person"]["name"]) == ("Ada@example.org", "=Ada")
    assert told["consent"][0]["source"] == "import readers.csv"
    assert run("subscribers", "show", "nobody@example.org").exit_code == 2


def test_consent_is_evidence_in_three_forms_also_after_erasure(site: Path, run):
    asked = run("subscribers", "erase", ADDRESS, stdin="n\n")
    assert (asked.exit_code, "cannot be undone" in asked.output) == (1, True)
    assert run("subscribers", "erase", ADDRESS, "--yes").exit_code == 0
    assert run("subscribers", "erase", ADDRESS, "--yes").exit_code == 2
    events = json.loads(run("subscribers", "consent", ADDRESS, "--json").stdout)["events"]
    assert [event["kind"] for event in events] == ["imported", "erased"]
    rows = list(csv.DictReader(io.StringIO(run("subscribers", "consent", ADDRESS, "--csv").stdout)))
    assert [(row["kind"], row["source"]) for row in rows] == [
        ("imported", "import readers.csv"),
        ("erased", "operator"),
    ]
    assert "imported" in run("subscribers", "consent", ADDRESS).stdout
    assert run("subscribers", "consent", "nobody@example.org").exit_code == 2


def test_the_erased_are_in_no_file_of_the_site_and_come_back_by_no_import(site: Path, run):
    run("subscribers", "erase", ADDRESS, "--yes")
    assert run("subscribers", "import", "readers.csv").exit_code == 0
    (site / "readers.csv").unlink()
    assert emails(run) == ["bea@example.org"]
    (site / "export.csv").write_text(run("subscribers", "export").stdout)
    for file in site.rglob("*"):
        assert not file.is_file() or b"ada@" not in file.read_bytes().lower(), file


def emails(run) -> list[str]:
    listed = json.loads(run("subscribers", "list", "--json").stdout)["subscribers"]
    return [one["subscriber"]["email"] for one in listed]


def test_a_restored_backup_is_told_of_erasures_by_the_next_command(site: Path, run):
    database = site / "var" / "digest.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"VACUUM INTO '{site / 'backup.sqlite3'}'")
    run("subscribers", "erase", ADDRESS, "--yes")
    for kept_apart in (False, True):
        for file in database.parent.glob("digest.sqlite3*"):
            file.unlink()
        shutil.copy(site / "backup.sqlite3", database)
        if kept_apart:
            (site / "var" / "erasures.jsonl").rename(site / "other.jsonl")
            assert emails(run) == ["Ada@example.org", "bea@example.org"]
            assert run("subscribers", "replay-erasures", "other.jsonl").stdout == "1 readers were erased again.\n"
        assert emails(run) == ["bea@example.org"]
    assert run("subscribers", "replay-erasures", "no-such.jsonl").exit_code == 2


def test_what_is_no_journal_of_erasures_is_refused_and_an_empty_one_is_not(site: Path, run, caplog):
    run("subscribers", "erase", ADDRESS, "--yes")
    refused = run("subscribers", "replay-erasures", "var/erasures.jsonl", "readers.csv")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "Error: readers.csv: holds no erasure; name a copy of var/erasures.jsonl\n"
    (site / "empty.jsonl").write_text("")
    assert run("subscribers", "replay-erasures", "empty.jsonl").stdout == "0 readers were erased again.\n"
    assert "was older" not in caplog.text


def test_a_new_database_knows_whom_not_to_import(site: Path, run):
    run("subscribers", "erase", ADDRESS, "--yes")
    for file in (site / "var").glob("digest.sqlite3*"):
        file.unlink()
    run("subscribers", "import", "readers.csv")
    assert emails(run) == ["bea@example.org"]


def test_suppressions_are_added_listed_and_lifted(site: Path, run):
    assert run("subscribers", "suppress", "BEA@example.org").exit_code == 0
    assert run("subscribers", "suppress", "carl@example.org", "--newsletter", "weekly").exit_code == 0
    listed = json.loads(run("subscribers", "suppressed", "--json").stdout)["suppressions"]
    assert {(one["email"], one["newsletter"]) for one in listed} == {("bea@example.org", None), ("", "weekly")}
    assert "bea@example.org" in run("subscribers", "suppressed").stdout
    (carl,) = [one["key"] for one in listed if not one["email"]]
    assert run("subscribers", "release", carl, "--newsletter", "weekly").exit_code == 0
    assert run("subscribers", "release", "bea@example.org").exit_code == 0
    assert run("subscribers", "release", "bea@example.org").exit_code == 2
    assert json.loads(run("subscribers", "suppressed", "--json").stdout)["suppressions"] == []


@pytest.mark.parametrize("start", ["-0", "--", "-h"])
def test_the_key_of_a_suppression_may_begin_with_a_hyphen(site: Path, run, start: str):
    result = run("subscribers", "release", f"{start}bttJO9FUAbgH_7zqmcVg")
    assert f"{start}bttJO9FUAbgH_7zqmcVg: is not suppressed so" in result.stderr
    with_option = run("subscribers", "release", f"{start}bttJO9FUAbgH_7zqmcVg", "--newsletter", "weekly")
    assert with_option.stderr == result.stderr


def test_release_has_short_help_and_tells_of_a_mistyped_option(site: Path, run):
    assert "Lift a suppression" in run("subscribers", "release", "-h").stdout
    mistyped = run("subscribers", "release", "bea@example.org", "--newsleter", "weekly")
    assert (mistyped.exit_code, "No such option: --newsleter" in mistyped.stderr) == (2, True)
