"""Names: what the DNS says, and what web servers answer to a single question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Names(Protocol):
    """Looks names up. Every method gives nothing for what is not there, and raises OutsideError when nobody answers."""

    def texts(self, name: str) -> tuple[str, ...]:
        """TXT records, the strings of each joined."""
        ...

    def addresses(self, name: str) -> tuple[str, ...]:
        """A and AAAA records."""
        ...

    def names_of(self, address: str) -> tuple[str, ...]:
        """PTR records of an IP address, without the last dot."""
        ...

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """MX records by preference, without the last dot."""
        ...


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What a web server said; redirects are not followed."""

    status: int
    body: str
    date: datetime | None
    """The server's clock (RFC 9110, section 6.6.1)."""


class Web(Protocol):
    """Asks web servers. Raises OutsideError when none answers, or its certificate is not good."""

    def get(self, url: str) -> WebAnswer:
        """A GET."""
        ...

    def post(self, url: str, fields: Mapping[str, str]) -> WebAnswer:
        """A POST of a form."""
        ...
