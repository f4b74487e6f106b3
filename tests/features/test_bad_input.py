"""What goes wrong is said in one line, with the place and the next step, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import refusal, run_digest


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A new site, as `digest init` writes it."""
    run_digest("init", "site", cwd=tmp_path)
    return tmp_path / "site"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_mistyped_key_names_file_line_and_what_was_meant(site):
    change(site / "config.toml", "\nport = 25\n", "\nprot = 25\n")
    said = refusal("issue", "list", cwd=site, status=3)
    assert "[smtp] prot: unknown key; did you mean port?" in said
    assert "config.toml:" in said


def test_an_issue_without_articles_is_not_built_and_its_slot_stays_open(site):
    said = refusal("issue", "build", "weekly", cwd=site, status=1)
    assert "digest gather" in said
    assert "No issue yet" in run_digest("issue", "list", cwd=site)


def test_an_unknown_newsletter_or_issue_names_those_that_there_are(site):
    assert "configured are: weekly, daily" in refusal("issue", "build", "monthly", cwd=site, status=2)
    assert "digest issue list" in refusal("issue", "approve", "weekly-2020-01-01", cwd=site, status=2)


def test_a_bad_row_is_reported_by_number_and_the_good_ones_are_imported(site):
    (site / "r.csv").write_text("email,name\nnonsense,Bob\ngood@example.org,Ada\n", encoding="utf-8")
    said = run_digest("subscribers", "import", "r.csv", cwd=site, status=1)
    assert "r.csv:2: nonsense" in said
    assert "good@example.org" in run_digest("subscribers", "list", cwd=site)


def test_a_broken_template_is_named_with_its_line(site):
    change(site / "config.toml", '# templates = "templates"', 'templates = "templates"')
    block = site / "templates" / "email" / "blocks" / "footer.mjml"
    block.parent.mkdir(parents=True)
    block.write_text("<mj-section>\n<mj-txt>x</mj-txt></mj-section>\n", encoding="utf-8")
    said = run_digest("doctor", cwd=site, status=1)
    assert "footer.mjml:2" in said
    assert "did you mean mj-text" in said


def test_a_mail_server_that_is_not_there_loses_nothing(site):
    said = run_digest("--set", "smtp.port=1", "doctor", cwd=site, status=1)
    assert "localhost:1" in said
    assert "[smtp]" in said
