"""`digest template check`: every fault at once, with file and line, before an issue is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from digest.cli import build
from digest.config.shipped import shipped
from digest.render.templates import Templates
from digest.render.validate import faults

EDITORIAL = (shipped("templates") / "email/themes/editorial/theme.toml").read_text(encoding="utf-8")


def write(folder: Path, name: str, text: str) -> None:
    path = folder / "email" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_shipped_templates_have_no_fault():
    assert faults(Templates()) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("blocks/footer.mjml", "<mj-section>\n<mj-txt>", "OWN/email/blocks/footer.mjml:2: <mj-txt> is no known tag"),
        ("text/footer.txt", "\n{% if %}", "OWN/email/text/footer.txt:2: Expected an expression"),
        ("text/footer.txt", "\n{{ sight.name }}", "OWN/email/text/footer.txt:2: 'sight' is undefined"),
        ("single/confirm.txt", "{{ lnk }}", "OWN/email/single/confirm.txt:1: 'lnk' is undefined"),
        ("themes/card/head.css", "a{}\n@import 'x';", "OWN/email/themes/card/head.css:2: @import: loads from outside"),
        ("blocks/foter.mjml", "", "OWN/email/blocks/foter.mjml:1: no block has this name, so nothing uses it; did you"),
        ("themes/own/theme.toml", "[light\n", "OWN/email/themes/own/theme.toml:1: "),
        ("themes/own/theme.toml", EDITORIAL.replace("#16181d", "black", 1), "theme.toml:8: light.ink: "),
        ("themes/own/theme.toml", EDITORIAL.replace("#5b6068", "#bbbbbb", 1), "theme.toml:9: [light] muted on page"),
        ("themes/own/theme.toml", EDITORIAL.replace("radius = 2", "radios = 2"), "theme.toml:35: space.radios: "),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, name: str, text: str, said: str):
    write(tmp_path, name, text)
    found = [str(fault).replace(str(tmp_path), "OWN") for fault in faults(Templates(tmp_path))]
    assert any(said in fault for fault in found), found


def test_all_faults_are_told_and_each_once(tmp_path: Path):
    write(tmp_path, "blocks/footer.mjml", "<mj-txt></mj-txt>")
    write(tmp_path, "blocks/intro.mjml", "<mj-raw><script></script></mj-raw>")
    assert sorted(Path(fault.place.split(":")[0]).name for fault in faults(Templates(tmp_path))) == [
        "footer.mjml",
        "intro.mjml",
    ]


def test_a_file_that_was_good_is_looked_at_again_when_it_has_changed(tmp_path: Path):
    """What was compiled of it is kept for the whole process, and serves the text that it was made of only."""
    for text, fault in (("<mj-text></mj-text>", 0), ("<mj-text>", 1), ("<mj-text></mj-text>", 0)):
        write(tmp_path, "parts/own.mjml", text)
        assert len(faults(Templates(tmp_path))) == fault


def test_a_good_theme_of_ones_own_passes(tmp_path: Path):
    write(tmp_path, "themes/own/theme.toml", EDITORIAL)
    assert "own" in Templates(tmp_path).themes()
    assert faults(Templates(tmp_path)) == []


def test_the_command_says_how_many_there_are_and_fails_on_faults(tmp_path: Path):
    good = CliRunner().invoke(build(), ["template", "check", "--dir", str(tmp_path)])
    assert good.exit_code == 0
    assert good.output.rstrip().endswith("3 themes: no faults")
    write(tmp_path, "blocks/footer.mjml", "<mj-txt></mj-txt>")
    bad = CliRunner().invoke(build(), ["template", "check", "--dir", str(tmp_path), "--json"])
    assert bad.exit_code == 1
    assert '"problem": "<mj-txt> is no known tag"' in bad.output
