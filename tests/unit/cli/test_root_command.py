"""The root: exit statuses, errors of one line, global options, and a help that people can use."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.main import get_command

from digest.cli import build
from digest.cli.context import context_of, instant, moved_clock
from digest.cli.root import PANELS
from digest.errors import ConfigError, DigestError, OutsideError, StateError, UsageError


def commands(command, path=("digest",)):
    """Every command of the tree with its path."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


TREE = dict(commands(get_command(build())))
LEAVES = {path: command for path, command in TREE.items() if not hasattr(command, "commands")}


def raising(error: BaseException) -> typer.Typer:
    """A command tree with a command `fail`."""
    root = build()

    @root.command("fail")
    def fail() -> None:
        raise error

    return root


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DigestError("a.csv", "bad row"), 1),
        (StateError("weekly-2026-11-24", "is locked"), 1),
        (UsageError("weekly", "no such newsletter", "see `digest config show newsletters`"), 2),
        (ConfigError("config.toml:3: [smtp] prot", "unknown key"), 3),
        (OutsideError("mail.example.org:25", "refused the connection"), 4),
    ],
)
def test_an_error_for_people_is_one_line_on_stderr_and_its_exit_status(run, error, status):
    result = run("fail", root=raising(error))
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr == f"Error: {error}\n"


def test_a_file_that_cannot_be_written_is_the_outside_failing(run):
    result = run("fail", root=raising(PermissionError(13, "Permission denied", "/x/y")))
    assert result.exit_code == 4
    assert result.stderr == "Error: /x/y: Permission denied; check its rights and whose it is\n"


def test_a_file_that_is_not_there_is_told_with_the_next_step(run):
    result = run("fail", root=raising(FileNotFoundError(2, "No such file or directory", "x.opml")))
    assert result.stderr == "Error: x.opml: No such file or directory; check its name and folder\n"


def test_an_error_about_hostile_text_moves_no_cursor_and_reads_no_markup(run):
    result = run("fail", root=raising(UsageError("a\x1b[2Jb\u202ec", "[bold]not bold[/]")))
    assert result.stderr == "Error: a�[2Jb�c: [bold]not bold[/]\n"


def test_a_bug_keeps_its_traceback(run):
    assert isinstance(run("fail", root=raising(ZeroDivisionError())).exception, ZeroDivisionError)


def test_an_interrupt_gives_130(run):
    assert run("fail", root=raising(KeyboardInterrupt())).exit_code == 130


@pytest.mark.parametrize(
    "arguments",
    [["nope"], ["config", "nope"], ["config", "show", "--nope"], ["--now", "yesterday", "config", "show"],
     ["--now", "2026-11-24T07:00:00", "config", "show"], ["--set", "smtp.port", "config", "show"],
     ["--set", "=1", "config", "show"], []],
)  # fmt: skip
def test_a_wrong_call_gives_2(run, arguments):
    assert run(*arguments).exit_code == 2


def test_without_a_configuration_the_next_step_is_told(run):
    result = run("config", "show")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "config.toml: not found; `digest init .` writes one" in result.stderr


def test_the_configuration_is_found_by_option_environment_or_folder(run, folder, monkeypatch):
    for name, port in (("config.toml", 1), ("by-environment.toml", 2), ("by-option.toml", 3)):
        (folder / name).write_text(f"[smtp]\nport = {port}\n")
    assert "smtp.port\t1\n" in run("config", "show", "smtp").stdout
    monkeypatch.setenv("DIGEST_CONFIG", "by-environment.toml")
    assert "smtp.port\t2\n" in run("config", "show", "smtp").stdout
    assert "smtp.port\t3\n" in run("--config", "by-option.toml", "config", "show", "smtp").stdout
    monkeypatch.setenv("DIGEST__SMTP__PORT", "4")
    assert "smtp.port\t4\n" in run("config", "show", "smtp").stdout
    assert "smtp.port\t5\n" in run("--set", "smtp.port=5", "config", "show", "smtp").stdout


def test_the_moved_clock_keeps_running():
    clock = moved_clock("2031-01-01T00:00:00+01:00")
    first = clock()
    assert timedelta() <= first - datetime(2030, 12, 31, 23, tzinfo=UTC) < timedelta(minutes=1)
    assert clock() >= first


def test_without_now_the_clock_is_the_systems():
    before = datetime.now(UTC)
    assert before <= moved_clock(None)() <= datetime.now(UTC)


def test_commands_see_the_moved_clock(run):
    root, seen = build(), []

    @root.command("look")
    def look(ctx: typer.Context) -> None:
        seen.append(context_of(ctx).clock())

    run("--now", "2030-05-06T07:08:09Z", "look", root=root)
    assert f"{seen[0]:%Y-%m-%dT%H:%M}" == "2030-05-06T07:08"


@pytest.mark.parametrize(
    "text", ["", "now", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_times_that_are_none_are_refused(text):
    with pytest.raises(typer.BadParameter, match="RFC 3339"):
        instant(text)


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_help_fits_a_screen(run, path):
    result = run(*path[1:], "--help")
    assert result.exit_code == 0
    assert len(result.stdout.strip().splitlines()) <= 48


def test_no_paragraph_of_a_help_is_broken_but_by_the_terminal():
    assert not [path for path, command in TREE.items() if re.search(r"[^\n]\n[^\n]", command.help or "")]


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_says_what_it_does_and_gives_an_example_that_calls_it(path):
    command = LEAVES[path]
    assert command.help
    assert command.epilog.startswith("Example: digest ")
    called = re.sub(r" --(config|now|set) \S+", "", command.epilog.removeprefix("Example: "))
    assert " ".join(path) in called


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_argument_and_option_of_every_command_is_explained(path):
    command = LEAVES[path]
    assert [parameter.name for parameter in command.params if not getattr(parameter, "help", None)] == []


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_examples_use_options_that_exist(path):
    command = LEAVES[path]
    there = {name for parameter in (*command.params, *TREE[("digest",)].params) for name in parameter.opts}
    assert set(re.findall(r"\s(--[a-z-]+)", command.epilog)) <= there


def test_help_is_grouped_by_the_days_work(run):
    shown = re.findall(r"─ ([A-Z][a-z ]+) ─", run("--help").stdout)
    assert tuple(shown) == ("Options", *PANELS)


def test_the_version_is_told(run):
    assert re.fullmatch(r"digest \d+\.\d+\.\d+\n", run("--version").stdout)


def test_help_answers_without_loading_what_commands_need():
    heavy = [
        "aiohttp",
        "apscheduler",
        "fastapi",
        "feedparser",
        "jinja2",
        "lxml",
        "pydantic",
        "sqlalchemy",
        "trafilatura",
    ]
    program = f"import sys; from digest.cli import build; build(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
