"""What all settings share: frozen models that refuse unknown keys, and checked kinds of text."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; write one like Europe/Berlin or UTC")
    return name


def _header_safe(value: str) -> str:
    if "=?" in value or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("goes into a mail header and must hold no control characters and no '=?'")
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]
HeaderText = Annotated[str, AfterValidator(_header_safe)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Model(BaseModel):
    """Frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
