"""Reads categories alone [I/O]: any TOML file with [[categories]], a whole configuration included."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from digest.config.publication import CategorySettings
from digest.errors import ConfigError


def load_categories(path: Path) -> tuple[CategorySettings, ...]:
    """The categories in the order of the file; one without a slug gets it from its name. Raises ConfigError."""
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("categories")
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(str(path), f"not valid TOML: {error}") from error
    if not isinstance(tables, list) or not tables:
        raise ConfigError(str(path), "has no [[categories]]", "write name, description and keywords of each")
    named = [{"slug": slug_of(str(t.get("name"))), **t} if isinstance(t, dict) else t for t in tables]
    try:
        found = TypeAdapter(tuple[CategorySettings, ...]).validate_json(json.dumps(named, default=str), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        number, *keys = first["loc"]
        place = f"{path}: [[categories]] no. {int(number) + 1}: {'.'.join(map(str, keys))}"
        raise ConfigError(place, first["msg"]) from None
    return found


def slug_of(name: str) -> str:
    """A name as a slug: "Deep & Reinforcement Learning" -> "deep-reinforcement-learning"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))
