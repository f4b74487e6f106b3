"""Settings of the checks before sending."""

from __future__ import annotations

from digest.config.model import Model


class PreflightSettings(Model):
    """What `digest issue preflight` checks for."""

    clients: tuple[str, ...] = (
        "apple-mail.ios", "apple-mail.macos", "gmail.android", "gmail.desktop-webmail", "gmail.ios", "outlook.ios",
        "outlook.macos", "outlook.outlook-com", "outlook.windows:2019", "samsung-email.android", "thunderbird.macos",
        "yahoo.desktop-webmail",
    )  # fmt: skip
    """Mail programs that must show the mail, by their names on caniemail.com, a version after a colon."""
