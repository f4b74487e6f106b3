"""Takes a delivery's key; gives its Message-ID, and from a Message-ID the delivery whose it is. Pure.

A Message-ID follows from issue and subscriber alone, so a resend carries the same one. It holds no personal data
but the subscriber's number, and 128 bits of keyed BLAKE2b (RFC 7693), so that a bounce cannot name a delivery that
we never made. An envelope sender has little room, and holds 80 bits of them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import lru_cache

from digest.model.delivery import DeliveryKey
from digest.model.ids import IssueId, SubscriberId

_FORM = re.compile(
    r"<?(?P<issue>[a-z0-9-]{1,120})\.(?P<subscriber>[0-9]{1,18})\.(?P<mac>[a-z2-7]{26}|[a-z2-7]{16})(?:@[^@\s]*)?>?"
)
_WHOLE, _SHORT = 26, 16
"""Characters of a MAC: in a Message-ID (and in envelope senders, once), and in an envelope sender."""
_BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"
_TEN_BITS = [first + second for first in _BASE_32 for second in _BASE_32]
"""Two characters of base 32 (RFC 4648, section 6) at a time: every mail needs 26 of them."""


def message_id(key: DeliveryKey, domain: str, secret: str) -> str:
    """The Message-ID under the sender's domain, angle brackets included (RFC 5322, section 3.6.4)."""
    return f"<{key.issue}.{key.subscriber}.{_mac(key, secret)}@{domain}>"


def whose(identifier: str, secrets: Sequence[str]) -> DeliveryKey | None:
    """The delivery that a Message-ID of ours names, or the tag of an envelope sender; None when it is not ours.

    Any of the secrets will do.
    """
    found = _FORM.fullmatch(identifier.strip())
    if not found:
        return None
    key = DeliveryKey(IssueId(found["issue"]), SubscriberId(int(found["subscriber"])))
    mac = found["mac"]
    ours = any(hmac.compare_digest(_mac(key, secret)[: len(mac)], mac) for secret in secrets)
    return key if ours else None


def return_path(sender: str, identifier: str) -> str:
    """The envelope sender that names the delivery as its Message-ID does (VERP): bounces+KEY@example.org.

    Settings with which it would be too long are refused when they are read.
    """
    local, _, domain = sender.rpartition("@")
    tag = identifier.strip("<>").rpartition("@")[0][: _SHORT - _WHOLE]
    return f"{local}+{tag}@{domain}"


def _mac(key: DeliveryKey, secret: str) -> str:
    hashed = _keyed(secret).copy()
    hashed.update(str(key).encode())
    bits = int.from_bytes(hashed.digest()) << 2
    return "".join([_TEN_BITS[bits >> place & 1023] for place in range(120, -1, -10)])


@lru_cache(maxsize=16)
def _keyed(secret: str) -> hashlib.blake2b:
    return hashlib.blake2b(key=hashlib.sha256(secret.encode()).digest(), digest_size=16, person=b"message-id")
