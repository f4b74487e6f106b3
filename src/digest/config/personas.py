"""Reads the made-up readers that previews offer [I/O]: a TOML file with a table for each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from digest.config.model import Model
from digest.errors import ConfigError
from digest.model.ids import NOBODY, CategorySlug
from digest.model.people import Preferences, Recipient, Subscriber, SubscriberState


class _PersonaSettings(Model):
    name: str = ""
    email: str
    language: str = "en"
    country: str = ""
    timezone: str = "UTC"
    categories: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Persona:
    """A made-up reader under a short name."""

    slug: str
    recipient: Recipient


def load_personas(path: Path) -> tuple[Persona, ...]:
    """The personas in the order of the file. Raises ConfigError naming the file and the persona."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}", "see subscribers/personas.toml") from error
    return tuple(_persona(path, slug, table) for slug, table in tables.items())


def _persona(path: Path, slug: str, table: object) -> Persona:
    try:
        read = _PersonaSettings.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{path}: [{slug}] {key}", first["msg"], "see subscribers/personas.toml") from error
    subscriber = Subscriber(
        NOBODY, read.email, read.name, read.country, read.timezone, read.language, SubscriberState.CONFIRMED
    )
    return Persona(slug, Recipient(subscriber, Preferences(frozenset(map(CategorySlug, read.categories)))))
