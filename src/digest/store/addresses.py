"""Addresses as they are compared: a key that is equal for two spellings of one mailbox. Pure."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import idna


def email_key(email: str) -> str:
    """Lower case, in Unicode's composed form, the domain as A-labels where it is a valid one (RFC 5891)."""
    local, _, domain = unicodedata.normalize("NFC", email.strip()).lower().rpartition("@")
    if not domain.isascii():
        with suppress(idna.IDNAError):  # a name outside of the rules is compared as it is written
            domain = idna.encode(domain, uts46=True).decode("ascii")
    return f"{local}@{domain}"
