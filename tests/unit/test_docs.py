"""What the documentation says is there is there: links, commands, options, settings, make targets."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from digest.cli import build
from digest.config.load import load, schema
from digest.config.shipped import shipped
from digest.model.delivery import DeliveryState
from digest.model.issue import IssueState
from digest.render.templates import Templates
from digest.render.theme import load_theme

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
TREE: Any = typer.main.get_command(build())
"""The root command."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """The text of the page's fenced blocks in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def called(words: list[str]) -> tuple[Any, str, list[str]]:
    """The command that the words after `digest` call, its name, and the words left for it."""
    command, path = TREE, "digest"
    while getattr(command, "commands", None) and (words := past_options(command, words)):
        assert words[0] in command.commands, f"{path} has no command {words[0]}"
        command, path, words = command.commands[words[0]], f"{path} {words[0]}", words[1:]
    return command, path, words


def past_options(command: Any, words: list[str]) -> list[str]:
    """The words after the global options in front of a command."""
    while words and words[0].startswith("--"):
        option = next((p for p in command.params if words[0] in p.opts), None)
        assert option, f"there is no option {words[0]}"
        words = words[1 if option.is_flag else 2 :]
    return words


def shown_commands() -> list[tuple[str, str]]:
    """Page and command line, of every `$ digest ...` and every `digest ...` in running text."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        console = "".join(blocks(page, "console")).replace("\\\n", " ")
        lines = [line[2:] for line in console.splitlines() if line.startswith("$ ")]
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        for line in [*lines, *re.findall(r"`(digest [a-z-][^`]*)`", " ".join(prose.split()))]:
            call = re.search(r"(?:^|/|\s)digest(?= )(.*)", line)
            if call and not line.startswith(("pip", "/opt/digest/bin/pip")):
                found.append((name_of(page), call[1].strip()))
    return sorted(set(found))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", text)
    for target in filter(None, (one or other for one, other in targets)):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_every_page_is_in_the_index_of_its_folder() -> None:
    for index in (ROOT / "docs" / "README.md", ROOT / "docs" / "adr" / "README.md"):
        text = index.read_text(encoding="utf-8")
        for page in index.parent.rglob("*.md"):
            if page != index and ("adr" not in page.parts or page.parent == index.parent):
                assert f"]({page.relative_to(index.parent).as_posix()})" in text, name_of(page)


@pytest.mark.parametrize(("page", "line"), shown_commands())
def test_every_command_that_a_page_shows_exists_with_its_options(page: str, line: str) -> None:
    command, path, rest = called(shlex.split(re.split(r" [|<>#] ?|;|&&", line)[0]))
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
    for word in rest:
        assert not word.startswith("-") or word in known, f"{path} has no option {word}"


@pytest.mark.parametrize("page", HOW_TO, ids=name_of)
def test_a_page_whose_commands_use_a_token_shows_how_to_get_it(page: Path) -> None:
    console = "".join(blocks(page, "console"))
    assert "$TOKEN" not in console or re.search(r"token add .*> (\S+).*\bTOKEN=\$\(cat \1\)", console, re.DOTALL)
    assert "scope `consent:record`" not in page.read_text(encoding="utf-8") or "--scope consent:record" in console


def test_every_command_is_in_the_reference_with_an_example_that_calls_it() -> None:
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    for command, path in generator().leaves(TREE, "digest"):
        assert f"### {path}\n" in reference
        assert (command.epilog or "").startswith("Example: "), path
        example = shlex.split(command.epilog.removeprefix("Example: ").split(" | ")[-1])
        assert called(example[1:])[1] == path


def test_the_reference_is_what_the_program_says_of_itself() -> None:
    for path, text in generator().pages().items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path} is stale; run: .venv/bin/python docs/make_reference.py"
        )


def test_every_setting_has_a_meaning_and_every_section_a_description() -> None:
    whole = schema()
    for name, table in whole["$defs"].items():
        assert table.get("description"), name
        for key, part in table.get("properties", {}).items():
            is_section = "$ref" in part or "$ref" in part.get("items", {})
            assert part.get("description") or is_section, f"{name}.{key} has no description"


@pytest.mark.parametrize(
    "block",
    [pytest.param(b, id=f"{p.stem}-{n}") for p in HOW_TO for n, b in enumerate(blocks(p, "toml"), 1)],
)
def test_every_configuration_that_a_page_shows_can_be_used(block: str, tmp_path: Path) -> None:
    """A part of a configuration stands beside the shipped newsletters and categories."""
    whole = shipped("config.toml").read_text(encoding="utf-8")
    if "[[newsletters]]" not in block:
        block += "\n" + whole[whole.index("[[newsletters]]") : whole.index("[[sponsors]]")]
    if "[[categories]]" not in block:
        block += "\n" + whole[whole.index("[[categories]]") :]
    for secret in re.findall(r'_file = "(.*)"', block):
        (tmp_path / secret).write_text(f"{'secret' * 8}\n")
    (tmp_path / "config.toml").write_text(block, encoding="utf-8")
    load(tmp_path / "config.toml")


def test_the_template_of_the_page_is_a_good_one(tmp_path: Path) -> None:
    [block] = blocks(ROOT / "docs" / "how-to" / "templates.md", "html")
    file = tmp_path / "email" / "blocks" / "intro.mjml"
    file.parent.mkdir(parents=True)
    file.write_text(block, encoding="utf-8")
    values = {"slot": lambda name: name, "theme": load_theme(Templates(), "editorial")}
    assert "count stories, minutes minutes" in Templates(tmp_path).render("blocks/intro.mjml", values)


def test_every_make_target_that_a_page_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?:`|\$ )make ([a-z]+)", page.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{name_of(page)}: make {target}"


def test_the_architecture_page_has_the_layers_that_are_checked() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    for layer in tools["importlinter"]["contracts"][0]["layers"]:
        assert re.search(rf"^{re.escape(layer.replace('digest.', ''))}( |$)", page, re.MULTILINE), layer


@pytest.mark.parametrize("state", [*IssueState, *DeliveryState])
def test_every_state_of_issues_and_deliveries_is_explained(state: str) -> None:
    assert f"| {state} | " in (ROOT / "docs" / "explanation" / "issues.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", HOW_TO, ids=name_of)
def test_a_how_to_is_short_and_has_a_heading(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) < 120
