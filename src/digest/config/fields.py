"""What the settings model says of a key: which keys a table knows, and what text from outside means for one.

Takes paths of keys, gives fields and values. Reads nothing and refuses nothing: validation does.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import get_args

from pydantic import BaseModel, SecretStr, TypeAdapter
from pydantic.fields import FieldInfo

from digest.config.places import KeyPath
from digest.config.settings import Settings

SECRETS: tuple[KeyPath, ...] = (
    ("database", "address_key"),
    ("smtp", "password"),
    ("web", "secret_key"),
    ("summarise", "api_key"),
    ("feedback", "imap", "password"),
    ("alarms", "webhook_token"),
    ("alarms", "canary", "password"),
)
"""Settings that may be read from the file that `NAME_file` names instead."""


def file_key(secret: KeyPath) -> KeyPath:
    """The key that names the secret's file: ("smtp", "password_file")."""
    return (*secret[:-1], f"{secret[-1]}_file")


def fields_of(table: KeyPath) -> Mapping[str, FieldInfo] | None:
    """The fields of the table at that path, or None when there is no such table."""
    model: type[BaseModel] | None = Settings
    for key in table:
        if model is None or isinstance(key, int):
            continue
        field = model.model_fields.get(key)
        model = _model_in(field.annotation) if field else None
    return model.model_fields if model else None


def field_at(path: KeyPath) -> FieldInfo | None:
    """The field of that key, or None when it is unknown or an item of an array."""
    return (fields_of(path[:-1]) or {}).get(str(path[-1]))


def is_secret(path: KeyPath) -> bool:
    """Whether the value must never be shown."""
    field = field_at(path)
    return bool(field and SecretStr in (field.annotation, *get_args(field.annotation)))


def value_of(text: str, path: KeyPath) -> object:
    """What `text` from the environment or the command line means for that key: itself where the setting takes
    text, a number or boolean where it takes one, else a JSON or TOML literal.
    """
    field = field_at(path)
    if field is None or field.annotation is None:
        return text
    adapter: TypeAdapter[object] = TypeAdapter(field.annotation)
    if _takes_text(adapter, text):
        return text
    try:
        return adapter.validate_python(text)
    except ValueError:
        return _literal(text)


def _takes_text(adapter: TypeAdapter[object], text: str) -> bool:
    try:
        adapter.validate_json(json.dumps(text), strict=True)
    except ValueError:
        return False
    return True


def _literal(text: str) -> object:
    """The JSON or TOML value, or the text itself, which validation then refuses."""
    for read in (json.loads, lambda value: tomllib.loads(f"value = {value}")["value"]):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model in X, X | None or tuple[X, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
