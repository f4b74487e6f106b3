"""Programs that use the API: their tokens, what these allow, and the answers that are kept for a second try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a token allows: reading or changing one family of things."""

    NEWSLETTERS_READ = "newsletters:read"
    CATEGORIES_READ = "categories:read"
    SUBSCRIBERS_READ = "subscribers:read"
    SUBSCRIBERS_WRITE = "subscribers:write"
    """Add, describe and erase people."""
    SUBSCRIPTIONS_READ = "subscriptions:read"
    SUBSCRIPTIONS_WRITE = "subscriptions:write"
    """Change what people chose, and end their subscriptions."""
    CONSENT_RECORD = "consent:record"
    """Add people who agreed elsewhere, with the evidence, in place of asking them by mail."""
    ARTICLES_READ = "articles:read"
    ARTICLES_WRITE = "articles:write"
    ISSUES_READ = "issues:read"
    ISSUES_WRITE = "issues:write"
    """Pause, resume and cancel issues."""
    SUPPRESSIONS_READ = "suppressions:read"
    SUPPRESSIONS_WRITE = "suppressions:write"
    """Add addresses that are never to be mailed again; nothing takes them off by the API."""
    FEEDBACK_WRITE = "feedback:write"
    """Hand in bounces and complaints."""


@dataclass(frozen=True, slots=True)
class Token:
    """What lets a program in. The token itself is shown once and kept nowhere."""

    name: str
    """Of the program; its articles are those of the feed api:NAME."""
    key: str = field(repr=False)
    """A hash of the token: who reads this table can use none."""
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    """None: never."""
    seen_at: datetime | None = None
    """When it was last used, to the minute."""
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it still lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Question:
    """A request that its program named by an idempotency key, so that a second try is not done twice."""

    token: str
    """The token's name."""
    key: str
    """A keyed hash of the token and of what its program calls the request."""
    print: str
    """A keyed hash of scopes, path and body: the same key must not come to mean something else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What such a request was answered."""

    status: int
    headers: Mapping[str, str]
    body: str
    """Sealed: it may hold addresses."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is known already: what was asked, and the answer unless it is still being made."""

    print: str
    answer: Answer | None = None
