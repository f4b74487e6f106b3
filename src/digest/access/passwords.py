"""Names and passwords: what is taken, and Argon2id hashes of it (RFC 9106). The salt of a hash is left to chance."""

from __future__ import annotations

import re
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from digest.errors import DigestError

SHORTEST, LONGEST = 12, 200
"""Characters of a password (NIST SP 800-63B asks for length rather than for kinds of characters)."""
_MOST_READ = 8 * LONGEST
"""Characters that are normalised, which takes the square of them; LONGEST or more are always left of so many."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_HASHER = PasswordHasher()
"""64 MiB, three passes: the second recommended option of RFC 9106, section 4."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""Many who log in at once must not take all memory."""
_NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$eHxJiKFTrfDtfYbA5fN2QA$5VTaorbsyOC1CwRpMso9CIDeBgy6GdjgTDr+p0l6OEQ"
)  # fmt: skip
"""Compared with where there is no such user, so that both take as long."""


class AccessError(DigestError):
    """A name, password or code that cannot be taken; `place` is the field."""


def clean_name(text: str) -> str:
    """The name as it is kept: lower case. Raises AccessError."""
    name = unicodedata.normalize("NFKC", text[:_MOST_READ]).strip().lower()
    if not _NAME.fullmatch(name):
        raise AccessError("name", f"{name[:64]!r} is no name", "use letters, digits and . _ @ + -, 64 at most")
    return name


def check_password(password: str, name: str) -> None:
    """Raises AccessError for what is guessed too soon."""
    folded = _folded(password).lower()
    if not SHORTEST <= len(folded) <= LONGEST:
        problem = f"has {len(folded)} characters"
        raise AccessError("password", problem, f"take {SHORTEST} to {LONGEST}; a few words in a row are good")
    if len(set(folded)) < 5 or (len(name) > 3 and name in folded and len(folded) - len(name) < 8):
        raise AccessError("password", "is easy to guess", "a few words in a row are good")


def hashed(password: str) -> str:
    """The hash to keep."""
    with _AT_ONCE:
        return _HASHER.hash(_folded(password))


def matches(password: str, kept: str) -> bool:
    """Whether it is the password of that hash; for an empty hash never, after as long a time."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODYS, _folded(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_dated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


def _folded(password: str) -> str:
    """The same whatever keyboard wrote it (RFC 8265, section 4.2)."""
    return unicodedata.normalize("NFC", password[:_MOST_READ])
