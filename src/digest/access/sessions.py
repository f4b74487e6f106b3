"""Sessions: what is kept of a cookie, when one is over, the token that forms carry, and how often one may try."""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

from digest.model.access import Session

LONGEST = timedelta(days=30)
"""After this time one logs in again, in use or not."""


def key_of(token: str) -> str:
    """What is kept of a cookie: 256 bits of chance need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_over(session: Session, idle: timedelta, now: datetime) -> bool:
    """Whether it has to be opened anew."""
    return now - session.opened_at >= LONGEST or now - session.seen_at >= idle


def form_token(session: str, secret: str) -> str:
    """What every form of the desk carries, so that no other site can send one (CSRF)."""
    return hmac.digest(secret.encode(), f"form {session}".encode(), hashlib.sha256).hex()[:43]


def is_form_token(given: str, session: str, secret: str) -> bool:
    """Whether the desk gave this token to this session."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), form_token(session, secret).encode())


class Attempts:
    """Counts tries to log in, by whatever they have in common. Of this process, in memory."""

    WITHIN = timedelta(minutes=15)
    MOST_KEYS = 10_000

    def __init__(self, most: int) -> None:
        """`most`: tries within 15 minutes."""
        self._most = most
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, now: datetime) -> timedelta:
        """Counts a try, and gives no time when it may be made; otherwise counts none, and gives how long to wait."""
        with self._lock:
            tries = self._tries.setdefault(key, deque())
            self._tries.move_to_end(key)
            while tries and now - tries[0] >= self.WITHIN:
                tries.popleft()
            if len(tries) >= self._most:
                return self.WITHIN - (now - tries[0])
            tries.append(now)
            while len(self._tries) > self.MOST_KEYS:
                self._tries.popitem(last=False)
            return timedelta()

    def forget(self, key: str) -> None:
        """A try that was right ends the count."""
        with self._lock:
            self._tries.pop(key, None)
