"""Settings of what goes with a mail and what comes back: DKIM keys, and the rules for bounces and complaints."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from digest.config.machine import Security
from digest.config.model import Domain, Model


class DkimKeySettings(Model):
    """A key that signs mails of senders under its domain."""

    domain: Domain
    """The domain of the senders, or one above it, as bücher.example or xn--bcher-kva.example; its DNS holds the public
    key."""
    selector: str = Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")
    """Where under it: SELECTOR._domainkey.DOMAIN."""
    key_file: Path
    """PEM file of the private key, RSA or Ed25519, relative to the configuration file."""


class DkimSettings(Model):
    """Signing mails ourselves (RFC 6376). Off without keys: most relays sign."""

    keys: tuple[DkimKeySettings, ...] = ()
    """Every key whose domain fits the sender signs, so that RSA and Ed25519 can stand side by side."""


class ImapSettings(Model):
    """A mailbox on an IMAP server."""

    host: str
    """Name of the server."""
    port: int = Field(default=993, ge=1, le=65535)
    """993 implicit TLS, 143 STARTTLS."""
    security: Security = Security.TLS
    """none, starttls or tls."""
    verify: bool = True
    """Check the server's certificate. Only a server on this machine may go without."""
    username: str
    """User."""
    password: SecretStr | None = None
    """Password; better in password_file."""
    password_file: Path | None = None
    """File that holds the password."""
    folder: str = "INBOX"
    """Folder to read. Mails that were not seen yet are heard, and then marked as seen."""
    done: str = ""
    """Folder of the same mailbox where heard mails are moved to; they stay when empty."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds to wait for any one answer."""


class FeedbackSettings(Model):
    """What bounces and complaints lead to."""

    soft_limit: int = Field(default=5, ge=1)
    """So many deliveries that came back, within soft_days, suppress the address. A mailbox that is gone needs one."""
    soft_days: int = Field(default=60, ge=1)
    """Days that such a delivery counts."""
    policy_limit: int = Field(default=5, ge=1)
    """So many mails of one issue that came back as a matter of policy (5.7.x) pause it, if it is being sent, and
    if they are at least 1 % of what was sent of it: bounces of their own mails can be forged by a few readers."""
    complaint_leaves_all: bool = False
    """A complaint suppresses the address for every newsletter, not only for the one complained of."""
    imap: ImapSettings | None = None
    """A mailbox that `digest run` reads."""
    folder: Path | None = None
    """A Maildir, or a folder of mails, that `digest run` reads; heard mails are moved to its cur, or to "heard"."""
    lmtp_port: int = Field(default=0, ge=0, le=65535)
    """Port on this machine's loopback where `digest run` takes bounces by LMTP; 0: none."""
