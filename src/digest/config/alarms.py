"""Settings of what the operator is told by itself: whom, where, and when."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from digest.config.model import HeaderText, MailAddress, Model
from digest.config.returns import ImapSettings


class CanarySettings(ImapSettings):
    """A mailbox of our own among the readers: did the mail of each issue really arrive?"""

    address: HeaderText
    """Its address: a confirmed reader of the newsletters that are to be watched."""
    junk: str = "Junk"
    """Folder for spam: a mail that is found there is told too."""
    within_minutes: int = Field(default=30, ge=1)
    """A mail that the server took, and that has not arrived after this time, is missing."""


class AlarmSettings(Model):
    """Who is told when a slot is late, a feed or an issue stops, or a mail is missing: once, and when it is over."""

    to: tuple[MailAddress, ...] = ()
    """Addresses; the mails come from the first newsletter's sender."""
    webhook: str = Field(default="", pattern=r"^(https?://.*)?$")
    """URL that is sent a JSON object by POST: {"alarm", "text", "over", "at"}. Only its host is ever shown."""
    webhook_token: SecretStr | None = None
    """Goes with it as `Authorization: Bearer`; better in webhook_token_file."""
    webhook_token_file: Path | None = None
    """File that holds it."""
    late_minutes: int = Field(default=30, ge=1)
    """An issue that has not begun so long after its hour, or stands still for so long, is late."""
    canary: CanarySettings | None = None
    """A mailbox of our own among the readers."""

    @property
    def anybody(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self.to or self.webhook)
