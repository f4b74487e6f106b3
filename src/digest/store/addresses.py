"""Addresses as they are compared: a key that is equal for two spellings of one mailbox, and tells nobody which. Pure.

The key is a keyed BLAKE2b (RFC 7693): without the secret nobody can find out by trying whose it is. So it may stay,
on the list of those never to be mailed, when the address itself is erased.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from contextlib import suppress

import idna

_BYTES = 16
_LONGEST = 1_000


class AddressKeys:
    """Makes the keys of one site. With another secret all would be different: it must be kept for ever."""

    def __init__(self, secret: str) -> None:
        """`secret`: at least 32 characters."""
        if len(secret) < 32:
            raise ValueError("the secret of address keys needs at least 32 characters")
        self._key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"address-keys").digest()

    def of(self, email: str) -> str:
        """22 letters, digits, "-" and "_"."""
        spelled = compared(email).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(spelled, key=self._key, digest_size=_BYTES).digest()
        return base64.urlsafe_b64encode(digest)[:22].decode("ascii")


def compared(email: str) -> str:
    """Lower case, in Unicode's composed form, the domain as A-labels where it is a valid one (RFC 5891)."""
    if email.isascii() or len(email) > _LONGEST:  # a longer one is no address, and takes the square of its length
        return email.strip().lower()
    local, _, domain = unicodedata.normalize("NFC", email.strip()).lower().rpartition("@")
    if not domain.isascii():
        with suppress(idna.IDNAError):  # a name outside of the rules is compared as it is written
            domain = idna.encode(domain, uts46=True).decode("ascii")
    return f"{local}@{domain}"
