"""`digest schedule list` and `digest simulate`, as a person and a program meet them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

SITE = """
[[categories]]
slug = "privacy"
name = "Privacy"

[[newsletters]]
slug = "weekly"
name = "The Weekly"
days = [2]
hour = 7
timezone = "Europe/London"
[newsletters.sender]
name = "The Weekly"
address = "weekly@example.org"
"""
NOW = "--now=2026-11-23T09:00:00Z"


@pytest.fixture
def site(folder):
    (folder / "config.toml").write_text(SITE)
    return folder


def readers(path, *rows):
    path.write_text("\n".join(["email,timezone,newsletter,categories,cadence", *rows]) + "\n")
    return str(path)


def test_the_next_slots_are_listed_with_why_nothing_went(run, site):
    answer = json.loads(run(NOW, "schedule", "list", "--number", "2", "--json").stdout)
    weekly = next(one for one in answer["newsletters"] if one["newsletter"] == "weekly")
    assert weekly["last"] == "nothing has been due yet"
    assert [slot["slot"] for slot in weekly["slots"]] == ["2026-11-24", "2026-12-01"]
    assert weekly["slots"][0]["newsletter_time"].startswith("Tue 2026-11-24 07:00")


def test_for_people_it_is_a_table(run, site):
    shown = run(NOW, "schedule", "list", "weekly").stdout
    assert "weekly: nothing has been due yet" in shown
    assert "Tue 2026-11-24 07:00 Europe/London" in shown


def test_a_simulation_says_what_would_go_to_how_many_and_changes_nothing(run, site, tmp_path):
    file = readers(
        tmp_path / "list.csv", *(f"r{n}@mail{n % 2}.example,Asia/Tokyo,weekly,privacy,weekly" for n in range(6))
    )
    answer = json.loads(run(NOW, "simulate", "--weeks", "2", "--subscribers", file, "--json").stdout)
    weekly = [slot for slot in answer["slots"] if slot["newsletter"] == "weekly"]
    assert [slot["slot"] for slot in weekly] == ["2026-11-24", "2026-12-01"]
    assert set(weekly[0]) == {"at", "newsletter", "slot", "waves", "providers", "skipped"}
    (wave,) = weekly[0]["waves"]
    assert (wave["readers"], wave["editions"], wave["zone"]) == (6, 1, "Europe/London")
    assert wave["bytes"] > 6 * 10_000
    assert {name: pace["mails"] for name, pace in weekly[0]["providers"].items()} == {
        "mail0.example": 3, "mail1.example": 3,
    }  # fmt: skip
    assert weekly[0]["providers"]["mail0.example"]["per_minute"] is None  # as fast as the mail server takes them
    assert weekly[0]["skipped"] == 0
    assert json.loads(run("issue", "list", "--json").stdout)["issues"] == []


def test_by_readers_time_each_zone_is_a_wave(run, site, tmp_path):
    config = (site / "config.toml").read_text()
    (site / "config.toml").write_text(config.replace('slug = "weekly"', 'slug = "weekly"\nreader_time = true', 1))
    file = readers(tmp_path / "list.csv", "a@x.example,Asia/Tokyo,weekly,privacy,weekly",
                   "b@x.example,America/New_York,weekly,privacy,weekly")  # fmt: skip
    answer = json.loads(run(NOW, "simulate", "--weeks", "1", "--subscribers", file, "--json").stdout)
    (slot,) = [slot for slot in answer["slots"] if slot["newsletter"] == "weekly"]
    assert [wave["zone"] for wave in slot["waves"]] == ["Asia/Tokyo", "America/New_York"]
    hours = [datetime.fromisoformat(wave["at"]).hour for wave in slot["waves"]]
    assert hours == [22, 12]


LIMITS = """
[throttle]
per_minute = 6
[[throttle.providers]]
name = "big"
domains = ["big.example", "big-mail.example"]
per_minute = 2
"""


def test_it_says_how_fast_the_limits_let_mails_go_to_each_provider(run, site, tmp_path):
    with (site / "config.toml").open("a") as config:
        config.write(LIMITS)
    hosts = ["big.example", "Big-Mail.example", "other.example"]
    file = readers(tmp_path / "l.csv", *(f"r{n}@{hosts[n % 3]},UTC,weekly,privacy,weekly" for n in range(12)))
    simulated = ("simulate", "--weeks", "1", "--subscribers", file)
    (slot,) = json.loads(run(NOW, *simulated, "--json").stdout)["slots"]
    big, other = slot["providers"]["big"], slot["providers"]["other.example"]
    assert (big["mails"], big["per_minute"], big["limit"]) == (8, 2, "provider big")
    assert (big["first_at"], big["last_at"]) == ("2026-11-24T07:00:00Z", "2026-11-24T07:04:00Z")
    assert (other["mails"], other["per_minute"], other["limit"]) == (4, 6, "all")
    assert other["last_at"] == "2026-11-24T07:01:00Z"  # beside the two a minute of the other
    shown = run(NOW, *simulated).stdout
    assert "big\t8\t2\tits own\t0:04:00\t2026-11-24 07:04Z" in shown


def test_a_bad_row_is_named(run, site, tmp_path):
    file = readers(tmp_path / "list.csv", "no-address,UTC,weekly,privacy,weekly")
    failed = run(NOW, "simulate", "--subscribers", file)
    assert failed.exit_code != 0
    assert "list.csv:2" in failed.output
