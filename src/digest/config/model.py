"""What all settings share: frozen models that refuse unknown keys, and checked kinds of text."""

from __future__ import annotations

import re
from collections.abc import Generator
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest.model.urls import absolute_url

_LOCAL = re.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]{1,64}")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")


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


def _mailable(value: str) -> str:
    """The same text; mail could not be sent from, or to, what is no address (the sender's own check)."""
    local, at, domain = value.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(_a_label(domain)):
        raise ValueError(f"{value[:80]!r} is no address that can be mailed; write one like news@example.org")
    return value


def _a_label(domain: str) -> str:
    """The domain as it stands in the DNS and in mails (RFC 5890); empty when it can be none."""
    if domain.isascii():
        return domain
    import idna  # noqa: PLC0415 - few need it, and every command reads settings

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        return ""


def _dotted(domain: str) -> str:
    host = _a_label(domain)
    if "." not in host or not _DOMAIN.fullmatch(host):
        raise ValueError(f"{domain[:80]!r} is no domain name; write one like example.org")
    return host


def _mailable_if_any(value: str) -> str:
    return _mailable(value) if value else value


def _reachable(value: str) -> str:
    if not absolute_url(value) or value != value.strip():
        shown = without_credentials(value)[:80]
        raise ValueError(f"{shown!r} is no web address; write one like https://news.example.org")
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]
HeaderText = Annotated[str, AfterValidator(_header_safe)]
MailAddress = Annotated[HeaderText, AfterValidator(_mailable)]
"""An address, its domain in any script."""
OptionalMailAddress = Annotated[HeaderText, AfterValidator(_mailable_if_any)]
"""The same, or empty."""
Domain = Annotated[str, AfterValidator(_dotted)]
"""A domain name, in any script; it becomes what stands in the DNS."""
WebUrl = Annotated[str, AfterValidator(_reachable)]
"""An absolute http(s) URL."""
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
