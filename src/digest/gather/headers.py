"""What an answer's headers say, as values: takes header text from outside, gives dates, seconds and clean strings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = 1_000
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})(?!\d)", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?=[\s,;=]|$)", re.IGNORECASE)
_LONGEST_WAIT = timedelta(days=30)


def plain_header(value: str | None) -> str:
    """A header value fit to be kept and sent back; "" when it holds anything but printable ASCII, or is huge."""
    usable = value is not None and len(value) <= _LONGEST and value.isascii() and value.isprintable()
    return value.strip() if value is not None and usable else ""


def max_age(cache_control: str) -> int | None:
    """Seconds that the answer stays fresh (RFC 9111, section 5.2.2); None when it does not say."""
    if _UNCACHED.search(cache_control):
        return 0
    found = _MAX_AGE.search(cache_control)
    return int(found[1]) if found else None


def retry_at(retry_after: str, now: datetime) -> datetime | None:
    """When Retry-After allows the next request, within 30 days (RFC 9110, section 10.2.3); None: not said."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=int(text[:9])), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
        aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return min(max(aware, now), now + _LONGEST_WAIT)
