"""Takes a delivery's key; gives its Message-ID, and from a Message-ID the delivery whose it is. Pure.

A Message-ID follows from issue and subscriber alone, so a resend carries the same one. It holds no personal data
but the subscriber's number, and 128 bits of keyed BLAKE2b (RFC 7693), so that a bounce cannot name a delivery that
we never made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import lru_cache

from digest.model.delivery import DeliveryKey
from digest.model.ids import IssueId, SubscriberId

_FORM = re.compile(r"<?(?P<issue>[a-z0-9-]{1,120})\.(?P<subscriber>[0-9]{1,18})\.(?P<mac>[a-z2-7]{26})(?:@[^@\s]*)?>?")
_LONGEST_LOCAL = 64


def message_id(key: DeliveryKey, domain: str, secret: str) -> str:
    """The Message-ID under the sender's domain, angle brackets included (RFC 5322, section 3.6.4)."""
    return f"<{key.issue}.{key.subscriber}.{_mac(key, secret)}@{domain}>"


def whose(identifier: str, secrets: Sequence[str]) -> DeliveryKey | None:
    """The delivery that a Message-ID of ours names; None when it is not ours. Any of the secrets will do."""
    found = _FORM.fullmatch(identifier.strip())
    if not found:
        return None
    key = DeliveryKey(IssueId(found["issue"]), SubscriberId(int(found["subscriber"])))
    ours = any(hmac.compare_digest(_mac(key, secret), found["mac"]) for secret in secrets)
    return key if ours else None


def return_path(sender: str, identifier: str) -> str:
    """The envelope sender that names the delivery as its Message-ID does (VERP): bounces+KEY@example.org.

    The plain one where that would be too long (RFC 5321, section 4.5.3.1.1).
    """
    local, _, domain = sender.rpartition("@")
    tagged = f"{local}+{identifier.strip('<>').rpartition('@')[0]}"
    return f"{tagged}@{domain}" if len(tagged) <= _LONGEST_LOCAL else sender


def _mac(key: DeliveryKey, secret: str) -> str:
    hashed = hashlib.blake2b(str(key).encode(), key=_keyed(secret), digest_size=16, person=b"message-id")
    return base64.b32encode(hashed.digest()).decode("ascii").rstrip("=").lower()


@lru_cache(maxsize=16)
def _keyed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
