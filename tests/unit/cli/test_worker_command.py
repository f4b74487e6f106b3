"""`digest worker` says what is missing before it works."""

from __future__ import annotations

import pytest

from digest.errors import ExitStatus

CONFIG = """
[[categories]]
slug = "privacy"
name = "Privacy"
"""


def told(result) -> str:
    return " ".join(result.stderr.split())


def test_without_a_queue_there_is_nothing_to_work_on(folder, run):
    (folder / "config.toml").write_text(CONFIG)
    result = run("worker")
    assert result.exit_code == ExitStatus.CONFIGURATION
    assert '[queue] backend: is inline, so there are no jobs; set it to "procrastinate"' in told(result)


@pytest.mark.parametrize(("queues", "said"), [("send", "there is no such queue"), (" , ", "names none")])
def test_a_queue_that_nobody_knows_is_named(folder, run, queues, said):
    (folder / "config.toml").write_text(CONFIG)
    result = run("worker", "--queues", queues)
    assert result.exit_code == ExitStatus.USAGE
    assert said in told(result)
    assert "gather,compose,deliver" in told(result)


def test_the_queue_needs_postgresql(folder, run):
    (folder / "config.toml").write_text(CONFIG + '[queue]\nbackend = "procrastinate"\n')
    result = run("database", "migrate")
    assert result.exit_code == ExitStatus.CONFIGURATION
    assert "procrastinate needs PostgreSQL; set database.url to postgresql://..." in told(result)


def test_the_tables_are_brought_up_to_date_by_a_command_too(folder, run):
    (folder / "config.toml").write_text(CONFIG)
    assert "The tables are up to date." in run("database", "migrate").stdout
