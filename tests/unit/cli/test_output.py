"""What commands print: tables for people, tabs for pipes, JSON for programs."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from digest.cli.output import clean, emit_json, plain, show_table, write_json


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    at: datetime
    names: frozenset[str]


def printed(terminal: bool, rows) -> str:
    out = Console(file=io.StringIO(), force_terminal=terminal, width=40, color_system=None)
    show_table(out, ("Name", "At"), rows)
    return out.file.getvalue()


AT = datetime(2026, 11, 24, 8, 0, tzinfo=timezone(timedelta(hours=1)))


def test_what_is_no_terminal_gets_a_line_for_each_row_with_tabs():
    assert printed(False, [("x" * 60, AT), (None, 3)]) == f"name\tat\n{'x' * 60}\t2026-11-24 07:00Z\n\t3\n"


def test_a_terminal_gets_a_table_that_loses_nothing():
    shown = printed(True, [("x" * 60, AT)])
    assert shown.startswith("Name")
    assert shown.count("x") == 60


@pytest.mark.parametrize("terminal", [True, False])
def test_a_value_can_neither_move_the_cursor_nor_begin_a_row_nor_be_markup(terminal):
    shown = printed(terminal, [("a\x1b[2J\n\tb\u202e[red]c[/]\ud800", "")])
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]c[/]" in shown
    assert len(shown.splitlines()) == 2


def test_json_is_one_object_with_its_schema_and_times_in_utc(capsysbinary):
    emit_json({"things": (Thing(AT, frozenset("ba")),), "on": date(2026, 11, 24), "file": Path("x"), "c": Colour.RED})
    assert json.loads(capsysbinary.readouterr().out) == {
        "schema": 1,
        "things": [{"at": "2026-11-24T07:00:00Z", "names": ["a", "b"]}],
        "on": "2026-11-24",
        "file": "x",
        "c": "red",
    }


def test_what_json_cannot_hold_is_a_bug():
    with pytest.raises(TypeError, match="no JSON for object"):
        plain(object())
    with pytest.raises(ValueError, match="Out of range float"):
        write_json(float("nan"))


@given(text=st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_text_survives_json_lines(text):
    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.echo", lambda data: out.write(data + b"\n"))
        write_json([text])
    assert json.loads(out.getvalue()) == [text]
    assert out.getvalue().count(b"\n") == 1


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_clean_text_can_always_be_printed(text):
    assert not set(clean(text).encode().decode()) & set(map(chr, (*range(10), *range(11, 32), 127, 0x9B, 0x202E)))


def test_a_time_is_shown_to_the_second_and_beyond():
    assert plain(datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC)) == "2026-01-01T00:00:00.000005Z"
