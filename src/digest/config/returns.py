"""Settings of what goes with a mail and what comes back: DKIM keys, and the rules for bounces and complaints."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from digest.config.model import Model


class DkimKeySettings(Model):
    """A key that signs mails of senders under its domain."""

    domain: str = Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
    """The domain of the senders, or one above it; its DNS holds the public key."""
    selector: str = Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")
    """Where under it: SELECTOR._domainkey.DOMAIN."""
    key_file: Path
    """PEM file of the private key, RSA or Ed25519, relative to the configuration file."""


class DkimSettings(Model):
    """Signing mails ourselves (RFC 6376). Off without keys: most relays sign."""

    keys: tuple[DkimKeySettings, ...] = ()
    """Every key whose domain fits the sender signs, so that RSA and Ed25519 can stand side by side."""


class FeedbackSettings(Model):
    """What bounces and complaints lead to."""

    soft_limit: int = Field(default=5, ge=1)
    """So many deliveries that came back for now, within soft_days, suppress the address."""
    soft_days: int = Field(default=60, ge=1)
    """Days that such a delivery counts."""
    complaint_leaves_all: bool = False
    """A complaint suppresses the address for every newsletter, not only for the one complained of."""
