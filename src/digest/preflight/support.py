"""What mail programs can show, from the tables of caniemail.com in data/; NOTICE there has their licences. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from digest.errors import ConfigError

_VERSION = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature and who supports it."""

    title: str
    support: Mapping[str, tuple[tuple[str, str], ...]]
    """By client: (version, answer) at each change, oldest first; "y", "a" partly, "n", "u" unknown."""


@dataclass(frozen=True, slots=True)
class Table:
    """All features."""

    date: str
    clients: tuple[str, ...]
    features: Mapping[str, Feature]


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program as [preflight] clients names it."""

    name: str
    """For example "outlook.windows"."""
    version: str = ""
    """The last one when empty."""


@cache
def table() -> Table:
    """The tables as shipped."""
    data = json.loads(files("digest.preflight").joinpath("data/caniemail.json").read_text(encoding="utf-8"))
    clients = tuple(data["clients"])
    features = {slug: _feature(row, clients) for slug, row in data["features"].items()}
    return Table(data["date"], clients, MappingProxyType(features))


@cache
def baseline() -> frozenset[str]:
    """Features that MJML itself writes around any content; it brings the fallbacks for them."""
    text = files("digest.preflight").joinpath("data/mjml.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))


def chosen(names: tuple[str, ...]) -> tuple[Client, ...]:
    """The clients of "outlook.windows:2016" and the like. Raises ConfigError for one that the tables do not have."""
    clients = tuple(Client(*name.split(":", 1)) for name in names)
    unknown = next((client.name for client in clients if client.name not in table().clients), None)
    if unknown is not None:
        known = ", ".join(table().clients)
        raise ConfigError("[preflight] clients", f"there is no {unknown!r}", f"there are: {known}")
    return clients


def answer(feature: Feature, client: Client) -> str:
    """What the tables say of the chosen version, or of the last one: "y", "a", "n" or "u"."""
    changes = feature.support.get(client.name, ())
    until = [said for version, said in changes if not client.version or _number(version) <= _number(client.version)]
    return until[-1] if until else "u"


def _feature(row: list[str], clients: tuple[str, ...]) -> Feature:
    title, *answers = row
    support = {
        client: tuple((word[:-1], word[-1]) for word in told.split())
        for client, told in zip(clients, answers, strict=True)
        if told
    }
    return Feature(title, MappingProxyType(support))


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, _VERSION.findall(version)))
