"""The configuration that ships shows every setting, commented out where it is not needed; and what it shows is true."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from digest.config.fields import SECRETS, fields_of
from digest.config.load import load
from digest.config.places import KeyPath
from digest.config.settings import Settings
from digest.config.shipped import shipped

TEXT = shipped("config.toml").read_text(encoding="utf-8")
TABLE = re.compile(r"^(# )?(\[\[?)([\w.-]+)\]\]?(\s+#.*)?$")
KEY = re.compile(r"^(# )?(\w+) = (.*)$")
LEFT_OUT = {
    *SECRETS,  # secrets belong in files: their NAME_file is shown
    *(("events", key) for key in ("categories", "newsletters", "from_on", "until_on", "cap")),  # as sponsors have them
    ("events", "picture"), ("newsletters", "also"), ("smtp", "weight"),  # tables of their own; one relay has no weight
}  # fmt: skip
AS_ABOVE = {("smtp", "relays"): ("smtp",), ("newsletters", "also"): ("newsletters",)}
"""Tables with the keys of another, which shows them."""


def shown() -> Iterator[tuple[KeyPath, str, bool, str]]:
    """Table, key, whether it is commented out, and the rest of the line."""
    table: KeyPath = ()
    for line in TEXT.splitlines():
        if header := TABLE.match(line):
            table = tuple(header[3].split("."))
        elif key := KEY.match(line):
            yield table, key[2], bool(key[1]), key[3]


def uncommented() -> str:
    """The file with everything in it that it shows; what is set already stays as it is."""
    lines: list[str] = []
    seen: set[str] = set()
    for line in TEXT.splitlines():
        if header := TABLE.match(line):
            seen = set() if header[2] == "[[" or header[1] or f"[{header[3]}]" not in lines else seen
            lines.append(line.removeprefix("# "))
        elif (key := KEY.match(line)) and (not key[1] or key[2] not in seen):
            seen.add(key[2])
            lines.append(line.removeprefix("# "))
        elif not line.startswith("#"):
            lines.append(line)
    return "\n".join(lines)


def all_settings(model: type[BaseModel] = Settings, table: KeyPath = ()) -> Iterator[KeyPath]:
    for name in model.model_fields:
        inner = fields_of((*table, name))
        if inner is None:
            yield (*table, name)
            continue
        for key in inner:
            deeper = fields_of((*table, name, key))
            yield from ((*table, name, key, last) for last in deeper) if deeper else [(*table, name, key)]


def test_every_setting_is_shown_or_left_out_for_a_reason():
    there = {(*table, key) for table, key, _, _ in shown()} | {table for table, _, _, _ in shown()}
    there |= {(*own, key[-1]) for own, like in AS_ABOVE.items() for key in there if key[:-1] == like}
    missing = {key for key in all_settings() if key not in there and key not in LEFT_OUT and key[-1] != "password"}
    assert not missing
    assert not {key for key in LEFT_OUT & there if key not in {("newsletters", "also"), ("smtp", "weight")}}


def test_what_is_shown_can_be_used_all_at_once(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text(uncommented(), encoding="utf-8")
    settings = load(file, before_restore=True).settings
    assert settings.alarms.canary and settings.feedback.imap and settings.throttle.providers and settings.dkim.keys
    assert settings.newsletters[0].editors and settings.test_lists


@pytest.mark.parametrize(("table", "key", "rest"), [(t, k, r) for t, k, is_off, r in shown() if is_off])
def test_what_is_commented_out_is_the_default_or_says_that_it_is_an_example(table: KeyPath, key: str, rest: str):
    if "e.g." in rest or (table, key) in {(("database",), "url"), (("web",), "secret_key_file")}:
        return
    field = (fields_of(table) or {})[key]
    value = tomllib.loads(f"{key} = {rest}")[key]
    default = {"direction": "ltr"}.get(key, field.get_default())
    assert value == (list(default) if isinstance(default, tuple) else default)
