"""Checks and normalises an address (RFC 5321, RFC 6531) without asking the network."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from digest.errors import DigestError


class AddressError(DigestError):
    """Not an address that mail can be sent to; `place` is the address as it was given."""


def normalise(address: str) -> str:
    """The address with its domain in lower case and Unicode NFC. Raises AddressError with the reason.

    The special-use domains of RFC 6761 (example.org, .test) are let through: rehearsals and tests live there.
    """
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(
            address.strip()[:80] or "address", str(error).rstrip("."), "write one like name@example.org"
        ) from error
    return checked.normalized
