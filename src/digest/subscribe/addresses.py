"""Checks and normalises an address (RFC 5321, RFC 6531) without asking the network."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from digest.errors import DigestError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([A-Za-z0-9.-]+)")
_IN_TEXT = re.compile(r'(?:"[^"\n]*"|[^\s@]+)?(?:@|%40)\S*')
"""Whatever may be an address, with all that clings to it: rather too much than too little."""
_LONGEST_LOCAL, _LONGEST = 64, 254
_REMEDY = "write one like name@example.org"
_LOWERED = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)


class AddressError(DigestError):
    """Not an address that mail can be sent to; `place` is the address as it was given."""


def normalise(address: str) -> str:
    """The address with its domain in lower case and Unicode NFC. Raises AddressError with the reason.

    The special-use domains of RFC 6761 (example.org, .test) are let through: rehearsals and tests live there.
    """
    address = address.strip()
    if len(address) > _LONGEST:  # before anything else: what checks and normalises takes the square of the length
        problem = f"has {len(address)} characters, {_LONGEST} at most are possible"
        raise AddressError(address[:80], problem, _REMEDY)
    return _plain(address) or _checked(address)


def without_addresses(text: str) -> str:
    """Text from outside, such as a mail server's answer, for those who may not see whom it is about."""
    return _IN_TEXT.sub("<address>", text)


def _plain(address: str) -> str | None:
    """What `_checked` would give, for the many addresses about which only the domain can be wrong; None for others."""
    found = _PLAIN.fullmatch(address)
    if found is None:
        return None
    local, domain = found.groups()
    if len(local) > _LONGEST_LOCAL or local.lower() in _LOWERED:
        return None
    known = _domain(domain)
    return f"{local}@{known}" if known else None


@lru_cache(maxsize=10_000)
def _domain(domain: str) -> str | None:
    try:
        checked = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.domain if checked.domain.isascii() else None


def _checked(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise AddressError(address[:80] or "address", str(error).rstrip("."), _REMEDY) from error
