"""What all settings share: frozen models that refuse unknown keys, and checked kinds of text."""

from __future__ import annotations

import re
from collections.abc import Generator
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _known_zone(name: str) -> str:
    zones = available_timezones()
    if name not in zones:
        close = get_close_matches(name, sorted(zones), 1)
        remedy = f"did you mean {close[0]}?" if close else "write one like Europe/Berlin or UTC"
        raise ValueError(f"{name!r} is no IANA time zone; {remedy}")
    return name


def _header_safe(value: str) -> str:
    if "=?" in value or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("goes into a mail header and must hold no control characters and no '=?'")
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]
HeaderText = Annotated[str, AfterValidator(_header_safe)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


def without_credentials(text: str) -> str:
    """The text with the password of any URL in it as ***."""
    return re.sub(r"(://[^/@\s:]*):[^/@\s]*@", r"\1:***@", text)


class Model(BaseModel):
    """Frozen, refuses keys that it does not know, and shows no password of a URL in its repr."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    def __repr_args__(self) -> Generator[tuple[str | None, object]]:
        """What repr shows."""
        for name, value in super().__repr_args__():
            yield name, without_credentials(value) if isinstance(value, str) else value
