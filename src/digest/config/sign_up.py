"""Settings of how often strangers may make us write mail, and what a form asks of them."""

from __future__ import annotations

from pydantic import Field

from digest.config.model import Model


class SignUpSettings(Model):
    """What keeps the sign-up form from being used against people."""

    mails_per_address: int = Field(default=1, ge=1)
    """Mails a day to one address that anybody on the web can bring about: to confirm, to get a link.
    Those with the link that erases are counted apart, up to the same number."""
    per_network: int = Field(default=40, ge=1)
    """Forms a day from one network (IPv4 /24, IPv6 /56)."""
    in_all: int = Field(default=5_000, ge=1)
    """Forms a day in all."""
    least_seconds: float = Field(default=2.0, ge=0)
    """A form that is sent back sooner was not filled by a person: it is thanked and forgotten."""
    proof_of_work: int = Field(default=0, ge=0, le=24)
    """Bits of a puzzle that the browser solves before it sends the form, 16 take about a second; 0 asks for none.
    Each is good for one form. With a puzzle the form needs JavaScript."""
