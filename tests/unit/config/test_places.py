"""Lines of keys in TOML, whatever shape the text has."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from digest.config.places import key_lines

TEXT = '''# a comment = "with an equals sign"
templates = "x"

[smtp]
port = 5
password = """
[not.a.table]
a = 1
"""
  [ "web" ]   # spaces and quotes
[[feeds]]
url = "a"
categories = [
  "x", # ] a bracket
  "y",
]
[[feeds]]
url = "b"
[[newsletters]]
sender = { name = "x", address = "y" }
[[newsletters]]
[newsletters.sender]
name = "z"
a.b.c = 1
'''


def test_each_table_and_key_has_the_line_on_which_it_begins():
    lines = key_lines(TEXT)
    assert lines[("templates",)] == 2
    assert (lines[("smtp",)], lines[("smtp", "port")], lines[("smtp", "password")]) == (4, 5, 6)
    assert lines[("web",)] == 10
    assert (lines[("feeds", 0)], lines[("feeds", 0, "categories")], lines[("feeds", 1, "url")]) == (11, 13, 18)
    assert lines[("newsletters", 0, "sender", "name")] == 20
    assert lines[("newsletters", 1, "sender", "name")] == 23
    assert lines[("newsletters", 1, "sender", "a", "b", "c")] == 24
    assert ("not",) not in lines


def paths(node, path=()):
    """Every path in nested data."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield (*path, key)
        yield from paths(child, (*path, key))


def test_every_path_of_the_data_has_a_line():
    assert key_lines(TEXT).keys() >= set(paths(tomllib.loads(TEXT)))


@given(st.lists(st.sampled_from(["", "# c", "# \u2028 \x85 odd"]), max_size=8))
def test_lines_are_counted_as_editors_count_them(before):
    assert key_lines("\n".join([*before, "a = 1"]))[("a",)] == len(before) + 1
