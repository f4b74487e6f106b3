"""Who may use the desk: users with roles, the sessions they opened, and the deeds that are on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a user may do. Each may do what those before it may."""

    VIEWER = "viewer"
    """Looks at everything, changes nothing."""
    EDITOR = "editor"
    """Shapes, approves and steers issues."""
    ADMIN = "admin"
    """Also sees who did what, and ends the sessions of others."""

    def covers(self, needed: Role) -> bool:
        """Whether who has this role may do what needs that one."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in at the desk."""

    name: str
    role: Role
    password: str = field(repr=False)
    """Its Argon2id hash (RFC 9106), in PHC form."""
    created_at: datetime
    totp: str = field(default="", repr=False)
    """The sealed secret of one-time codes (RFC 6238); empty: the password alone is asked."""
    totp_step: int = 0
    """The step of the latest code that was used: it and those before it are used up."""


@dataclass(frozen=True, slots=True)
class Session:
    """A login that lasts until it is ended, or not used for long."""

    key: str
    """A hash of what the browser's cookie holds: who reads this table can take over no session."""
    user: str
    opened_at: datetime
    seen_at: datetime
    network: str = ""
    """The network address it was opened from."""
    program: str = ""
    """What the browser called itself."""

    @property
    def number(self) -> str:
        """What pages and commands call it."""
        return self.key[:12]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does what is asked now."""

    name: str
    role: Role
    session: str = ""
    """The key of their session; empty on this machine's own preview, where nobody logs in."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did, and when. The log of deeds only grows."""

    who: str
    what: str
    """A few words: "approved", "logged in"."""
    about: str
    """The issue, user or setting that it was done to."""
    at: datetime
    detail: str = ""
