"""Reads the configuration [I/O]: a TOML file, the environment and the command line become Settings.

The command line wins over DIGEST__SECTION__KEY, which wins over the file, which wins over the defaults. What cannot
be used is refused with ConfigError, all problems in one. Relative paths count from the file's folder.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ValidationError

from digest.config.fields import SECRETS, file_key
from digest.config.layers import Draft, environment_layer, override_layer, table_at
from digest.config.machine import DatabaseSettings
from digest.config.places import KeyPath, key_lines
from digest.config.problems import Problem, origin_of, problems_in, refusal
from digest.config.settings import Settings
from digest.errors import ConfigError

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where each came from."""

    settings: Settings
    path: Path | None
    """The file; None when there was none."""
    root: Path
    """The folder that relative paths count from."""
    origins: Mapping[str, str]
    """Dotted key of every value in force -> "command line", "environment NAME", "FILE:LINE" or "default"."""


def load(
    path: Path | None,
    overrides: Mapping[str, str] = NOTHING,
    environ: Mapping[str, str] = NOTHING,
    *,
    before_restore: bool = False,
) -> Loaded:
    """Reads the file, if one is named, and what overrides it. Raises ConfigError.

    `before_restore`: files of secrets that are not there yet are no fault, and their secrets are not set.
    """
    source = str(path) if path else "configuration"
    root = (path.parent if path else Path()).resolve()
    draft = _read_file(path) if path else Draft()
    draft.lay(environment_layer(environ))
    draft.lay(override_layer(overrides))
    _read_secrets(draft, root, before_restore=before_restore)
    _make_absolute(draft.data, root)
    try:
        settings = Settings.model_validate_json(json.dumps(draft.data, default=str), strict=True)
    except ValidationError as error:
        raise refusal([*draft.problems, *problems_in(error)], draft.origins, source) from None
    if draft.problems:
        raise refusal(draft.problems, draft.origins, source)
    return Loaded(settings, path, root, MappingProxyType(_origins(settings, draft)))


def _read_file(path: Path) -> Draft:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(str(path), "not found", _instead_of(path)) from None
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}", "is not UTF-8", "save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _broken(path, str(error)) from None
    draft = Draft(data, {key: f"{path}:{line}" for key, line in key_lines(text).items()})
    for secret in SECRETS:
        file = file_key(secret)
        if {secret[-1], file[-1]} <= table_at(data, secret[:-1]).keys():
            draft.problems.append(Problem(secret, f"is set, and {file[-1]} too", "keep one of them"))
    return draft


def _instead_of(path: Path) -> str:
    """What to do about a file that is not there: only one of the usual name in a folder that is there is soon made."""
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}; check the path, or `digest init {path.parent}` makes a site there"
    if path.name != "config.toml":
        return "check the name; `digest init DIR` makes a site with a config.toml"
    return f"`digest init {path.parent}` writes one; --config names another"


def _broken(path: Path, message: str) -> ConfigError:
    """The parser says "... (at line 3, column 5)"; people and editors read FILE:LINE:COLUMN."""
    at = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    place = f"{path}:{at[1]}:{at[2]}" if at else str(path)
    return ConfigError(place, f"not valid TOML: {message[: at.start()] if at else message}")


def _read_secrets(draft: Draft, root: Path, *, before_restore: bool) -> None:
    """Puts the text of each secret's file in the secret's place."""
    for path in _secrets_in(draft.data):
        section, name = table_at(draft.data, path[:-1]), str(path[-1])
        file = section.get(str(file_key(path)[-1]))
        if not isinstance(file, str) or (before_restore and not (root / Path(file).expanduser()).exists()):
            continue
        try:
            section[name] = (root / Path(file).expanduser()).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "is no text"
            draft.problems.append(Problem(file_key(path), f"{file} cannot be read: {reason}"))
        draft.assigned[path] = origin_of(file_key(path), draft.origins) or ""


def _secrets_in(data: dict[str, object]) -> list[KeyPath]:
    """All that may be read from files; each of several relays has one of its own."""
    relays = table_at(data, ("smtp",)).get("relays")
    return [
        *SECRETS,
        *(("smtp", "relays", at, "password") for at in range(len(relays) if isinstance(relays, list) else 0)),
    ]


def _make_absolute(data: dict[str, object], root: Path) -> None:
    """Makes paths absolute where a value is text; what is not is left to validation."""
    database = data.setdefault("database", {})
    if isinstance(database, dict):
        database.setdefault("url", DatabaseSettings().url)
    for table, key in (*((data, key) for key in ("templates", "personas")), *_path_keys(data)):
        value = table.get(key)
        if isinstance(value, str):
            table[key] = _absolute(value, root)


def _path_keys(data: dict[str, object]) -> Iterator[tuple[dict[str, object], str]]:
    database, feeds = data.get("database"), data.get("feeds")
    if isinstance(database, dict):
        yield database, "url"
    for feed in feeds if isinstance(feeds, list) else ():
        if isinstance(feed, dict):
            yield feed, "url"
    for path in _secrets_in(data):
        yield table_at(data, path[:-1]), str(file_key(path)[-1])


def _absolute(value: str, root: Path) -> str:
    """A path below `root`; of URLs, only SQLite's are paths."""
    scheme, slashes, rest = value.partition(":///")
    if slashes and scheme.startswith("sqlite"):
        is_file = rest and not rest.startswith((":memory:", "file:", "?"))
        return f"{scheme}:///{root / rest}" if is_file else value
    return value if "://" in value or not value else str(root / Path(value).expanduser())


def _origins(settings: Settings, draft: Draft) -> dict[str, str]:
    """A table's line in the file says nothing of the keys that it leaves out; an assigned table is all given."""
    return {
        dotted(path): draft.lines.get(path) or origin_of(path, draft.assigned) or "default"
        for path, _ in leaves(settings)
    }


def leaves(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Every single setting with its path: tables and arrays of tables are walked, other arrays are one value."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from leaves(getattr(value, name), (*path, name))
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for position, item in enumerate(value):
            yield from leaves(item, (*path, position))
    else:
        yield path, value


def dotted(path: KeyPath) -> str:
    """What `--set` takes: "smtp.port", "feeds.2.url"."""
    return ".".join(map(str, path))


def web_keys(settings: Settings) -> tuple[str, ...]:
    """The keys that sign and open links, newest first; none when none is set."""
    return settings.web.keys


def address_key(settings: Settings) -> str | None:
    """The secret that keys addresses, if one is set."""
    secret = settings.database.address_key
    return secret.get_secret_value().strip() if secret else None


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of the configuration file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema()}
