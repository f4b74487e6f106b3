"""The driver of the filters: order, bad lines in place, exit status, and no waiting for lines to come."""

from __future__ import annotations

import json

import pytest
import typer

from digest.cli import jsonl
from digest.cli.jsonl import LineError, answer_all, answer_each, identity_of, read_lines, text_of


@pytest.fixture
def written(monkeypatch):
    """What was written, as it is written."""
    lines = []
    monkeypatch.setattr(jsonl, "write_json", lines.append)
    return lines


BAD = [
    (b"", "empty line"),
    (b" \n", "empty line"),
    (b"nope", "not JSON: Expecting value at column 1"),
    (b'{"a":1', "not JSON: Expecting ',' delimiter at column 7"),
    (b'{"a":1} {}', "not JSON: Extra data at column 9"),
    (b"[]", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b'{"a": NaN}', "not JSON: NaN is no number"),
    (b'{"a": "\xff"}', "not UTF-8 at byte 8"),
    (b'{"\x00a": 1}', "not JSON: Invalid control character at at column 3"),
    (b"[" * 100_000, "not JSON: maximum recursion depth exceeded"),
    (b'{"a": 1' + b"0" * 5000 + b"}", "not JSON: Exceeds the limit (4300 digits)"),
]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_bad_line_is_answered_in_its_place_and_ends_with_status_1(written, line, said):
    with pytest.raises(typer.Exit) as caught:
        answer_each([b'{"a":1}', line, b'\xef\xbb\xbf{"a":2}\r\n'], lambda record: record["a"])
    assert caught.value.exit_code == 1
    first, bad, last = written
    assert (first, last, bad.line) == (1, 2, 2)
    assert bad.error.startswith(said)


def test_good_lines_end_with_status_0(written):
    answer_each([b'{"a":1}', b'{"a":2}'], lambda record: record["a"])
    assert written == [1, 2]


def test_each_answer_is_written_before_the_next_line_is_read(written):
    def lines():
        for number in range(3):
            assert len(written) == number
            yield b'{"a":1}'

    answer_each(lines(), dict)


def test_filters_that_need_all_lines_keep_the_order_too(written):
    lines = [b'{"a":1}', b"x", b'{"a":2}', b'{"a":3}']

    def read(record):
        if record["a"] == 2:
            raise LineError("two")
        return record["a"]

    with pytest.raises(typer.Exit):
        answer_all(lines, read, lambda items: [item * 10 for item in items])
    assert (written[0], written[3]) == (10, 30)
    assert [(bad.line, bad.error) for bad in written[1:3]] == [
        (2, "not JSON: Expecting value at column 1"),
        (3, "two"),
    ]


def test_files_are_read_one_after_the_other(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(f"{name}1\n{name}2\n")
    assert list(read_lines([tmp_path / "a", tmp_path / "b"])) == [b"a1\n", b"a2\n", b"b1\n", b"b2\n"]


def test_fields_are_read_or_refused():
    assert text_of({"a": None}, "a") == text_of({}, "a") == ""
    assert identity_of({"id": 0}) == 0
    for record, said in (
        ({}, "id is missing"),
        ({"id": True}, "neither"),
        ({"id": 1.5}, "neither"),
        ({"id": []}, "nei"),
    ):
        with pytest.raises(LineError, match=said):
            identity_of(record)
    with pytest.raises(LineError, match="title is missing"):
        text_of({}, "title", required=True)
    with pytest.raises(LineError, match="title is no text"):
        text_of({"title": json.loads("3")}, "title")
