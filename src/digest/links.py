"""Signed links: a claim becomes a short token bound to one purpose, and back; no database, no clock, no I/O.

A token is `CLAIM.MAC`: the claim in base 36 fields, the MAC 128 bits of keyed BLAKE2b (RFC 7693) over the
purpose and the claim. A token of one purpose is worth nothing for another. Keys rotate: the first signs, all verify.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from digest.model.ids import CategorySlug, NewsletterSlug, SubscriberId

_EPOCH = date(2024, 1, 1)
_MAC_BYTES = 16
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_TOKEN = 300


class Purpose(StrEnum):
    """What a link is good for, and for how many days."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    CONFIRM = "confirm"
    VIEW = "view"
    DROP = "drop"
    """Drop a category: the subject is "weekly.security"."""
    LESS = "less"
    """Less often."""
    MORE = "more"
    """More like this: the subject is "weekly.security"."""
    OLD_ADDRESS = "old-address"
    """Confirm or refuse a change of address, sent to the old one: the subject is "weekly.17", the number its own."""
    NEW_ADDRESS = "new-address"
    """Confirm it, sent to the new one."""
    ERASE = "erase"
    SHARE = "share"
    """Look at a draft: for nobody in particular, the subject is "weekly-2026-11-24.17", the number its own."""

    @property
    def days(self) -> int:
        """Links in sent issues stay good for 180 days, a draft is lent for 30 at most; what is asked for by mail must
        be pressed within a week.
        """
        if self is Purpose.SHARE:
            return 30
        return 7 if self in _ASKED_FOR else 180


_ASKED_FOR = frozenset({Purpose.CONFIRM, Purpose.OLD_ADDRESS, Purpose.NEW_ADDRESS, Purpose.ERASE})


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """Whom a link speaks for, about what, and the day it was made."""

    purpose: Purpose
    subscriber: SubscriberId
    issued_on: date
    subject: str = ""
    """What it is about: a newsletter's slug, an issue's id; lower-case letters, digits and hyphens. A dot sets apart
    what it is about within a newsletter: "weekly.security".
    """

    @property
    def newsletter(self) -> NewsletterSlug:
        """The newsletter of the subject."""
        return NewsletterSlug(self.subject.partition(".")[0])

    @property
    def part(self) -> str:
        """What of the newsletter: a category's slug, the number of a change of address; empty for the whole of it."""
        return self.subject.partition(".")[2]

    @property
    def category(self) -> CategorySlug:
        """`part` as a category."""
        return CategorySlug(self.part)


class Links:
    """Makes and opens signed links under one public URL."""

    def __init__(self, public_url: str, keys: Sequence[str]) -> None:
        """`keys`: newest first, at least one, each of at least 32 characters."""
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("links need at least one key, each of at least 32 characters")
        self.base = public_url.rstrip("/")
        self._keys = tuple(hashlib.blake2b(key.encode(), digest_size=32).digest() for key in keys)

    def token(self, claim: LinkClaim) -> str:
        """The token alone: letters, digits, "-", "_" and "."."""
        body = f"{_base36((claim.issued_on - _EPOCH).days)}.{_base36(claim.subscriber)}.{claim.subject}"
        return f"{body}.{_mac(self._keys[0], claim.purpose, body)}"

    def url(self, claim: LinkClaim) -> str:
        """The whole link: PUBLIC_URL/r/PURPOSE/TOKEN."""
        return f"{self.base}/r/{claim.purpose}/{self.token(claim)}"

    def open(self, purpose: Purpose, token: str, today: date) -> LinkClaim | None:
        """The claim, or None when the token is forged, of another purpose, or expired."""
        body, _, mac = token.rpartition(".")
        if len(token) > _MAX_TOKEN or not any(hmac.compare_digest(_mac(key, purpose, body).encode(), mac.encode())
                                              for key in self._keys):  # fmt: skip
            return None
        day, subscriber, subject = body.split(".", 2)
        issued_on = _EPOCH + timedelta(days=int(day, 36))
        if not issued_on <= today + timedelta(days=1) or today - issued_on > timedelta(days=purpose.days):
            return None
        return LinkClaim(purpose, SubscriberId(int(subscriber, 36)), issued_on, subject)


def _mac(key: bytes, purpose: Purpose, body: str) -> str:
    digest = hashlib.blake2b(f"{purpose}\n{body}".encode("utf-8", "surrogatepass"), key=key, digest_size=_MAC_BYTES)
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


@lru_cache(maxsize=256)  # all links of a mail have the same day and the same subscriber
def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
